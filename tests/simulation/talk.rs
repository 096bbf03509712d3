//! People on two networks whose rooms are one: they mostly talk.

use rand::RngExt;
use rand::rngs::SmallRng;

use crate::people::{Deed, People};
use crate::words::Token;
use crate::world::{ANNEX_PEOPLE, PEOPLE};

/// Emoji that mean nothing to Herald, and two that do.
const EMOJI: [&str; 5] = ["👍", "👍", "👀", "📌", "✅"];
/// How many of the last messages are still spoken of.
const FRESH: usize = 10;

/// What the people of one seed remember.
#[derive(Default)]
pub(crate) struct Talk {
    pub(crate) people: People,
    /// Who said what where.
    said: Vec<(String, Token, String)>,
    /// Which emoji somebody put on what.
    reacted: Vec<(String, &'static str, Token, String)>,
    files: Vec<(String, String)>,
}

impl Talk {
    /// What somebody does next.
    pub(crate) fn next(&mut self, rng: &mut SmallRng) -> Deed {
        let (who, room) = (anybody(rng).to_owned(), self.room(rng));
        let token = self.people.mint.token();
        let fresh = self.fresh(rng);
        match (rng.random_range(0..100), fresh) {
            (0..30, _) | (30..87, None) => self.says(&who, &room, &token, rng),
            (30..42, Some((_, to, room))) => {
                self.said.push((who.clone(), token.clone(), room.clone()));
                Deed::Answer { who, room, to, text: format!("{token} because of that") }
            }
            (42..54, Some((who, from, _))) => {
                let to = if rng.random_bool(0.1) { "!declare all --security".to_owned() } else { words(&from, rng) };
                Deed::Edit { who, from, to }
            }
            (54..60, Some((who, text, _))) => Deed::Delete { who, text },
            (60..72, Some((_, on, room))) => {
                let emoji = EMOJI[rng.random_range(0..EMOJI.len())];
                self.reacted.push((who.clone(), emoji, on.clone(), room.clone()));
                Deed::React { who, room, emoji, on }
            }
            (72..79, Some(_)) => match self.reacted.pop() {
                Some((who, emoji, on, room)) => Deed::Unreact { who, room, emoji, on },
                None => self.says(&who, &room, &token, rng),
            },
            (79..85, Some(_)) => {
                let (name, size) = (format!("{token}.log"), [0, 100, 5000, 20_000_000][rng.random_range(0..4)]);
                self.said.push((who.clone(), token.clone(), room.clone()));
                self.files.push((who.clone(), name.clone()));
                let text = if rng.random_bool(0.5) { format!("{token} see there") } else { String::new() };
                Deed::Attach { who, room, name, size, text }
            }
            (85..87, Some(_)) => match self.files.pop() {
                Some((who, name)) => Deed::Expire { who, name },
                None => self.says(&who, &room, &token, rng),
            },
            (_, _) => {
                let deed = self.people.next(rng);
                let there = PEOPLE.iter().position(|name| *name == deed.who()).filter(|_| rng.random_bool(0.5));
                let deed = match there {
                    Some(at) => deed.by(ANNEX_PEOPLE[at]),
                    None => deed,
                };
                if let Deed::Say { who, room, text } = &deed
                    && let Some(token) = crate::words::tokens(text).first()
                    && (room == "war-room" || room == "engineering" || room.starts_with("inc-"))
                {
                    self.said.push((who.clone(), token.clone(), room.clone()));
                }
                deed
            }
        }
    }

    fn says(&mut self, who: &str, room: &str, token: &Token, rng: &mut SmallRng) -> Deed {
        self.said.push((who.to_owned(), token.clone(), room.to_owned()));
        Deed::Say { who: who.to_owned(), room: room.to_owned(), text: words(token, rng) }
    }

    fn fresh(&self, rng: &mut SmallRng) -> Option<(String, Token, String)> {
        let from = self.said.len().saturating_sub(FRESH);
        (!self.said.is_empty()).then(|| self.said[rng.random_range(from..self.said.len())].clone())
    }

    fn room(&self, rng: &mut SmallRng) -> String {
        let own = self.people.known.iter().find_map(|it| it.room().map(str::to_owned));
        let own = own.filter(|_| rng.random_bool(0.4));
        own.unwrap_or_else(|| if rng.random_bool(0.8) { "war-room" } else { "engineering" }.to_owned())
    }
}

fn anybody(rng: &mut SmallRng) -> &'static str {
    let names = if rng.random_bool(0.5) { PEOPLE } else { ANNEX_PEOPLE };
    names[rng.random_range(0..names.len())]
}

/// A few words or many, on one line or several.
fn words(token: &str, rng: &mut SmallRng) -> String {
    let more = match rng.random_range(0..6) {
        0 => " looks bad\n> from here @room\nand here".to_owned(),
        1 => format!(" {}", "again and again ".repeat(rng.random_range(5..40))),
        n => format!(" is what I see, {n}"),
    };
    format!("{token}{more}")
}
