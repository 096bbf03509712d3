//! Herald's real binary on a Discord server in this process, as people with clients see it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may say: this cannot be")]

#[path = "../common/herald.rs"]
mod herald;
mod life;
mod refusals;
mod rooms;
mod town;
