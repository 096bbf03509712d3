//! Commands from a platform's own menus, and what those menus show.

use herald::announce::Action;
use herald::command::{Asks, FormId};
use herald::engine::{Input, Taken};
use herald::incident::IncidentNo;
use herald::outbox::{Dest, Entry};
use herald_chat::{Inbound, MessageRef, Origin, Post, Press, Tone, What};

use crate::house::{House, person, room, told};

/// Somebody's choice of a command, and its name.
fn choice(house: &House, who: &str, place: &str, id: &str, text: &str) -> (MessageRef, Input) {
    let what = What::Command { text: text.to_owned(), mentions: Vec::new() };
    let inbound = Inbound {
        room: room(place),
        id: id.to_owned(),
        cursor: None,
        by: person(who),
        origin: Origin::Human,
        direct: place.starts_with("dm-"),
        at: house.now,
        what,
    };
    (MessageRef { room: room(place), id: id.to_owned() }, Input::Inbound(Box::new(inbound)))
}

/// Somebody chooses a command. Returns its name, and what is sent.
fn choose(house: &mut House, who: &str, place: &str, id: &str, text: &str) -> (MessageRef, Vec<Entry>) {
    let (command, input) = choice(house, who, place, id, text);
    house.step(vec![input]);
    (command, house.settle())
}

fn answers<'a>(sent: &'a [Entry], command: &MessageRef) -> Vec<(&'a Dest, &'a Post)> {
    let is_it = |post: &&Post| post.reply_to.as_ref() == Some(command);
    let post = |entry: &'a Entry| Some((&entry.dest, entry.action.post().filter(is_it)?));
    sent.iter().filter_map(post).collect()
}

#[test]
fn a_command_is_taken_once_with_the_tone_of_its_answer() {
    let mut house = House::without_boards();
    let (declare, _) = choose(&mut house, "ana", "war-room", "i1", "!declare checkout is down");
    assert_eq!(house.engine.taken(), [Taken { command: declare, answer: None }]);
    let (refused, sent) = choose(&mut house, "ben", "war-room", "i2", "!resolve done");
    assert_eq!(house.engine.taken(), [Taken { command: refused.clone(), answer: Some(Tone::Answer) }]);
    assert_eq!(answers(&sent, &refused).len(), 1);
    let (shown, _) = choose(&mut house, "ben", "war-room", "i3", "!who");
    assert_eq!(house.engine.taken(), [Taken { command: shown, answer: Some(Tone::Notice) }], "all see what is shown");
    let (again, sent) = choose(&mut house, "ana", "war-room", "i1", "!declare checkout is down");
    assert_eq!((house.engine.taken(), told(&sent)), (vec![], vec![]), "{again:?}");
    assert_eq!(house.engine.incidents().count(), 1);
}

#[test]
fn where_no_commands_are_typed_a_chosen_one_is_answered_to_whoever_chose_it_and_nobody_else() {
    let mut house = House::without_boards();
    choose(&mut house, "ana", "war-room", "i0", "!declare checkout is down");
    for (n, place) in ["company", "customers", "somewhere-else"].into_iter().enumerate() {
        for (m, text) in
            ["!status", "!help", "!resolve done", "!update All is well. final", "nonsense"].into_iter().enumerate()
        {
            let (command, sent) = choose(&mut house, "cy", place, &format!("i{n}-{m}"), text);
            let answer = answers(&sent, &command);
            assert!(
                matches!(&answer[..], [(Dest::Direct(user), post)] if user.id() == "cy" && post.tone == Tone::Answer),
                "{place} {text}: {answer:?}"
            );
            assert_eq!(sent.len(), 1, "{place} {text}: {:?}", told(&sent));
        }
    }
    let (command, sent) = choose(&mut house, "cy", "company", "ask", "!ask Are refunds affected?");
    assert_eq!(answers(&sent, &command).len(), 1);
    assert!(sent.iter().any(|it| it.dest == Dest::Room(room("war-room"))), "{:?}", told(&sent));
    assert!(!sent.iter().any(|it| it.dest == Dest::Room(room("company"))), "{:?}", told(&sent));
}

