//! What somebody takes away or changes, by whom, and who is told.

use herald::announce::Action;
use herald::engine::Setup;
use herald::incident::{Event, IncidentNo, Record};
use herald::journal::Journal;
use herald::outbox::{Dest, Entry};
use herald_chat::{MessageRef, Origin, RoomPart, What};

use crate::house::{House, network, person, room, setup};

fn gone(id: &str) -> What {
    What::Delete { of: id.to_owned() }
}

/// What is posted in the war room, and what else is done anywhere.
fn told(done: &[Entry]) -> Vec<String> {
    let line = |entry: &Entry| match (&entry.dest, &entry.action) {
        (Dest::Room(place), Action::Post(post)) if place.id() == "war-room" => Some(post.text.to_string()),
        (_, Action::Delete(message)) => Some(format!("delete {}", message.id)),
        (_, Action::Exclude(user)) => Some(format!("exclude {}", user.id())),
        _ => None,
    };
    done.iter().filter_map(line).collect()
}

fn records(house: &House) -> Vec<Record> {
    let mut all = Vec::new();
    house.engine.journal().scan(1..=u64::MAX, &mut |record| all.push(record)).unwrap();
    all
}

/// The statement that was posted to the company last.
fn statement(house: &mut House) -> MessageRef {
    house.say("ana", "war-room", "!declare checkout is down");
    house.say("ben", "war-room", "!take spokesperson");
    house.say("ben", "war-room", "!update Nobody can pay. next 20m");
    let done = house.settle();
    assert!(done.iter().any(|it| it.dest == Dest::Room(room("company"))));
    house.stands_in("company")
}

#[test]
fn a_statement_that_a_moderator_deletes_is_told_at_once_and_is_on_record_as_the_moderators() {
    let mut house = House::without_boards();
    let statement = statement(&mut house);
    house.hear("mod", "company", "x1", Origin::Human, gone(&statement.id));
    let done = house.settle();
    let expected = "Update 1 was deleted in the company channel by mod. Whoever has not read it yet does not see it any \
                    more. `!correct 1 <text>` says it again.";
    assert_eq!(told(&done), [expected]);
    let Some(Record { by, event: Event::PostDeleted { place, .. }, .. }) = records(&house).pop() else {
        unreachable!("it is not on record")
    };
    assert_eq!((by, place.as_str()), (Some(person("mod")), "the company channel"));
    // Once: what is gone is gone.
    house.hear("mod", "company", "x2", Origin::Human, gone(&statement.id));
    assert_eq!(told(&house.settle()), [""; 0]);
}

#[test]
fn nobody_is_said_to_have_deleted_what_the_platform_does_not_say() {
    let mut house = House::without_boards();
    let statement = statement(&mut house);
    house.hear("somebody", "company", "x1", Origin::Unknown, gone(&statement.id));
    let told = told(&house.settle());
    assert!(told[0].starts_with("Update 1 was deleted in the company channel; who did it is not known."), "{told:?}");
    assert_eq!(records(&house).pop().unwrap().by, None);
}

#[test]
fn a_statement_that_is_deleted_after_the_incident_is_told_too_also_after_a_restart() {
    let mut house = House::without_boards();
    let statement = statement(&mut house);
    house.say("ana", "war-room", "!resolve rolled back");
    house.say("ben", "war-room", "!update All is well. final");
    house.settle();
    house.say("ana", "war-room", "!close");
    house.settle();
    house.restart(setup());
    house.hear("mod", "company", "x1", Origin::Human, gone(&statement.id));
    let told = told(&house.settle());
    assert_eq!(
        told,
        [
            "INC-1 is over. Update 1 was deleted in the company channel by mod. Tell people another way if they still need it."
        ]
    );
    assert!(matches!(records(&house).pop().unwrap().event, Event::PostDeleted { .. }));
}

#[test]
fn the_message_of_an_entry_that_a_moderator_deletes_is_the_moderators_removal_and_not_the_authors() {
    for (who, origin, expected) in [
        ("cleo", Origin::Human, "the message was removed."),
        ("mod", Origin::Human, "the message was removed by mod."),
        ("automod", Origin::Machine, "the message was removed by automod."),
        ("somebody", Origin::Unknown, "the message was removed; who did it is not known."),
    ] {
        let mut house = House::without_boards();
        house.say("ana", "war-room", "!declare checkout is down");
        house.hear("cleo", "war-room", "c1", Origin::Human, What::says("!finding the disk is full"));
        house.settle();
        house.hear(who, "war-room", "x1", origin, gone("c1"));
        let told = told(&house.settle());
        assert_eq!(told, [format!("📌 Finding 1 stays on the timeline, marked: {expected}")]);
        let last = records(&house).pop().unwrap();
        assert!(matches!(last.event, Event::LogRemoved { n: 1 }), "{last:?}");
        assert_eq!(last.by, (origin != Origin::Unknown).then(|| person(who)));
    }
}

