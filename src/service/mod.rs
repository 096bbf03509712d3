//! A Herald that serves a company: it joins the chat networks, runs the engine on them, and answers how it is.
//!
//! It knows no network by name. The composition root hands over one [`Join`] for each that is configured.

mod join;

pub use join::{Join, JoinError, Joined, Link};
