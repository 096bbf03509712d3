//! Matrix behind the port, against a real homeserver and other people's clients.

mod common;
mod contract;
mod files;
mod formatted;
mod town;
