//! From joining to the end.

use std::sync::atomic::Ordering;

use herald::incident::Audience;
use herald::journal::{Fault, MemoryDisk};
use herald::service::{End, JoinError};

use crate::town::{Town, config};

fn later(reason: &str) -> JoinError {
    JoinError::Later(reason.to_owned())
}

/// What ended it before it was asked to.
fn unfit(town: &Town) -> String {
    match town.ended.borrow_mut().take() {
        Some(Err(End::Unfit(sentence))) => sentence,
        other => panic!("it ended otherwise: {other:?}"),
    }
}

#[test]
fn it_says_who_it_is_and_which_room_plays_which_part() {
    let mut config = config(&["war-room"], &["#company"]);
    config.rooms.admin = vec!["console:admin".to_owned().try_into().unwrap()];
    let mut town = Town::new(config);
    town.settle();
    let said = town.said.borrow().clone();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        said,
        [
            &format!("Herald {version}: 0 records, 0 incidents open"),
            "console: Herald is herald",
            "  the war room: war-room",
            "  the company channel: #company, company",
            "  the admin room: admin",
            "⚠ nobody can write here. Do something about it",
        ]
    );
}

#[test]
fn that_nobody_outside_hears_of_anything_is_said() {
    let mut town = Town::new(config(&["war-room"], &[]));
    town.settle();
    let said = town.said.borrow().last().cloned().unwrap();
    assert_eq!(said, "⚠ rooms.company is empty, so updates reach nobody outside. Write the room that everybody reads");
}

#[test]
fn a_network_that_cannot_be_reached_is_tried_until_it_can() {
    let disk = MemoryDisk::new();
    let errors = vec![later("no route to host"); 7];
    let mut town = Town::on(&disk, config(&["war-room"], &["company"]), errors);
    // 2, 4, 8, 16, 32, 60 and 60 s: nothing waits longer than a minute.
    town.wait(2 + 4 + 8 + 16 + 32 + 60 + 59);
    assert_eq!(town.wanting(), ["console is not connected yet: no route to host"]);
    assert_eq!((town.ask("/healthz").status, town.ask("/metrics").status), (200, 200), "it is well in itself");
    assert_eq!(town.said.borrow().len(), 1);
    town.wait(1);
    assert_eq!(town.said.borrow()[1], "console: Herald is herald");
    assert!(town.ended.borrow().is_none());
}

#[test]
fn a_network_that_never_will_be_joined_ends_it_with_what_to_do() {
    let never = JoinError::Never("the password is wrong. Write the right one".to_owned());
    let mut town = Town::on(&MemoryDisk::new(), config(&["war-room"], &[]), [later("no answer"), never]);
    town.wait(2);
    assert_eq!(unfit(&town), "the password is wrong. Write the right one");
}

#[test]
fn a_room_that_is_not_there_ends_it_with_its_key() {
    let mut town = Town::new(config(&["war-room"], &["company", "#nowhere"]));
    town.settle();
    assert_eq!(unfit(&town), "rooms.company[1] is console:#nowhere: there is no such room. Make it");
    assert!(town.link.closed.load(Ordering::SeqCst), "what was joined is left");
}

#[test]
fn two_names_of_one_room_are_fine_for_one_audience_and_not_for_two() {
    let mut town = Town::new(config(&["war-room"], &["company", "#company"]));
    town.settle();
    assert!(town.ended.borrow().is_none());

    let mut town = Town::new(config(&["war-room"], &["#war-room"]));
    town.settle();
    assert_eq!(
        unfit(&town),
        "rooms.company[0] and rooms.war_room[0] are the same room, console:war-room, and no room is for two audiences. \
         Write another room"
    );
}

#[test]
fn it_ends_when_it_is_asked_to_also_while_it_is_not_connected() {
    let mut town = Town::on(&MemoryDisk::new(), config(&["war-room"], &[]), [later("no answer")]);
    town.settle();
    town.stop();
    assert!(matches!(*town.ended.borrow(), Some(Ok(()))));
    let answer = town.ask("/healthz");
    assert_eq!((answer.status, answer.text.as_str()), (503, "Herald has ended\n"));
}

#[test]
fn the_commit_under_way_is_finished_and_the_network_is_left() {
    let disk = MemoryDisk::new();
    let mut town = Town::on(&disk, config(&["war-room"], &["company"]), []);
    town.settle();
    town.console.say("ana", "war-room", "!declare checkout is down").unwrap();
    town.settle();
    town.stop();
    assert!(matches!(*town.ended.borrow(), Some(Ok(()))));
    assert!(town.link.closed.load(Ordering::SeqCst));
    let mut next = Town::on(&disk, config(&["war-room"], &["company"]), []);
    next.settle();
    assert!(next.said.borrow()[0].ends_with(": 4 records, 1 incident open"), "{:?}", next.said.borrow());
}

#[test]
fn a_network_that_does_not_say_goodbye_is_not_waited_for() {
    let mut town = Town::new(config(&["war-room"], &["company"]));
    town.settle();
    town.link.never_closes.store(true, Ordering::SeqCst);
    town.stop();
    assert!(town.ended.borrow().is_none());
    town.wait(3);
    assert!(matches!(*town.ended.borrow(), Some(Ok(()))));
}

#[test]
fn a_disk_that_fails_stops_it() {
    let disk = MemoryDisk::new();
    let mut town = Town::on(&disk, config(&["war-room"], &["company"]), []);
    town.settle();
    disk.fail_next(Fault::Broken);
    town.say("ana", "war-room", "!declare checkout is down");
    assert!(matches!(*town.ended.borrow(), Some(Err(End::Stopped(_)))));
    assert!(town.link.closed.load(Ordering::SeqCst), "the network is left all the same");
}

#[test]
fn every_part_that_a_room_can_play_is_resolved() {
    let mut config = config(&["war-room"], &["company"]);
    let all = [Audience::WarRoom, Audience::Engineering, Audience::Company, Audience::Customers, Audience::Admin];
    for (list, name) in [
        (&mut config.rooms.engineering, "engineering"),
        (&mut config.rooms.customers, "customers"),
        (&mut config.rooms.admin, "admin"),
    ] {
        list.push(format!("console:#{name}").try_into().unwrap());
    }
    let mut town = Town::new(config);
    town.settle();
    assert_eq!(town.said.borrow().iter().filter(|line| line.starts_with("  ")).count(), all.len());
}
