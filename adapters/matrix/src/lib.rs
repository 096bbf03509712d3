//! Matrix behind Herald's chat port, through matrix-sdk.
//!
//! The SDK encrypts, decrypts and keeps keys. Everything that must hold across a crash is decided here: what has been
//! read is the engine's cursor and never the SDK's, and what has been sent is known by its key and never by a queue.

#![warn(missing_docs)]

mod error;
mod format;
mod session;
mod settings;
mod store;
mod trust;
mod twin;

pub use error::StartError;
pub use settings::{Secret, Settings};
pub use trust::Trust;
