//! What of a server, its channels and its members decides who may do what, as Discord tells it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Permissions;

/// A server.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Guild {
    #[serde(with = "id")]
    pub(crate) id: u64,
    #[serde(rename = "owner_id", with = "id")]
    pub(crate) owner: u64,
    /// That of everybody has the server's own id.
    pub(crate) roles: Vec<Role>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Role {
    #[serde(with = "id")]
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) permissions: Permissions,
    /// Whether it came with a bot.
    #[serde(default)]
    pub(crate) managed: bool,
    /// Whether everybody may call it.
    #[serde(default)]
    pub(crate) mentionable: bool,
}

/// A member of a server.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    pub(crate) user: u64,
    pub(crate) roles: Vec<u64>,
    pub(crate) is_timed_out: bool,
}

/// Whom an overwrite is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Role,
    Member,
}

/// A channel's own rule for a role or a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Overwrite {
    #[serde(with = "id")]
    pub(crate) id: u64,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) allow: Permissions,
    #[serde(default)]
    pub(crate) deny: Permissions,
}

/// A channel, a thread or a conversation.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Channel {
    #[serde(with = "id")]
    pub(crate) id: u64,
    /// Discord's number for what it is: 0 text, 1 conversation, 4 category, 5 announcements, 11 thread …
    #[serde(rename = "type")]
    pub(crate) kind: u8,
    #[serde(default, rename = "guild_id", with = "id_or_none")]
    pub(crate) guild: Option<u64>,
    /// The category, or a thread's channel.
    #[serde(default, rename = "parent_id", with = "id_or_none")]
    pub(crate) parent: Option<u64>,
    #[serde(default, rename = "owner_id", with = "id_or_none")]
    pub(crate) owner: Option<u64>,
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) topic: Option<String>,
    #[serde(default)]
    pub(crate) nsfw: bool,
    /// Seconds between two messages of one person.
    #[serde(default, rename = "rate_limit_per_user")]
    pub(crate) slow: u64,
    #[serde(default, rename = "last_message_id", with = "id_or_none")]
    pub(crate) last_message: Option<u64>,
    #[serde(default, rename = "permission_overwrites")]
    pub(crate) overwrites: Vec<Overwrite>,
    #[serde(default, rename = "thread_metadata")]
    pub(crate) thread: Option<Thread>,
}

/// What only threads have.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(crate) struct Thread {
    #[serde(default)]
    pub(crate) archived: bool,
    #[serde(default)]
    pub(crate) locked: bool,
    /// When it was closed or opened last.
    #[serde(default, rename = "archive_timestamp")]
    pub(crate) changed: Option<jiff::Timestamp>,
    /// When it was begun: one that hangs on a message has that message's number.
    #[serde(default, rename = "create_timestamp")]
    pub(crate) created: Option<jiff::Timestamp>,
}

impl Channel {
    /// The rule for a role or member, nothing if there is none.
    pub(crate) fn rule(&self, kind: Kind, id: u64) -> Overwrite {
        let found = self.overwrites.iter().find(|it| it.kind == kind && it.id == id);
        found.copied().unwrap_or(Overwrite { id, kind, allow: Permissions::NONE, deny: Permissions::NONE })
    }

    /// The same channel with this rule in place of what it had.
    pub(crate) fn with(mut self, rule: Overwrite) -> Self {
        self.overwrites.retain(|it| (it.kind, it.id) != (rule.kind, rule.id));
        self.overwrites.push(rule);
        self
    }

    /// As people call it.
    pub(crate) fn shown(&self) -> String {
        match &self.name {
            Some(name) => format!("#{}", herald_chat::clean_line(name)),
            None => format!("channel {}", self.id),
        }
    }
}

impl Guild {
    /// The name of a role, in words.
    pub(crate) fn role_name(&self, id: u64) -> String {
        if id == self.id {
            return "@everyone".to_owned();
        }
        let found = self.roles.iter().find(|role| role.id == id);
        found.map_or_else(|| format!("role {id}"), |role| herald_chat::clean_line(&role.name))
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(match self {
            Self::Role => 0,
            Self::Member => 1,
        })
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer)? {
            0 => Ok(Self::Role),
            1 => Ok(Self::Member),
            other => Err(serde::de::Error::custom(format!("{other} is no kind of overwrite"))),
        }
    }
}

/// Discord writes ids as strings.
pub(crate) mod id {
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
    pub(crate) fn serialize<S: Serializer>(id: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(id)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The same where there may be none.
mod id_or_none {
    use serde::{Deserialize, Deserializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
    }
}
