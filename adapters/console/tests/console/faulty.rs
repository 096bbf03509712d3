//! Each fault of the faulty fake, seen to happen.

use std::error::Error;
use std::time::Duration;

use futures::executor::block_on;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use herald_chat::testing::{Faults, Faulty, Injected};
use herald_chat::{Arrival, Inbound, Platform, SendError, What};
use herald_console::Console;
use jiff::{SignedDuration, Timestamp};

use crate::common::{Clock, Tested, key, post, room};

pub(crate) const SECOND: SignedDuration = SignedDuration::from_secs(1);

pub(crate) fn practice(seed: u64, faults: Faults) -> Result<(Clock, Faulty<Console>), Box<dyn Error>> {
    let clock = Clock::new()?;
    let platform = Faulty::new(Console::in_memory(clock.now()), seed, clock.now(), clock.timer());
    platform.set(faults);
    Ok((clock, platform))
}

/// How many messages stand in a room.
fn there(platform: &Faulty<Console>, room: &str) -> usize {
    platform.inner().read("ana", room).map_or(0, |lines| lines.len())
}

pub(crate) fn say(platform: &Faulty<Console>, room: &str, text: &str) -> Tested {
    platform.inner().say("ana", room, text)?;
    Ok(())
}

/// What has arrived by now: `room text`, or `gap`.
fn arrived(arrivals: &mut BoxStream<'static, Arrival>) -> Vec<String> {
    let mut arrived = Vec::new();
    while let Some(Some(arrival)) = arrivals.next().now_or_never() {
        arrived.push(match arrival {
            Arrival::Event(Inbound { room, what: What::Message { text, .. }, .. }) => format!("{} {text}", room.id()),
            Arrival::Event(other) => format!("{other:?}"),
            Arrival::Gap => "gap".to_owned(),
        });
    }
    arrived
}

#[test]
fn without_faults_it_is_the_platform_itself() -> Tested {
    let (_, platform) = practice(1, Faults::none())?;
    let mut arrivals = platform.arrivals();
    let sent = ["war-room 1", "war-room 2", "company 3", "war-room 4"];
    for sent in sent {
        let (room, text) = sent.split_once(' ').unwrap_or_default();
        say(&platform, room, text)?;
    }
    assert_eq!(arrived(&mut arrivals), sent);
    for n in 0..100 {
        block_on(platform.post(&room("company"), &post("update"), &key(n)))?;
    }
    assert_eq!(there(&platform, "company"), 101);
    assert_eq!(platform.injected(), Injected::default());
    assert_eq!(platform.remembers(), platform.inner().remembers());
    Ok(())
}

#[test]
fn calls_come_late() -> Tested {
    let (clock, platform) = practice(1, Faults { delay: 1000, ..Faults::none() })?;
    let (to, update) = (room("company"), post("update"));
    let (one, two) = (key(1), key(2));
    let mut late = platform.post(&to, &update, &one);
    assert!((&mut late).now_or_never().is_none());
    let mut given_up = platform.post(&to, &update, &two);
    assert!((&mut given_up).now_or_never().is_none());
    drop(given_up);
    assert_eq!(there(&platform, "company"), 0);
    clock.wait(SECOND * 5);
    assert!(late.now_or_never().is_some());
    assert_eq!(there(&platform, "company"), 1);
    assert_eq!(platform.injected().delayed, 2);
    Ok(())
}

#[test]
fn calls_are_rate_limited_with_and_without_a_time_to_wait() -> Tested {
    let (_, platform) = practice(1, Faults { rate_limit: 1000, ..Faults::none() })?;
    let mut asked = Vec::new();
    for n in 0..50 {
        let answer = block_on(platform.post(&room("company"), &post("update"), &key(n)));
        let Err(SendError::Retry { after, .. }) = answer else { return Err(format!("{answer:?}").into()) };
        asked.push(after);
    }
    assert!(asked.contains(&None) && asked.iter().any(Option::is_some));
    assert!(asked.iter().flatten().all(|after| *after <= Faults::none().longest_limit));
    assert!(matches!(block_on(platform.me()), Err(SendError::Retry { .. })));
    assert_eq!(there(&platform, "company"), 0);
    assert_eq!(platform.injected(), Injected { rate_limited: 51, ..Injected::default() });
    Ok(())
}

