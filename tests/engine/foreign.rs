//! What is not its sender's: a change of what somebody else said, and text in the clear among encrypted messages.

use herald_chat::{Origin, Shown, What};

use crate::house::{House, told};

const ANSWER: &str = "ana, your message came unencrypted, and this room is encrypted: I cannot tell whether it is yours, so \
                      I did nothing with it. Send it again from a client that encrypts.";

fn says(house: &mut House, who: &str, id: &str, text: &str) -> Vec<String> {
    house.hear(who, "war-room", id, Origin::Human, What::says(text));
    told(&house.settle())
}

fn changes(house: &mut House, who: &str, id: &str, of: &str, text: &str) {
    let what = What::Edit { of: of.to_owned(), text: text.to_owned(), shown: Shown::plain(text) };
    house.hear(who, "war-room", id, Origin::Human, what);
    house.settle();
}

#[test]
fn an_entry_of_the_timeline_is_changed_by_whoever_wrote_it() {
    let mut house = House::without_boards();
    says(&mut house, "ana", "1", "!declare checkout is down");
    says(&mut house, "ana", "2", "!finding the index is cold");
    let timeline = |house: &mut House, id: &str| says(house, "ana", id, "!timeline").join("\n");
    changes(&mut house, "ben", "3", "2", "!finding ana broke it");
    let seen = timeline(&mut house, "4");
    assert!(seen.contains("the index is cold") && !seen.contains("broke"), "{seen}");
    changes(&mut house, "ana", "5", "2", "!finding the index is warm");
    let seen = timeline(&mut house, "6");
    assert!(seen.contains("the index is warm"), "{seen}");
}

fn in_the_clear(house: &mut House, who: &str, place: &str, id: &str, origin: Origin) -> Vec<String> {
    house.hear(who, place, id, origin, What::Unencrypted);
    told(&house.settle())
}

#[test]
fn whoever_says_something_in_the_clear_is_told_once_an_hour_in_each_room() {
    let mut house = House::without_boards();
    for (n, place) in ["war-room", "engineering", "admin", "dm-ana"].into_iter().enumerate() {
        assert_eq!(in_the_clear(&mut house, "ana", place, &format!("{n}a"), Origin::Human), [ANSWER], "{place}");
        assert_eq!(in_the_clear(&mut house, "ana", place, &format!("{n}b"), Origin::Human), [""; 0], "{place}");
    }
    assert_eq!(in_the_clear(&mut house, "robot", "war-room", "c", Origin::Machine), [""; 0]);
    house.wait(3601);
    assert_eq!(in_the_clear(&mut house, "ana", "war-room", "d", Origin::Human), [ANSWER]);
    assert_eq!(house.engine.incidents().count(), 0);
    // They are told how to ask once.
    for (place, count) in [("company", 3), ("customers", 2)] {
        let told = in_the_clear(&mut house, "ana", place, "m7", Origin::Human);
        assert!(told.contains(&"delete m7".to_owned()) && told.len() == count, "{told:?}");
    }
}
