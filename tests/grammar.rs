//! What may be typed, and what it means.

#[path = "grammar/people.rs"]
mod people;

use herald::command::People;
use herald_chat::{Network, Person, UserRef};

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