#[test]
fn with_a_full_disk_whoever_chose_a_command_is_told_so_where_it_would_have_been_answered() {
    for (place, alone) in [("war-room", None), ("company", Some(person("ana").id))] {
        let mut house = House::without_boards();
        let (command, input) = choice(&house, "ana", place, "i1", "!declare checkout is down");
        house.fill_disk();
        let mut unkept = house.engine.step(vec![input], house.now).unwrap();
        for lookup in house.engine.lookups() {
            let sighting = house.sighting(&lookup);
            unkept = house.engine.step(vec![Input::Sighted(Box::new(lookup), sighting)], house.now).unwrap();
        }
        let [unkept] = &unkept[..] else { unreachable!("{unkept:?}") };
        assert_eq!((&unkept.room, &unkept.alone), (&room(place), &alone));
        assert_eq!((unkept.post.tone, unkept.post.reply_to.as_ref()), (Tone::Answer, Some(&command)));
        assert_eq!(house.engine.taken(), [Taken { command, answer: Some(Tone::Answer) }], "{place}");
    }
}

#[test]
fn a_security_title_chosen_from_a_menu_stands_nowhere_to_be_removed_from() {
    let mut house = House::without_boards();
    let (declare, sent) = choose(&mut house, "ana", "war-room", "i1", "!declare keys leaked --security");
    assert!(answers(&sent, &declare).iter().all(|(_, post)| post.tone == Tone::Answer), "nobody else is shown it");
    assert!(told(&sent).iter().all(|words| !words.contains("I remove")), "{:?}", told(&sent));
    assert!(sent.iter().all(|it| !matches!(it.action, Action::Delete(_))), "{:?}", told(&sent));
}

#[test]
fn menus_show_what_their_room_may_see_and_whoever_asks_may_do() {
    let mut house = House::without_boards();
    choose(&mut house, "ana", "war-room", "i1", "!declare checkout is down --severity critical");
    choose(&mut house, "ana", "war-room", "i2", "!declare keys leaked --security");
    let show = |house: &House, (who, place): (&str, &str), item: &str, field: &str, typed: &str| -> Vec<String> {
        let found = house.engine.suggest(&room(place), &person(who).id, item, field, typed);
        found.into_iter().map(|it| it.label).collect()
    };
    let none = [""; 0];
    assert_eq!(show(&house, ("ana", "war-room"), "status", "incident", ""), ["INC-1 checkout is down · critical"]);
    assert_eq!(show(&house, ("cy", "company"), "ask", "incident", ""), ["INC-1 checkout is down · critical"]);
    // Customers, and whoever may be one, see nothing that was not sent to customers.
    for place in ["customers", "dm-cy", "somewhere-else"] {
        assert_eq!(show(&house, ("cy", place), "ask", "incident", ""), none, "{place}");
        assert_eq!(show(&house, ("cy", place), "show", "incident", ""), none, "{place}");
        assert_eq!(show(&house, ("cy", place), "help", "command", "declare"), none, "{place}");
        assert_eq!(show(&house, ("cy", place), "update", "next", ""), none, "{place}");
    }
    assert_eq!(show(&house, ("ana", "war-room"), "update", "next", ""), ["30m", "15m", "final"]);
    assert_eq!(show(&house, ("ana", "war-room"), "update", "next", "20m"), ["20m"]);
    assert_eq!(show(&house, ("cy", "company"), "update", "next", ""), none);
    assert_eq!(show(&house, ("cy", "company"), "resolve", "incident", ""), none);
    // A draft is for whoever may publish it, where it is published.
    choose(&mut house, "ben", "war-room", "i3", "!draft INC-1 We look into it.");
    assert_eq!(show(&house, ("ben", "war-room"), "publish", "n", "look into it"), none, "nobody speaks yet");
    choose(&mut house, "ben", "war-room", "i4", "!take spokesperson");
    assert_eq!(show(&house, ("ben", "war-room"), "publish", "n", "look into it"), ["2: We look into it."]);
    for (who, place) in [("ana", "war-room"), ("ben", "engineering"), ("ben", "company"), ("ben", "admin")] {
        for item in ["publish", "correct"] {
            assert_eq!(show(&house, (who, place), item, "n", ""), none, "{who} in {place}: {item}");
        }
    }
    choose(&mut house, "cy", "company", "i7", "!ask INC-1 my card number is 4711, is it lost?");
    assert_eq!(show(&house, ("ana", "war-room"), "answered", "n", ""), ["1: my card number is 4711, is it lost?"]);
    for place in ["engineering", "company", "customers", "dm-cy", "admin"] {
        assert_eq!(show(&house, ("cy", place), "answered", "n", ""), none, "{place}");
    }
    assert_eq!(show(&house, ("ana", "war-room"), "help", "command", "promise of"), none);
    assert!(show(&house, ("ana", "war-room"), "help", "command", "handoff")[0].starts_with("handoff: Offer your role"));
}

