//! Random people: they mostly do what makes sense where they are, and sometimes anything at all.

use std::fmt;

use herald::incident::{Incident, List, Status};
use herald_console::Console;
use rand::RngExt;
use rand::rngs::SmallRng;

use crate::words::{Mint, Token};
use crate::world::PEOPLE;

/// What somebody does, as a line of a script.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    Say { who: String, room: String, text: String },
    React { who: String, room: String, emoji: &'static str, on: String },
    Edit { who: String, from: Token, to: String },
    Delete { who: String, text: Token },
    TakeDown { who: String, room: String, text: String },
    Answer { who: String, room: String, to: Token, text: String },
    Unreact { who: String, room: String, emoji: &'static str, on: String },
    Attach { who: String, room: String, name: String, size: u64, text: String },
    Expire { who: String, name: String },
}

impl Deed {
    /// Does it. Nothing happens when the platform does not allow it.
    pub(crate) fn play(&self, console: &Console) {
        let _ = match self {
            Self::Say { who, room, text } => console.say(who, room, text),
            Self::React { who, room, emoji, on } => console.react(who, room, emoji, on),
            Self::Edit { who, from, to } => console.edit_own(who, from, to),
            Self::Delete { who, text } => console.delete_own(who, text),
            Self::TakeDown { who, room, text } => console.take_down(who, room, text),
            Self::Answer { who, room, to, text } => console.answer(who, room, to, text),
            Self::Unreact { who, room, emoji, on } => console.unreact(who, room, emoji, on),
            Self::Attach { who, room, name, size, text } => console.attach(who, room, name, *size, text),
            Self::Expire { name, .. } => console.expire(name),
        };
    }
}

impl Deed {
    /// Who does it.
    pub(crate) fn who(&self) -> &str {
        match self {
            Self::Say { who, .. }
            | Self::React { who, .. }
            | Self::Edit { who, .. }
            | Self::Delete { who, .. }
            | Self::TakeDown { who, .. }
            | Self::Answer { who, .. }
            | Self::Unreact { who, .. }
            | Self::Attach { who, .. }
            | Self::Expire { who, .. } => who,
        }
    }

    /// The same, by somebody else.
    pub(crate) fn by(mut self, name: &str) -> Self {
        match &mut self {
            Self::Say { who, .. }
            | Self::React { who, .. }
            | Self::Edit { who, .. }
            | Self::Delete { who, .. }
            | Self::TakeDown { who, .. }
            | Self::Answer { who, .. }
            | Self::Unreact { who, .. }
            | Self::Attach { who, .. }
            | Self::Expire { who, .. } => name.clone_into(who),
        }
        self
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Say { who, room, text } => write!(f, "{who} in {room}: {text}"),
            Self::React { who, room, emoji, on } => write!(f, "{who} reacts {emoji} in {room} to \"{on}\""),
            Self::Edit { who, from, to } => write!(f, "{who} edits \"{from}\" to \"{to}\""),
            Self::Delete { who, text } => write!(f, "{who} deletes \"{text}\""),
            Self::Answer { who, room, to, text } => write!(f, "{who} in {room} answers \"{to}\": {text}"),
            Self::Unreact { who, room, emoji, on } => write!(f, "{who} takes {emoji} off \"{on}\" in {room}"),
            Self::Attach { who, room, name, size, text } => write!(f, "{who} in {room} sends {name} {size}: {text}"),
            Self::Expire { name, .. } => write!(f, "{name} is gone"),
            Self::TakeDown { who, room, text } => write!(f, "{who} takes down \"{text}\" in {room}"),
        }
    }
}

/// What people know of an incident.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    no: u32,
    shared: bool,
    room: Option<String>,
    commander: Option<String>,
    spokesperson: Option<String>,
    offered: Vec<String>,
    drafts: usize,
    updates: u32,
    status: Status,
    lists: Vec<(List, usize)>,
}

impl Known {
    /// The name of its own room, if it has one.
    pub(crate) fn room(&self) -> Option<&str> {
        self.room.as_deref()
    }

