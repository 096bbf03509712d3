//! What one person can cause.

use herald::announce::Action;
use herald::incident::List;
use herald::outbox::Entry;
use herald_chat::{Origin, Tone, What};

use crate::house::{House, told};

#[test]
fn five_hundred_questions_of_one_person_neither_close_the_list_nor_call_the_spokesperson_five_hundred_times() {
    let mut house = House::without_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    house.say("ben", "war-room", "!take spokesperson");
    house.settle();
    let mut sent = Vec::new();
    for n in 0..500 {
        house.say("mal", "dm-mal", &format!("!ask question {n}"));
        sent.extend(house.settle());
        house.wait(2);
    }
    let calls = sent.iter().filter(|entry| {
        matches!(&entry.action, Action::Post(post) if post.tone == Tone::Call && post.text.to_string().contains("Question") && post.calls.iter().any(|it| it.id() == "ben"))
    });
    assert!(calls.count() <= 4, "{:?}", told(&sent));
    assert!(sent.len() < 60, "{} messages: {:?}", sent.len(), told(&sent));
    house.say("finn", "dm-finn", "!ask are refunds affected?");
    assert!(told(&house.settle()).iter().any(|it| it.contains("are refunds affected?")));
    house.say("ana", "war-room", "!close");
    let refusal = told(&house.settle()).remove(0);
    assert!(refusal.chars().count() < 1000, "{refusal}");
}

#[test]
fn what_is_settled_does_not_fill_a_list() {
    let mut house = House::without_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    for n in 1..=600 {
        house.say("ana", "war-room", &format!("!problem number {n}"));
        house.say("ana", "war-room", &format!("!solved {n}"));
        house.settle();
        house.wait(4);
    }
    assert_eq!(house.engine.tally().refusals, [].into());
    let items = house.engine.incidents().map(|it| it.items(List::Problem).len());
    assert_eq!(items.collect::<Vec<_>>(), [600]);
}

#[test]
fn whoever_gives_thirty_commands_a_minute_for_two_hours_meets_no_limit() {
    let mut house = House::without_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    house.say("ana", "war-room", "!take spokesperson");
    for n in 0..3600 {
        let text = match n % 6 {
            0 => format!("!log {n}"),
            1 => format!("!task {n}"),
            2 => format!("!update {n} next 20m"),
            3 => "!status".to_owned(),
            4 => format!("!done {}", n / 6 + 1),
            _ => "!tasks".to_owned(),
        };
        house.say("ana", "war-room", &text);
        house.settle();
        house.wait(2);
    }
    assert_eq!(house.engine.tally().refusals.get("too-fast"), None);
}

#[test]
fn a_flood_of_commands_and_pins_is_told_once_and_then_nothing_is_said_to_it() {
    let mut house = House::without_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    house.settle();
    for n in 0..1000 {
        house.say("mal", "war-room", &format!("!lgo {n}"));
    }
    let said = told(&house.settle());
    assert_eq!(said.iter().filter(|it| it.contains("more than I take from one person")).count(), 1);
    assert_eq!(said.len(), 301);
    for n in 0..50 {
        let author = crate::house::person("ana");
        let (to, emoji, text) = (format!("said-{n}"), "📌".to_owned(), format!("words {n}"));
        let what = What::Reaction { to, emoji, text, author };
        house.hear("mal", "war-room", &format!("r{n}"), Origin::Human, what);
    }
    assert!(house.settle().is_empty());
    // Somebody else goes on as ever.
    house.say("ana", "war-room", "!log it works again");
    assert!(!house.settle().is_empty());
}

#[test]
fn a_thousand_people_who_write_once_are_kept_in_mind_within_bounds() {
    let mut house = House::without_boards();
    for n in 0..6000 {
        house.say(&format!("p{n}"), "war-room", "!incidents");
        if n % 100 == 0 {
            house.settle();
        }
    }
    assert_eq!(house.engine.tally().refusals, [].into());
}

#[test]
fn with_a_full_disk_what_was_meant_to_be_secret_is_removed_and_its_author_told_alone() {
    use herald::engine::Input;
    use herald_chat::{Cursor, Inbound};

    let mut house = House::without_boards();
    house.fill_disk();
    let input = |text: &str| {
        let inbound = Inbound {
            room: crate::house::room("war-room"),
            id: "m1".to_owned(),
            cursor: Some(Cursor("1".to_owned())),
            by: crate::house::person("ana"),
            origin: Origin::Human,
            direct: false,
            at: "2026-01-05T12:00:00Z".parse().unwrap(),
            what: What::says(text),
        };
        vec![Input::Inbound(Box::new(inbound))]
    };
    let unkept = house.engine.step(input("!declare keys are leaked --security"), house.now).unwrap();
    let [unkept] = &unkept[..] else { unreachable!("{unkept:?}") };
    assert_eq!(unkept.remove.as_ref().map(|it| it.id.as_str()), Some("m1"));
    assert_eq!(unkept.alone.as_ref().map(herald_chat::UserRef::id), Some("ana"));
    let words = unkept.post.text.to_string();
    assert!(words.contains("the disk is full") && words.contains("You wrote: !declare keys are leaked"), "{words}");
}

#[test]
fn what_somebody_changes_of_rooms_or_edits_into_commands_is_told_within_bounds() {
    let mut house = House::without_boards();
    for n in 0..100 {
        let what = What::Altered { part: herald_chat::RoomPart::Topic };
        house.hear("mal", "company", &format!("a{n}"), Origin::Human, what);
    }
    assert_eq!(told(&house.settle()).len(), 5);
    let edit =
        |of: String, text: &str| What::Edit { of, text: text.to_owned(), shown: herald_chat::Shown::plain(text) };
    for (n, text) in (0..1000).zip(["!status", "!declaer keys are leaked --security"].into_iter().cycle()) {
        let id = format!("e{n}");
        house.hear("mal", "war-room", &id, Origin::Human, edit(format!("said-{n}"), text));
    }
    let said = told(&house.settle());
    let (given_back, other): (Vec<&String>, Vec<&String>) = said.iter().partition(|it| it.contains("You wrote: "));
    assert_eq!(other.iter().filter(|it| it.contains("edit is no command")).count(), 150);
    assert!(other.iter().filter(|it| it.contains("more than I take from one person")).count() <= 1);
    assert_eq!(other.iter().filter(|it| it.starts_with("delete")).count(), 500, "none of it stays");
    assert_eq!(given_back.len(), 500, "and none of it is lost");
}

#[test]
fn whoever_speaks_is_called_although_they_have_asked_something_themselves() {
    let mut house = House::without_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    house.say("ben", "war-room", "!take spokesperson");
    house.say("ben", "dm-ben", "!ask who knows the cache?");
    house.settle();
    house.say("eva", "dm-eva", "!ask is it down?");
    let calls =
        |entry: &Entry| matches!(&entry.action, Action::Post(post) if post.calls == [crate::house::person("ben").id]);
    let done = house.settle();
    assert!(done.iter().any(calls), "{done:?}");
}

#[test]
fn a_message_of_many_lines_is_looked_through_for_secrets_once() {
    let mut house = House::without_boards();
    for line in ["!xq a b", "!declaer keys are leaked", "> !sitrep leaked --security"] {
        house.say("mal", "war-room", &vec![line; 2000].join("\n"));
    }
    assert!(told(&house.settle()).iter().any(|it| it.contains("You wrote: !declaer keys are leaked")));
}
