//! Herald's real binary between a real homeserver and a Discord server in this process: rooms that are one room, as the
//! people on both sides see them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may say: this cannot be")]

#[expect(dead_code, reason = "not everything is asked of it here")]
#[path = "../common/acme.rs"]
mod acme;
#[expect(dead_code, reason = "not everything is asked of it here")]
#[path = "../common/checked.rs"]
mod checked;
mod corpus;
mod crowd;
#[path = "../common/discord_storm.rs"]
mod discord_storm;
mod faults;
mod gap;
#[expect(dead_code, reason = "not everything is asked of it here")]
#[path = "../common/herald.rs"]
mod herald;
mod incident;
mod init;
mod killed;
#[path = "../common/matrix_storm.rs"]
mod matrix_storm;
#[expect(dead_code, reason = "not everything is asked of it here")]
#[path = "../common/somebody.rs"]
mod somebody;
mod start;
#[path = "../common/terminal.rs"]
mod terminal;
mod town;
mod voices;
