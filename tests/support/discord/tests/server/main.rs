//! The server keeps Discord's rules, as seen by clients that know nothing but HTTP and `WebSocket`, and by people.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]

mod audit;
mod channels;
mod commands;
mod faults;
mod files;
mod gateway;
mod interactions;
mod limits;
mod messages;
mod people;
mod permissions;
mod raw;
