//! People with an account on each of two networks.

use herald::config::Config;
use herald::engine::Setup;
use herald::incident::Role;
use herald_chat::{Origin, What};

use crate::house::House;
use crate::town::{Town, holding, linked, person, room, setup};

#[test]
fn somebody_shows_with_a_code_that_two_accounts_are_theirs() {
    let mut town = Town::new();
    let offer = town.direct("matrix:ana", "!link");
    assert_eq!(offer.len(), 1, "{offer:?}");
    assert!(offer[0].contains("within 10 min"), "{offer:?}");
    let told = town.link("matrix:ana", "discord:anna");
    assert_eq!(
        told,
        [
            "discord:dm-anna: Done: `matrix:ana` and `discord:anna` are one person for me now, and your roles and \
             tasks are the same with each. `!unlink` undoes it.",
            "direct matrix:ana: `discord:anna` gave the code that you asked for, so it is yours for me now. If it is \
             not, type `!unlink` at once.",
        ]
    );
    town.room("discord:anna", "!declare checkout is down");
    assert_eq!(town.holders(Role::Commander), ["matrix:ana"]);
    // The other account is the commander too.
    town.room("matrix:ana", "!identified a bad deploy");
    town.room("discord:anna", "!mitigated rolled back");
    assert_eq!(town.engine.tally().refusals, [].into());
}

#[test]
fn a_role_offered_to_one_account_is_taken_with_the_other() {
    let mut town = Town::new();
    town.link("matrix:ana", "discord:anna");
    town.room("discord:ben", "!declare checkout is down");
    town.tell_about("discord:ben", false, "!handoff commander @them", &["discord:anna"]);
    let told = town.room("matrix:ana", "!accept");
    assert_eq!(town.holders(Role::Commander), ["matrix:ana"], "{told:?}");
    town.room("discord:anna", "!identified a bad deploy");
    assert_eq!(town.engine.tally().refusals, [].into());
}

#[test]
fn whoever_is_called_is_called_by_the_account_that_they_have_there() {
    let mut town = Town::new();
    town.link("matrix:ana", "discord:anna");
    town.room("discord:ben", "!declare checkout is down");
    let told = town.tell_about("discord:ben", false, "!handoff commander @them", &["discord:anna"]);
    let calls = holding(&told, "(");
    assert!(
        calls.iter().any(|it| it.starts_with("matrix:war: (matrix:ana) ") && it.contains("<matrix:ana>")),
        "{told:?}"
    );
    assert!(
        calls.iter().any(|it| it.starts_with("discord:war: (discord:anna) ") && it.contains("<discord:anna>")),
        "{told:?}"
    );
    // Of somebody with one account, the other network has the name only, and calls nobody.
    assert!(holding(&told, "matrix:war").iter().all(|it| !it.contains("(discord:")), "{told:?}");
}

#[test]
fn two_accounts_of_one_person_are_not_two_people_with_one_name() {
    let mut town = Town::new();
    town.link("matrix:ana", "discord:ana");
    town.room("matrix:ben", "!declare checkout is down");
    for name in ["ana", "discord:ana", "matrix:ana", "@ana"] {
        town.room("matrix:ben", &format!("!task look at the logs {name}"));
        town.room("matrix:ben", &format!("!assign responder {name}"));
        assert_eq!(town.holders(Role::Responder), ["matrix:ana"], "{name}");
        town.room("discord:ana", "!release responder");
        assert_eq!(town.holders(Role::Responder), [""; 0], "{name}");
    }
    assert_eq!(town.engine.tally().refusals, [].into());
    // Who is not linked and has the name is somebody else, as before.
    town.room("discord:ben", "hello");
    town.room("matrix:ana", "!assign responder ben");
    assert!(town.engine.tally().refusals.contains_key("which-person"));
}

#[test]
fn what_both_accounts_had_is_the_persons_once() {
    let mut town = Town::new();
    town.room("discord:ben", "!declare checkout is down");
    town.room("discord:anna", "!take responder");
    town.room("matrix:ana", "!take responder");
    town.room("discord:anna", "!take spokesperson");
    town.tell_about("discord:anna", false, "!handoff spokesperson @them", &["matrix:ana"]);
    let told = town.link("matrix:ana", "discord:anna");
    let there = "<matrix:ana> also speaks as `discord:anna` from now on.";
    assert!(told.contains(&format!("matrix:war: {there}")), "{told:?}");
    assert_eq!(town.holders(Role::Responder), ["matrix:ana"]);
    assert_eq!(town.holders(Role::Spokesperson), ["matrix:ana"]);
    assert!(town.engine.incidents().all(|incident| incident.offers.is_empty()));
    town.room("discord:anna", "!release responder");
    assert_eq!(town.holders(Role::Responder), [""; 0]);
    let told = town.room("matrix:ana", "!timeline").join("\n");
    assert!(told.contains("<matrix:ana> is `discord:anna` too"), "{told}");
}

