//! Names of things on a chat platform.
//!
//! Users and rooms are written `network:id` (`matrix:!abc:example.org`, `console:ana`): one string to store, to
//! compare and to log, that no other network can produce.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A reference that is not of the form `network:id`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not of the form `network:id`, for example `matrix:!room:example.org`")]
pub struct RefError(String);

/// A chat platform's short name: `console`, `matrix`, `discord`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Network(String);

impl Network {
    /// Names a platform.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The name as written in configuration and references.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! network_ref {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Joins a network's name and the id the network gave.
            #[must_use]
            pub fn new(network: &Network, id: &str) -> Self {
                Self(format!("{network}:{id}"))
            }

            /// The network it lives on.
            #[must_use]
            pub fn network(&self) -> Network {
                Network::new(self.0.split_once(':').map_or("", |(network, _)| network))
            }

            /// The id on its own network, as the network writes it.
            #[must_use]
            pub fn id(&self) -> &str {
                self.0.split_once(':').map_or(self.0.as_str(), |(_, id)| id)
            }

            /// The whole reference, `network:id`.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = RefError;

            fn try_from(text: String) -> Result<Self, RefError> {
                match text.split_once(':') {
                    Some((network, id)) if !network.is_empty() && !id.is_empty() => Ok(Self(text)),
                    Some(_) | None => Err(RefError(text)),
                }
            }
        }

        impl From<$name> for String {
            fn from(it: $name) -> Self {
                it.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

network_ref!(
    /// Somebody's account on a platform: what authority hangs on, never a display name.
    UserRef
);
network_ref!(
    /// A room or channel of a platform.
    RoomRef
);

/// One message in one room.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageRef {
    /// The room it stands in.
    pub room: RoomRef,
    /// The platform's id of it, unique in that room.
    pub id: String,
}

/// Somebody, as an account and the name that people know them by. Equal when the accounts are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    /// The account.
    pub id: UserRef,
    /// The display name when it was last seen, cleaned for showing. Never a reason to trust anybody.
    pub name: String,
}

impl PartialEq for Person {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Person {}

/// Where a room has been read up to, in words only its platform understands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// What makes a repeated send the same send: 25 base-32 characters (Discord's limit for a nonce) that follow from
/// what caused the post, so that a restart computes the same key again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SendKey(String);

impl SendKey {
    /// The key of the `index`-th post that `cause` led to in `lane`.
    #[must_use]
    pub fn derive(cause: &str, lane: &str, index: usize) -> Self {
        let mut hash = Sha256::new();
        for part in [cause, lane, &index.to_string()] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        let mut key = data_encoding::BASE32_NOPAD.encode(&hash.finalize()).to_ascii_lowercase();
        key.truncate(25);
        Self(key)
    }

    /// The 25 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SendKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