#[test]
fn connections_drop_before_anything_is_done() -> Tested {
    let (_, platform) = practice(1, Faults { drop: 500, ..Faults::none() })?;
    let mut posted = 0;
    for n in 0..100 {
        match block_on(platform.post(&room("company"), &post("update"), &key(n))) {
            Ok(_) => posted += 1,
            Err(error) => assert!(matches!(error, SendError::Retry { after: None, .. }), "{error}"),
        }
    }
    assert_eq!(there(&platform, "company"), posted);
    assert_eq!(platform.injected(), Injected { dropped: 100 - posted as u64, ..Injected::default() });
    assert!((20..80).contains(&posted), "{posted} of 100 at one half");
    Ok(())
}

#[test]
fn answers_are_lost_after_all_is_done() -> Tested {
    let (_, platform) = practice(1, Faults { lose_answer: 1000, ..Faults::none() })?;
    let (to, update) = (room("company"), post("update"));
    let answer = block_on(platform.post(&to, &update, &key(1)));
    assert!(matches!(answer, Err(SendError::Unknown { .. })), "{answer:?}");
    assert_eq!(there(&platform, "company"), 1);
    let found = block_on(platform.find(&to, &update, &key(1), Timestamp::UNIX_EPOCH))?;
    assert_eq!(platform.injected(), Injected { answers_lost: 1, ..Injected::default() });
    platform.set(Faults::none());
    assert_eq!(Some(block_on(platform.post(&to, &update, &key(1)))?), found);
    assert_eq!(there(&platform, "company"), 1);

    platform.set(Faults { lose_answer: 1000, ..Faults::none() });
    let nowhere = block_on(platform.post(&room("cellar"), &update, &key(1)));
    assert!(matches!(nowhere, Err(SendError::Refused { .. })), "{nowhere:?}");
    Ok(())
}

#[test]
fn answers_are_held_back_after_all_is_done() -> Tested {
    let (clock, platform) = practice(1, Faults { hang: 1000, ..Faults::none() })?;
    let (to, update, one) = (room("company"), post("update"), key(1));
    let mut hung = platform.post(&to, &update, &one);
    assert!((&mut hung).now_or_never().is_none());
    assert_eq!(there(&platform, "company"), 1);
    clock.wait(SECOND * 599);
    assert!((&mut hung).now_or_never().is_none());
    clock.wait(SECOND);
    assert!(matches!(hung.now_or_never(), Some(Ok(_))));
    assert_eq!(platform.injected(), Injected { hung: 1, ..Injected::default() });
    Ok(())
}

#[test]
fn posts_are_refused_where_the_test_says_so() -> Tested {
    let (_, platform) = practice(1, Faults { refuse: 1000, ..Faults::none() })?;
    block_on(platform.post(&room("company"), &post("update"), &key(1)))?;
    platform.refuse_only(|room, post| room.id() == "company" && post.text.to_string().contains("draft"));
    block_on(platform.post(&room("company"), &post("update"), &key(2)))?;
    block_on(platform.post(&room("war-room"), &post("draft"), &key(3)))?;
    let answer = block_on(platform.post(&room("company"), &post("draft"), &key(4)));
    assert!(matches!(answer, Err(SendError::Refused { .. })), "{answer:?}");
    assert_eq!(there(&platform, "company"), 2);
    assert_eq!(platform.injected(), Injected { refused: 1, ..Injected::default() });
    Ok(())
}

#[test]
fn arrivals_come_twice_at_once_or_late() -> Tested {
    let (clock, platform) = practice(1, Faults { twice: 1000, ..Faults::none() })?;
    let mut arrivals = platform.arrivals();
    say(&platform, "war-room", "1")?;
    assert_eq!(arrived(&mut arrivals), ["war-room 1", "war-room 1"]);
    platform.set(Faults { twice: 1000, delay: 500, ..Faults::none() });
    for n in 2..40 {
        say(&platform, "war-room", &n.to_string())?;
    }
    let mut all = Vec::new();
    for _ in 0..400 {
        all.extend(arrived(&mut arrivals));
        clock.wait(SECOND);
    }
    let firsts: Vec<&String> = all.iter().enumerate().filter(|(i, it)| !all[..*i].contains(it)).map(|p| p.1).collect();
    assert!(firsts.is_sorted_by_key(|it| it.split_once(' ').and_then(|(_, n)| n.parse::<u8>().ok())));
    assert_eq!((firsts.len(), all.len()), (38, 76));
    assert!(all.chunks(2).any(|pair| pair.first() != pair.last()), "none came late");
    assert_eq!(platform.injected().twice, 39);
    Ok(())
}

