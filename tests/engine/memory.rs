//! How long messages are known that stand in two rooms.

use herald::engine::Setup;
use herald::journal::Journal as _;
use herald::practice::rooms_on;

use crate::house::{House, setup};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn house() -> House {
    House::with(Setup { rooms: rooms_on(&["console", "annex"]), ..setup() })
}

fn is_known(house: &House, n: u64) -> bool {
    house.engine.journal().said(n).unwrap().is_some()
}

#[test]
fn a_message_is_known_for_30_days() {
    let mut house = house();
    house.say("ana", "war-room", "the error rate is at 5%");
    house.settle();
    house.wait(30 * DAY - HOUR);
    house.say("ana", "war-room", "and now");
    house.settle();
    assert!(is_known(&house, 1) && is_known(&house, 2));
    house.wait(2 * HOUR);
    house.say("ana", "war-room", "and now");
    house.settle();
    assert!(!is_known(&house, 1) && is_known(&house, 2));
}

#[test]
fn while_the_incident_goes_on_and_for_30_days_after_it_what_was_said_in_it_is_known() {
    let mut house = house();
    house.say("ana", "war-room", "!declare checkout is down");
    house.settle();
    house.say("ben", "war-room", "the error rate is at 5%");
    house.settle();
    let all = (1..100).take_while(|n| is_known(&house, *n)).count() as u64;
    assert!(all >= 3, "the declaration, what Herald said to it, and what ben said");
    house.wait(45 * DAY);
    house.say("ana", "war-room", "!cancel nobody knows any more");
    house.settle();
    assert!((1..=all).all(|n| is_known(&house, n)));
    house.wait(30 * DAY - HOUR);
    house.say("ana", "war-room", "hello");
    house.settle();
    assert!((1..=all).all(|n| is_known(&house, n)));
    house.wait(2 * HOUR);
    house.say("ana", "war-room", "hello");
    house.settle();
    assert!(!(1..=all).any(|n| is_known(&house, n)));
}