#[test]
fn a_room_of_its_own_is_open_to_each_account_of_its_members() {
    let mut town = Town::new();
    town.link("matrix:ana", "discord:anna");
    let told = town.room("discord:anna", "!declare keys leaked --security");
    assert!(holding(&told, "matrix:INC-1: opens for [\"matrix:ana\"]").len() == 1, "{told:?}");
    assert!(holding(&told, "discord:INC-1: opens for [\"discord:anna\"]").len() == 1, "{told:?}");
    // Whoever is linked later is let in later.
    let told = town.link("matrix:ana", "discord:third");
    assert_eq!(holding(&told, "invites"), ["discord:INC-1: invites discord:third"]);
}

#[test]
fn what_was_linked_is_linked_after_a_restart() {
    for snapshot_every in [1, 1_000_000] {
        let setup = || Setup { snapshot_every, ..setup(&Config::default()) };
        let mut town = Town::with(setup());
        town.room("discord:anna", "!declare checkout is down");
        let code = town.code("matrix:ana");
        town.house.restart(setup());
        town.direct("discord:anna", &format!("!link {code}"));
        assert_eq!(town.holders(Role::Commander), ["matrix:ana"], "a code is good after a restart");
        town.house.restart(setup());
        assert_eq!(town.holders(Role::Commander), ["matrix:ana"]);
        town.room("discord:anna", "!identified a bad deploy");
        town.direct("matrix:ana", "!unlink");
        town.house.restart(setup());
        town.room("discord:anna", "!mitigated rolled back");
        assert_eq!(town.engine.tally().refusals, [("only-commander", 1)].into());
    }
}

#[test]
fn a_link_that_finds_the_disk_full_is_none() {
    let mut town = Town::new();
    town.room("discord:anna", "!declare checkout is down");
    let code = town.code("matrix:ana");
    town.fill_disk();
    let inbound = herald_chat::Inbound {
        room: room("discord:dm-anna"),
        id: "full".to_owned(),
        cursor: None,
        by: person("discord:anna"),
        origin: Origin::Human,
        direct: true,
        at: town.now,
        what: What::says(&format!("!link {code}")),
    };
    let now = town.now;
    town.engine.step(vec![herald::engine::Input::Inbound(Box::new(inbound))], now).unwrap();
    let lookup = town.engine.lookups().remove(0);
    let sighting = town.sighting(&lookup);
    let unkept = town.engine.step(vec![herald::engine::Input::Sighted(Box::new(lookup), sighting)], now).unwrap();
    assert_eq!(unkept.len(), 1);
    assert_eq!(town.holders(Role::Commander), ["discord:anna"]);
    town.wait(10);
    town.direct("discord:anna", &format!("!link {code}"));
    assert_eq!(town.holders(Role::Commander), ["matrix:ana"]);
}

#[test]
fn a_code_is_good_once_for_ten_minutes_and_for_another_account() {
    let mut town = Town::new();
    let code = town.code("matrix:ana");
    assert!(town.direct("matrix:ana", &format!("!link {code}"))[0].contains("your other account"));
    town.wait(601);
    assert!(town.direct("discord:anna", &format!("!link {code}"))[0].contains("good for 10 min"));
    let code = town.code("matrix:ana");
    let spaced = format!("!link {} {}", code[..4].to_lowercase(), &code[4..]);
    town.direct("discord:anna", &spaced);
    assert!(town.direct("discord:carl", &format!("!link {code}"))[0].contains("no such code"));
    let again = town.code("matrix:dora");
    assert_ne!(again, code);
    assert!(town.direct("discord:anna", &format!("!link {again}"))[0].contains("is linked with `matrix:ana`"));
    assert!(town.direct("matrix:ana", &format!("!link {again}"))[0].contains("is linked with `discord:anna`"));
}

#[test]
fn whoever_gives_wrong_codes_has_to_wait() {
    let mut town = Town::new();
    let code = town.code("matrix:ana");
    for n in 0..5 {
        assert!(town.direct("discord:mallory", &format!("!link 0000000{n}"))[0].contains("no such code"));
    }
    let refused = town.direct("discord:mallory", &format!("!link {code}"));
    assert!(refused[0].contains("Wait 10 min"), "{refused:?}");
    town.direct("discord:anna", &format!("!link {code}"));
    town.room("discord:anna", "!declare checkout is down");
    assert_eq!(town.holders(Role::Commander), ["matrix:ana"]);
    town.wait(600);
    assert!(town.direct("discord:mallory", "!link 00000000")[0].contains("no such code"));
}

#[test]
fn a_code_that_others_have_read_is_void() {
    for place in ["discord:war", "discord:company"] {
        let mut town = Town::new();
        let code = town.code("matrix:ana");
        let what = What::says(&format!("!link {code}"));
        town.house.hear_in(&room(place), person("discord:anna"), "shown", Origin::Human, what);
        town.read();
        let told = town.direct("discord:mallory", &format!("!link {code}"));
        assert!(told[0].contains("no such code"), "{place}: {told:?}");
    }
}

