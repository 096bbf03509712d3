//! What admins do in chat, on two networks.

use herald::config::Config;
use herald::engine::{Rooms, Seed, Setup};
use herald::incident::{Audience, Role};
use herald::outbox::{Dest, Entry};
use herald_chat::SendError;

use crate::house::House;
use crate::town::{Town, account, holding, room, setup};

/// A town whose admin is ana on Matrix, with an admin room on each network.
fn office() -> Setup {
    let base = setup(&Config::default());
    let admin = ["matrix:admin", "discord:admin"].map(|it| (Audience::Admin, room(it)));
    let rooms = base.rooms.entries().map(|(room, it)| (it.purpose.audience, room.clone())).chain(admin);
    Setup { rooms: Rooms::new(rooms), admins: vec![account("matrix:ana")], ..base.clone() }
}

fn town() -> Town {
    Town::with(office())
}

/// What follows a change that has to be confirmed.
fn confirmed(town: &mut Town, who: &str, command: &str) -> Vec<String> {
    let preview = town.direct(who, command).join("\n");
    let code = preview.split("`!admin confirm ").nth(1).unwrap();
    let code = code.split('`').next().unwrap().to_owned();
    town.direct(who, &format!("!admin confirm {code}"))
}

/// Every form of `!admin`, with what its answer holds when an admin gives it. They are given in this order.
const FORMS: [(&str, &str); 13] = [
    ("!admin", "`!admin channels`"),
    ("!admin channels", "Which room is for whom"),
    ("!admin map engineering discord:den", "`discord:den` is for engineering from now on"),
    ("!admin test discord:den", "A test is on its way"),
    ("!admin unmap discord:den", "`discord:den` is for nobody any more"),
    ("!admin settings", "promises.critical.limit"),
    ("!admin set incidents.silence 20m", "is 20 min from now on"),
    ("!admin people", "Admins"),
    ("!admin link matrix:carl discord:carl", "are one person for me now"),
    ("!admin unlink discord:carl", "stands alone again"),
    ("!admin remove zed", "had no role"),
    ("!admin audit", "The last changes"),
    ("!admin confirm AAAA", "nothing to confirm"),
];

#[test]
fn each_command_is_an_admins_with_any_account_and_nobody_elses() {
    for network in ["matrix", "discord"] {
        let mut town = town();
        town.link("matrix:ana", "discord:anna");
        town.room("matrix:zed", "hello");
        let admin = if network == "matrix" { "matrix:ana" } else { "discord:anna" };
        let other = format!("{network}:ben");
        for (command, _) in FORMS.iter().filter(|(command, _)| *command != "!admin") {
            let told = town.direct(&other, command);
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(told[0].contains("Only an admin of Herald can do that, and that is ana."), "{command}: {told:?}");
            // Not where people respond, whoever asks.
            for who in [admin, other.as_str()] {
                let told = town.room(who, command).join("\n");
                assert!(told.contains("`!admin ") && told.contains("does not work here"), "{command}: {told}");
            }
        }
        for (command, answer) in FORMS {
            let told = town.direct(admin, command).join("\n");
            assert!(told.contains(answer), "{command} on {network}: {told}");
        }
    }
}

#[test]
fn a_room_that_is_for_nobody_hears_its_admin_alone_and_answers_them_alone() {
    let mut town = town();
    let told = town.room_of("matrix:den", "matrix:ben", "!admin map engineering here");
    assert_eq!(told, [""; 0]);
    let told = town.room_of("matrix:den", "matrix:ana", "!admin map engineering here");
    assert_eq!(told, ["direct matrix:ana: Done: `matrix:den` is for engineering from now on."]);
    let told = town.room_of("matrix:den", "matrix:ben", "!incidents");
    assert!(told[0].starts_with("matrix:den: "), "{told:?}");
}

