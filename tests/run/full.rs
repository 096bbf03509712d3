//! A disk that is full for a long time: it is looked now and then whether there is room, and the log tells of the event and not of
//! each try.

use std::io::{self, Write};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use crate::town::{Town, config};

/// The log of this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn begin() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        let guard = tracing::subscriber::set_default(subscriber);
        (log, guard)
    }

    /// The lines since this was last asked that hold one of these.
    fn lines(&self, of: &[&str]) -> Vec<String> {
        let all = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        all.lines().filter(|line| of.iter().any(|words| line.contains(words))).map(str::to_owned).collect()
    }
}

const DISK: &[&str] = &["disk", "recorded"];

#[test]
fn a_reminder_that_is_due_on_a_full_disk_is_tried_calmly_and_told_of_in_three_lines() {
    let (log, _guard) = Log::begin();
    // It is never synced, so it is asked ten times a second whether it is ready.
    let mut town = Town::new(config(&["war-room"], &["company"]));
    town.settle();
    town.say("ana", "war-room", "!declare checkout is down --severity critical");
    town.say("ben", "war-room", "!take spokesperson");
    town.say("ben", "war-room", "!update We are on it. next 10m");
    log.lines(DISK);
    let records = town.metric("herald_records_total");

    town.is_full.store(true, Ordering::SeqCst);
    town.refused.store(0, Ordering::SeqCst);
    town.wait(8 * 60);
    assert!(town.wanting().contains(&"the disk is full: commands are refused".to_owned()));
    let lines = log.lines(DISK);
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(
        lines[0].contains("WARN") && lines[0].contains("the disk is full: commands are refused in words"),
        "{lines:?}"
    );
    assert!(lines[0].contains("0 MiB free"), "it says how much is missing: {lines:?}");
    assert_eq!(town.refused.load(Ordering::SeqCst), 1, "nothing is decided anew before there is room");
    assert!(town.metric("herald_reminders_total{step=\"soon\"}") < 1.0, "nobody was reminded");

    // People are answered at once all the while.
    let before = town.shown().len();
    for _ in 0..3 {
        town.say("ana", "war-room", "!finding it began with the deploy");
    }
    assert_eq!(town.shown().len() - before, 6, "{:?}", town.shown());
    assert_eq!(log.lines(DISK), [""; 0]);
    town.wait(10 * 60);
    let lines = log.lines(DISK);
    assert!(lines.len() <= 2 && lines.iter().all(|line| line.contains("commands=3")), "{lines:#?}");

    town.is_full.store(false, Ordering::SeqCst);
    town.wait(5);
    let lines = log.lines(DISK);
    let over = lines.iter().filter(|line| line.contains("there is room on the disk again commands=3")).count();
    assert_eq!(over, 1, "{lines:#?}");
    let recorded = lines.iter().filter(|line| line.contains("recorded")).count();
    assert!(recorded > 0);
    let added = town.metric("herald_records_total") - records;
    assert_eq!(added.to_string(), recorded.to_string(), "{lines:#?}");
    assert!(town.shown().iter().any(|line| line.contains("update 2 of INC-1 is 9 min late")), "{:?}", town.shown());
    assert!(!town.wanting().iter().any(|line| line.contains("disk")));
}

#[test]
fn what_only_notes_that_posts_went_out_is_written_although_a_reminder_is_due() {
    let mut town = Town::new(config(&["war-room"], &["company"]));
    town.settle();
    town.say("ana", "war-room", "!declare checkout is down --severity critical");
    town.say("ben", "war-room", "!take spokesperson");
    town.console.offline("company", true);
    town.say("ben", "war-room", "!update We are on it. next 10m");
    town.is_full.store(true, Ordering::SeqCst);
    town.wait(12 * 60);
    let waiting = "herald_posts_waiting{room=\"console:company\",audience=\"company\",lane=\"public\"}";
    assert!((town.metric(waiting) - 1.0).abs() < f64::EPSILON);
    town.console.offline("company", false);
    town.wait(6 * 60);
    assert!(town.metric(waiting) < 1.0, "it went out");
    assert!(town.shown().iter().any(|line| line.contains("We are on it")), "{:?}", town.shown());
    assert!(town.wanting().contains(&"the disk is full: commands are refused".to_owned()), "and that was no room");
}

#[test]
fn a_network_that_is_away_is_told_of_when_it_begins_and_when_it_is_over() {
    let (log, _guard) = Log::begin();
    let mut town = Town::new(config(&["war-room"], &["company"]));
    town.settle();
    town.say("ana", "war-room", "!declare checkout is down --severity critical");
    town.say("ben", "war-room", "!take spokesperson");
    let of = ["not sent", "sent again"];
    log.lines(&of);
    town.console.offline("company", true);
    town.say("ben", "war-room", "!update We are on it. next 10m");
    town.wait(9 * 60);
    town.say("ben", "war-room", "!update Still on it. next 10m");
    let lines = log.lines(&of);
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].contains("not sent, will try again"), "{lines:?}");
    town.wait(21 * 60);
    assert_eq!(log.lines(&of).len(), 2, "one every ten minutes");
    town.console.offline("company", false);
    town.wait(6 * 60);
    let lines = log.lines(&of);
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].contains("sent again"), "{lines:?}");
}