#[test]
fn the_code_stands_nowhere_in_the_record() {
    use herald::journal::Journal;

    let mut town = Town::new();
    let code = town.code("matrix:ana");
    let mut records = String::new();
    let each = &mut |record| records.extend([format!("{record:?}")]);
    town.engine.journal().scan(1..=u64::MAX, each).unwrap();
    assert!(records.contains("LinkOffered") && !records.contains(&code), "{records}");
}

#[test]
fn whoever_unlinks_leaves_their_roles_with_the_account_that_stood_for_them() {
    let mut town = Town::new();
    town.link("matrix:ana", "discord:anna");
    town.room("discord:anna", "!declare checkout is down");
    let told = town.direct("discord:anna", "!unlink");
    assert_eq!(
        told,
        ["discord:dm-anna: Done: `discord:anna` stands alone again. Roles and tasks stay with `matrix:ana`."]
    );
    assert_eq!(town.holders(Role::Commander), ["matrix:ana"]);
    town.room("discord:anna", "!identified a bad deploy");
    assert_eq!(town.engine.tally().refusals, [("only-commander", 1)].into());
    assert!(town.direct("discord:anna", "!unlink")[0].contains("linked with no other"));
}

#[test]
fn an_answer_goes_to_the_account_that_asked() {
    let mut town = Town::new();
    town.link("matrix:ana", "discord:anna");
    town.room("matrix:ben", "!declare checkout is down");
    let what = What::says("what is going on?");
    town.house.hear_in(&room("discord:company"), person("discord:anna"), "stray", Origin::Human, what);
    let told = town.read();
    assert_eq!(holding(&told, "Only updates stand").len(), 1, "{told:?}");
    assert!(holding(&told, "Only updates stand")[0].starts_with("direct discord:anna: "), "{told:?}");
}

#[test]
fn what_is_chosen_from_a_menu_is_answered_to_the_account_that_chose() {
    let mut town = Town::new();
    town.link("matrix:ana", "discord:anna");
    let what = What::Command { text: "!unlink".to_owned(), mentions: Vec::new() };
    town.house.hear_in(&room("discord:company"), person("discord:anna"), "chosen", Origin::Human, what);
    let told = town.read();
    assert!(told.len() == 1 && told[0].starts_with("direct discord:anna: Done: `discord:anna` stands"), "{told:?}");
}

#[test]
fn an_admin_links_accounts_and_takes_them_apart() {
    let mut town = Town::with(linked(&[&["matrix:ana", "discord:anna"]]));
    town.room("discord:anna", "!declare checkout is down");
    assert_eq!(town.holders(Role::Commander), ["matrix:ana"]);
    assert!(town.direct("discord:anna", "!unlink")[0].contains("people.linked"));
    let records = town.engine.durable();
    town.house.restart(linked(&[&["matrix:ana", "discord:anna"]]));
    assert_eq!(town.engine.durable(), records, "what is linked is not linked again");
    // The other one stands for the person now.
    town.house.restart(linked(&[&["discord:anna", "matrix:ana"]]));
    assert_eq!(town.holders(Role::Commander), ["discord:anna"]);
    town.house.restart(linked(&[]));
    town.room("matrix:ana", "!identified a bad deploy");
    assert_eq!(town.engine.tally().refusals, [("only-commander", 1)].into());
}

#[test]
fn an_admins_word_goes_over_what_people_linked_themselves() {
    let mut town = Town::new();
    town.link("discord:anna", "matrix:ana");
    town.link("discord:anna", "discord:third");
    town.room("discord:third", "!declare checkout is down");
    assert_eq!(town.holders(Role::Commander), ["discord:anna"]);
    town.house.restart(linked(&[&["matrix:ana", "discord:anna"]]));
    assert_eq!(town.holders(Role::Commander), ["matrix:ana"]);
    town.room("discord:third", "!identified a bad deploy");
    assert_eq!(town.engine.tally().refusals, [].into());
}

#[test]
fn a_snapshot_of_an_earlier_version_is_read() {
    use herald::journal::{Batch, Journal, MemoryDisk, MemoryJournal, Snapshot};

    let disk = MemoryDisk::new();
    let state = br#"{"open":[],"last_no":4}"#.to_vec();
    let batch = Batch { snapshot: Some(Snapshot { seq: 0, state }), ..Batch::default() };
    MemoryJournal::open(&disk).unwrap().commit(&batch).unwrap();
    let mut town = Town::of(House::on(disk, setup(&Config::default())));
    town.room("matrix:ana", "!declare checkout is down");
    assert_eq!(town.engine.incidents().map(|it| it.no.0).collect::<Vec<_>>(), [5]);
}
