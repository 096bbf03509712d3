//! What fails by itself, while its network works: what waits for it and what does not, and who is told.

use herald::announce::Action;
use herald::config::Config;
use herald::engine::{Input, Setup};
use herald::incident::IncidentNo;
use herald::outbox::Entry;
use herald::practice;
use herald_chat::{Attachment, FileKind, Inbound, MessageRef, Network, Origin, SendError, Shown, What};

use crate::house::{House, network, person as somebody, told};
use crate::town::{Town, account, holding, person, room, shown};

fn unknown() -> SendError {
    SendError::Unknown { reason: "no answer".to_owned() }
}

/// What a platform does not answer to.
fn not_to(is_stuck: bool) -> Option<SendError> {
    is_stuck.then(unknown)
}

/// What is done while so many half minutes pass, in which the networks answer what they are asked.
fn pass(house: &mut House, halves: usize, networks: &[&str]) -> Vec<Entry> {
    let mut done = Vec::new();
    for _ in 0..halves {
        house.wait(30);
        house.step(networks.iter().map(|it| Input::Answers(Network::new(it))).collect());
        done.extend(house.settle());
    }
    done
}

fn file(name: &str) -> Attachment {
    Attachment {
        name: name.to_owned(),
        kind: FileKind::Image,
        mime: None,
        size: Some(100),
        pixels: None,
        spoiler: false,
        network: Network::new("matrix"),
        source: name.to_owned(),
    }
}

/// Ana on Matrix says something in the war room, with a file.
fn send(town: &mut Town, id: &str, words: &str, name: &str) {
    let shown = Shown { files: vec![file(name)], ..Shown::plain(words) };
    let what = What::Message { text: words.to_owned(), reply_to: None, mentions: Vec::new(), shown };
    town.house.hear_in(&room("matrix:war"), person("matrix:ana"), id, Origin::Human, what);
}

/// Somebody on Matrix answers a message in the war room.
fn answer(town: &mut Town, id: &str, to: &str, words: &str) {
    let mut what = What::says(words);
    if let What::Message { reply_to, .. } = &mut what {
        *reply_to = Some(MessageRef { room: room("matrix:war"), id: to.to_owned() });
    }
    town.house.hear_in(&room("matrix:war"), person("matrix:ben"), id, Origin::Human, what);
}

/// The file that is never given out.
fn is_dump(entry: &Entry) -> bool {
    entry.action.file().is_some_and(|file| file.name == "dump")
}

#[test]
fn words_wait_for_no_file_that_waits_for_another() {
    let mut town = Town::new();
    town.house.answers = |entry| not_to(is_dump(entry));
    send(&mut town, "1", "", "dump");
    assert_eq!(town.read(), [""; 0]);
    send(&mut town, "2", "", "chart");
    assert_eq!(town.room("matrix:ana", "and now?"), ["discord:war: ana · Matrix: and now?"]);
    // Once it is passed by, what comes after it is in its order again.
    let done = pass(&mut town.house, 20, &["matrix", "discord"]);
    assert!(done.iter().any(|it| it.action.file().is_some_and(|file| file.name == "chart")), "{done:?}");
    send(&mut town, "3", "", "trace");
    town.house.hear_in(&room("matrix:war"), person("matrix:ana"), "4", Origin::Human, What::says("that was it"));
    let done = town.settle();
    assert!(done.len() == 2 && done[0].action.file().is_some(), "{done:?}");
}

#[test]
fn what_herald_answers_to_a_command_with_a_file_waits_for_no_file() {
    let mut town = Town::new();
    town.house.answers = |entry| not_to(is_dump(entry));
    send(&mut town, "1", "!incidents", "dump");
    let told = town.read();
    assert_eq!(holding(&told, "No incident is open").len(), 2, "{told:?}");
}

#[test]
fn an_answer_to_words_that_came_with_a_file_goes_with_the_words() {
    let mut town = Town::new();
    town.house.answers = |entry| not_to(is_dump(entry));
    send(&mut town, "1", "the dump of cart-2", "dump");
    assert_eq!(town.read(), ["discord:war: ana · Matrix: the dump of cart-2"]);
    answer(&mut town, "2", "1", "thank you");
    assert_eq!(town.read(), ["discord:war: ben · Matrix: thank you"]);
    // What answers a file alone waits for it.
    send(&mut town, "3", "", "dump");
    answer(&mut town, "4", "3", "what is that?");
    assert_eq!(town.read(), [""; 0]);
}

#[test]
fn an_answer_to_a_file_that_gives_way_answers_what_stands_in_its_place() {
    let mut town = Town::new();
    town.house.answers = |entry| not_to(is_dump(entry));
    send(&mut town, "1", "", "dump");
    answer(&mut town, "2", "1", "what is that?");
    let done = pass(&mut town.house, 60, &["matrix", "discord"]);
    let words: Vec<String> = done.iter().map(shown).collect();
    let at = |words_of: &str| words.iter().position(|it| it.contains(words_of)).unwrap();
    assert!(at("was not passed on") < at("what is that?"), "{words:?}");
    let answers = done[at("what is that?")].action.post().unwrap().reply_to.clone();
    assert!(answers.is_some(), "{done:?}");
}

#[test]
fn what_answers_a_stuck_file_holds_up_no_other_file() {
    let mut town = Town::new();
    town.house.answers = |entry| not_to(is_dump(entry));
    send(&mut town, "1", "", "dump");
    answer(&mut town, "2", "1", "what is that?");
    pass(&mut town.house, 12, &["matrix", "discord"]);
    send(&mut town, "3", "", "chart");
    answer(&mut town, "4", "3", "a chart, thank you");
    let done: Vec<String> = pass(&mut town.house, 1, &["matrix", "discord"]).iter().map(shown).collect();
    assert!(done.len() == 2 && done[0].contains("chart") && done[1].contains("a chart, thank you"), "{done:?}");
}

