//! What a client shows.

use std::error::Error;

use herald_guild::Seen;
use jiff::Timestamp;
use regex::{Captures, Regex};

use crate::town::{Place, Town};

/// Prints a room as its reader sees it.
pub(crate) async fn room(place: Place, town: &Town) -> Result<(), Box<dyn Error>> {
    println!("\n── {}, as {} read it ──\n", place.shown(), place.reader());
    match place {
        Place::WarMatrix | Place::CompanyMatrix => {
            let (reader, room) =
                if place == Place::WarMatrix { (&town.max, &town.war) } else { (&town.mona, &town.company) };
            for line in reader.lines(room).await? {
                let name = line.sender.trim_start_matches('@').split(':').next().unwrap_or_default().to_owned();
                print(&name, &plain(&line.text));
            }
        }
        Place::WarDiscord | Place::CompanyDiscord => {
            let channel = town.channel(if place == Place::WarDiscord { "war-room" } else { "company" })?;
            let reader = town.on_discord(place.reader()).ok_or("nobody reads there")?;
            for seen in reader.reads(channel).unwrap_or_default() {
                // That something was pinned is a line of Discord's own.
                if seen.kind != 6 {
                    print(&seen.name.to_lowercase(), &readable(&seen, town, town.discord.now()));
                }
            }
        }
    }
    Ok(())
}

fn print(name: &str, text: &str) {
    println!("{name}: {}", text.replace('\n', "\n    "));
}

/// A message on Matrix as its client shows it.
pub(crate) fn plain(text: &str) -> String {
    text.trim().to_owned()
}

/// A message on Discord as its client shows it: times in words, people by name, no marks.
pub(crate) fn readable(seen: &Seen, town: &Town, now: Timestamp) -> String {
    let mut text = seen.content.clone();
    for embed in &seen.embeds {
        for part in ["title", "description"] {
            if let Some(words) = embed[part].as_str() {
                text = format!("{text}\n{words}");
            }
        }
    }
    for person in &town.there {
        text = text.replace(&person.mention(), &format!("@{}", person.name()));
    }
    let text = replace(&text, r"<t:(\d+)(?::(\w))?>", |it| {
        let at = it[1].parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or_default();
        if it.get(2).is_some_and(|style| style.as_str() == "R") {
            let minutes = (at.as_second() - now.as_second() + 30).div_euclid(60);
            if minutes < 0 { format!("{} min ago", -minutes) } else { format!("in {minutes} min") }
        } else {
            at.strftime("%H:%M").to_string()
        }
    });
    let text = replace(&text, r"\\([^\w\s])", |it| it[1].to_owned());
    replace(&text, r"\*\*|__|^-# ", |_| String::new()).trim().to_owned()
}

/// With each match replaced.
fn replace(text: &str, pattern: &str, with: impl Fn(&Captures<'_>) -> String) -> String {
    match Regex::new(pattern) {
        Ok(pattern) => pattern.replace_all(text, |found: &Captures<'_>| with(found)).into_owned(),
        Err(_) => text.to_owned(),
    }
}
