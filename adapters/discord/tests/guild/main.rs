//! Herald's side of Discord against a Discord server in this process.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]

mod commands;
mod common;
mod company;
mod contract;
mod files;
mod foreign;
mod gateway;
mod history;
mod kept;
mod limits;
mod line;
mod reactions;
mod reader;
mod removals;
mod rights;
mod rooms;
mod secrets;
mod shown;
mod silence;
mod squatters;
mod start;
mod voices;
