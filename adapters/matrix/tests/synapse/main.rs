//! Matrix behind the port, against a real homeserver and other people's clients.

mod common;
mod contract;
mod deep;
mod files;
mod foreign;
mod formatted;
mod guarded;
mod invited;
mod odd;
mod silent;
mod squatted;
mod town;
