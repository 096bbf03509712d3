//! The engine itself, step by step, with a platform that answers as the test says.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]

mod admin;
mod boards;
mod bridge;
mod foreign;
mod heard;
mod house;
mod limits;
mod members;
mod memory;
mod menu;
mod own;
mod people;
mod removal;
mod standing;
mod stuck;
mod town;
mod unreadable;
