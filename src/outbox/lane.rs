//! The lanes of one place, and how urgent each is.

use super::Rank;

/// Where an entry waits among those for the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lane {
    Public,
    Inside,
    Board,
    /// What may fail by itself, and what follows it. It goes once all is through inside that was queued before it. What
    /// people say after a file waits until that has been tried, and the end of the room waits for all of it.
    Aside,
    Last,
}

impl Lane {
    pub(super) const ALL: [Self; 5] = [Self::Public, Self::Inside, Self::Board, Self::Aside, Self::Last];

    /// Whether it waits until everything that is more urgent has left for the same place, also what has to be tried
    /// again.
    pub(super) fn is_patient(self) -> bool {
        match self {
            Self::Public | Self::Inside | Self::Aside => false,
            Self::Board | Self::Last => true,
        }
    }

    /// How many sends may be under way on a platform for one of these to join them. What people wait for finds room also
    /// while boards hang; what may fail by itself is counted by itself.
    pub(super) fn most(self, at_once: usize) -> usize {
        match self {
            Self::Public | Self::Inside => at_once,
            Self::Board | Self::Last => at_once.saturating_sub(1).max(1),
            Self::Aside => (at_once / 2).max(1),
        }
    }
}

impl From<Rank> for Lane {
    fn from(rank: Rank) -> Self {
        match rank {
            Rank::Public => Self::Public,
            Rank::Inside => Self::Inside,
            Rank::Board => Self::Board,
            Rank::Last => Self::Last,
        }
    }
}