#[test]
fn a_name_alone_is_one_of_the_network_that_it_was_typed_on_whichever_account_stands_for_the_admin() {
    let mut town = town();
    town.link("matrix:ana", "discord:anna");
    for (account, mapped) in [("matrix:ana", "matrix:#den"), ("discord:anna", "discord:#den")] {
        let told = town.direct(account, "!admin map engineering #den");
        assert!(told.iter().any(|it| it.contains(&format!("`{mapped}` is for engineering"))), "{told:?}");
    }
}

#[test]
fn who_when_from_what_and_to_what_is_known_after_a_restart() {
    for snapshot_every in [1, 1_000_000] {
        let setup = || Setup { snapshot_every, ..office() };
        let mut town = Town::with(setup());
        town.direct("matrix:ana", "!admin map engineering discord:den --team payments");
        town.direct("matrix:ana", "!admin set promises.major.limit 20m");
        town.house.restart(setup());
        town.wait(600);
        let told = town.direct("matrix:ana", "!admin audit").join("\n");
        assert!(told.contains("12:00 UTC <matrix:ana> set `promises.major.limit`: from 1 h to 20 min"), "{told}");
        assert!(told.contains("12:00 UTC <matrix:ana> mapped `discord:den`: from nobody to engineering of payments"));
        let told = town.direct("matrix:ana", "!admin channels").join("\n");
        assert!(told.contains("engineering of payments `discord:den` · by <matrix:ana>, 12:00 UTC"), "{told}");
        assert!(told.contains("company `matrix:company` · in the configuration"), "{told}");
        town.room("matrix:ana", "!declare checkout is down");
        town.room("matrix:ana", "!take spokesperson");
        town.room("matrix:ana", "!update We are looking next 30m");
        assert_eq!(town.engine.tally().refusals, [("promise-too-far", 1)].into());
    }
}

#[test]
fn what_the_configuration_says_of_a_room_counts_before_what_was_said_in_chat() {
    let mut town = town();
    town.direct("matrix:ana", "!admin map engineering discord:den");
    let base = office();
    let rooms = base.rooms.entries().map(|(room, it)| (it.purpose.audience, room.clone()));
    let rooms = Rooms::new(rooms.chain([(Audience::WarRoom, room("discord:den"))]));
    town.house.restart(Setup { rooms, ..base.clone() });
    let told = town.direct("matrix:ana", "!admin channels").join("\n");
    assert!(told.contains("war-room `discord:den` · in the configuration"), "{told}");
    assert!(!told.contains("engineering `discord:den`"), "{told}");
    let told = town.direct("matrix:ana", "!admin unmap discord:den").join("\n");
    assert!(told.contains("Change `[rooms]` there"), "{told}");
}

#[test]
fn rooms_of_several_audiences_are_no_teams_rooms_and_codes_and_changes_are_refused_when_stale() {
    let mut town = town();
    let preview = town.direct("matrix:ana", "!admin map company matrix:status").join("\n");
    assert!(preview.contains("what others write would be removed"), "{preview}");
    let code = preview.split("`!admin confirm ").nth(1).unwrap().split('`').next().unwrap().to_owned();
    let confirm = format!("!admin confirm {code}");
    // Another admin's account, another person, and too late.
    assert!(town.direct("discord:ben", &confirm)[0].contains("Only an admin"));
    town.wait(301);
    assert!(town.direct("matrix:ana", &confirm)[0].contains("nothing to confirm"));
    assert!(confirmed(&mut town, "matrix:ana", "!admin map company matrix:status")[0].contains("from now on"));
    assert!(town.direct("matrix:ana", &confirm)[0].contains("nothing to confirm"));
}

fn discord_is_down(entry: &Entry) -> Option<SendError> {
    let down = SendError::Retry { after: None, reason: "the gateway is gone".to_owned() };
    (entry.dest.network().as_str() == "discord").then_some(down)
}

