//! Only what was done is said; rooms that Herald is taken out of, that are deleted or given up for others: what is published is
//! held, people are told what to do, and it goes on when that is done.

use herald::announce::Action;
use herald::engine::{Input, Setup};
use herald::incident::IncidentNo;
use herald::outbox::{Dest, Entry};
use herald_chat::{Cursor, Origin, RoomPart, RoomRef, SendError, Succession, What};

use crate::house::{House, network, person, room, setup};

/// What is posted, each with where.
fn posts(done: &[Entry]) -> Vec<String> {
    let post = |entry: &Entry| Some(format!("{}: {}", entry.dest, entry.action.post()?.text));
    done.iter().filter_map(post).collect()
}

fn has(all: &[String], place: &str, words: &str) -> bool {
    all.iter().any(|it| it.contains(place) && it.contains(words))
}

/// The company's room takes nothing.
fn shut(entry: &Entry) -> Option<SendError> {
    let refused = || SendError::Refused { reason: "Herald is not in this room.".to_owned() };
    (entry.dest == Dest::Room(room("company"))).then(refused)
}

fn nothing_removed(entry: &Entry) -> Option<SendError> {
    let refused = || SendError::Refused { reason: "The homeserver does not allow it: too little power.".to_owned() };
    matches!(entry.action, Action::Delete(_)).then(refused)
}

/// A house in which ben is about to speak.
fn house() -> House {
    let mut house = House::with(Setup { admins: vec![person("eve").id], me: [person("herald").id].into(), ..setup() });
    house.say("ana", "war-room", "!declare checkout is down");
    house.say("ben", "war-room", "!take spokesperson");
    house.settle();
    house
}

#[test]
fn what_could_not_be_removed_is_said_to_stand_there_with_why_and_what_to_do() {
    let mut house = house();
    house.answers = nothing_removed;
    house.say("mal", "company", "we are bankrupt");
    let told = posts(&house.settle());
    assert!(has(&told, "direct", "I could not remove your message: please remove it yourself"), "{told:?}");
    assert!(
        has(&told, "war-room", "mal wrote in the company channel, and it stands there: The homeserver"),
        "{told:?}"
    );
    assert!(has(&told, "war-room", "Remove it by hand"), "{told:?}");
    assert!(!told.iter().any(|it| it.contains("I remove ")), "{told:?}");
    // What may be secret, too.
    house.say("cleo", "war-room", "!declare keys leaked --securty");
    let told = posts(&house.settle());
    assert!(
        has(&told, "direct", "I could not remove your message from the war room: remove it yourself now"),
        "{told:?}"
    );
    assert!(has(&told, "admin", "A message in the war room could not be removed"), "{told:?}");
    assert!(!told.iter().any(|it| it.contains("I have removed")), "{told:?}");
    // Nor is anybody in a room whom the network does not let in.
    house.say("ana", "war-room", "!declare keys leaked --security");
    house.settle();
    let own = house.engine.own_room(IncidentNo(2), &network()).unwrap();
    house.say("ben", "war-room", "hello");
    house.answers = |entry| {
        let refused = || SendError::Refused { reason: "Herald may not invite there.".to_owned() };
        matches!(entry.action, Action::Invite(_)).then(refused)
    };
    house.say("ana", own.id(), "!invite ben");
    let told = posts(&house.settle());
    assert!(has(&told, "INC-2", "Herald may not invite there"), "{told:?}");
    // Nobody is told anything before it is known.
    house.answers = |entry| {
        let later = || SendError::Retry { after: None, reason: "no answer".to_owned() };
        matches!(entry.action, Action::Delete(_)).then(later)
    };
    house.say("mal", "company", "again");
    assert_eq!(posts(&house.settle()), [""; 0]);
}

#[test]
fn a_room_that_herald_is_taken_out_of_is_told_and_what_is_published_waits_until_it_is_back() {
    let mut house = house();
    house.answers = shut;
    let out = What::Left { user: person("herald").id };
    house.hear("mal", "company", "out", Origin::Human, out);
    let told = posts(&house.settle());
    for place in ["admin", "war-room"] {
        assert!(has(&told, place, "mal took me out of the company channel"), "{place}: {told:?}");
    }
    house.say("ben", "war-room", "!update We are on it. next 20m");
    let told = posts(&house.settle());
    assert!(!told.iter().any(|it| it.contains("does not stand in")), "{told:?}");
    house.answers = |_| None;
    house.hear("herald", "company", "in", Origin::Own, What::Joined { person: person("herald") });
    house.wait(61);
    let told = posts(&house.settle());
    assert!(has(&told, "company", "We are on it."), "{told:?}");
    assert!(has(&told, "war-room", "I am back in the company channel"), "{told:?}");
}