#[test]
fn a_dropped_connection_loses_what_was_on_its_way_and_leaves_a_gap_before_what_follows() -> Tested {
    let (clock, platform) = practice(1, Faults { delay: 1000, ..Faults::none() })?;
    let mut arrivals = platform.arrivals();
    say(&platform, "war-room", "on its way")?;
    say(&platform, "company", "on its way")?;
    assert!(arrived(&mut arrivals).is_empty());
    platform.set(Faults { gap: 1000, ..Faults::none() });
    say(&platform, "war-room", "lost")?;
    assert_eq!(arrived(&mut arrivals), ["gap"]);
    platform.set(Faults::none());
    say(&platform, "war-room", "next")?;
    clock.wait(SECOND * 5);
    assert_eq!(arrived(&mut arrivals), ["war-room next"]);
    assert_eq!((platform.injected().gaps, platform.injected().arrivals_lost), (1, 3));
    assert_eq!(block_on(platform.read_back(&room("war-room"), None, 10))?.events.len(), 3);
    Ok(())
}

#[test]
fn rooms_overtake_one_another_but_keep_their_own_order() -> Tested {
    let mut overtaken = 0;
    for seed in 0..20 {
        let (clock, platform) = practice(seed, Faults { delay: 300, ..Faults::none() })?;
        let mut arrivals = platform.arrivals();
        let mut sent = Vec::new();
        for n in 0..20 {
            let place = if n % 2 == 0 { "war-room" } else { "company" };
            say(&platform, place, &n.to_string())?;
            sent.push(format!("{place} {n}"));
        }
        let mut came = Vec::new();
        for _ in 0..200 {
            came.extend(arrived(&mut arrivals));
            clock.wait(SECOND);
        }
        for place in ["war-room", "company"] {
            let of = |all: &[String]| all.iter().filter(|it| it.starts_with(place)).cloned().collect::<Vec<_>>();
            assert_eq!(of(&came), of(&sent));
        }
        overtaken += usize::from(came != sent);
    }
    assert!(overtaken > 10, "rooms overtook one another in {overtaken} of 20");
    Ok(())
}

#[test]
fn keys_are_forgotten_after_the_window_and_found_all_the_same() -> Tested {
    let window = Duration::from_mins(2);
    let (clock, platform) = practice(1, Faults { forget_after: Some(window), ..Faults::none() })?;
    let (to, update) = (room("company"), post("update"));
    assert_eq!(platform.remembers(), window);
    let first = block_on(platform.post(&to, &update, &key(1)))?;
    clock.wait(SECOND * 119);
    assert_eq!(block_on(platform.post(&to, &update, &key(1)))?, first);
    clock.wait(SECOND);
    let later = (clock.now())();
    assert_eq!(block_on(platform.find(&to, &update, &key(1), Timestamp::UNIX_EPOCH))?, Some(first.clone()));
    let second = block_on(platform.post(&to, &update, &key(1)))?;
    assert_ne!(second, first);
    assert_eq!(block_on(platform.post(&to, &update, &key(1)))?, second);
    assert_eq!(block_on(platform.find(&to, &update, &key(1), later))?, Some(second));
    assert_eq!(block_on(platform.find(&to, &update, &key(1), Timestamp::UNIX_EPOCH))?, Some(first));
    assert_eq!(there(&platform, "company"), 2);
    assert_eq!(platform.injected(), Injected { forgotten: 1, ..Injected::default() });
    Ok(())
}

#[test]
fn a_seed_gives_the_same_faults_each_time() -> Tested {
    let faults = Faults { rate_limit: 200, drop: 200, lose_answer: 200, ..Faults::none() };
    let run = |seed| -> Result<String, Box<dyn Error>> {
        let (_, platform) = practice(seed, faults.clone())?;
        let answer = |n| block_on(platform.post(&room("company"), &post("update"), &key(n)));
        Ok(format!("{:?} {:?}", (0..50).map(answer).collect::<Vec<_>>(), platform.injected()))
    };
    assert_eq!(run(7)?, run(7)?);
    assert_ne!(run(7)?, run(8)?);
    Ok(())
}

#[test]
fn a_herald_that_starts_again_meets_the_same_bad_luck() -> Tested {
    let (_, platform) = practice(1, Faults { lose_answer: 1000, ..Faults::none() })?;
    let handle = platform.clone();
    drop(platform.arrivals());
    let answer = block_on(handle.post(&room("company"), &post("update"), &key(1)));
    assert!(matches!(answer, Err(SendError::Unknown { .. })), "{answer:?}");
    assert_eq!(platform.injected().answers_lost, 1);
    let mut again = platform.arrivals();
    say(&platform, "war-room", "hello")?;
    assert_eq!(arrived(&mut again), ["war-room hello"]);
    Ok(())
}
