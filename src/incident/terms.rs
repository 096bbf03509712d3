//! The words of the field, one type each.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoStaticStr};

/// An incident's number, written `INC-7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentNo(pub u32);

impl IncidentNo {
    /// What stands in the place of the number where something is about no incident.
    pub const HOUSE: Self = Self(0);
}

impl fmt::Display for IncidentNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "INC-{}", self.0)
    }
}

/// The text is not of the form `INC-7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not of the form `INC-7`")]
pub struct NotAnIncident;

impl FromStr for IncidentNo {
    type Err = NotAnIncident;

    /// Reads `INC-7`, in any case.
    fn from_str(text: &str) -> Result<Self, NotAnIncident> {
        let (head, digits) = text.split_at_checked(4).ok_or(NotAnIncident)?;
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        match digits.parse() {
            Ok(number) if plain && number > 0 && head.eq_ignore_ascii_case("inc-") => Ok(Self(number)),
            Ok(_) | Err(_) => Err(NotAnIncident),
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, IntoStaticStr)]
        #[serde(rename_all = "kebab-case")]
        #[strum(serialize_all = "kebab-case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// The word that people read and type.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

words!(
    /// How bad it is.
    Severity {
        /// Works, degraded.
        Minor = "minor",
        /// A major feature fails, no data lost.
        Major = "major",
        /// Down, or data lost.
        Critical = "critical",
    }
);

words!(
    /// How far the response has come.
    Status {
        /// Nobody knows the cause yet.
        Investigating = "investigating",
        /// The cause is known.
        Identified = "identified",
        /// Users are no longer affected, the cause may still be there.
        Mitigated = "mitigated",
        /// Over, but for what is still owed.
        Resolved = "resolved",
        /// Over, nothing owed.
        Closed = "closed",
        /// Was none, or is part of another.
        Cancelled = "cancelled",
    }
);

words!(
    /// What somebody does in an incident.
    Role {
        /// Runs the response, fixes nothing. One person.
        Commander = "commander",
        /// The only voice in the company channel, and keeper of the log. One person.
        Spokesperson = "spokesperson",
        /// Fixes. Several people.
        Responder = "responder",
        /// Watches the fix and logs what is seen, decided and done. Several people.
        Observer = "observer",
    }
);

impl Role {
    /// Whether only one person at a time can have it.
    #[must_use]
    pub fn is_single(self) -> bool {
        matches!(self, Self::Commander | Self::Spokesperson)
    }
}

words!(
    /// Who a channel is for, most trusted first.
    Audience {
        /// The people who respond.
        WarRoom = "war-room",
        /// Everybody who could help.
        Engineering = "engineering",
        /// Whoever administers Herald.
        Admin = "admin",
        /// Everybody who works here.
        Company = "company",
        /// The people who use what we run.
        Customers = "customers",
    }
);

words!(
    /// What kind of thing stands on the timeline.
    LogKind {
        /// Anything worth keeping.
        Note = "note",
        /// Something seen.
        Finding = "finding",
        /// Something decided.
        Decision = "decision",
        /// Somebody's message, pinned with 📌.
        Pinned = "pinned",
    }
);

words!(
    /// The numbered lists that an incident keeps. Each counts from 1.
    List {
        /// What is wrong, until it is solved.
        Problem = "problem",
        /// A change made for the response only, until it is undone.
        Temporary = "temporary change",
        /// Work, until it is done or dropped.
        Task = "task",
        /// A question from outside, until it is answered.
        Question = "question",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_number_reads_back_what_it_writes_and_nothing_else() {
        assert_eq!("inc-12".parse(), Ok(IncidentNo(12)));
        assert_eq!(IncidentNo(7).to_string().parse(), Ok(IncidentNo(7)));
        for wrong in ["", "inc", "inc-", "inc-0", "inc-+1", "7", "INC-7a", "INC-99999999999", "ÄÄc-1"] {
            assert_eq!(wrong.parse::<IncidentNo>(), Err(NotAnIncident), "{wrong}");
        }
    }
}