#[test]
fn a_room_that_was_deleted_or_cannot_be_gone_on_from_holds_what_is_published_until_an_admin_names_another() {
    let replaced = Succession::Doubtful {
        room: Some(room("new")),
        why: "mal gave the room up and is no admin of it".to_owned(),
        can_heal: false,
    };
    let cases = [
        (What::Altered { part: RoomPart::Gone }, "mal deleted it", "console:<its id>"),
        (What::Replaced { succession: replaced }, "is no admin of it", "console:new"),
    ];
    for (what, why, next) in cases {
        let mut house = house();
        house.answers = shut;
        house.hear("mal", "company", "gone", Origin::Human, what);
        let told = posts(&house.settle());
        for place in ["admin", "war-room"] {
            assert!(has(&told, place, why) && has(&told, place, next), "{place}: {told:?}");
        }
        assert!(!told.iter().any(|it| it.contains("I open another")), "{told:?}");
        assert_eq!(house.engine.given_up().count(), 1);
        house.say("ben", "war-room", "!update We are on it. next 20m");
        house.settle();
        house.say("eve", "admin", "!admin map company console:new");
        let told = posts(&house.settle());
        assert!(has(&told, "admin", "One update that had not arrived elsewhere goes there too"), "{told:?}");
        assert!(has(&told, "console:new", "We are on it."), "{told:?}");
        assert_eq!(house.engine.given_up().count(), 0);
        house.say("ben", "war-room", "!update It works. next 20m");
        let told = posts(&house.settle());
        assert!(has(&told, "console:new", "It works.") && !has(&told, "console:company", ""), "{told:?}");
    }
}

#[test]
fn a_room_that_was_given_up_for_another_by_whoever_may_is_followed_with_all_that_waits_also_after_a_restart() {
    let mut house = house();
    house.answers = |entry| {
        let later = || SendError::Retry { after: None, reason: "given up".to_owned() };
        (entry.dest == Dest::Room(room("company"))).then(later)
    };
    house.say("ben", "war-room", "!update We are on it. next 20m");
    house.settle();
    let follows = |new: &str| What::Replaced {
        succession: Succession::Follows { room: room(new), since: Cursor("0".to_owned()) },
    };
    house.hear("ana", "company", "r1", Origin::Human, follows("company-2"));
    let told = posts(&house.settle());
    assert!(has(&told, "company-2", "We are on it."), "{told:?}");
    assert!(has(&told, "war-room", "ana gave up the company channel for"), "{told:?}");
    assert_eq!(house.engine.cursors().get(&room("company-2")), Some(Cursor("0".to_owned())));
    assert!(!told.iter().any(|it| it.contains("has left")));
    // Once more, to a room that is for somebody already: that is no place for the company's updates.
    house.hear("ana", "company-2", "r2", Origin::Human, follows("engineering"));
    assert!(has(&posts(&house.settle()), "admin", "it is for engineering already"));
    house.restart(Setup { admins: vec![person("eve").id], ..setup() });
    house.say("ben", "war-room", "!update It works. next 20m");
    let told = posts(&house.settle());
    assert!(
        has(&told, "company-2", "It works.") && !told.iter().any(|it| it.starts_with("console:company:")),
        "{told:?}"
    );
}

#[test]
fn the_room_of_an_incident_that_was_given_up_goes_on_in_the_new_one_or_is_opened_anew() {
    let mut house = House::with(setup());
    house.say("ana", "war-room", "!declare keys leaked --security");
    house.settle();
    let own = |house: &House| -> RoomRef { house.engine.own_room(IncidentNo(1), &network()).unwrap() };
    let first = own(&house);
    let succession = Succession::Follows { room: room("second"), since: Cursor("0".to_owned()) };
    house.hear_in(&first, person("ana"), "r1", Origin::Human, What::Replaced { succession });
    house.settle();
    assert_eq!(own(&house), room("second"));
    let succession =
        Succession::Doubtful { room: Some(room("third")), why: "mal is no admin of it".to_owned(), can_heal: false };
    house.hear("mal", "second", "r2", Origin::Human, What::Replaced { succession });
    let done = house.settle();
    assert!(done.iter().any(|it| matches!(it.action, Action::Open(_))), "{done:?}");
    assert!(own(&house) != room("second") && own(&house) != room("third"));
}

#[test]
fn where_others_can_write_admins_are_told_once_and_told_again_when_they_cannot() {
    let mut house = house();
    let line = |why: Option<&str>| vec![Input::Line(room("company"), why.map(str::to_owned))];
    house.step(line(Some("Herald's power level is 20 and has to be 100.")));
    house.step(line(Some("Herald's power level is 20 and has to be 100.")));
    let told = posts(&house.settle());
    assert!(told.len() == 1 && has(&told, "admin", "is 20 and has to be 100"), "{told:?}");
    assert_eq!(house.engine.unheld().count(), 1);
    house.step(line(None));
    assert!(has(&posts(&house.settle()), "admin", "Only I can write in the company channel now"));
    assert_eq!(house.engine.unheld().count(), 0);
}