    pub(crate) fn of(incident: &Incident) -> Self {
        let name = |person: &Option<herald_chat::Person>| person.as_ref().map(|person| person.name.clone());
        Self {
            no: incident.no.0,
            shared: !incident.own_room,
            // People see a room before Herald knows that it is there.
            room: incident.own_room.then(|| format!("inc-{}", incident.no.0)),
            commander: name(&incident.commander),
            spokesperson: name(&incident.spokesperson),
            offered: incident.offers.iter().map(|offer| offer.to.name.clone()).collect(),
            drafts: incident.drafts.len(),
            updates: incident.last_update().unwrap_or(0),
            status: incident.status,
            lists: [List::Problem, List::Temporary, List::Task, List::Question]
                .map(|list| (list, incident.items(list).len()))
                .into(),
        }
    }
}

/// All that the people of one seed remember.
#[derive(Default)]
pub(crate) struct People {
    pub(crate) mint: Mint,
    pub(crate) known: Vec<Known>,
    /// What was typed where, and whether it was for the timeline.
    typed: Vec<(String, Token, String, bool)>,
}

impl People {
    /// What somebody does next.
    pub(crate) fn next(&mut self, rng: &mut SmallRng) -> Deed {
        match rng.random_range(0..100) {
            0..8 => self.react(rng),
            8..12 => self.edit(rng),
            12..14 => self.delete(rng),
            14 => self.take_down(rng),
            15..22 => self.chat(rng),
            22..27 => self.stray(rng),
            27..32 => self.direct(rng),
            32..37 => self.anything(rng),
            n if self.known.is_empty() || (n < 42 && self.known.len() < 3) => self.declare(rng),
            _ => self.work(rng),
        }
    }

    fn say(&mut self, who: &str, room: &str, text: String, token: Option<Token>) -> Deed {
        if let Some(token) = token {
            let logged = ["!log", "!finding", "!decision"].iter().any(|verb| text.starts_with(verb));
            self.typed.push((who.to_owned(), token, room.to_owned(), logged));
        }
        Deed::Say { who: who.to_owned(), room: room.to_owned(), text }
    }

    fn declare(&mut self, rng: &mut SmallRng) -> Deed {
        let token = self.mint.token();
        let severity = ["", " --severity minor", " --severity critical"][rng.random_range(0..3)];
        let security = if rng.random_bool(0.25) { " --security" } else { "" };
        let drill = if rng.random_bool(0.15) { " --drill" } else { "" };
        let room = if rng.random_bool(0.85) { "war-room" } else { "engineering" };
        self.say(anybody(rng), room, format!("!declare {token} is down{severity}{security}{drill}"), Some(token))
    }

    /// A command on an incident, by somebody who mostly may, where it mostly works.
    fn work(&mut self, rng: &mut SmallRng) -> Deed {
        let incident = self.known[rng.random_range(0..self.known.len())].clone();
        let token = self.mint.token();
        let (role, command) = command(rng, &incident, &token);
        let holder = match role {
            Who::Commander => incident.commander.clone(),
            Who::Spokesperson => incident.spokesperson.clone(),
            Who::Offered => incident.offered.first().cloned(),
            Who::Anyone => None,
        };
        let who = holder.filter(|_| rng.random_bool(0.85)).unwrap_or_else(|| anybody(rng).to_owned());
        let room = match &incident.room {
            Some(room) if rng.random_bool(0.9) => room.clone(),
            _ => "war-room".to_owned(),
        };
        let named = incident.shared
            && command.trim() != "! log"
            && command != "!"
            && (self.known.len() > 1 || rng.random_bool(0.1))
            && rng.random_bool(0.9);
        let text = match command.split_once(' ') {
            Some((verb, rest)) if named => format!("{verb} INC-{} {rest}", incident.no),
            None if named => format!("{command} INC-{}", incident.no),
            _ => command,
        };
        self.say(&who, &room, text, Some(token))
    }

    /// A command, wherever.
    fn anything(&mut self, rng: &mut SmallRng) -> Deed {
        let token = self.mint.token();
        let incident = self.known.get(rng.random_range(0..4)).cloned();
        let command = match incident {
            Some(incident) => command(rng, &incident, &token).1,
            None => format!("!log {token} before anything is open"),
        };
        let room = ["war-room", "engineering", "admin", "dm", "inc-1", "inc-2"][rng.random_range(0..6)];
        self.say(anybody(rng), room, command, Some(token))
    }

