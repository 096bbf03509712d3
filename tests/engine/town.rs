//! A house on two networks, and people who speak on both.

use std::ops::{Deref, DerefMut};

use herald::announce::Action;
use herald::config::Config;
use herald::engine::{Rooms, Seed, Setup};
use herald::incident::{Audience, Role};
use herald::outbox::Entry;
use herald_chat::{Mention, Origin, Person, RoomRef, Span, UserRef, What};

use crate::house::House;

/// A house with a war room on Matrix and one on Discord.
pub(crate) struct Town {
    pub(crate) house: House,
    said: u64,
}

impl Deref for Town {
    type Target = House;

    fn deref(&self) -> &House {
        &self.house
    }
}

impl DerefMut for Town {
    fn deref_mut(&mut self) -> &mut House {
        &mut self.house
    }
}

pub(crate) fn account(reference: &str) -> UserRef {
    reference.to_owned().try_into().unwrap()
}

pub(crate) fn room(reference: &str) -> RoomRef {
    reference.to_owned().try_into().unwrap()
}

pub(crate) fn setup(config: &Config) -> Setup {
    let rooms = Rooms::new([
        (Audience::WarRoom, room("matrix:war")),
        (Audience::WarRoom, room("discord:war")),
        (Audience::Company, room("matrix:company")),
        (Audience::Company, room("discord:company")),
    ]);
    Setup::of(config, rooms, Seed([7; 32]))
}

pub(crate) fn linked(groups: &[&[&str]]) -> Setup {
    let groups = groups.iter().map(|group| group.iter().map(|it| account(it)).collect()).collect();
    Setup { linked: groups, ..setup(&Config::default()) }
}

impl Town {
    pub(crate) fn new() -> Self {
        Self::with(setup(&Config::default()))
    }

    pub(crate) fn with(setup: Setup) -> Self {
        Self::of(House::with(setup))
    }

    pub(crate) fn of(house: House) -> Self {
        Self { house, said: 0 }
    }

    /// `ana on discord` says something: to Herald alone, or in the war room of her network.
    pub(crate) fn tell(&mut self, who: &str, direct: bool, text: &str) -> Vec<String> {
        self.tell_about(who, direct, text, &[])
    }

    pub(crate) fn tell_about(&mut self, who: &str, direct: bool, text: &str, mentions: &[&str]) -> Vec<String> {
        let mut what = What::says(text);
        if let What::Message { mentions: found, .. } = &mut what {
            found.extend(mentions.iter().map(|it| Mention { text: "@them".to_owned(), person: person(it) }));
        }
        let network = account(who).network();
        let name = if direct { format!("dm-{}", account(who).id()) } else { "war".to_owned() };
        self.said += 1;
        let id = format!("said-{}", self.said);
        self.house.hear_in(&RoomRef::new(&network, &name), person(who), &id, Origin::Human, what);
        self.read()
    }

    /// Somebody says something in a room.
    pub(crate) fn room_of(&mut self, place: &str, who: &str, text: &str) -> Vec<String> {
        self.said += 1;
        let id = format!("said-{}", self.said);
        self.house.hear_in(&room(place), person(who), &id, Origin::Human, What::says(text));
        self.read()
    }

    /// What is posted now: where, whom it calls, and what it says with people as their accounts.
    pub(crate) fn read(&mut self) -> Vec<String> {
        self.house.settle().iter().map(shown).collect()
    }

    pub(crate) fn room(&mut self, who: &str, text: &str) -> Vec<String> {
        self.tell(who, false, text)
    }

    pub(crate) fn direct(&mut self, who: &str, text: &str) -> Vec<String> {
        self.tell(who, true, text)
    }

    /// The code that this account is given.
    pub(crate) fn code(&mut self, who: &str) -> String {
        let answer = self.direct(who, "!link").join("\n");
        answer.split("`!link ").nth(1).unwrap().split('`').next().unwrap().to_owned()
    }

    pub(crate) fn link(&mut self, who: &str, other: &str) -> Vec<String> {
        let code = self.code(who);
        self.direct(other, &format!("!link {code}"))
    }

    pub(crate) fn holders(&self, role: Role) -> Vec<String> {
        let incidents = self.house.engine.incidents();
        incidents.flat_map(|it| it.holders(role)).map(|person| person.id.to_string()).collect()
    }
}

/// `discord:ana`, called as on its own network.
pub(crate) fn person(reference: &str) -> Person {
    let id = account(reference);
    let name = id.id().to_owned();
    Person { id, name }
}

pub(crate) fn shown(entry: &Entry) -> String {
    let what = match &entry.action {
        Action::Post(post) => {
            let calls: Vec<String> = post.calls.iter().map(|it| format!("({it}) ")).collect();
            let lines = post.text.lines().iter().map(|line| {
                line.spans.iter().map(|span| match span {
                    Span::Person(person) => format!("<{}>", person.id),
                    Span::Code(code) => format!("`{code}`"),
                    Span::Plain(text) | Span::Strong(text) | Span::Styled { text, .. } | Span::Time { text, .. } => {
                        text.clone()
                    }
                    Span::Distance { .. } => String::new(),
                })
            });
            let lines: Vec<String> = lines.map(Iterator::collect).collect();
            format!("{}{}", calls.concat(), lines.join("\n"))
        }
        Action::Open(spec) => format!("opens for {:?}", spec.members.iter().map(UserRef::as_str).collect::<Vec<_>>()),
        Action::Invite(user) => format!("invites {user}"),
        Action::Exclude(user) => format!("excludes {user}"),
        Action::File(..)
        | Action::Rewrite(_)
        | Action::Withdraw
        | Action::Edit(..)
        | Action::Pin(..)
        | Action::Delete(_)
        | Action::Archive => format!("{:?}", entry.action),
    };
    format!("{}: {what}", entry.dest)
}

/// Those of the posts that hold these words.
pub(crate) fn holding(all: &[String], words: &str) -> Vec<String> {
    all.iter().filter(|it| it.contains(words)).cloned().collect()
}
