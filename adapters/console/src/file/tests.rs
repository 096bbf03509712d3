use std::error::Error;

use bolero::check;
use herald_chat::{Network, Posting, SendKey};
use jiff::Timestamp;

use super::{Fact, File, Log, OpenOptions, World, read};
use crate::content::Stored;
use crate::fact::Deed;
use crate::names::NETWORK;

fn network() -> Network {
    Network::new(NETWORK)
}

fn said(n: u8) -> Fact {
    let deed = Deed::said("war-room".to_owned(), format!("message {n}\nsecond line"));
    Fact::new(Timestamp::UNIX_EPOCH, "ana", deed)
}

/// A fact that may or may not be possible, from a few bytes.
fn fact(seed: [u8; 4]) -> Fact {
    let [kind, who, place, number] = seed;
    let pick = |from: &[&str], i: u8| from.get(usize::from(i) % from.len()).copied().unwrap_or_default().to_owned();
    let by = pick(&["ana", "herald", "ben", "no name", ""], who);
    let room = pick(&["war-room", "company", "inc-1", "dm-ana", "dm-ben", "nowhere"], place);
    let of = u64::from(number % 16);
    let person = pick(&["ana", "ben", "herald", ":"], number);
    let deed = match kind % 16 {
        0 => Deed::Introduced { rooms: vec![room, "company".to_owned()] },
        1 => Deed::Met { person },
        2 => Deed::Edited { room, of, text: "edited".to_owned() },
        3 => Deed::Removed { room, of },
        4 => Deed::Reacted { room, to: of, emoji: "📌".to_owned() },
        5 => Deed::LetIn { room, person },
        6 if number % 8 == 0 => Deed::Archived { room },
        7 => Deed::Restricted { room, posting: Posting::HeraldOnly },
        8 => Deed::Pinned { room, of, pinned: kind < 128 },
        9 => Deed::TakenDown { room, of },
        10 => {
            let (title, topic) = ("INC-1".to_owned(), String::new());
            Deed::Opened { room, title, topic, members: vec![person], posting: Posting::Members }
        }
        11 => Deed::Unreacted { room, to: of, emoji: "📌".to_owned() },
        12 => Deed::Expired { room, of },
        13 => Deed::Said { room, text: "yes".to_owned(), answers: Some(of), file: None },
        14 => {
            let file = Some(Stored { name: "chart.png".to_owned(), size: of, head: "pix".to_owned() });
            Deed::Said { room, text: String::new(), answers: None, file }
        }
        _ => Deed::said(room, "words".to_owned()),
    };
    let fact = Fact::new(Timestamp::UNIX_EPOCH, &by, deed);
    if number % 3 == 0 { fact.keyed(&SendKey::derive("cause", "lane", usize::from(number))) } else { fact }
}

#[test]
fn any_bytes_open_or_are_named_as_damaged() {
    check!().with_type::<Vec<u8>>().for_each(|bytes| {
        let lines = bytes.split_inclusive(|b| *b == b'\n').count();
        match read(bytes, network()) {
            Ok((_, whole)) => assert!(whole <= bytes.len() as u64),
            Err((line, why)) => assert!((1..=lines).contains(&line) && !why.is_empty()),
        }
    });
}

#[test]
fn any_facts_open_or_are_named_as_damaged_and_those_that_the_rules_allow_open_the_same() {
    check!().with_type::<(Vec<[u8; 4]>, Vec<(usize, u8)>)>().for_each(|(seeds, flips)| {
        let mut world = World::new(network());
        let mut bytes = Vec::new();
        for fact in seeds.iter().copied().map(fact) {
            if world.check(&fact).is_ok() {
                bytes.extend(serde_json::to_vec(&fact).unwrap_or_default());
                bytes.push(b'\n');
                world.apply(fact);
            }
        }
        let opened = read(&bytes, network()).map(|(again, whole)| (format!("{again:?}"), whole));
        assert_eq!(opened, Ok((format!("{world:?}"), bytes.len() as u64)));

        let length = bytes.len().max(1);
        for (at, byte) in flips {
            bytes.get_mut(at % length).into_iter().for_each(|b| *b = *byte);
        }
        drop(read(&bytes, network()));
    });
}

#[test]
fn a_line_without_an_end_is_cut_off_and_written_over() -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let (mut log, _) = Log::open(dir.path(), network())?;
    log.append(&said(1))?;
    let path = dir.path().join(super::FILE);
    let whole = std::fs::read(&path)?;
    std::fs::write(&path, [&whole[..], br#"{"at":"1970-01-01T00:00:00Z","by":"a"#].concat())?;

    let (mut log, world) = Log::open(dir.path(), network())?;
    assert_eq!(std::fs::read(&path)?, whole);
    assert_eq!(world.shown.len(), 1);
    log.append(&said(2))?;
    let (_, world) = Log::open(dir.path(), network())?;
    assert_eq!(world.shown.len(), 2);
    Ok(())
}

#[test]
fn a_bad_line_is_named_with_what_to_do() -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let (mut log, _) = Log::open(dir.path(), network())?;
    log.append(&said(1))?;
    let path = dir.path().join(super::FILE);
    let good = std::fs::read_to_string(&path)?;
    std::fs::write(&path, format!("{good}{{\"at\":\n{good}"))?;

    let error = Log::open(dir.path(), network()).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("rooms.jsonl, line 2, cannot be understood: EOF"), "{error}");
    assert!(error.contains("Put the file back from a backup, or remove this line"), "{error}");

    std::fs::write(&path, good.replace("war-room", "cellar"))?;
    let error = Log::open(dir.path(), network()).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("line 1, cannot be understood: There is no room called cellar here."), "{error}");
    Ok(())
}

#[test]
fn a_write_that_fails_leaves_nothing_behind() -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join(super::FILE);
    let (mut log, _) = Log::open(dir.path(), network())?;
    log.append(&said(1))?;

    // A handle that cannot write stands for a full disk; what it might have written is put there by hand.
    let good = std::mem::replace(&mut log.file, File::open(&path)?);
    assert!(log.append(&said(2)).is_err());
    assert!(log.append(&said(2)).is_err());
    std::io::Write::write_all(&mut OpenOptions::new().append(true).open(&path)?, b"{\"half")?;
    log.file = good;

    log.append(&said(3))?;
    let (_, world) = Log::open(dir.path(), network())?;
    let texts: Vec<String> = world.shown.iter().map(ToString::to_string).collect();
    let lines = |n| format!("00:00 war-room ana: message {n}\n00:00 war-room ana: second line");
    assert_eq!(texts, [lines(1), lines(3)]);
    Ok(())
}
