//! How often it is worth a line in the log that something goes on failing.

use jiff::{SignedDuration, Timestamp};

/// How long nothing more is said of it.
const QUIET: SignedDuration = SignedDuration::from_mins(10);

/// Failures in a row, of which the first is told, and one every ten minutes: a log says what happened, and not how often it
/// was tried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spell {
    since: Option<Timestamp>,
    told: Option<Timestamp>,
    tries: u64,
}

/// A spell that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// How often it failed.
    pub tries: u64,
    /// How long it was, in seconds.
    pub lasted_s: i64,
}

impl Spell {
    /// It failed once more. Whether that is to be told.
    pub fn fails(&mut self, now: Timestamp) -> bool {
        self.since.get_or_insert(now);
        self.tries += 1;
        let is_due = self.told.is_none_or(|told| now.duration_since(told) >= QUIET);
        if is_due {
            self.told = Some(now);
        }
        is_due
    }

    /// It works. What there is to tell, if it did not before.
    pub fn ends(&mut self, now: Timestamp) -> Option<Past> {
        let Self { since, tries, .. } = std::mem::take(self);
        Some(Past { tries, lasted_s: now.duration_since(since?).as_secs() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_is_told_then_one_every_ten_minutes_and_the_end_once() {
        let at = |second: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second);
        let mut spell = Spell::default();
        assert_eq!(spell.ends(at(0)), None);
        let told =
            |spell: &mut Spell, from: i64| (from..=from + 1200).filter(|second| spell.fails(at(*second))).count();
        assert_eq!(told(&mut spell, 0), 3);
        assert_eq!(spell.ends(at(1300)), Some(Past { tries: 1201, lasted_s: 1300 }));
        assert_eq!(spell.ends(at(1301)), None);
        assert_eq!(told(&mut spell, 1302), 3, "what begins anew is told anew");
    }
}
