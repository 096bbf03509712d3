//! What goes over the wire, for who wants to check it.

use std::fmt::{self, Debug, Formatter};

use serde_json::Value;

/// Something that was said between a client and the server.
#[derive(Debug, Clone, PartialEq)]
pub enum Exchange {
    /// A request and its answer, also one that was then lost on purpose.
    Rest {
        /// `GET`, `POST` …
        method: String,
        /// Encoded, with `/api/v10`, without its query.
        path: String,
        /// Without the question mark.
        query: String,
        /// What was sent as JSON; the description of the message when it came with files.
        request: Option<Value>,
        /// HTTP status.
        status: u16,
        /// What was answered as JSON. `None` for 204, and for pages that are none.
        response: Option<Value>,
        /// Whether a fault made this answer in the server's place.
        fault: bool,
    },
    /// The gateway to the client.
    Sent {
        /// `op`, `d`, `s`, `t`.
        payload: Value,
    },
    /// The client to the gateway.
    Received {
        /// `op` and `d`. It holds the token when it identifies or resumes.
        payload: Value,
    },
}

/// Who listens.
type Listener = Box<dyn Fn(&Exchange) + Send + Sync>;

/// All who listen.
#[derive(Default)]
pub(crate) struct Taps(pub(crate) Vec<Listener>);

impl Debug for Taps {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} listeners", self.0.len())
    }
}