#[test]
fn a_form_is_filled_in_as_far_as_the_incident_tells_and_refused_where_it_is_of_no_use() {
    let mut house = House::without_boards();
    let update = FormId { asks: Asks::Update { customers: false }, incident: None };
    assert_eq!(house.engine.form(&room("war-room"), &person("ben").id, update).unwrap_err().code(), "none-open");
    choose(&mut house, "ana", "war-room", "i1", "!declare checkout is down --severity critical");
    let form = house.engine.form(&room("war-room"), &person("ben").id, update).unwrap();
    assert_eq!((form.id.as_str(), form.title.as_str()), ("update INC-1", "Update on INC-1"));
    assert_eq!((form.inputs[1].label.as_str(), form.inputs[1].value.as_str()), ("Next update in", "30m"));
    assert!(form.inputs.iter().all(|input| input.is_required));
    assert_eq!(house.engine.form(&room("company"), &person("ben").id, update).unwrap_err().code(), "not-here");
    choose(&mut house, "ben", "war-room", "i2", "!draft We look into it. next 15m");
    let redraft = FormId { asks: Asks::Redraft(2), incident: Some(IncidentNo(1)) };
    let of_ana = house.engine.form(&room("war-room"), &person("ana").id, redraft).unwrap_err();
    assert_eq!(of_ana.code(), "no-spokesperson", "a form that would be refused is not opened");
    assert_eq!(house.engine.form(&room("engineering"), &person("ben").id, redraft).unwrap_err().code(), "not-here");
    let form = house.engine.form(&room("war-room"), &person("ben").id, redraft).unwrap();
    assert_eq!((form.inputs[0].value.as_str(), form.inputs[1].value.as_str()), ("We look into it.", "15m"));
    choose(&mut house, "ben", "war-room", "i3", "!discard 2");
    assert_eq!(house.engine.form(&room("war-room"), &person("ben").id, redraft).unwrap_err().code(), "no-such");
}

#[test]
fn a_draft_can_be_published_changed_and_discarded_with_one_press() {
    let mut house = House::without_boards();
    choose(&mut house, "ana", "war-room", "i1", "!declare checkout is down");
    let buttons = |sent: &[Entry]| -> Vec<Press> {
        let posts =
            sent.iter().filter_map(|entry| if let Action::Post(post) = &entry.action { Some(post) } else { None });
        posts.flat_map(|post| post.buttons.iter().map(|button| button.press.clone())).collect()
    };
    let (_, sent) = choose(&mut house, "ben", "war-room", "i2", "!draft We look into it.");
    let opens = |id: &str| Press::Opens(id.to_owned());
    let says = |text: &str| Press::Says(text.to_owned());
    assert_eq!(buttons(&sent), [opens("publish INC-1 2"), opens("redraft INC-1 2"), says("!discard INC-1 2")]);
    let (_, sent) = choose(&mut house, "ben", "war-room", "i3", "!redraft INC-1 2 We roll back.\nnext 30m");
    assert_eq!(buttons(&sent), [says("!publish INC-1 3"), opens("redraft INC-1 3"), says("!discard INC-1 3")]);
    let (press, sent) = choose(&mut house, "ben", "war-room", "i4", "!publish INC-1 3");
    let told = told(&sent);
    assert!(answers(&sent, &press).len() == 1 && told[0].contains("spokesperson"), "{told:?}");
}
