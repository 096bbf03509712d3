//! Rooms that are one room.

use herald::announce::Action;
use herald_chat::{Origin, SendError, Shown, What};

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

/// What ben said stands on Matrix perhaps, and ana reacts to something there that may be it.
fn reacts_to_what_may_be_there(town: &mut Town) {
    town.house.answers = |entry| {
        let lost = || SendError::Unknown { reason: "no answer in time".to_owned() };
        entry.dest.to_string().starts_with("matrix").then(lost)
    };
    town.house.hear_in(&room("discord:war"), person("discord:ben"), "b1", Origin::Human, What::says("any news?"));
    town.settle();
    let (to, emoji) = ("m?".to_owned(), "👍".to_owned());
    let reaction = What::Reaction { to, emoji, text: String::new(), author: person("matrix:herald") };
    assert_eq!(hear(town, "r1", reaction), [""; 0]);
}

/// The words of what is passed on to Discord next, and whatever else is done there.
fn passed_on(town: &mut Town) -> Vec<String> {
    let done = town.settle();
    let there = done.iter().filter(|it| it.dest.to_string().starts_with("discord"));
    there.map(|it| shown(it).replace("discord:war: ana · Matrix: ", "")).collect()
}

#[test]
fn nothing_overtakes_what_waits_however_often_it_is_read_back() {
    let mut town = Town::new();
    reacts_to_what_may_be_there(&mut town);
    let words: Vec<String> = (0..400).map(|n| format!("w{n}")).collect();
    for _ in 0..3 {
        for word in &words {
            assert_eq!(hear(&mut town, word, What::says(word)), [""; 0]);
        }
        let edit = What::Edit { of: "w399".to_owned(), text: "new".to_owned(), shown: Shown::plain("new") };
        assert_eq!(hear(&mut town, "e1", edit), [""; 0]);
    }
    town.house.wait(11);
    let done = passed_on(&mut town);
    let (changed, said) = done.split_last().unwrap();
    assert_eq!(said, words);
    assert!(changed.contains("Edit") && changed.contains("new"), "{changed}");
}

#[test]
fn what_waits_keeps_its_order_while_the_disk_is_full() {
    let mut town = Town::new();
    reacts_to_what_may_be_there(&mut town);
    for word in ["one", "two", "three"] {
        assert_eq!(hear(&mut town, word, What::says(word)), [""; 0]);
    }
    // This one waits for longer than those before it, which go on while there is no room for them.
    town.house.wait(5);
    hear(&mut town, "r2", What::Unreacted { to: "m!".to_owned(), emoji: "👍".to_owned() });
    assert_eq!(hear(&mut town, "four", What::says("four")), [""; 0]);
    town.house.wait(6);
    town.house.fill_disk();
    town.house.step(Vec::new());
    assert_eq!(hear(&mut town, "five", What::says("five")), [""; 0]);
    town.house.wait(11);
    assert_eq!(passed_on(&mut town), ["one", "two", "three", "four", "five"]);
}

#[test]
fn what_is_too_much_to_wait_goes_on_in_its_order() {
    let mut town = Town::new();
    reacts_to_what_may_be_there(&mut town);
    let words: Vec<String> = (0..1500).map(|n| format!("w{n}")).collect();
    let mut done = Vec::new();
    for word in &words {
        done.extend(hear(&mut town, word, What::says(word)));
    }
    assert!(!done.is_empty(), "not for ever");
    town.house.wait(11);
    done.extend(town.settle().iter().map(shown));
    let done: Vec<&str> = done.iter().filter_map(|it| it.strip_prefix("discord:war: ana · Matrix: ")).collect();
    assert_eq!(done, words);
}
