//! Files of messages: where they are, and how they are read and posted.

mod download;
mod hosts;
mod upload;

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

pub(crate) use hosts::Hosts;

/// How large a file may be on a server that nobody has boosted, in bytes.
pub(crate) const LEAST: u64 = 10 << 20;

/// How large a file may be on a server of this tier, in bytes.
pub(crate) fn carries(tier: u64) -> u64 {
    match tier {
        0 | 1 => LEAST,
        2 => 50 << 20,
        _ => 100 << 20,
    }
}

/// Where a file is. Kept as text in the port's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Source {
    pub(crate) url: String,
    /// The channel, the message and the attachment, by which the address is renewed when it is good no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) of: Option<(u64, u64, u64)>,
}

impl Source {
    pub(crate) fn of(channel: u64, message: u64, attachment: u64, url: &str) -> Self {
        Self { url: url.to_owned(), of: Some((channel, message, attachment)) }
    }

    /// One whose address is always good.
    pub(crate) fn lasting(url: String) -> Self {
        Self { url, of: None }
    }
}

impl Display for Source {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}
