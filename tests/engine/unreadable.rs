//! Messages whose key has not come yet.

use herald_chat::{Origin, Tone, What};

use herald::announce::Action;

use crate::house::{House, told};

const ANSWER: &str = "ana, I cannot read your message yet: the key for it has not come. I handle it as soon as it does. \
                      If nothing happens within a minute, say it again.";

fn unreadable(house: &mut House, who: &str, place: &str, id: &str, origin: Origin) -> Vec<String> {
    house.hear(who, place, &format!("{id}:unreadable"), origin, What::Unreadable { of: id.to_owned() });
    told(&house.settle())
}

#[test]
fn whoever_cannot_be_read_is_told_once_an_hour_in_each_room_where_herald_listens() {
    let mut house = House::without_boards();
    for (n, place) in ["war-room", "engineering", "admin", "dm-ana"].into_iter().enumerate() {
        assert_eq!(unreadable(&mut house, "ana", place, &format!("{n}a"), Origin::Human), [ANSWER], "{place}");
        assert_eq!(unreadable(&mut house, "ana", place, &format!("{n}b"), Origin::Human), [""; 0], "{place}");
    }
    assert_eq!(unreadable(&mut house, "ben", "war-room", "c", Origin::Human).len(), 1);
    house.wait(3601);
    assert_eq!(unreadable(&mut house, "ana", "war-room", "d", Origin::Human), [ANSWER]);
}

#[test]
fn the_same_message_is_answered_once_and_handled_when_its_key_comes() {
    let mut house = House::without_boards();
    house.hear("ana", "war-room", "1:unreadable", Origin::Human, What::Unreadable { of: "1".to_owned() });
    let done = house.settle();
    assert!(matches!(&done[..], [it] if matches!(&it.action, Action::Post(post) if post.tone == Tone::Answer)));
    house.wait(3601);
    assert_eq!(unreadable(&mut house, "ana", "war-room", "1", Origin::Human), [""; 0]);
    let text = "!declare checkout is down".to_owned();
    let what = What::says(&text);
    house.hear("ana", "war-room", "1", Origin::Human, what);
    assert_eq!(house.engine.incidents().count(), 1);
}

#[test]
fn a_machine_gets_no_answer() {
    let mut house = House::without_boards();
    assert_eq!(unreadable(&mut house, "robot", "war-room", "1", Origin::Machine), [""; 0]);
    assert_eq!(unreadable(&mut house, "herald", "war-room", "2", Origin::Own), [""; 0]);
    assert_eq!(unreadable(&mut house, "ana", "somewhere-else", "3", Origin::Human), [""; 0]);
}

#[test]
fn where_only_updates_stand_it_is_removed_like_any_other_message() {
    let mut house = House::without_boards();
    for place in ["company", "customers"] {
        let told = unreadable(&mut house, "ana", place, "m7", Origin::Human);
        assert!(told.contains(&"delete m7".to_owned()) && told.len() == 3, "{told:?}");
        assert!(told.iter().any(|words| words.starts_with("Only updates stand in ")), "{told:?}");
        // Within some minutes nobody is told the same twice.
        house.wait(300);
    }
}