/// A town where what the company reads is mapped in chat, on Discord alone, and Discord is down while an update is
/// published.
fn cut_off() -> Town {
    let base = office();
    let rooms = base.rooms.entries().map(|(room, it)| (it.purpose.audience, room.clone()));
    let rooms = Rooms::new(rooms.filter(|(audience, _)| *audience != Audience::Company));
    let mut town = Town::of(House::with(Setup { rooms, seed: Seed([7; 32]), ..base.clone() }));
    confirmed(&mut town, "matrix:ana", "!admin map company discord:news");
    town.room("matrix:ana", "!declare checkout is down");
    town.room("matrix:ana", "!take spokesperson");
    town.house.answers = discord_is_down;
    let told = town.room("matrix:ana", "!update We are looking next 30m");
    assert_eq!(holding(&told, "We are looking\n"), [""; 0]);
    town
}

fn statements(told: &[String]) -> Vec<&str> {
    let said = told.iter().filter(|it| it.contains("Said by")).filter_map(|it| it.split(": ").next());
    said.collect()
}

#[test]
fn a_channel_that_is_moved_in_the_middle_of_an_incident_loses_no_update() {
    // The new channel first, and the old one first.
    for new_first in [true, false] {
        let mut town = cut_off();
        let map = "!admin map company matrix:news";
        let unmap = "!admin unmap discord:news";
        let order = if new_first { [map, unmap] } else { [unmap, map] };
        let mut told = Vec::new();
        for command in order {
            told.extend(confirmed(&mut town, "matrix:ana", command));
        }
        assert_eq!(statements(&told), ["matrix:news"], "{told:?}");
        assert_eq!(holding(&told, "One update that had not arrived elsewhere goes there too.").len(), 1, "{told:?}");
        let told = town.room("matrix:ana", "!update It is the database next 30m");
        assert_eq!(statements(&told), ["matrix:news"], "{told:?}");
        // What was on its way there arrives there too, and once.
        town.house.restart(office());
        town.house.answers = |_| None;
        town.wait(600);
        let told = town.read();
        assert_eq!(statements(&told), ["discord:news"], "{told:?}");
        town.wait(600);
        assert!(statements(&town.read()).is_empty());
    }
}

#[test]
fn an_update_that_arrived_is_not_told_again_in_a_channel_that_is_new() {
    let mut town = town();
    town.room("matrix:ana", "!declare checkout is down");
    town.room("matrix:ana", "!take spokesperson");
    assert_eq!(statements(&town.room("matrix:ana", "!update We are looking next 30m")).len(), 2);
    let told = confirmed(&mut town, "matrix:ana", "!admin map company discord:news");
    assert!(statements(&told).is_empty(), "{told:?}");
}

#[test]
fn a_team_is_told_in_its_own_rooms_and_where_it_has_none_in_those_of_everybody() {
    let mut town = town();
    town.direct("matrix:ana", "!admin map war-room matrix:payments --team payments");
    town.direct("matrix:ana", "!admin map war-room discord:payments --team payments");
    let told = town.room_of("discord:payments", "discord:ben", "!declare cards are refused");
    let heads = holding(&told, "INC-1 cards are refused");
    assert!(heads.iter().all(|it| it.starts_with("discord:payments") || it.starts_with("matrix:payments")), "{told:?}");
    assert_eq!(heads.len(), 2, "{told:?}");
    // What is said in one of the team's rooms is passed on to the other, and to no other war room.
    let told = town.room_of("matrix:payments", "matrix:carl", "it is one bank");
    assert_eq!(told.iter().map(|it| it.split(": ").next().unwrap()).collect::<Vec<_>>(), ["discord:payments"]);
    town.room_of("discord:payments", "discord:ben", "!take spokesperson");
    let told = town.room_of("discord:payments", "discord:ben", "!update One bank refuses cards next 30m");
    assert_eq!(statements(&told), ["discord:company", "matrix:company"]);
    // An update that waits while the team gets a channel of its own goes there as well.
    town.house.answers = discord_is_down;
    let told = town.room_of("matrix:payments", "discord:ben", "!update Two banks refuse cards next 30m");
    assert_eq!(statements(&told), ["matrix:company"]);
    let told = confirmed(&mut town, "matrix:ana", "!admin map company matrix:news --team payments");
    assert_eq!(statements(&told), ["matrix:news"], "{told:?}");
    town.house.restart(office());
    let told = town.room_of("matrix:payments", "discord:ben", "!update Cards work next 30m");
    assert_eq!(statements(&told), ["matrix:news"], "{told:?}");
    // Everybody else's incidents are told as before.
    town.room("matrix:ana", "!declare checkout is down");
    town.room("matrix:ana", "!take spokesperson");
    let told = town.room("matrix:ana", "!update We are looking next 30m");
    assert_eq!(statements(&told), ["matrix:company"], "{told:?}");
}

