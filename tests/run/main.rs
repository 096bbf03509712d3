//! `herald run`: through the real binary as far as it goes without a homeserver, and in this process on the practice
//! platform.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may say: this cannot be")]

mod binary;
mod full;
mod page;
mod readiness;
mod service;
mod start;
mod tight;
mod town;
