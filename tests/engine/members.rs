//! Where somebody is who writes to Herald alone, when a network says it late, wrongly or not at all.

use std::collections::BTreeSet;

use herald::engine::{Input, Reading, Setup};
use herald::incident::Role;
use herald_chat::{Network, Origin, SendError, What};

use crate::house::{House, Presence, person, told};
use crate::town::{Town, account, linked, person as somebody, room as place};

fn unknown() -> SendError {
    SendError::Unknown { reason: "no answer".to_owned() }
}

#[test]
fn a_direct_message_waits_until_it_is_known_where_its_author_is_and_what_follows_it_waits_behind() {
    let mut house = House::without_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    house.settle();
    house.say("eva", "dm-eva", "!status");
    house.say("eva", "dm-eva", "!ask is it down?");
    assert!(house.engine.ready(house.now).unwrap().is_empty(), "nothing is done before that is known");
    let said = told(&house.settle());
    assert!(said[0].contains("checkout is down") && said[1].contains("Question 1"), "{said:?}");
}

#[test]
fn while_no_network_can_say_where_somebody_is_nothing_is_shown_to_them_and_they_are_told() {
    let mut house = House::without_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    house.settle();
    house.presence = |_, _| Err(unknown());
    house.say("eva", "dm-eva", "!status");
    let said = told(&house.settle());
    assert!(said.len() == 1 && said[0].contains("cannot see right now which rooms you are in"), "{said:?}");
    // No answer at all comes to the same, after a time that people can bear.
    house.say("eva", "dm-eva", "!status");
    assert_eq!(house.engine.lookups().len(), 1);
    house.wait(11);
    let said = told(&house.settle());
    assert!(said.len() == 1 && said[0].contains("cannot see right now"), "{said:?}");
    house.presence = |_, rooms| Ok(rooms.iter().cloned().collect());
    house.say("eva", "dm-eva", "!status");
    assert!(told(&house.settle())[0].contains("checkout is down"));
}

#[test]
fn an_answer_that_comes_when_the_message_is_long_handled_changes_nothing() {
    let mut house = House::without_boards();
    house.say("eva", "dm-eva", "!incidents");
    let lookup = house.engine.lookups().remove(0);
    house.wait(11);
    assert_eq!(house.settle().len(), 1);
    let sighting = house.sighting(&lookup);
    house.step(vec![Input::Sighted(Box::new(lookup), sighting)]);
    assert!(house.settle().is_empty());
}

#[test]
fn a_stranger_is_told_once_in_an_hour_and_never_spoken_of() {
    let mut house = House::without_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    house.settle();
    house.presence = |user, rooms| {
        let is_in = user.id() != "mal";
        Ok(rooms.iter().filter(|_| is_in).cloned().collect())
    };
    for text in ["!status", "!ask is it down?", "hello", "!link", "!help", "!admin people", "!incidents"] {
        house.say("mal", "dm-mal", text);
    }
    let said = told(&house.settle());
    assert!(said.len() == 1 && said[0].starts_with("You are in none of the rooms"), "{said:?}");
    house.say("ana", "war-room", "!assign spokesperson mal");
    assert!(told(&house.settle())[0].contains("I know nobody called `mal`"));
    house.wait(3700);
    house.say("mal", "dm-mal", "!status");
    let said = told(&house.settle());
    assert_eq!(said.iter().filter(|it| it.starts_with("You are in none of the rooms")).count(), 1, "{said:?}");
}

#[test]
fn somebody_is_where_any_account_of_theirs_is_and_no_longer_than_it_is() {
    let mut town = Town::with(linked(&[&["matrix:ana", "discord:anna"]]));
    town.room("matrix:ben", "!declare checkout is down");
    town.house.presence = |user, rooms| {
        let is_in = user.id() == "ana";
        Ok(rooms.iter().filter(|_| is_in).cloned().collect())
    };
    assert!(town.direct("discord:anna", "!status")[0].contains("checkout is down"));
    town.house.presence = |_, _| Ok(BTreeSet::new());
    assert!(town.direct("discord:anna", "!status")[0].contains("You are in none of the rooms"));
}

#[test]
fn whoever_is_seen_to_leave_keeps_no_role_unless_another_account_of_theirs_is_there() {
    for stays in [false, true] {
        let mut town = Town::with(linked(&[&["matrix:ana", "discord:anna"]]));
        town.room("matrix:ana", "!declare checkout is down");
        let anna_alone: Presence = |user, rooms| Ok(rooms.iter().filter(|_| user.id() == "anna").cloned().collect());
        let nobody: Presence = |_, _| Ok(BTreeSet::new());
        town.house.presence = if stays { anna_alone } else { nobody };
        let left = What::Left { user: account("matrix:ana") };
        let ana = somebody("matrix:ana");
        town.house.hear_in(&place("matrix:war"), ana, "left", Origin::Human, left);
        let said = town.read();
        assert_eq!(town.holders(Role::Commander).is_empty(), !stays, "{said:?}");
        assert_eq!(said.is_empty(), stays, "{said:?}");
    }
}

