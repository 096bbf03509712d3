//! The pinned boards.

use herald::announce::{Action, pinned};
use herald::engine::{Rooms, Setup};
use herald::incident::sight::Viewer;
use herald::incident::{Audience, Incident};
use herald::outbox::{Entry, Rank};
use herald_chat::{MessageRef, Origin, SendError, Tone, What};
use jiff::tz::TimeZone;

use crate::house::{House, person, refused, room, setup, told};

fn is_board(entry: &Entry) -> bool {
    entry.rank == Rank::Board
}

/// What is done to boards.
fn boards(house: &mut House) -> Vec<String> {
    told(&house.settle().into_iter().filter(is_board).collect::<Vec<_>>())
}

fn waiting(house: &House) -> Vec<Entry> {
    house.engine.waiting().filter(|entry| is_board(entry)).cloned().collect()
}

/// An incident with its board: the board's message.
fn declared() -> (House, MessageRef) {
    let mut house = House::with_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    let done = house.settle();
    let pin = done.last().unwrap();
    let Action::Pin(message, true) = pin.action.clone() else { unreachable!("{pin:?}") };
    (house, message)
}

fn text(house: &House) -> String {
    let incident = house.engine.incidents().next().unwrap();
    pinned(incident, Viewer::Audience(Audience::WarRoom), &TimeZone::UTC).to_string()
}

#[test]
fn an_incident_has_a_board_that_notifies_nobody_and_comes_after_all_else() {
    let mut house = House::with_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    let done = house.settle();
    let first = done.iter().position(is_board).unwrap();
    assert!(done.iter().skip(first).all(is_board) && done.len() == first + 2, "{:?}", told(&done));
    let Action::Post(post) = done[first].action.clone() else { unreachable!() };
    assert_eq!((post.tone, post.calls.len(), post.text.to_string()), (Tone::Notice, 0, text(&house)));
}

#[test]
fn after_a_restart_nothing_is_done_to_a_board_that_is_right() {
    let (mut house, board) = declared();
    assert_eq!(told(&house.restart(setup())), [""; 0]);
    let before = text(&house);
    house.wait(36 * 3600);
    let done = told(&house.restart(setup()));
    assert!(!done.is_empty() && done.iter().all(|it| !it.contains(&board.id)), "what is owed is said: {done:?}");
    assert_eq!(text(&house), before, "time alone changes no board");
}

#[test]
fn an_incident_of_a_herald_that_kept_no_boards_gets_one() {
    let mut house = House::without_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    assert_eq!(boards(&mut house), [""; 0]);
    let done = told(&house.restart(setup()));
    assert!(done.len() == 2 && done[0] == text(&house) && done[1].starts_with("pin "), "{done:?}");
}

#[test]
fn a_newer_text_takes_the_place_of_one_that_waits() {
    let (mut house, board) = declared();
    house.say("ana", "war-room", "!impact some of Europe");
    house.say("ana", "war-room", "!impact all of Europe");
    let [Entry { action: Action::Edit(message, post), .. }] = &waiting(&house)[..] else { unreachable!() };
    assert_eq!((message, post.text.to_string()), (&board, text(&house)));
    assert_eq!(boards(&mut house), [format!("edit {}: {}", board.id, text(&house))]);
}

#[test]
fn an_edit_back_to_earlier_words_is_another_edit() {
    let (mut house, _) = declared();
    let mut keys = Vec::new();
    for impact in ["some", "all", "some", "all"] {
        house.say("ana", "war-room", &format!("!impact {impact} of Europe"));
        keys.extend(waiting(&house).into_iter().map(|entry| entry.key));
        house.settle();
    }
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 4);
}

#[test]
fn a_board_waits_until_what_people_wait_for_is_through_also_when_that_is_tried_again() {
    let (mut house, _) = declared();
    house.answers = |_| Some(SendError::Retry { after: None, reason: "busy".to_owned() });
    house.say("ana", "war-room", "!impact all of Europe");
    house.settle();
    house.answers = |entry| (!is_board(entry)).then(|| SendError::Retry { after: None, reason: "busy".to_owned() });
    assert_eq!(boards(&mut house), [""; 0]);
    assert!(house.engine.wakes().unwrap() > house.now, "it does not spin");
    house.answers = |_| None;
    house.wait(60);
    assert_eq!(boards(&mut house).len(), 1);
}

#[test]
fn a_room_that_takes_no_board_is_not_reported_as_one_that_takes_no_updates() {
    let (mut house, _) = declared();
    house.answers = |entry| is_board(entry).then(|| SendError::Retry { after: None, reason: "busy".to_owned() });
    house.say("ana", "war-room", "!impact all of Europe");
    for _ in 0..8 {
        let done = told(&house.settle());
        assert!(done.iter().all(|words| !words.contains("not reached")), "{done:?}");
        house.wait(60);
    }
}