#[test]
fn a_network_that_people_respond_on_only_now_gets_rooms_of_incidents_own() {
    let base = office();
    let rooms = base.rooms.entries().map(|(room, it)| (it.purpose.audience, room.clone()));
    let rooms = Rooms::new(rooms.filter(|(_, it)| *it != room("discord:war")));
    let mut town = Town::of(House::with(Setup { rooms, ..base.clone() }));
    town.link("matrix:ana", "discord:anna");
    let told = town.room("matrix:ana", "!declare keys leaked --security");
    assert_eq!(holding(&told, "opens for").len(), 1, "{told:?}");
    let told = town.direct("matrix:ana", "!admin map war-room discord:war");
    assert_eq!(holding(&told, "opens for"), ["discord:INC-1: opens for [\"discord:anna\"]"], "{told:?}");
}

#[test]
fn whoever_leaves_is_off_everything_also_where_only_their_other_account_was_seen() {
    let mut town = town();
    town.link("matrix:ben", "discord:benny");
    town.room("discord:benny", "!declare checkout is down");
    town.room("matrix:ben", "!take spokesperson");
    town.room("matrix:carl", "!take responder");
    town.room("matrix:ben", "!task look at the logs");
    town.room("matrix:ben", "!task 1");
    town.room("matrix:ben", "!declare search is slow");
    let told = town.direct("matrix:ana", "!admin remove benny");
    assert!(holding(&told, "is off INC-1, INC-2").len() == 1, "{told:?}");
    assert!(holding(&told, "close `matrix:ben` and `discord:benny`").len() == 1, "{told:?}");
    let calls = holding(&told, "(matrix:carl) ");
    assert!(
        calls.iter().any(|it| it.contains("`!take INC-1 commander`") && it.contains("Task 1 is nobody's now")),
        "{told:?}"
    );
    assert_eq!((town.holders(Role::Commander), town.holders(Role::Spokesperson)), (vec![], vec![]));
    town.house.restart(office());
    assert_eq!(town.holders(Role::Commander), [""; 0]);
}

#[test]
fn a_test_says_whether_it_arrived_and_is_no_update() {
    let mut town = town();
    let told = town.direct("matrix:ana", "!admin test discord:company");
    let posted = holding(&told, "This is a test");
    assert_eq!(posted.len(), 1, "{told:?}");
    assert!(posted[0].starts_with("discord:company: ") && posted[0].contains("It is no update"), "{posted:?}");
    assert!(holding(&told, "✔ The test stands in `discord:company`").len() == 1, "{told:?}");
    town.house.answers = |entry| {
        let refused = SendError::Refused { reason: "Herald may not write there".to_owned() };
        (entry.dest == Dest::Room(room("discord:company"))).then_some(refused)
    };
    let told = town.direct("matrix:ana", "!admin test discord:company");
    assert!(holding(&told, "✘ The test does not get to `discord:company`: Herald may not write there").len() == 1);
}
