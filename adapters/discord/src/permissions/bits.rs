//! Discord's permissions, by their bits and by the names that its client shows.

use std::fmt;
use std::ops::{BitAnd, BitOr, Sub};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A set of permissions. Discord writes it as a number in a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Permissions(u64);

macro_rules! permissions {
    ($($name:ident $bit:literal $shown:literal;)*) => {
        $(pub(crate) const $name: Permissions = Permissions(1 << $bit);)*
        /// Each with the name that the client shows in a role's settings.
        const NAMES: &[(Permissions, &str)] = &[$(($name, $shown)),*];
    };
}

permissions! {
    ADMINISTRATOR 3 "Administrator";
    MANAGE_CHANNELS 4 "Manage Channels";
    ADD_REACTIONS 6 "Add Reactions";
    VIEW_AUDIT_LOG 7 "View Audit Log";
    VIEW_CHANNEL 10 "View Channels";
    SEND_MESSAGES 11 "Send Messages";
    SEND_TTS_MESSAGES 12 "Send Text-to-Speech Messages";
    MANAGE_MESSAGES 13 "Manage Messages";
    EMBED_LINKS 14 "Embed Links";
    ATTACH_FILES 15 "Attach Files";
    READ_MESSAGE_HISTORY 16 "Read Message History";
    MENTION_EVERYONE 17 "Mention @everyone, @here and All Roles";
    MANAGE_ROLES 28 "Manage Roles";
    MANAGE_WEBHOOKS 29 "Manage Webhooks";
    MANAGE_THREADS 34 "Manage Threads";
    CREATE_PUBLIC_THREADS 35 "Create Public Threads";
    CREATE_PRIVATE_THREADS 36 "Create Private Threads";
    SEND_MESSAGES_IN_THREADS 38 "Send Messages in Threads";
    USE_EXTERNAL_APPS 50 "Use External Apps";
    PIN_MESSAGES 51 "Pin Messages";
}

impl Permissions {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(u64::MAX);

    /// Whether all of `these` are in it.
    pub(crate) fn has(self, these: Self) -> bool {
        self.0 & these.0 == these.0
    }

    /// As Discord's number.
    pub(crate) const fn bits(self) -> u64 {
        self.0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Both together, as a constant.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// As a channel's settings name them, where some are named otherwise.
    pub(crate) fn in_a_channel(self) -> String {
        let called = |it: Permissions, name: &'static str| match it {
            VIEW_CHANNEL => "View Channel",
            MANAGE_CHANNELS => "Manage Channel",
            MANAGE_ROLES => "Manage Permissions",
            _ => name,
        };
        let names: Vec<&str> =
            NAMES.iter().filter(|(it, _)| self.has(*it)).map(|(it, name)| called(*it, name)).collect();
        list(&names)
    }
}

impl BitOr for Permissions {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Permissions {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// Those that are not in the other.
impl Sub for Permissions {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// As the client names them: `Send Messages, Embed Links and Pin Messages`.
impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = NAMES.iter().filter(|(it, _)| self.has(*it)).map(|(_, name)| *name).collect();
        f.write_str(&list(&names))
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}