#[test]
fn whoever_may_have_left_is_looked_for_again_when_no_network_could_say() {
    let mut house = House::without_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    house.settle();
    house.presence = |_, _| Err(unknown());
    let left = What::Left { user: person("ana").id };
    house.hear("ana", "war-room", "left", Origin::Human, left);
    assert!(house.settle().is_empty());
    house.presence = |_, _| Ok(BTreeSet::new());
    house.wait(61);
    let said = told(&house.settle());
    assert!(said.iter().any(|it| it.contains("ana has left")), "{said:?}");
}

#[test]
fn whoever_left_the_room_of_an_incident_is_out_of_it_also_when_that_is_seen_late_only() {
    let mut house = House::without_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    house.settle();
    house.presence = |_, _| Err(unknown());
    house.hear("ana", "war-room", "left", Origin::Human, What::Left { user: person("ana").id });
    assert!(house.settle().is_empty());
    // They are in engineering still.
    house.presence = |_, rooms| Ok(rooms.iter().filter(|it| it.id() == "engineering").cloned().collect());
    house.wait(61);
    let said = told(&house.settle());
    assert!(said.iter().any(|it| it.contains("ana has left")), "{said:?}");
}

#[test]
fn accounts_on_networks_that_are_configured_no_more_keep_nobody_in() {
    let groups: &[&[&str]] = &[&["matrix:ana", "discord:anna"]];
    let one = |groups| Setup { networks: [Network::new("matrix")].into(), ..linked(groups) };
    let silent: Presence = |user, rooms| {
        let there = user.network() == Network::new("matrix");
        let gone = rooms.iter().filter(|_| user.id() == "cleo").cloned().collect();
        if there { Ok(gone) } else { Err(unknown()) }
    };
    // One of several accounts.
    let mut town = Town::with(linked(groups));
    town.room("matrix:ana", "!declare checkout is down");
    town.house.restart(one(groups));
    town.house.presence = silent;
    let left = What::Left { user: account("matrix:ana") };
    town.house.hear_in(&place("matrix:war"), somebody("matrix:ana"), "left", Origin::Human, left);
    let said = town.read();
    assert_eq!(town.holders(Role::Commander), [""; 0], "{said:?}");

    // The only one.
    let mut town = Town::with(linked(groups));
    town.room("discord:ben", "!declare checkout is down");
    town.room("matrix:cleo", "!take responder");
    town.house.restart(one(groups));
    town.house.presence = silent;
    let live = Reading::Live { unread: [].into() };
    town.house.step(vec![Input::Reading(Network::new("matrix"), live)]);
    let said = town.read();
    assert_eq!(town.holders(Role::Commander), [""; 0], "{said:?}");
    assert_eq!(town.holders(Role::Responder), ["matrix:cleo"], "{said:?}");
}

#[test]
fn whoever_floods_herald_alone_has_the_networks_asked_within_bounds() {
    let mut house = House::without_boards();
    for n in 0..1000 {
        house.say("mal", "dm-mal", &format!("hello {n}"));
    }
    assert!(house.engine.lookups().len() <= 30, "a network has other things to do");
    house.wait(11);
    let said = told(&house.settle());
    assert_eq!(said.iter().filter(|it| it.contains("more than I take from one person")).count(), 1, "{said:?}");
    // Whoever is served goes on when the time is over that they were told of.
    let mut house = House::without_boards();
    for n in 0..50 {
        house.say("eva", "dm-eva", &format!("!ask is {n} down?"));
        house.settle();
    }
    house.wait(600);
    house.say("eva", "dm-eva", "!incidents");
    assert!(told(&house.settle())[0].contains("No incident is open"));
}

#[test]
fn nobody_is_known_by_a_reaction_to_what_herald_said_to_them_alone() {
    let mut house = House::without_boards();
    house.say("ana", "war-room", "!declare checkout is down");
    house.settle();
    house.presence = |_, _| Ok(BTreeSet::new());
    let author = person("herald");
    let what = What::Reaction { to: "1".to_owned(), emoji: "👍".to_owned(), text: String::new(), author };
    house.hear("mal", "dm-mal", "r1", Origin::Human, what);
    house.settle();
    house.say("ana", "war-room", "!assign spokesperson mal");
    assert!(told(&house.settle())[0].contains("I know nobody called `mal`"));
}
