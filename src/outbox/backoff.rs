//! How long to wait before trying again.

use std::time::Duration;

use herald_chat::SendKey;

use super::Rank;

/// How long to wait before delivery attempt `attempt` (1 is the first retry): 2 s, 4 s, 8 s … at most 5 min, or 30 s for
/// what people outside wait for; less up to a quarter that depends on the key, so that many posts do not come back at
/// the same moment.
#[must_use]
pub(super) fn backoff(attempt: u32, rank: Rank, key: &SendKey) -> Duration {
    let most = match rank {
        Rank::Public => Duration::from_secs(30),
        Rank::Inside | Rank::Board | Rank::Last => Duration::from_mins(5),
    };
    let full = Duration::from_secs(2u64.saturating_pow(attempt.clamp(1, 9))).min(most);
    let spread = key.as_str().bytes().fold(attempt, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    full.saturating_sub(full / 4 * (spread % 100) / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_minutes_and_never_fall_below_three_quarters() {
        for attempt in 0..40 {
            let full = Duration::from_secs(2u64.pow(attempt.clamp(1, 8))).min(Duration::from_mins(5));
            let full = if attempt > 8 { Duration::from_mins(5) } else { full };
            let wait = backoff(attempt, Rank::Inside, &SendKey::derive("cause", "lane", 1));
            assert!(wait <= full && wait >= full * 3 / 4, "attempt {attempt}: {wait:?} of {full:?}");
        }
    }
}
