//! What can go wrong, how often, and how often it did.

use std::time::Duration;

/// What can go wrong. Rates are per mille: of calls, of posts or of arrivals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    /// Calls and arrivals that come late, so that rooms overtake one another. One room's arrivals stay in order.
    pub delay: u16,
    /// How late at most.
    pub longest_delay: Duration,
    /// Calls that are rate-limited: [`Retry`](crate::SendError::Retry) with nothing done. Half of them say how long to
    /// wait.
    pub rate_limit: u16,
    /// How long a rate limit asks to wait at most.
    pub longest_limit: Duration,
    /// Calls whose connection drops on the way there: [`Retry`](crate::SendError::Retry) with nothing done.
    pub drop: u16,
    /// Changes that are made and whose answer is lost: [`Unknown`](crate::SendError::Unknown).
    pub lose_answer: u16,
    /// Changes that are made and answered only after `hang_for`. Whoever gives up before is right not to know.
    pub hang: u16,
    /// How long these hang.
    pub hang_for: Duration,
    /// Posts that are refused for good, of those that [`Faulty::refuse_only`](super::Faulty::refuse_only) names.
    pub refuse: u16,
    /// Arrivals with which the connection drops: they and all that were still on their way are lost, and a
    /// [`Gap`](crate::Arrival::Gap) comes in their place.
    pub gap: u16,
    /// Arrivals that come a second time, at once or late.
    pub twice: u16,
    /// After how long a key is forgotten, if that is sooner than the platform itself forgets it. A repeated key then
    /// makes a second post.
    pub forget_after: Option<Duration>,
}

impl Faults {
    /// Nothing goes wrong.
    #[must_use]
    pub fn none() -> Self {
        Self {
            delay: 0,
            longest_delay: Duration::from_secs(5),
            rate_limit: 0,
            longest_limit: Duration::from_secs(30),
            drop: 0,
            lose_answer: 0,
            hang: 0,
            hang_for: Duration::from_mins(10),
            refuse: 0,
            gap: 0,
            twice: 0,
            forget_after: None,
        }
    }
}

impl Default for Faults {
    fn default() -> Self {
        Self::none()
    }
}

/// How often something has gone wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Injected {
    /// Calls and arrivals that came late.
    pub delayed: u64,
    /// Calls that were rate-limited.
    pub rate_limited: u64,
    /// Calls whose connection dropped.
    pub dropped: u64,
    /// Changes whose answer was lost.
    pub answers_lost: u64,
    /// Changes whose answer was held back.
    pub hung: u64,
    /// Posts that were refused.
    pub refused: u64,
    /// Connections of the stream that dropped.
    pub gaps: u64,
    /// Arrivals that were lost with them.
    pub arrivals_lost: u64,
    /// Arrivals that came twice.
    pub twice: u64,
    /// Calls for what never gets through.
    pub stuck: u64,
    /// Keys that were used again after they had been forgotten.
    pub forgotten: u64,
}
