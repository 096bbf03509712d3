//! Records and bytes that may be records.

use bolero::check;
use herald::incident::{
    Audience, Event, House, IncidentNo, List, Proposed, Purpose, Record, Role, Setting, Severity, Value,
};
use herald::journal::record::{BEGINNING, BadRecord, decode, encode, link};
use jiff::{SignedDuration, Timestamp};

use crate::samples::{moment, person, record, room};

const ROUNDS: usize = 2_000;

#[test]
fn any_bytes_are_a_record_or_an_error() {
    check!().with_iterations(ROUNDS).for_each(|bytes: &[u8]| {
        if let Ok(record) = decode(bytes) {
            assert_eq!(decode(&encode(&record).unwrap()), Ok(record));
        }
    });
}

#[test]
fn a_record_with_bytes_changed_is_a_record_or_an_error() {
    check!().with_iterations(ROUNDS).with_type().for_each(|edits: &Vec<(u16, u8)>| {
        let mut bytes = encode(&record(7)).unwrap();
        let length = bytes.len();
        for (at, byte) in edits.iter().take(5) {
            bytes[usize::from(*at) % length] = *byte;
        }
        if let Ok(record) = decode(&bytes) {
            assert_eq!(decode(&encode(&record).unwrap()), Ok(record));
        }
    });
}

#[test]
fn what_is_written_is_what_is_read() {
    type Parts = (u64, i32, u32, String, Option<u32>, u8, bool);
    check!().with_iterations(ROUNDS).with_type().for_each(|parts: &Parts| {
        let (seq, second, n, text, number, kind, by) = parts;
        let record = Record {
            seq: *seq,
            at: Timestamp::from_second(i64::from(*second)).unwrap(),
            incident: IncidentNo(*n),
            by: by.then(|| person("ana")),
            event: event(*kind, *n, text, *number),
        };
        let bytes = encode(&record).unwrap();
        let read = decode(&bytes).unwrap();
        assert_eq!(read, record);
        // People are equal when their accounts are: bytes say more.
        assert_eq!(encode(&read).unwrap(), bytes);
        assert!(!bytes.contains(&b'\n'), "a record is one line of a backup");
    });
}

#[test]
fn a_record_of_a_newer_version_is_told_from_one_that_is_none() {
    let newer = |version: u32| Err(BadRecord::Newer { found: version });
    assert_eq!(decode(br#"{"v":6,"all":["new"]}"#), newer(6));
    let same_fields = String::from_utf8(encode(&record(1)).unwrap()).unwrap().replacen(r#""v":5"#, r#""v":9"#, 1);
    assert_eq!(decode(same_fields.as_bytes()), newer(9));
    for none in ["", "{}", "null", r#"{"v":1}"#, r#"{"v":2}"#, r#"{"v":0}"#, r#"{"v":-1}"#, r#"{"v":"2"}"#] {
        assert_eq!(decode(none.as_bytes()), Err(BadRecord::Unreadable), "{none}");
    }
}

#[test]
fn a_record_is_stored_in_the_words_that_old_journals_hold() {
    let at = Timestamp::from_second(1_767_614_400).unwrap();
    let stored = br#"{"v":5,"seq":3,"at":"2026-01-05T12:00:00Z","incident":2,"event":"closed"}"#;
    let fourth = br#"{"v":4,"seq":3,"at":"2026-01-05T12:00:00Z","incident":2,"event":"closed"}"#;
    let third = br#"{"v":3,"seq":3,"at":"2026-01-05T12:00:00Z","incident":2,"event":"closed"}"#;
    let second = br#"{"v":2,"seq":3,"at":"2026-01-05T12:00:00Z","incident":2,"event":"closed"}"#;
    let first = br#"{"v":1,"seq":3,"at":"2026-01-05T12:00:00Z","incident":2,"event":"closed"}"#;
    let record = Record { seq: 3, at, incident: IncidentNo(2), by: None, event: Event::Closed };
    assert_eq!(encode(&record).unwrap(), stored);
    assert_eq!(decode(stored), Ok(record.clone()));
    assert_eq!(decode(fourth), Ok(record.clone()));
    assert_eq!(decode(third), Ok(record.clone()));
    assert_eq!(decode(second), Ok(record.clone()));
    assert_eq!(decode(first), Ok(record));
    let hash = link(&BEGINNING, first);
    assert_eq!(
        data_encoding::HEXLOWER.encode(&hash),
        "36c0c112405664d7ba026ae488620b3138cd62a5c0f0014bae0e0355b1005982"
    );
}

fn event(kind: u8, n: u32, text: &str, number: Option<u32>) -> Event {
    let text = text.to_owned();
    match kind % 11 {
        0 => Event::Closed,
        1 => Event::Declared {
            title: text,
            severity: Severity::Critical,
            security: n.is_multiple_of(2),
            drill: false,
            own_room: true,
            due: number.map(|_| moment(60)),
            team: number.map(|n| format!("team-{n}")),
        },
        2 => Event::DraftProposed { n, text, next: number.map(Proposed::Minutes), customers: false },
        3 => Event::Listed { list: List::Task, n, text, owner: number.map(|_| person("ben")) },
        4 => Event::DeliveryDelayed { what: text, place: "company".to_owned(), minutes: n },
        5 => Event::AccountJoined { account: person("ben").id, person: person(&format!("ana{n}")) },
        6 => Event::House(House::LinkOffered { account: person("ana").id, hash: text, until: moment(i64::from(n)) }),
        7 => Event::PersonLeft { person: person("ben"), roles: vec![Role::Commander], items: vec![(List::Task, n)] },
        8 => Event::House(House::RoomMapped {
            room: room("status"),
            written: number.map(|n| room(&format!("#{n}"))),
            to: Audience::Company.into(),
            was: number.map(|n| Purpose { audience: Audience::WarRoom, team: Some(format!("team-{n}")) }),
        }),
        9 => Event::House(House::SettingChanged {
            key: Setting::First(Severity::Minor),
            was: Value::Never,
            to: number.map(|n| Value::Span(SignedDuration::from_mins(n.into()))),
        }),
        _ => Event::LogEdited { n, version: number.unwrap_or(1), text },
    }
}

#[test]
fn what_earlier_versions_left_to_be_sent_is_still_read() {
    let entries = [
        r#"{"id":7,"dest":{"room":"console:company"},"rank":"public","action":{"post":{"tone":"update","text":[[{"plain":"Down."}]]}},"key":"k","made":"2026-01-05T12:00:00Z","subject":{"incident":1,"thing":{"draft":3}},"statement":{"incident":1,"what":"update 1"}}"#,
        r#"{"id":8,"dest":{"own":[1,"console"]},"rank":"inside","action":"archive","key":"k","made":"2026-01-05T12:00:00Z"}"#,
        r#"{"id":9,"dest":{"direct":"console:ana"},"rank":"inside","action":{"invite":"console:ana"},"key":"k","made":"2026-01-05T12:00:00Z"}"#,
        r#"{"id":10,"dest":{"room":"console:war-room"},"rank":"inside","action":{"delete":{"room":"console:war-room","id":"m1"}},"key":"k","made":"2026-01-05T12:00:00Z","subject":{"incident":1,"thing":{"log":1}}}"#,
    ];
    for entry in entries {
        let read: herald::outbox::Entry = serde_json::from_str(entry).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), entry);
    }
}