#[test]
fn a_file_and_something_else_that_are_stuck_in_one_room_both_give_way() {
    let mut town = Town::new();
    town.house.answers = |entry| not_to(is_dump(entry) || matches!(entry.action, Action::Delete(_)));
    send(&mut town, "1", "", "dump");
    town.house.hear_in(
        &room("discord:war"),
        person("discord:ben"),
        "typo",
        Origin::Human,
        What::says("!declaer keys leaked --security"),
    );
    town.read();
    town.house.hear_in(&room("matrix:war"), person("matrix:ana"), "2", Origin::Human, What::says("hello"));
    let done = pass(&mut town.house, 12, &["matrix", "discord"]);
    assert_eq!(holding(&done.iter().map(shown).collect::<Vec<_>>(), "Matrix: hello").len(), 1, "{done:?}");
    let told: Vec<String> = pass(&mut town.house, 120, &["matrix", "discord"]).iter().map(shown).collect();
    assert_eq!(holding(&told, "could not be removed: no answer").len(), 2, "{told:?}");
    assert_eq!(holding(&told, "dump (100 bytes) was not passed on").len(), 1, "{told:?}");
}

fn own_room() -> Setup {
    let mut config = Config::default();
    config.incidents.own_room = true;
    practice::setup(&config)
}

/// An incident with a room of its own, and three people whom people can speak of.
fn in_own_room() -> House {
    let mut house = House::with(own_room());
    for who in ["carl", "dora", "ben"] {
        house.say(who, "engineering", "hello");
    }
    house.say("ana", "war-room", "!declare checkout is down");
    house.settle();
    house
}

#[test]
fn of_two_people_who_cannot_be_let_in_for_one_reason_both_are_told_also_when_the_disk_was_full() {
    for is_full in [false, true] {
        let mut house = in_own_room();
        house.answers = |entry| not_to(matches!(entry.action, Action::Invite(_)));
        let own = house.engine.own_room(IncidentNo(1), &network()).unwrap();
        house.say("ana", own.id(), "!invite carl");
        house.say("ana", own.id(), "!invite dora");
        house.say("ana", own.id(), "!finding it is the cache");
        let mut done = Vec::new();
        for _ in 0..160 {
            if is_full {
                house.fill_disk();
            }
            done.extend(pass(&mut house, 1, &["console"]));
        }
        // What waits for room goes on within seconds once there is some.
        for _ in 0..10 {
            done.extend(pass(&mut house, 1, &["console"]));
        }
        let told = told(&done);
        for who in ["carl", "dora"] {
            let words = format!("{who} could not be let into the room of INC-1 on console: no answer");
            assert_eq!(told.iter().filter(|it| it.contains(&words)).count(), 1, "{who}, {is_full}: {told:?}");
        }
    }
}

#[test]
fn whoever_cannot_be_taken_out_is_named_and_what_that_means() {
    let mut house = in_own_room();
    let own = house.engine.own_room(IncidentNo(1), &network()).unwrap();
    house.say("ana", own.id(), "!invite ben");
    house.settle();
    house.answers = |entry| not_to(matches!(entry.action, Action::Exclude(_)));
    let user = somebody("ben").id;
    house.hear_in(&own, somebody("ben"), "out:1", Origin::Own, What::Left { user });
    let told = told(&pass(&mut house, 60, &["console"]));
    let words =
        "ben could not be taken out of the room of INC-1 on console: no answer. I have stopped trying. They may";
    assert_eq!(told.iter().filter(|it| it.contains(words)).count(), 1, "{told:?}");
}

#[test]
fn what_cannot_be_removed_or_changed_on_the_other_side_is_told_as_that() {
    let removal = || What::Delete { of: "said-1".to_owned() };
    let change = || What::Edit { of: "said-1".to_owned(), text: "new".to_owned(), shown: Shown::plain("new") };
    for (what, words) in [
        (removal(), "What was removed here still stands on Discord"),
        (change(), "What was changed here stands on Discord as it was"),
    ] {
        let mut town = Town::new();
        town.room("matrix:ana", "old");
        town.house.answers = |entry| not_to(matches!(entry.action, Action::Delete(_) | Action::Edit(..)));
        town.house.hear_in(&room("matrix:war"), person("matrix:ana"), "e1", Origin::Human, what);
        let told: Vec<String> = pass(&mut town.house, 60, &["matrix", "discord"]).iter().map(shown).collect();
        assert_eq!(holding(&told, words).len(), 1, "{told:?}");
    }
}

#[test]
fn whoever_is_seen_to_leave_while_the_disk_is_full_has_left() {
    let mut town = Town::new();
    town.room("matrix:ana", "!declare checkout is down");
    town.house.presence = |_, _| Ok(std::collections::BTreeSet::new());
    let what = What::Left { user: account("matrix:ana") };
    let inbound = Inbound {
        room: room("matrix:war"),
        id: "left".to_owned(),
        cursor: None,
        by: person("matrix:ana"),
        origin: Origin::Human,
        direct: false,
        at: town.now,
        what,
    };
    town.house.step(vec![Input::Inbound(Box::new(inbound))]);
    let lookup = town.engine.lookups().remove(0);
    let sighting = town.sighting(&lookup);
    town.fill_disk();
    town.house.step(vec![Input::Sighted(Box::new(lookup), sighting)]);
    town.wait(10);
    let told = town.read();
    assert_eq!(holding(&told, "<matrix:ana> has left").len(), 2, "{told:?}");
}
