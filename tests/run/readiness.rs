//! What is answered to whoever keeps Herald running.

use std::sync::atomic::Ordering;

use futures::FutureExt;
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;
use herald::journal::MemoryDisk;
use herald::service::End;
use herald_chat::testing::Faults;
use herald_chat::{Clock, Platform};
use jiff::SignedDuration;

use crate::page::read;
use crate::town::{Town, config};

fn town() -> Town {
    let mut town = Town::new(config(&["war-room"], &["company"]));
    town.settle();
    town
}

#[test]
fn it_is_ready_once_the_network_is_synced_and_for_as_long_as_that_is_fresh() {
    let mut town = town();
    assert_eq!(town.wanting(), ["console has not been synced yet"]);
    town.synced(0);
    assert_eq!(town.wanting(), [""; 0]);
    town.synced(59);
    assert_eq!(town.wanting(), [""; 0]);
    town.synced(60);
    assert_eq!(town.wanting(), ["console was last synced 60 s ago"]);
    town.synced(1);
    town.link.down.store(true, Ordering::SeqCst);
    assert_eq!(town.wanting(), ["console is not ready"]);
}

#[test]
fn a_room_that_cannot_be_read_stands_in_the_way_until_something_is_heard_from_it() {
    let mut town = Town::new(config(&["war-room", "inc-1"], &["company"]));
    town.settle();
    town.synced(0);
    let wanting = town.wanting();
    assert_eq!(wanting.len(), 1, "{wanting:?}");
    let start = "the war room on console (console:inc-1) cannot be read: ";
    assert!(wanting[0].starts_with(start), "{wanting:?}");
    // That the practice platform gives an incident's own room just this name makes the room appear.
    town.say("ana", "war-room", "!declare search is slow --security");
    town.say("ana", "inc-1", "hello");
    assert_eq!(town.wanting(), [""; 0]);
}

#[test]
fn what_was_missed_stands_in_the_way_until_it_is_read_back() {
    let mut town = town();
    town.synced(0);
    town.network.set(Faults { gap: 1000, drop: 1000, ..Faults::none() });
    town.say("ana", "war-room", "!declare checkout is down");
    assert_eq!(town.wanting(), ["console: what was missed is being read back"]);
    town.network.set(Faults::none());
    town.wait(5);
    assert_eq!(town.wanting(), [""; 0]);
    assert!((town.metric("herald_commands_total{command=\"declare\"}") - 1.0).abs() < f64::EPSILON);
}

#[test]
fn a_network_that_tells_nothing_any_more_ends_herald() {
    let mut town = town();
    town.synced(0);
    // The practice platform tells whoever asked last.
    drop(town.console.arrivals());
    assert_eq!(town.wanting(), ["Herald has ended"]);
    assert_eq!(town.ask("/healthz").status, 503);
    let ended = town.ended.borrow_mut().take();
    let Some(Err(End::Stopped(fault))) = ended else { panic!("{ended:?}") };
    assert!(fault.to_string().contains("console has broken down"), "{fault}");
}

#[test]
fn a_full_disk_stands_in_the_way_until_there_is_room() {
    let mut town = town();
    town.synced(0);
    town.is_full.store(true, Ordering::SeqCst);
    town.say("ana", "war-room", "!declare checkout is down");
    assert_eq!(town.wanting(), ["the disk is full: commands are refused"]);
    assert_eq!(town.ask("/healthz").status, 200, "a restart would not help");
    assert!((town.metric("herald_refusals_total{code=\"disk-full\"}") - 1.0).abs() < f64::EPSILON);
    town.is_full.store(false, Ordering::SeqCst);
    town.wait(5);
    assert_eq!(town.wanting(), [""; 0]);
}

#[test]
fn an_engine_that_does_not_answer_is_not_alive() {
    let town = town();
    let mut elsewhere = LocalPool::new();
    for path in ["/healthz", "/readyz", "/metrics"] {
        let status = town.status.clone();
        let asked = elsewhere.spawner().spawn_local_with_handle(async move { status.answer(path).await }).unwrap();
        elsewhere.run_until_stalled();
        town.clock.set(town.clock.now() + SignedDuration::from_secs(5));
        elsewhere.run_until_stalled();
        let answer = asked.now_or_never().unwrap();
        assert_eq!((answer.status, answer.text.as_str()), (503, "the engine has not answered for 5 s\n"), "{path}");
    }
}

#[test]
fn what_is_not_there_is_answered_with_what_is() {
    let answer = town().ask("/");
    assert_eq!(answer.status, 404);
    assert_eq!(answer.text, "there is nothing here. Ask for /healthz, /readyz or /metrics\n");
}

