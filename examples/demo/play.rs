//! One command, and what it causes.

use std::collections::BTreeSet;
use std::error::Error;
use std::time::{Duration, Instant};

use futures::future::try_join_all;

use crate::show::{plain, readable};
use crate::town::{Place, Town};

/// Somebody says something, and it has an effect.
pub(crate) struct Act {
    pub(crate) who: &'static str,
    pub(crate) says: &'static str,
    /// Words of what it causes.
    pub(crate) causes: &'static str,
    /// Where it causes that.
    pub(crate) on: &'static [Place],
}

/// Plays it, and prints after how long each room showed what it caused.
pub(crate) async fn play(act: &Act, town: &Town) -> Result<(), Box<dyn Error>> {
    let from = if town.on_matrix(act.who).is_some() { Place::WarMatrix } else { Place::WarDiscord };
    println!("{} ({}): {}", act.who, from.shown(), act.says);
    // What somebody just says stands in their own room at once.
    let places: Vec<Place> = act.on.iter().copied().filter(|it| act.says.starts_with('!') || *it != from).collect();
    let mut before = Vec::new();
    for place in &places {
        before.push(stand(*place, town).await?);
    }
    let begun = now();
    if let Some(person) = town.on_matrix(act.who) {
        person.say(&town.war, act.says).await?;
    } else if let Some(person) = town.on_discord(act.who) {
        person.say(town.channel("war-room")?, act.says).map_err(|refused| format!("{refused:?}"))?;
    }
    let waits = places.iter().zip(&before).map(|(place, before)| effect(act, *place, before, begun, town));
    for (place, (took, line)) in places.iter().zip(try_join_all(waits).await?) {
        println!("  {:>4} ms  {:<18} {line}", took.as_millis(), place.shown());
    }
    Ok(())
}

/// The messages that stand in a room.
async fn stand(place: Place, town: &Town) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let ids = |lines: Vec<herald_element::Line>| lines.into_iter().map(|it| it.id).collect();
    Ok(match place {
        Place::WarMatrix => ids(town.max.lines(&town.war).await?),
        Place::CompanyMatrix => ids(town.mona.lines(&town.company).await?),
        Place::WarDiscord => seen(town, "ben", "war-room")?,
        Place::CompanyDiscord => seen(town, "dora", "company")?,
    })
}

fn seen(town: &Town, who: &str, channel: &str) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let person = town.on_discord(who).ok_or("nobody reads there")?;
    let all = person.reads(town.channel(channel)?).unwrap_or_default();
    Ok(all.into_iter().map(|it| it.id.to_string()).collect())
}

/// Waits for the first message of Herald's that is not among those `before` and holds the words: after how long, and its line
/// with them.
async fn effect(
    act: &Act,
    place: Place,
    before: &BTreeSet<String>,
    begun: Instant,
    town: &Town,
) -> Result<(Duration, String), Box<dyn Error>> {
    let text = match place {
        Place::WarMatrix => on_matrix(act, &town.max, &town.war, before, town).await?,
        Place::CompanyMatrix => on_matrix(act, &town.mona, &town.company, before, town).await?,
        Place::WarDiscord => on_discord(act, "ben", "war-room", before, town).await?,
        Place::CompanyDiscord => on_discord(act, "dora", "company", before, town).await?,
    };
    let took = now().duration_since(begun);
    let line = text.lines().find(|line| line.contains(act.causes)).unwrap_or_default().to_owned();
    Ok((took, line))
}

/// Whether it is the command itself, passed on from the other side.
fn is_command(act: &Act, text: &str) -> bool {
    act.says.starts_with('!') && text.contains(act.says)
}

async fn on_matrix(
    act: &Act,
    who: &herald_element::Person,
    room: &str,
    before: &BTreeSet<String>,
    town: &Town,
) -> Result<String, Box<dyn Error>> {
    let me = town.me.user_id();
    let found = |lines: &[herald_element::Line]| {
        let new = lines.iter().filter(|it| it.sender == me && !before.contains(&it.id) && !is_command(act, &it.text));
        new.map(|it| plain(&it.text)).find(|text| text.contains(act.causes))
    };
    Ok(who.wait_for(room, found).await?)
}

async fn on_discord(
    act: &Act,
    who: &str,
    channel: &str,
    before: &BTreeSet<String>,
    town: &Town,
) -> Result<String, Box<dyn Error>> {
    let person = town.on_discord(who).ok_or("nobody reads there")?;
    // While its messages are looked at, the server says nothing else.
    let now = town.discord.now();
    let found = |seen: &[herald_guild::Seen]| {
        let new = seen.iter().filter(|it| it.author == town.bot.id && !before.contains(&it.id.to_string()));
        new.map(|it| readable(it, town, now)).find(|text| text.contains(act.causes) && !is_command(act, text))
    };
    Ok(person.wait_for(town.channel(channel)?, found).await.map_err(|never| never.to_string())?)
}

#[expect(clippy::disallowed_methods, reason = "how long Herald takes is measured from outside")]
fn now() -> Instant {
    Instant::now()
}
