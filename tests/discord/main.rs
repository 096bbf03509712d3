//! Herald's real binary on a Discord server in this process, as people with clients see it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may say: this cannot be")]

#[path = "../common/acme.rs"]
mod acme;
mod admin;
mod away;
mod check;
#[path = "../common/checked.rs"]
mod checked;
mod faults;
#[path = "../common/herald.rs"]
mod herald;
mod kept;
mod killed;
mod life;
mod limits;
mod members;
mod names;
mod no_room;
mod noticed;
mod outage;
mod refusals;
mod rooms;
mod secrets;
mod squatters;
#[path = "../common/discord_storm.rs"]
mod storm;
mod town;
mod unread;
mod words;