    fn chat(&mut self, rng: &mut SmallRng) -> Deed {
        let token = self.mint.token();
        let own = self.known.iter().find_map(|it| it.room.clone());
        let room = own.filter(|_| rng.random_bool(0.4)).unwrap_or_else(|| "war-room".to_owned());
        self.say(anybody(rng), &room, format!("{token} looks bad from here @room"), Some(token))
    }

    fn stray(&mut self, rng: &mut SmallRng) -> Deed {
        let token = self.mint.token();
        let room = ["company", "customers"][rng.random_range(0..2)];
        let words = ["is it down?", "<b>hello</b> @everyone"][rng.random_range(0..2)];
        Deed::Say { who: anybody(rng).to_owned(), room: room.to_owned(), text: format!("{token} {words}") }
    }

    fn direct(&mut self, rng: &mut SmallRng) -> Deed {
        let token = self.mint.token();
        let text = match rng.random_range(0..5) {
            0 | 1 => {
                let no = self.known.get(rng.random_range(0..3)).map(|it| format!("INC-{} ", it.no)).unwrap_or_default();
                format!("!ask {no}{token} are refunds affected?")
            }
            2 => "!incidents".to_owned(),
            3 => "!status".to_owned(),
            _ => format!("{token} hello?"),
        };
        self.say(anybody(rng), "dm", text, Some(token))
    }

    fn react(&mut self, rng: &mut SmallRng) -> Deed {
        let (who, emoji) = (anybody(rng).to_owned(), ["📌", "📌", "✅", "👍"][rng.random_range(0..4)]);
        let spokesperson = self.known.iter().find_map(|it| it.spokesperson.clone());
        let own = self.known.iter().find_map(|it| it.room.clone());
        match (emoji, self.typed.len()) {
            ("✅", _) | (_, 0) => Deed::React {
                who: spokesperson.filter(|_| rng.random_bool(0.7)).unwrap_or(who),
                room: own.filter(|_| rng.random_bool(0.4)).unwrap_or_else(|| "war-room".to_owned()),
                emoji,
                on: "is kept for the spokesperson".to_owned(),
            },
            (_, n) => {
                let (_, on, room, _) = self.typed[rng.random_range(n.saturating_sub(12)..n)].clone();
                Deed::React { who, room, emoji, on }
            }
        }
    }

    fn edit(&mut self, rng: &mut SmallRng) -> Deed {
        let Some((who, from, ..)) = self.typed.iter().rev().filter(|it| it.3).nth(rng.random_range(0..3)).cloned()
        else {
            return self.chat(rng);
        };
        let token = self.mint.token();
        let text = ["!log", "!finding", "", "!status"][rng.random_range(0..4)];
        Deed::Edit { who, from, to: format!("{text} {token} in other words") }
    }

    /// The newest board of a room, while it is kept.
    fn take_down(&mut self, rng: &mut SmallRng) -> Deed {
        let own = self.known.iter().find_map(|it| it.room.clone());
        let room = own.filter(|_| rng.random_bool(0.4)).unwrap_or_else(|| "war-room".to_owned());
        Deed::TakeDown { who: anybody(rng).to_owned(), room, text: "I keep this board".to_owned() }
    }

    fn delete(&mut self, rng: &mut SmallRng) -> Deed {
        let Some((who, text, ..)) = self.typed.iter().rev().nth(rng.random_range(0..6)).cloned() else {
            return self.chat(rng);
        };
        Deed::Delete { who, text }
    }
}

/// Who may do something.
enum Who {
    Commander,
    Spokesperson,
    Offered,
    Anyone,
}

fn anybody(rng: &mut SmallRng) -> &'static str {
    PEOPLE[rng.random_range(0..PEOPLE.len())]
}

