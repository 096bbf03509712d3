//! What was asked of the server.

use std::time::Instant;

/// A request that was answered, or whose answer was lost on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST` …
    pub method: String,
    /// Without `/api/v10`, decoded.
    pub path: String,
    /// The method and the path with its ids taken out, such as `POST /channels/{id}/messages`.
    pub route: String,
    /// HTTP status; 0 when the connection was cut before the request was looked at.
    pub status: u16,
    /// Discord's code, when it was refused.
    pub code: Option<u32>,
    /// When the request was there.
    pub at: Instant,
    /// Whether a fault was met.
    pub fault: bool,
}

impl Request {
    /// Whether Discord has no such route, or this server does not know it.
    #[must_use]
    pub fn unknown(&self) -> bool {
        self.status == 404 && self.code == Some(0)
    }
}
