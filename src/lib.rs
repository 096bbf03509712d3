//! Herald runs an incident in chat. See `docs/architecture.md` for the map.

// They panic when nobody takes what is printed.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod announce;
pub mod cli;
pub mod command;
pub mod config;
pub mod engine;
pub mod incident;
pub mod journal;
pub mod outbox;
pub mod practice;
pub mod relay;
pub mod service;
pub mod setup;
