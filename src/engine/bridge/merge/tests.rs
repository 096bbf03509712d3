//! Who waits for whom, and for how long.

use herald_chat::{Inbound, Network, Origin, Person, RoomRef, UserRef, What};
use jiff::{SignedDuration, Timestamp};

use super::{MOST, Merge};

fn networks() -> [Network; 2] {
    [Network::new("console"), Network::new("annex")]
}

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

/// Something said in a room of a network at a second.
fn said(network: &Network, room: &str, second: i64, words: &str) -> Box<Inbound> {
    Box::new(Inbound {
        room: RoomRef::new(network, room),
        id: words.to_owned(),
        cursor: None,
        by: Person { id: UserRef::new(network, "ana"), name: "ana".to_owned() },
        origin: Origin::Human,
        direct: false,
        at: at(second),
        what: What::says(words),
    })
}

fn ids(released: &[Inbound]) -> Vec<&str> {
    released.iter().map(|inbound| inbound.id.as_str()).collect()
}

#[test]
fn what_was_said_meanwhile_is_taken_in_by_server_time_and_each_room_in_its_own_order() {
    let [console, annex] = networks();
    let mut merge = Merge::of(networks());
    for (network, room, second, words) in [
        (&console, "war-room", 1, "a"),
        (&console, "war-room", 5, "d"),
        // A server's clock was put back: the room's order counts.
        (&console, "war-room", 2, "e"),
        (&annex, "war-room", 4, "c"),
        (&annex, "engineering", 3, "b"),
        (&annex, "war-room", 9, "f"),
    ] {
        assert!(merge.hold(said(network, room, second, words)).is_none());
    }
    merge.is_read(&console, at(100));
    assert!(merge.release(at(101)).is_empty());
    merge.is_read(&annex, at(102));
    assert_eq!(ids(&merge.release(at(102))), ["a", "b", "c", "d", "e", "f"]);
    assert!(merge.hold(said(&annex, "war-room", 10, "g")).is_some(), "from now on nothing waits");
    assert_eq!(merge.wakes(), None);
}

#[test]
fn what_herald_itself_said_holds_up_nobody() {
    let [console, annex] = networks();
    let mut merge = Merge::of(networks());
    let own = |inbound: Box<Inbound>| Box::new(Inbound { origin: Origin::Own, ..*inbound });
    assert!(merge.hold(own(said(&console, "war-room", 9, "own"))).is_none());
    assert!(merge.hold(said(&console, "war-room", 2, "b")).is_none());
    assert!(merge.hold(said(&annex, "war-room", 1, "a")).is_none());
    assert!(merge.hold(said(&annex, "war-room", 3, "c")).is_none());
    merge.is_read(&console, at(100));
    merge.is_read(&annex, at(100));
    assert_eq!(ids(&merge.release(at(100))), ["own", "a", "b", "c"]);
}

#[test]
fn a_network_that_does_not_come_back_holds_the_others_up_for_ten_seconds() {
    let [console, annex] = networks();
    let mut merge = Merge::of(networks());
    assert!(merge.hold(said(&console, "war-room", 1, "a")).is_none());
    merge.is_read(&console, at(100));
    assert_eq!(merge.wakes(), Some(at(110)));
    assert!(merge.release(at(109)).is_empty());
    assert_eq!(ids(&merge.release(at(110))), ["a"]);
    assert!(merge.hold(said(&console, "war-room", 200, "b")).is_some());
    assert!(merge.hold(said(&annex, "war-room", 2, "late")).is_some(), "nor does it wait when it comes back");
}

#[test]
fn that_counts_also_when_nothing_was_said_before_it() {
    let [console, _] = networks();
    let mut merge = Merge::of(networks());
    merge.is_read(&console, at(100));
    assert!(merge.release(at(110)).is_empty());
    assert_eq!(merge.wakes(), None);
    assert!(merge.hold(said(&console, "war-room", 111, "a")).is_some());
}

#[test]
fn a_network_that_is_never_read_back_holds_up_what_the_others_say_now_no_longer_than_what_they_said() {
    let [console, _] = networks();
    let mut merge = Merge::of(networks());
    merge.is_read(&console, at(100));
    assert!(merge.hold(said(&console, "war-room", 105, "now")).is_none());
    assert_eq!(ids(&merge.release(at(110))), ["now"]);
}

#[test]
fn one_network_waits_for_nobody_and_too_much_is_not_held() {
    let [console, annex] = networks();
    let mut alone = Merge::of([console.clone()]);
    assert!(alone.hold(said(&console, "war-room", 1, "a")).is_some());
    let mut merge = Merge::of(networks());
    for n in 0..MOST {
        assert!(merge.hold(said(&annex, "war-room", 1, &n.to_string())).is_none());
    }
    assert_eq!(merge.release(at(1)).len(), MOST);
}
