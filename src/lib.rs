//! Herald runs an incident in chat. See `docs/architecture.md` for the map.

pub mod announce;
pub mod incident;
pub mod journal;
pub mod outbox;