fn command(rng: &mut SmallRng, it: &Known, token: &str) -> (Who, String) {
    let to = anybody(rng);
    let role = ["commander", "spokesperson", "spokesperson", "responder", "observer"][rng.random_range(0..5)];
    let draft = rng.random_range(0..it.drafts.max(1)) + 1;
    let next = ["next 10m", "next 25m", "next 30m", "next 1h", "", "final", "next 3s"][rng.random_range(0..7)];
    let customers = if rng.random_bool(0.3) { " --customers" } else { "" };
    let mut list = |of: List| {
        let count = it.lists.iter().find(|(list, _)| *list == of).map_or(0, |(_, count)| *count);
        rng.random_range(0..count.max(1)) + 1
    };
    let (problem, temporary, task, question) =
        (list(List::Problem), list(List::Temporary), list(List::Task), list(List::Question));
    if it.status == Status::Resolved && rng.random_bool(0.3) {
        return if rng.random_bool(0.5) {
            (Who::Spokesperson, format!("!update {token} all is well again. final"))
        } else {
            (Who::Commander, "!close".to_owned())
        };
    }
    if it.spokesperson.is_none() && rng.random_bool(0.4) {
        return (Who::Anyone, "!take spokesperson".to_owned());
    }
    match rng.random_range(0..40) {
        0..6 => (
            Who::Spokesperson,
            format!("!update {token} we are on it {}{customers}", if next.is_empty() { "next 20m" } else { next }),
        ),
        6 => (Who::Spokesperson, format!("!update {token} password = hunter2 next 10m")),
        7 => (Who::Anyone, format!("!update {token} I think it works again {next}")),
        8..10 => (Who::Anyone, format!("!draft {token} nearly there {next}{customers}")),
        10..12 => (Who::Spokesperson, format!("!publish {draft} {next}")),
        12 => (Who::Spokesperson, format!("!discard {draft}")),
        13 => (Who::Spokesperson, format!("!correct {} {token} it was the other one", it.updates.max(1))),
        14..17 => (Who::Anyone, format!("!log {token} restarted a host")),
        17 => (Who::Anyone, format!("!finding {token} errors began at noon")),
        18 => (Who::Anyone, format!("!decision {token} we roll back")),
        19 => (Who::Anyone, format!("!take {role}")),
        20 => (Who::Commander, format!("!assign {role} {to}")),
        21 => (Who::Anyone, format!("!release {role}")),
        22 => (Who::Spokesperson, format!("!handoff spokesperson {to}")),
        23 => (Who::Commander, format!("!handoff commander {to}")),
        24 => (Who::Offered, ["!accept", "!accept", "!decline"][rng.random_range(0..3)].to_owned()),
        25 => (Who::Commander, format!("!severity {} {token}", ["minor", "major", "critical"][rng.random_range(0..3)])),
        26 => (Who::Commander, format!("!identified {token} a bad deploy")),
        27 => (Who::Commander, format!("!mitigated {token} traffic moved")),
        28 => (Who::Commander, format!("!resolve {token} rolled back")),
        29 => match rng.random_range(0..5) {
            0 => (Who::Commander, format!("!cancel {token} false alarm")),
            1 => (Who::Commander, "!duplicate INC-1".to_owned()),
            2 => (Who::Commander, format!("!reopen {token} it is back")),
            _ => (Who::Commander, "!close".to_owned()),
        },
        30 => (Who::Commander, format!("!sitrep {token} all hands on it")),
        31 => (Who::Anyone, format!("!impact {token} all of Europe")),
        32 => (Who::Anyone, format!("!workaround {token} pay by invoice")),
        33 => (Who::Anyone, format!("!trying {token} a rollback")),
        34 => (
            Who::Anyone,
            [format!("!problem {token} queue"), format!("!solved {problem}")][rng.random_range(0..2)].clone(),
        ),
        35 => (
            Who::Anyone,
            [format!("!temporary {token} no alerts"), format!("!undone {temporary}")][rng.random_range(0..2)].clone(),
        ),
        36 => (
            Who::Commander,
            [format!("!task {token} look at it @{to}"), format!("!task {token} look"), format!("!done {task}")]
                [rng.random_range(0..3)]
            .clone(),
        ),
        37 => (Who::Anyone, [format!("!need {token} a DBA"), format!("!task {task}")][rng.random_range(0..2)].clone()),
        38 => (
            Who::Anyone,
            [format!("!answered {question}"), format!("!drop task {task} {token} not needed"), format!("!invite {to}")]
                [rng.random_range(0..3)]
            .clone(),
        ),
        _ => (
            Who::Anyone,
            ["!status", "!who", "!timeline", "!drafts", "!help", "!stats", "!tusks", "!sitrep", "! log", "!"]
                [rng.random_range(0..10)]
            .to_owned(),
        ),
    }
}