#[test]
fn that_a_board_cannot_be_pinned_is_said_once_and_it_is_kept_all_the_same() {
    let mut house = House::with_boards();
    house.answers =
        |entry| matches!(entry.action, Action::Pin(..)).then(|| refused("Give Herald the right to pin in this room."));
    house.say("ana", "war-room", "!declare checkout is down --drill");
    let told_of = |done: Vec<Entry>| told(&done).into_iter().filter(|it| it.contains("pinned")).collect::<Vec<_>>();
    assert_eq!(
        told_of(house.settle()),
        [
            "(drill) The board of INC-1 cannot be pinned here: Give Herald the right to pin in this room. I keep it up to \
          date all the same. When that is put right, delete it, and I pin a new one."
        ]
    );
    house.say("ana", "war-room", "!impact all of Europe");
    let done = house.settle();
    assert!(done.iter().any(|entry| matches!(entry.action, Action::Edit(..))));
    assert_eq!(told_of(done), [""; 0]);
    house.restart(setup());
    house.say("ana", "war-room", "!cancel false alarm");
    let done = house.settle();
    assert!(matches!(done.last().unwrap().action, Action::Edit(..)), "{:?}", told(&done));
    assert_eq!(told_of(done), [""; 0]);
}

#[test]
fn a_board_that_somebody_removes_is_followed_by_another_and_one_that_a_machine_removes_by_the_next_change() {
    let (mut house, board) = declared();
    let gone = |of: &MessageRef| What::Delete { of: of.id.clone() };
    house.hear("ana", "war-room", "x1", Origin::Human, gone(&board));
    let done = house.settle();
    let Action::Pin(second, true) = done[2].action.clone() else { unreachable!("{done:?}") };
    let notice = "The board was deleted in the war room by ana. I post another.".to_owned();
    assert_eq!(told(&done), [notice, text(&house), format!("pin {}", second.id)]);
    house.hear("sweeper", "war-room", "x2", Origin::Machine, gone(&second));
    assert_eq!(boards(&mut house), [""; 0]);
    house.say("ana", "war-room", "!impact all of Europe");
    assert_eq!(boards(&mut house)[0], text(&house));
}

#[test]
fn a_board_that_is_removed_before_it_is_known_to_be_there_is_followed_by_another() {
    let mut house = House::with_boards();
    house.answers = |entry| is_board(entry).then(|| SendError::Unknown { reason: "no answer".to_owned() });
    house.say("ana", "war-room", "!declare checkout is down");
    house.settle();
    // The platform will give this id, when it is asked again.
    house.hear("ana", "war-room", "x1", Origin::Human, What::Delete { of: "m1000".to_owned() });
    house.restart(setup());
    house.answers = |_| None;
    house.wait(10);
    let ready = house.engine.ready(house.now).unwrap();
    let [post] = &ready[..] else { unreachable!("{ready:?}") };
    let receipt = herald::engine::Receipt::Message(MessageRef { room: room("war-room"), id: "m1000".to_owned() });
    house.step(vec![herald::engine::Input::Sent(post.entry.id, Ok(receipt))]);
    let done = house.settle();
    assert_eq!(told(&done)[0], text(&house));
    assert!(done.len() == 2 && done[0].key != post.entry.key);
}

#[test]
fn a_board_that_cannot_be_edited_is_posted_anew() {
    let (mut house, _) = declared();
    house.answers = |entry| matches!(entry.action, Action::Edit(..)).then(|| refused("That message is gone."));
    house.say("ana", "war-room", "!impact all of Europe");
    let done = boards(&mut house);
    assert_eq!((done.len(), &done[0]), (2, &text(&house)));
    house.answers = |entry| is_board(entry).then(|| refused("Herald may not write here."));
    house.say("ana", "war-room", "!impact some of Europe");
    assert_eq!(boards(&mut house), [""; 0]);
    assert!(waiting(&house).is_empty(), "it is not tried for ever");
}

#[test]
fn in_a_room_that_is_a_war_room_no_more_the_board_is_unpinned_and_says_nothing_new() {
    let (mut house, board) = declared();
    let setup = || Setup { rooms: Rooms::new([(Audience::WarRoom, room("elsewhere"))]), ..setup() };
    let done = told(&house.restart(setup()));
    let (old, new): (Vec<_>, Vec<_>) = done.into_iter().partition(|it| it.contains(&board.id));
    assert_eq!(old, [format!("unpin {}", board.id)]);
    assert!(new.len() == 2 && new[0] == text(&house) && new[1].starts_with("pin "), "{new:?}");
    assert_eq!(told(&house.restart(setup())), [""; 0]);
}

#[test]
fn a_board_is_one_message_however_much_there_is_to_show() {
    let mut house = House::without_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    for n in 0..100 {
        house.say("ana", "war-room", &format!("!problem number {n} {}", "very ".repeat(300)));
    }
    let incident: &Incident = house.engine.incidents().next().unwrap();
    assert!(incident.commander.as_ref() == Some(&person("ana")));
    let text = pinned(incident, Viewer::Audience(Audience::WarRoom), &TimeZone::UTC).to_string();
    assert_eq!(text.lines().count(), 40);
    assert!(text.lines().all(|line| line.chars().count() <= 201), "{text}");
    let last: Vec<&str> = text.lines().skip(37).collect();
    assert!(last[0].starts_with("Problem 36: "), "{last:?}");
    assert_eq!(last[1..], ["… 65 more lines: `!status INC-1`", "I keep this board up to date."]);
}
