//! Posts as fast as the server lets them be made.

use herald_guild::{Limit, Limits};

use super::town::Town;

pub(crate) const POSTS: usize = 1000;
/// As long a time as with Discord, for forty times as many posts.
const LIMIT: Limit = Limit::new(200, 5_000);
/// Discord's own for a bot, whatever it asks.
const GLOBAL: Limit = Limit::new(50, 1_000);
const ROUTE: &str = "POST /channels/{id}/messages";

/// The rate at which posts were made, of the rate that is allowed; and how many requests were answered with 429.
pub(crate) async fn measure(town: &Town) -> (f64, f64) {
    town.heard(&format!("Note {} ", super::answers::NOTES)).await;
    let mut limits = Limits { global: Some(GLOBAL), ..Limits::off() };
    limits.routes.insert(ROUTE.to_owned(), LIMIT);
    town.discord.limits(limits);
    let (before, refused) = town.discord.count(ROUTE);
    for n in 0..POSTS {
        town.ana.say(town.war, &format!("!log looked at the queue of host {n}")).unwrap();
    }
    town.heard(&format!("Note {} ", POSTS + super::answers::NOTES)).await;
    let posts: Vec<_> = town.discord.requests().into_iter().filter(|it| it.route == ROUTE).skip(before).collect();
    let took = posts.last().unwrap().at.duration_since(posts[0].at).as_secs_f64();
    let (after, refused_after) = town.discord.count(ROUTE);
    let least = least(after - before);
    println!("  {} posts in {took:.2} s, of which the limits take {least:.2} s", after - before);
    let limited = f64::from(u32::try_from(refused_after - refused).unwrap());
    (least / took, limited)
}

/// How long so many posts take that are made as soon as both limits let them, in seconds: all windows but the last are
/// waited out, and what is in the last one comes as fast as a bot may ask.
fn least(posts: usize) -> f64 {
    let full = |of: usize, limit: Limit| u32::try_from(of.saturating_sub(1)).unwrap() / limit.requests;
    let windows = full(posts, LIMIT);
    let last = posts - usize::try_from(windows * LIMIT.requests).unwrap();
    f64::from(windows) * LIMIT.per.as_secs_f64() + f64::from(full(last, GLOBAL)) * GLOBAL.per.as_secs_f64()
}
