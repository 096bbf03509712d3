//! Which posts are heard as well as seen, and for which all who respond are called as one.

use herald_chat::Tone;

use crate::house::House;

/// What is heard in the war room within so many minutes: whether each post calls all.
fn heard(severity: &str, minutes: usize) -> Vec<bool> {
    let mut house = House::without_boards();
    house.say("ana", "war-room", &format!("!declare checkout is down --severity {severity}"));
    let mut sent = house.settle();
    for _ in 0..minutes {
        house.wait(60);
        sent.extend(house.settle());
    }
    let there = sent.iter().filter(|it| it.dest.to_string().contains("war-room")).filter_map(|it| it.action.post());
    there.filter(|it| it.tone == Tone::Call && it.buttons.is_empty()).map(|it| it.calls_all).collect()
}

#[test]
fn a_promise_that_nobody_answers_is_heard_and_where_it_is_critical_at_last_by_all() {
    // Declared, soon, due, late, and late twice more.
    assert_eq!(heard("critical", 40), [true, false, false, false, true, true]);
    assert_eq!(heard("major", 45), [false; 6]);
    // Nothing is promised.
    assert_eq!(heard("minor", 45), [false; 0]);
}