#[test]
fn the_post_of_a_draft_that_somebody_deletes_is_told_while_the_draft_is_open() {
    let mut house = House::without_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    house.settle();
    house.say("cleo", "war-room", "!draft We are on it. next 20m");
    house.settle();
    let draft = house.stands_in("war-room");
    house.hear("mod", "war-room", "x1", Origin::Human, gone(&draft.id));
    let told = told(&house.settle());
    let expected = "was deleted in the war room by mod. The draft itself is kept: `!publish";
    assert!(told[0].contains(expected), "{told:?}");
}

#[test]
fn a_change_of_a_message_where_only_herald_writes_is_removed_like_a_message() {
    let mut house = House::without_boards();
    let what =
        What::Edit { of: "7".to_owned(), text: "we are bankrupt".to_owned(), shown: herald_chat::Shown::plain("x") };
    house.hear("mal", "company", "edit:7:1", Origin::Human, what);
    let told = told(&house.settle());
    assert_eq!(told[0], "delete edit:7:1");
    assert!(told[1].starts_with("mal wrote in the company channel. I remove it"), "{told:?}");
}

#[test]
fn what_somebody_tries_to_change_of_a_room_is_told_without_its_words() {
    let mut house = House::without_boards();
    house.hear("mal", "company", "a1", Origin::Human, What::Altered { part: RoomPart::Topic });
    house.hear("somebody", "company", "a2", Origin::Unknown, What::Altered { part: RoomPart::Name });
    let told = told(&house.settle());
    let expected = [
        "mal changed the topic of the company channel. I put it back.",
        "Somebody changed the name of the company channel. I put it back.",
    ];
    assert_eq!(told, expected);
}

#[test]
fn whose_access_a_platform_takes_back_is_out_of_the_room_until_the_commander_lets_them_in_again() {
    let mut house = House::with(Setup { admins: vec![person("ana").id], ..setup() });
    house.say("ana", "war-room", "!declare keys leaked --security");
    house.settle();
    let own = house.engine.own_room(IncidentNo(1), &network()).unwrap();
    house.say("ana", own.id(), "!invite ben");
    house.say("ben", "war-room", "hello");
    house.say("ana", own.id(), "!invite ben");
    house.settle();
    let user = person("ben").id;
    house.hear_in(&own, person("ben"), "out:1", Origin::Own, What::Left { user });
    let done = house.settle();
    assert!(told(&done).contains(&"exclude ben".to_owned()), "{done:?}");
    let says = |done: &[Entry]| -> Vec<String> {
        let posts = done.iter().filter_map(|it| if let Action::Post(post) = &it.action { Some(post) } else { None });
        posts.map(|post| post.text.to_string()).collect()
    };
    assert!(says(&done)[0].contains("ben is not in this room any more"), "{:?}", says(&done));
    house.say("ana", own.id(), "!invite ben");
    assert!(says(&house.settle()).iter().any(|it| it.contains("ben is being let into this room")));
    // Somebody whom an admin removes is out as well.
    house.say("ana", "admin", "!admin remove ben");
    assert!(told(&house.settle()).contains(&"exclude ben".to_owned()));
}

#[test]
fn a_room_that_is_deleted_is_opened_anew_for_those_who_were_in_it_and_told_to_each_alone() {
    let mut house = House::with(Setup { admins: vec![person("eve").id], ..setup() });
    house.say("ana", "war-room", "!declare keys leaked --security");
    house.settle();
    let own = house.engine.own_room(IncidentNo(1), &network()).unwrap();
    house.say("ben", "war-room", "hello");
    house.say("ana", own.id(), "!invite ben");
    house.settle();
    // However much of it they have changed before.
    for n in 0..10 {
        let what = What::Altered { part: RoomPart::Topic };
        house.hear_in(&own, person("mal"), &format!("topic:{n}"), Origin::Human, what);
    }
    house.settle();
    house.hear_in(&own, person("mal"), "altered:1", Origin::Human, What::Altered { part: RoomPart::Gone });
    house.hear_in(&own, person("mal"), "altered:2", Origin::Human, What::Altered { part: RoomPart::Gone });
    let done = house.settle();
    let opened: Vec<&Entry> = done.iter().filter(|it| matches!(it.action, Action::Open(_))).collect();
    let [Entry { action: Action::Open(spec), .. }] = opened.as_slice() else { unreachable!("{opened:?}") };
    assert_eq!(spec.members, [person("ana").id, person("ben").id]);
    let told = |dest: &Dest| done.iter().filter(|it| it.dest == *dest && matches!(it.action, Action::Post(_))).count();
    for dest in [Dest::Direct(person("ana").id), Dest::Direct(person("ben").id), Dest::Room(room("admin"))] {
        assert_eq!(told(&dest), 1, "{dest:?}: {done:?}");
    }
    let own = house.engine.own_room(IncidentNo(1), &network()).unwrap();
    house.hear_in(&own, person("mal"), "altered:3", Origin::Unknown, What::Altered { part: RoomPart::Control });
    let told: Vec<Dest> = house.settle().into_iter().map(|it| it.dest).collect();
    assert_eq!(told, [Dest::Room(room("admin")), Dest::Direct(person("ana").id)]);
}