#[test]
fn every_metric_follows_an_incident() {
    let mut town = town();
    town.synced(3);
    let company = |name: &str, lane: &str| {
        format!("herald_{name}{{room=\"console:company\",audience=\"company\",lane=\"{lane}\"}}")
    };
    let waiting = company("posts_waiting", "public");
    for (sample, value) in [
        (format!("herald_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")).as_str(), 1.0),
        (&waiting, 0.0),
        (&company("posts_waiting", "inside"), 0.0),
        ("herald_posts_waiting{room=\"console:war-room\",audience=\"war-room\",lane=\"inside\"}", 0.0),
        (&company("oldest_post_age_seconds", "public"), 0.0),
        ("herald_sync_age_seconds{network=\"console\"}", 3.0),
        ("herald_connected{network=\"console\"}", 1.0),
        ("herald_commands_total{command=\"declare\"}", 0.0),
        ("herald_refusals_total{code=\"none-open\"}", 0.0),
        ("herald_reminders_total{step=\"due\"}", 0.0),
        ("herald_promises_kept_total", 0.0),
        ("herald_promises_broken_total", 0.0),
        ("herald_incidents_open{severity=\"critical\"}", 0.0),
        // The two rooms that were found.
        ("herald_records_total", 2.0),
    ] {
        assert!((town.metric(sample) - value).abs() < f64::EPSILON, "{sample}");
    }

    town.say("ana", "war-room", "!declare cobalt is down --severity critical");
    town.say("ben", "war-room", "!take spokesperson");
    town.say("ben", "war-room", "!update We are on it. next 10m");
    town.say("ben", "war-room", "!resolve no");
    // Reminded in time and at the time; then late, and the next update waits outside.
    town.wait(12 * 60);
    town.console.offline("company", true);
    town.say("ben", "war-room", "!update Still broken. next 10m");
    town.wait(7);
    for (sample, value) in [
        (waiting.as_str(), 1.0),
        (&company("oldest_post_age_seconds", "public"), 7.0),
        ("herald_commands_total{command=\"declare\"}", 1.0),
        ("herald_commands_total{command=\"update\"}", 2.0),
        ("herald_refusals_total{code=\"only-commander\"}", 1.0),
        ("herald_reminders_total{step=\"soon\"}", 1.0),
        ("herald_reminders_total{step=\"due\"}", 1.0),
        ("herald_promises_kept_total", 1.0),
        ("herald_promises_broken_total", 1.0),
        ("herald_incidents_open{severity=\"critical\"}", 1.0),
        ("herald_incidents_open{severity=\"minor\"}", 0.0),
    ] {
        let found = town.metric(sample);
        assert!((found - value).abs() < f64::EPSILON, "{sample} is {found}");
    }
    assert!(town.metric("herald_records_total") > 5.0);

    let page = town.ask("/metrics");
    assert!(page.kind.starts_with("application/openmetrics-text; version=1.0.0"));
    for word in ["cobalt", "ana", "ben", "on it", "Still"] {
        assert!(!page.text.contains(word), "{word} is nobody's business:\n{}", page.text);
    }
    town.console.offline("company", false);
    town.wait(60);
    assert!(town.metric(&waiting) < 1.0, "{:?}", town.shown());
}

#[test]
fn what_is_said_to_one_person_waits_under_no_name() {
    let mut town = town();
    town.console.offline("dm-ana", true);
    town.say("ana", "company", "is it me?");
    let direct = "herald_posts_waiting{room=\"console:direct\",audience=\"direct\",lane=\"inside\"}";
    assert!((town.metric(direct) - 1.0).abs() < f64::EPSILON);
    assert!(!town.ask("/metrics").text.contains("ana"));
}

#[test]
fn promises_are_counted_from_the_record_and_drills_are_not() {
    let disk = MemoryDisk::new();
    let lines = |town: &mut Town, declare: &str| {
        town.say("ana", "war-room", declare);
        town.say("ben", "war-room", "!take spokesperson");
        town.say("ana", "war-room", "!resolve done");
        town.say("ben", "war-room", "!update Well again. final");
        town.say("ana", "war-room", "!close");
    };
    let mut before = Town::on(&disk, config(&["war-room"], &["company"]), []);
    before.settle();
    lines(&mut before, "!declare search is slow --severity critical");
    lines(&mut before, "!declare search is slow --severity critical --drill");
    before.say("ana", "war-room", "!declare again --drill");
    let kept = before.metric("herald_promises_kept_total");
    before.stop();
    let mut after = Town::on(&disk, config(&["war-room"], &["company"]), []);
    after.settle();
    assert!((kept - 1.0).abs() < f64::EPSILON, "{kept}: {:?}", before.shown());
    assert!((after.metric("herald_promises_kept_total") - kept).abs() < f64::EPSILON);
    assert!(after.metric("herald_commands_total{command=\"close\"}") < 1.0, "since the start only");
    assert!(after.metric("herald_incidents_open{severity=\"major\"}") < 1.0, "a drill is none");
}

#[test]
fn every_verb_and_every_refusal_is_on_the_page() {
    let page = read(&town().ask("/metrics").text);
    for verb in herald::command::VERBS {
        assert!(page.contains_key(&format!("herald_commands_total{{command=\"{}\"}}", verb.name)), "{}", verb.name);
    }
}
