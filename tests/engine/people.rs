//! People with an account on each of two networks.

use std::ops::{Deref, DerefMut};

use herald::announce::Action;
use herald::config::Config;
use herald::engine::{Rooms, Seed, Setup};
use herald::incident::{Audience, Role};
use herald::outbox::Entry;
use herald_chat::{Mention, Network, Origin, Person, RoomRef, Span, UserRef, What};

use crate::house::House;

/// A house with a war room on Matrix and one on Discord.
struct Town {
    house: House,
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

fn account(reference: &str) -> UserRef {
    reference.to_owned().try_into().unwrap()
}

fn room(reference: &str) -> RoomRef {
    reference.to_owned().try_into().unwrap()
}

fn setup(config: &Config) -> Setup {
    let rooms = Rooms::new([
        (Audience::WarRoom, room("matrix:war")),
        (Audience::WarRoom, room("discord:war")),
        (Audience::Company, room("matrix:company")),
        (Audience::Company, room("discord:company")),
    ]);
    Setup::of(config, rooms, Seed([7; 32]))
}

fn linked(groups: &[&[&str]]) -> Setup {
    let groups = groups.iter().map(|group| group.iter().map(|it| account(it)).collect()).collect();
    Setup { linked: groups, ..setup(&Config::default()) }
}

impl Town {
    fn new() -> Self {
        Self::with(setup(&Config::default()))
    }

    fn with(setup: Setup) -> Self {
        Self { house: House::with(setup), said: 0 }
    }

    /// `ana on discord` says something: to Herald alone, or in the war room of her network.
    fn tell(&mut self, who: &str, direct: bool, text: &str) -> Vec<String> {
        self.tell_about(who, direct, text, &[])
    }

    fn tell_about(&mut self, who: &str, direct: bool, text: &str, mentions: &[&str]) -> Vec<String> {
        let what = What::Message {
            text: text.to_owned(),
            mentions: mentions.iter().map(|it| Mention { text: "@them".to_owned(), person: person(it) }).collect(),
            ..said()
        };
        let network = account(who).network();
        let name = if direct { format!("dm-{}", account(who).id()) } else { "war".to_owned() };
        self.said += 1;
        let id = format!("said-{}", self.said);
        self.house.hear_in(&RoomRef::new(&network, &name), person(who), &id, Origin::Human, what);
        self.read()
    }

    /// What is posted now: where, whom it calls, and what it says with people as their accounts.
    fn read(&mut self) -> Vec<String> {
        self.house.settle().iter().map(shown).collect()
    }

    fn room(&mut self, who: &str, text: &str) -> Vec<String> {
        self.tell(who, false, text)
    }

    fn direct(&mut self, who: &str, text: &str) -> Vec<String> {
        self.tell(who, true, text)
    }

    /// The code that this account is given.
    fn code(&mut self, who: &str) -> String {
        let answer = self.direct(who, "!link").join("\n");
        answer.split("`!link ").nth(1).unwrap().split('`').next().unwrap().to_owned()
    }

    fn link(&mut self, who: &str, other: &str) -> Vec<String> {
        let code = self.code(who);
        self.direct(other, &format!("!link {code}"))
    }

    fn holders(&self, role: Role) -> Vec<String> {
        let incidents = self.house.engine.incidents();
        incidents.flat_map(|it| it.holders(role)).map(|person| person.id.to_string()).collect()
    }
}

fn said() -> What {
    What::says("")
}

/// `discord:ana`, called as on its own network.
fn person(reference: &str) -> Person {
    let id = account(reference);
    let name = id.id().to_owned();
    Person { id, name }
}

fn shown(entry: &Entry) -> String {
    let what = match &entry.action {
        Action::Post(post) => {
            let calls: Vec<String> = post.calls.iter().map(|it| format!("({it}) ")).collect();
            let lines = post.text.lines().iter().map(|line| {
                line.spans.iter().map(|span| match span {
                    Span::Person(person) => format!("<{}>", person.id),
                    Span::Code(code) => format!("`{code}`"),
                    Span::Plain(text) | Span::Strong(text) | Span::Styled { text, .. } => text.clone(),
                    Span::Time { text, .. } => text.clone(),
                    Span::Distance { .. } => String::new(),
                })
            });
            let lines: Vec<String> = lines.map(Iterator::collect).collect();
            format!("{}{}", calls.concat(), lines.join("\n"))
        }
        Action::Open(spec) => format!("opens for {:?}", spec.members.iter().map(UserRef::as_str).collect::<Vec<_>>()),
        Action::Invite(user) => format!("invites {user}"),
        Action::Edit(..) | Action::Pin(..) | Action::Delete(_) | Action::Archive => format!("{:?}", entry.action),
    };
    format!("{}: {what}", entry.dest)
}

/// Those of the posts that hold these words.
fn holding(all: &[String], words: &str) -> Vec<String> {
    all.iter().filter(|it| it.contains(words)).cloned().collect()
}

#[test]
fn somebody_shows_with_a_code_that_two_accounts_are_theirs() {
    let mut town = Town::new();
    let offer = town.direct("matrix:ana", "!link");
    assert_eq!(offer.len(), 1, "{offer:?}");
    assert!(offer[0].contains("within 10 min"), "{offer:?}");
    let told = town.link("matrix:ana", "discord:anna");
    assert_eq!(
        told,
        [
            "direct:matrix:ana: `discord:anna` gave the code that you asked for, so it is yours for me now. If it is \
             not, type `!unlink` at once.",
            "room:discord:dm-anna: Done: `matrix:ana` and `discord:anna` are one person for me now, and your roles and \
             tasks are the same with each. `!unlink` undoes it.",
        ]
    );
    town.room("discord:anna", "!declare checkout is down");
    assert_eq!(town.holders(Role::Commander), ["matrix:ana"]);
    // The other account is the commander too.
    town.room("matrix:ana", "!identified a bad deploy");
    town.room("discord:anna", "!mitigated rolled back");
    assert_eq!(town.engine.tally().refusals, [].into());
}
