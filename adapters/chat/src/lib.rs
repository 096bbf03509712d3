//! The port: what Herald asks of a chat platform, and the types that both sides speak.
//!
//! An adapter implements [`Platform`] and passes the contract suite in [`testing`] (feature `testing`). It knows
//! nothing of incidents; the engine knows nothing of SDKs. Words that people typed travel as data
//! ([`Span::Plain`]), so that no adapter can mistake them for markup or for a mention.

#![warn(missing_docs)]

mod clean;
mod clock;
mod desk;
mod ids;
mod inbound;
mod markdown;
mod platform;
mod post;
#[cfg(feature = "testing")]
pub mod testing;
mod text;

pub use clean::{clean, clean_line, defang};
pub use clock::Clock;
pub use desk::{Choice, Desk, Field, FieldKind, Form, Input, MenuItem, Typed};
pub use ids::{Cursor, MessageRef, Network, Person, RefError, RoomRef, SendKey, UserRef};
pub use inbound::{Arrival, Inbound, Mention, Origin, What};
pub use platform::{Page, Platform, Posting, RoomSpec, SendError};
pub use post::{Accent, Button, Card, Post, Press, Tone};
pub use text::{Span, Text};
