//! Posts as fast as the server lets them be made.

use herald_guild::{Limit, Limits};

use super::report::Watch;
use super::town::Town;

pub(crate) const POSTS: usize = 1000;
/// As long a time as with Discord, for forty times as many posts.
const LIMIT: Limit = Limit::new(200, 5_000);
const ROUTE: &str = "POST /channels/{id}/messages";

/// The rate at which posts were made, of the rate that is allowed; and how many requests were answered with 429.
pub(crate) async fn measure(town: &Town) -> (f64, f64) {
    town.heard(&format!("Note {} ", super::answers::NOTES)).await;
    let mut limits = Limits::off();
    limits.routes.insert(ROUTE.to_owned(), LIMIT);
    town.discord.limits(limits);
    let (before, refused) = town.discord.count(ROUTE);
    let watch = Watch::start();
    for n in 0..POSTS {
        town.ana.say(town.war, &format!("!log looked at the queue of host {n}")).unwrap();
    }
    town.heard(&format!("Note {} ", POSTS + super::answers::NOTES)).await;
    let took = watch.read().as_secs_f64();
    let (after, refused_after) = town.discord.count(ROUTE);
    let windows = f64::from(u32::try_from((after - before).div_ceil(200) - 1).unwrap());
    let least = windows * LIMIT.per.as_secs_f64();
    println!("  {} posts in {took:.2} s, of which the limits take {least:.2} s", after - before);
    let limited = f64::from(u32::try_from(refused_after - refused).unwrap());
    (least / took, limited)
}
