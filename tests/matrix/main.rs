//! Herald's real binary on a real homeserver, as other people's clients see it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may say: this cannot be")]

mod admin;
mod away;
mod check;
#[path = "../common/checked.rs"]
mod checked;
mod deep;
mod faults;
#[path = "../common/herald.rs"]
mod herald;
mod killed;
mod life;
mod limits;
mod members;
mod names;
mod outage;
mod partly;
mod removed;
mod rooms;
#[path = "../common/somebody.rs"]
mod somebody;
mod squatters;
#[path = "../common/matrix_storm.rs"]
mod storm;
mod town;
mod unreadable;
mod upgraded;
