//! An incident's own room.

use herald::announce::Action;
use herald::config::Config;
use herald::engine::Setup;
use herald::incident::IncidentNo;
use herald::practice;
use herald_chat::SendError;

use crate::house::{House, told};

fn setup() -> Setup {
    let mut config = Config::default();
    config.incidents.own_room = true;
    practice::setup(&config)
}

#[test]
fn a_room_that_opens_after_the_incident_has_ended_is_told_so_and_archived() {
    let mut house = House::with(setup());
    // The answer to the opening is long in coming.
    house.answers = |entry| {
        matches!(entry.action, Action::Open(_)).then(|| SendError::Unknown { reason: "no answer in time".to_owned() })
    };
    house.say("ana", "war-room", "!declare checkout is down");
    house.settle();
    house.say("ana", "war-room", "!cancel INC-1 false alarm");
    house.settle();
    assert_eq!(house.engine.incidents().count(), 0);

    house.answers = |_| None;
    house.wait(3600);
    let done = house.settle();
    let archived = done.iter().find(|entry| matches!(entry.action, Action::Archive)).expect("it stays open");
    assert!(house.engine.own_room(IncidentNo(1), &archived.dest.network()).is_some());
    let told = told(&done);
    assert!(told.iter().any(|text| text.contains("cancelled: false alarm")), "{told:?}");

    // A Herald that starts again knows the room too.
    house.restart(setup());
    assert!(house.engine.own_room(IncidentNo(1), &archived.dest.network()).is_some());
}
