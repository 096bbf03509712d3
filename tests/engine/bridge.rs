//! Rooms that are one room.

use herald::announce::Action;
use herald_chat::{Origin, SendError, What};

use crate::town::{Town, person, room, shown};

/// What ana on Matrix does in the war room, and what is done about it.
fn hear(town: &mut Town, id: &str, what: What) -> Vec<String> {
    town.house.hear_in(&room("matrix:war"), person("matrix:ana"), id, Origin::Human, what);
    town.settle().iter().map(shown).collect()
}

#[test]
fn what_was_removed_before_it_is_heard_is_not_passed_on() {
    let mut town = Town::new();
    // Read back after a gap: of the message nothing is left but that it was removed. Then the stream brings it.
    assert_eq!(hear(&mut town, "2", What::Delete { of: "1".to_owned() }), [""; 0]);
    assert_eq!(hear(&mut town, "1", What::says("never mind")), [""; 0]);
    assert_eq!(hear(&mut town, "3", What::says("what stays")).len(), 1);

    // The same of a reaction.
    assert_eq!(hear(&mut town, "5", What::Delete { of: "4".to_owned() }), [""; 0]);
    let reaction = |id: &str| What::Reaction {
        to: "3".to_owned(),
        emoji: id.to_owned(),
        text: "what stays".to_owned(),
        author: person("matrix:ana"),
    };
    assert_eq!(hear(&mut town, "4", reaction("👍")), [""; 0]);
    assert_eq!(hear(&mut town, "6", reaction("👀")).len(), 1);
}

#[test]
fn who_reacts_long_before_the_id_of_a_message_is_known_has_reacted_to_it() {
    let mut town = Town::new();
    // It stands there as m1, and the answer that says so is lost.
    town.house.answers = |entry| {
        let lost = || SendError::Unknown { reason: "no answer in time".to_owned() };
        matches!(entry.action, Action::Post(_)).then(lost)
    };
    assert_eq!(hear(&mut town, "1", What::says("the error rate is at 5%")), [""; 0]);
    let reaction = What::Reaction {
        to: "m1".to_owned(),
        emoji: "👍".to_owned(),
        text: "ana: the error rate is at 5%".to_owned(),
        author: person("discord:herald"),
    };
    town.house.hear_in(&room("discord:war"), person("discord:ben"), "r1", Origin::Human, reaction);
    town.house.wait(11);
    town.settle();
    town.house.answers = |_| None;
    town.house.wait(600);
    let done: Vec<_> = town.settle().iter().map(shown).collect();
    assert_eq!(done, ["discord:war: ana · Matrix: the error rate is at 5%", "matrix:war: 👍 ben"]);
}
