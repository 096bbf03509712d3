//! Things to put into a journal.

use herald::announce::Action;
use herald::incident::{
    Event, IncidentNo, LogKind, Milestones, Record, Seq, Severity, Status, Subject, Summary, Thing,
};
use herald::journal::{Batch, Journal, JournalError, Mark, Snapshot};
use herald::outbox::{Dest, Entry, EntryId, Rank};
use herald::relay::{Said, Side};
use herald_chat::{Cursor, MessageRef, Network, Person, Post, RoomRef, SendKey, Text, Tone, UserRef};
use jiff::Timestamp;

pub(crate) fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_614_400 + second).unwrap()
}

pub(crate) fn room(name: &str) -> RoomRef {
    RoomRef::new(&Network::new("console"), name)
}

pub(crate) fn message(id: &str) -> MessageRef {
    MessageRef { room: room("war-room"), id: id.to_owned() }
}

pub(crate) fn person(name: &str) -> Person {
    Person { id: UserRef::new(&Network::new("console"), name), name: name.to_owned() }
}

pub(crate) fn record(seq: Seq) -> Record {
    record_saying(seq, &format!("error rate at {seq}% \u{1f534}\nand \"rising\""))
}

pub(crate) fn record_saying(seq: Seq, text: &str) -> Record {
    let event = Event::Logged {
        n: 1,
        kind: LogKind::Finding,
        text: text.to_owned(),
        author: person("ana"),
        source: Some(message("m1")),
    };
    Record { seq, at: moment(0), incident: IncidentNo(1), by: Some(person("ben")), event }
}

pub(crate) fn entry(id: EntryId) -> Entry {
    Entry {
        id,
        dest: Dest::Room(room("company")),
        rank: Rank::Public,
        action: Action::Post(Post::new(Tone::Update, Text::says("Checkout is down."))),
        key: SendKey::derive("cause", "lane", 0),
        made: moment(1),
        subject: Some(subject(3)),
        statement: None,
        tie: None,
        removal: None,
    }
}

/// A message of `n` seconds past the beginning, with something that stands for it.
pub(crate) fn said(n: u64) -> Said {
    let mut said = Said {
        at: moment(i64::try_from(n).unwrap()),
        by: Some(person("ana")),
        text: "long ".repeat(3_000),
        origin: Some(message(&format!("o{n}"))),
        copies: Vec::new(),
        reactions: Vec::new(),
        gone: false,
        dated: false,
        files: Vec::new(),
        answers_unknown: false,
    };
    let side = Side::Room(room("elsewhere"));
    let part = said.copy_mut(&side).part();
    said.copy_mut(&side).words.push(part);
    let copy = MessageRef { room: room("elsewhere"), id: format!("c{n}") };
    said.arrived(&side, part, Some(&copy));
    said
}

pub(crate) fn subject(draft: u32) -> Subject {
    Subject { incident: IncidentNo(1), thing: Thing::Draft(draft) }
}

pub(crate) fn summary(no: u32, title: &str) -> Summary {
    Summary {
        no: IncidentNo(no),
        title: title.to_owned(),
        severity: Severity::Major,
        status: Status::Closed,
        security: false,
        drill: false,
        sent: false,
        rooms: std::collections::BTreeSet::new(),
        times: Milestones {
            declared: moment(0),
            commanded: Some(moment(60)),
            updated: None,
            mitigated: None,
            resolved: Some(moment(600)),
            ended: Some(moment(900)),
        },
        kept: 2,
        broken: 1,
        first: 1,
        last: 9,
    }
}

pub(crate) fn mark(number: u64) -> Mark {
    u128::from(number).to_be_bytes()
}

/// Records only.
pub(crate) fn records(from: Seq, to: Seq) -> Batch {
    Batch { records: (from..=to).map(record).collect(), ..Batch::default() }
}

/// Something in every table, as the `n`-th commit.
pub(crate) fn mixed(n: u64) -> Batch {
    Batch {
        records: vec![record(2 * n - 1), record(2 * n)],
        entries: vec![entry(2 * n - 1), entry(2 * n)],
        settled: vec![2 * n - 1],
        marks: vec![mark(n)],
        cursors: [(room("war-room"), Cursor(format!("at {n}"))), (room("company"), Cursor("long ".repeat(3_000)))]
            .into(),
        subjects: [(message(&format!("m{n}")), Some(subject(1))), (message(&format!("m{}", n - 1)), None)].into(),
        said: [(n, Some(said(n))), (n - 1, None)].into(),
        summaries: vec![summary(1, &format!("version {n}"))],
        snapshot: Some(Snapshot { seq: 2 * n, state: format!("state {n}").into_bytes() }),
    }
}

/// All records of a range, which must be readable.
pub(crate) fn scan(journal: &impl Journal, from: Seq, to: Seq) -> Vec<Record> {
    let mut found = Vec::new();
    journal.scan(from..=to, &mut |record| found.push(record)).unwrap();
    found
}

/// What a refusal says must be for people.
pub(crate) fn assert_plain(error: &JournalError) {
    assert_plain_words(&error.to_string());
}

pub(crate) fn assert_plain_words(words: &str) {
    for raw in ["Some(", "Err", "{", "}", "Os ", "::", "kind:", "\\"] {
        assert!(!words.contains(raw), "not for people: {words}");
    }
}
