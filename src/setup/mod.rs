//! `herald init`: from nothing to a configuration that Herald starts with.
//!
//! Each answer is tried against what it is about before it is kept, by the same looks that `herald check` takes, and is
//! kept at once, a secret before what names it: whoever is interrupted goes on where they were. Where nobody can be
//! asked, only what was given is changed, and what is missing is named.

mod discord;
mod finish;
mod given;
mod look;
mod matrix;
mod paper;
mod people;
mod place;
mod rooms;
mod settle;
mod talk;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use herald_chat::Clock;

use crate::config::Config;
use crate::journal::{Journal, JournalError};
use crate::service::{Examine, Join};

pub use given::{Given, GivenRoom};
pub use talk::{Talk, Terminal};

use paper::Paper;

/// The world that answers are tried against.
pub struct World {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Opens the journal in a directory to read it. There has to be one.
    pub open_existing: fn(&Path) -> Result<Box<dyn Journal>, JournalError>,
    /// The networks of a configuration, to be looked at.
    pub examiners: fn(&Config) -> Vec<Box<dyn Examine>>,
    /// The networks of a configuration, to be joined.
    pub joins: fn(&Config) -> Vec<Box<dyn Join>>,
}

/// A set-up on its way.
struct Setup<'a> {
    world: &'a World,
    given: &'a Given,
    talk: &'a mut dyn Talk,
    paper: Paper,
    /// The lines about findings that were told already.
    told: BTreeSet<String>,
}

/// Sets Herald up in `file`, with what was `given` and what is answered.
///
/// # Errors
/// What stands in the way, in one sentence with what to do.
pub async fn run(world: &World, given: &Given, file: &Path, talk: &mut dyn Talk) -> Result<(), String> {
    let paper = Paper::open(file)?;
    let mut setup = Setup { world, given, talk, paper, told: BTreeSet::new() };
    setup.begin()?;
    setup.place().await?;
    setup.networks().await?;
    setup.admins().await?;
    setup.rooms().await?;
    setup.finish().await
}

impl Setup<'_> {
    /// What will happen, or what is missing where nobody can be asked.
    fn begin(&mut self) -> Result<(), String> {
        if !self.talk.is_asked() {
            return given::missing(self.given, &self.paper);
        }
        let file = self.paper.file().display().to_string();
        self.talk.say(&if self.paper.is_new() {
            format!("This sets Herald up and writes {file}.")
        } else {
            format!("This changes {file}: Enter keeps what is there.")
        });
        self.talk.say("Each answer is tried at once, and kept. Ctrl-C ends it; run it again to go on.");
        Ok(())
    }

    /// A heading.
    fn part(&mut self, number: u8, title: &str) {
        if self.talk.is_asked() {
            self.talk.say(&format!("\n{number} of 6 · {title}"));
        }
    }

    async fn networks(&mut self) -> Result<(), String> {
        loop {
            self.part(2, "Matrix");
            self.matrix().await?;
            self.part(3, "Discord");
            self.discord().await?;
            if self.paper.has("matrix") || self.paper.has("discord") {
                return Ok(());
            }
            self.talk.say("✘ Herald needs Matrix or Discord. Give a homeserver, or a Discord bot's token");
        }
    }
}
