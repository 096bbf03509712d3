//! The contract of the port, kept by the practice platform, and by the faulty fake before it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use futures::executor::block_on;
use futures::future::poll_fn;
use futures::lock::Mutex;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use herald_chat::testing::contract::{self, Harness, Line, Outsider, Trouble};
use herald_chat::testing::{Faults, Faulty, Timer};
use herald_chat::{Arrival, MessageRef, Person, Platform, Posting, RoomRef, RoomSpec, SendKey};
use herald_console::{Console, NotAllowed, Shown};

use crate::common::{Clock, Tested, room, user};

struct Practice<P> {
    console: Console,
    platform: P,
    arrivals: Mutex<BoxStream<'static, Arrival>>,
    /// Which run on these rooms, and how many rooms it has opened.
    run: usize,
    opened: AtomicUsize,
}

impl<P: Platform> Practice<P> {
    fn new(console: Console, platform: P, run: usize) -> Self {
        let arrivals = Mutex::new(platform.arrivals());
        Self { console, platform, arrivals, run, opened: AtomicUsize::new(0) }
    }
}

fn name(who: Outsider) -> &'static str {
    match who {
        Outsider::Ana => "ana",
        Outsider::Ben => "ben",
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn trouble(why: impl ToString) -> Trouble {
    Trouble(why.to_string())
}

fn done(result: Result<Shown, NotAllowed>) -> Result<(), Trouble> {
    result.map(drop).map_err(trouble)
}

#[async_trait]
impl<P: Platform> Harness for Practice<P> {
    fn platform(&self) -> &dyn Platform {
        &self.platform
    }

    fn outsider(&self, who: Outsider) -> Person {
        Person { id: user(name(who)), name: name(who).to_owned() }
    }

    async fn fresh_room(&self) -> Result<RoomRef, Trouble> {
        let members = [Outsider::Ana, Outsider::Ben].map(|who| user(name(who))).to_vec();
        let spec = RoomSpec { name: "fresh".to_owned(), topic: String::new(), members, posting: Posting::Members };
        let n = self.opened.fetch_add(1, Ordering::Relaxed);
        let key = SendKey::derive("fresh room", &self.run.to_string(), n);
        self.console.open_room(&spec, &key).await.map_err(trouble)
    }

    async fn say(&self, who: Outsider, place: &RoomRef, text: &str) -> Result<MessageRef, Trouble> {
        let said = self.console.say(name(who), place.id(), text).map_err(trouble)?;
        Ok(MessageRef { room: room(&said.room), id: said.id })
    }

    async fn edit(&self, who: Outsider, message: &MessageRef, text: &str) -> Result<(), Trouble> {
        done(self.console.edit_message(name(who), message, text))
    }

    async fn delete(&self, who: Outsider, message: &MessageRef) -> Result<(), Trouble> {
        done(self.console.delete_message(name(who), message))
    }

    async fn react(&self, who: Outsider, message: &MessageRef, emoji: &str) -> Result<(), Trouble> {
        done(self.console.react_to(name(who), message, emoji))
    }

    async fn leave(&self, who: Outsider, room: &RoomRef) -> Result<(), Trouble> {
        self.console.leave(name(who), room.id()).map_err(trouble)
    }

    async fn reads(&self, who: Outsider, room: &RoomRef) -> Result<Option<Vec<Line>>, Trouble> {
        let Ok(lines) = self.console.read(name(who), room.id()) else { return Ok(None) };
        let line = |line: herald_console::Line| Line {
            id: line.id,
            author: user(&line.author),
            text: line.text,
            reactions: line.reactions.into_iter().map(|(emoji, _)| emoji).collect(),
        };
        Ok(Some(lines.into_iter().map(line).collect()))
    }

    async fn pinned(&self, room: &RoomRef) -> Result<Vec<String>, Trouble> {
        let lines = self.console.read(name(Outsider::Ana), room.id()).map_err(trouble)?;
        Ok(lines.into_iter().filter(|line| line.pinned).map(|line| line.id).collect())
    }

    async fn next_arrival(&self) -> Option<Arrival> {
        const PATIENCE: usize = 100;
        let mut arrivals = self.arrivals.lock().await;
        for _ in 0..PATIENCE {
            if let Some(arrival) = arrivals.next().now_or_never() {
                return arrival;
            }
            turns(1).await;
        }
        None
    }

    async fn settle(&self) {}
}

/// Lets everybody else have so many turns.
async fn turns(mut left: usize) {
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Waits a turn for each second.
fn in_turns() -> Timer {
    Arc::new(|time: Duration| turns(time.as_secs().try_into().unwrap_or(usize::MAX)).boxed())
}

#[test]
fn rooms_in_memory_keep_the_contract() -> Tested {
    let console = Console::in_memory(Clock::new()?.now());
    block_on(contract::all(&Practice::new(console.clone(), console, 0)))?;
    Ok(())
}

#[test]
fn rooms_in_a_file_keep_the_contract_also_when_they_are_opened_again() -> Tested {
    let dir = tempfile::tempdir()?;
    for run in 0..3 {
        let console = Console::open(dir.path(), Clock::new()?.now())?.with_boards();
        block_on(contract::all(&Practice::new(console.clone(), console, run)))?;
    }
    Ok(())
}

#[test]
fn rooms_with_boards_keep_the_contract() -> Tested {
    let console = Console::in_memory(Clock::new()?.now()).with_boards();
    block_on(contract::all(&Practice::new(console.clone(), console, 0)))?;
    Ok(())
}

#[test]
fn the_faulty_fake_without_faults_keeps_the_contract() -> Tested {
    let clock = Clock::new()?;
    let console = Console::in_memory(clock.now()).with_boards();
    let platform = Faulty::new(console.clone(), 1, clock.now(), clock.timer());
    block_on(contract::all(&Practice::new(console, platform, 0)))?;
    Ok(())
}

#[test]
fn a_platform_that_is_late_and_says_things_twice_keeps_the_contract() -> Tested {
    for seed in 0..20 {
        let clock = Clock::new()?;
        let console = Console::in_memory(clock.now()).with_boards();
        let platform = Faulty::new(console.clone(), seed, clock.now(), in_turns());
        platform.set(Faults { delay: 500, longest_delay: Duration::from_secs(20), twice: 300, ..Faults::none() });
        block_on(contract::all(&Practice::new(console, platform.clone(), 0)))?;
        assert!(platform.injected().delayed > 50 && platform.injected().twice > 10);
    }
    Ok(())
}

/// The cases that fail with these faults.
fn broken_by(faults: Faults) -> Result<Vec<&'static str>, Box<dyn std::error::Error>> {
    let clock = Clock::new()?;
    let console = Console::in_memory(clock.now());
    let platform = Faulty::new(console.clone(), 1, clock.now(), in_turns());
    platform.set(faults);
    let verdict = block_on(contract::all(&Practice::new(console, platform, 0)));
    Ok(verdict.err().map(|failures| failures.0.iter().map(|(name, _)| *name).collect()).unwrap_or_default())
}

#[test]
fn the_contract_tells_who_breaks_it() -> Tested {
    let forgetful = broken_by(Faults { forget_after: Some(Duration::ZERO), ..Faults::none() })?;
    assert_eq!(forgetful, ["the_same_key_makes_one_post"]);
    let deaf = broken_by(Faults { gap: 1000, ..Faults::none() })?;
    assert!(deaf.contains(&"messages_arrive_in_the_order_of_the_room"), "{deaf:?}");
    let mute = broken_by(Faults { drop: 1000, ..Faults::none() })?;
    assert!(mute.contains(&"a_post_appears_once_with_its_words_and_author"), "{mute:?}");
    Ok(())
}
