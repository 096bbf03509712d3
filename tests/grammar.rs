//! What may be typed, and what it means.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a helper of tests fails the test")]
#![expect(clippy::unnecessary_wraps, reason = "what stands in a table has the table's type")]

#[path = "grammar/again.rs"]
mod again;
#[path = "grammar/any_text.rs"]
mod any_text;
#[path = "grammar/apart.rs"]
mod apart;
#[path = "grammar/commands.rs"]
mod commands;
#[path = "grammar/help.rs"]
mod help;
#[path = "grammar/lines.rs"]
mod lines;
#[path = "grammar/menu.rs"]
mod menu;
#[path = "grammar/options.rs"]
mod options;
#[path = "grammar/people.rs"]
mod people;
#[path = "grammar/promises.rs"]
mod promises;
#[path = "grammar/refusals.rs"]
mod refusals;
#[path = "grammar/table.rs"]
mod table;

use herald::command::{Ask, Line, People, parse};
use herald::incident::{Next, Refusal};
use herald_chat::{Mention, Network, Person, UserRef};
use jiff::SignedDuration;

/// Somebody with the account `id` of a network.
fn person(network: &str, id: &str, name: &str) -> Person {
    Person { id: UserRef::new(&Network::new(network), id), name: name.to_owned() }
}

fn ana() -> Person {
    person("console", "ana", "ana")
}

fn ben() -> Person {
    person("console", "ben", "ben")
}

/// Everybody who is known in these tests.
fn everybody() -> People {
    let mut people = People::new();
    let cleo = person("console", "cleo", "Cleo Smith");
    let dora = person("matrix", "@dora:example.org", "Dora [on call]");
    let twins = [person("console", "max1", "max"), person("console", "max2", "Max")];
    [ana(), ben(), cleo, dora].into_iter().chain(twins).for_each(|person| people.saw(person));
    people
}

/// A promise for so many minutes from now.
fn min(minutes: i64) -> Option<Next> {
    Some(Next::In(SignedDuration::from_mins(minutes)))
}

/// What ana gets when she types it.
fn typed(text: &str) -> Result<Option<Line>, Refusal> {
    typed_with(text, &[])
}

fn typed_with(text: &str, mentions: &[Mention]) -> Result<Option<Line>, Refusal> {
    parse(text, &ana(), &everybody(), mentions)
}

/// What she asked for. It must be a command, and one that can be understood.
fn ask(text: &str) -> Ask {
    line(text).ask
}

fn line(text: &str) -> Line {
    typed(text)
        .unwrap_or_else(|refusal| panic!("{text:?}: {refusal}"))
        .unwrap_or_else(|| panic!("{text:?}: no command"))
}

/// The words of the refusal.
fn refused(text: &str) -> String {
    match typed(text) {
        Err(refusal) => refusal.to_string(),
        Ok(line) => panic!("{text:?} was understood: {line:?}"),
    }
}
