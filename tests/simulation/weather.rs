//! What goes wrong, how often, and when Herald dies.

use std::time::Duration;

use herald::journal::Fault;
use herald_chat::SendError;
use herald_chat::testing::{Deed, Faults, Faulty};
use herald_console::Console;
use jiff::SignedDuration;
use rand::RngExt;
use rand::rngs::SmallRng;

use crate::wire::Cut;
use crate::world::World;

/// A kind of day, for a while.
pub(crate) fn change(rng: &mut SmallRng, forget: bool) -> (String, Faults) {
    let forget_after = forget.then_some(Duration::from_mins(2));
    let none = Faults { forget_after, ..Faults::none() };
    let (name, faults) = match rng.random_range(0..8) {
        0 | 1 => ("clear", none),
        2 => ("late", Faults { delay: 400, ..none }),
        3 => ("limited", Faults { rate_limit: 300, delay: 100, ..none }),
        4 => ("down", Faults { drop: 1000, ..none }),
        5 => ("lossy", Faults { lose_answer: 300, hang: 60, drop: 100, ..none }),
        6 => ("broken stream", Faults { gap: 250, twice: 300, delay: 250, ..none }),
        _ => (
            "foul",
            Faults {
                delay: 200,
                rate_limit: 100,
                drop: 100,
                lose_answer: 150,
                hang: 30,
                refuse: 200,
                gap: 100,
                twice: 150,
                ..none
            },
        ),
    };
    (name.to_owned(), faults)
}

/// Whether a file of this name is never given out, on networks where some are not.
pub(crate) fn is_stuck(name: &str) -> bool {
    name.bytes().map(u32::from).sum::<u32>().is_multiple_of(3)
}

/// Some files are never given out, and nothing says that they never will be.
pub(crate) fn stick(platform: &Faulty<Console>) {
    platform.fail_always(|deed| match deed {
        Deed::Download(file) if is_stuck(&file.name) => {
            Some(SendError::Retry { after: None, reason: "nobody answers for it (injected)".to_owned() })
        }
        Deed::Post(..)
        | Deed::Download(_)
        | Deed::File(..)
        | Deed::Edit(_)
        | Deed::Delete(_)
        | Deed::Pin(_)
        | Deed::Open(_)
        | Deed::Invite(..)
        | Deed::Exclude(..)
        | Deed::Archive(_)
        | Deed::Direct(_) => None,
    });
}

/// Makes Herald die, now or at one of its next commits or calls.
pub(crate) fn strike(rng: &mut SmallRng, world: &mut World) -> String {
    match rng.random_range(0..6) {
        0 | 1 => {
            world.kill();
            "crash".to_owned()
        }
        2 => {
            world.disk.fail_next(Fault::CrashBeforeFlush);
            "crash before the next flush".to_owned()
        }
        3 => {
            world.disk.fail_next(Fault::CrashAfterFlush);
            "crash after the next flush".to_owned()
        }
        n => {
            let cut = if n == 4 { Cut::Before } else { Cut::After };
            let calls = rng.random_range(0..6);
            world.line.arm(calls, cut);
            format!("crash {cut:?} call {calls} from now")
        }
    }
}

/// For how long Herald stays away: half of the time, it is back at once.
pub(crate) fn away(rng: &mut SmallRng) -> SignedDuration {
    if rng.random_bool(0.5) { SignedDuration::ZERO } else { SignedDuration::from_secs(rng.random_range(1..1200)) }
}
