//! The port: what Herald asks of a chat platform, and the types that both sides speak.
//!
//! An adapter implements [`Platform`] and passes the contract suite in [`testing`] (feature `testing`). It knows
//! nothing of incidents; the engine knows nothing of SDKs. Words that people typed travel as data
//! ([`Span::Plain`]), so that no adapter can mistake them for markup or for a mention.

#![warn(missing_docs)]

mod attachment;
mod clean;
mod clock;
mod desk;
mod finding;
mod ids;
mod inbound;
mod line;
mod link;
mod markdown;
mod platform;
mod post;
mod spell;
mod split;
#[cfg(feature = "testing")]
pub mod testing;
mod text;

pub use attachment::{Attachment, Content, FileKind, Shown, with_names};
pub use clean::{clean, clean_code, clean_line, clean_piece, defang};
pub use clock::{Clock, Pace, PacedClock};
pub use desk::{Choice, Desk, Field, FieldKind, Form, Input, MenuItem, Typed};
pub use finding::{Finding, Grade, Mapped};
pub use ids::{Cursor, MessageRef, Network, Person, RefError, RoomRef, SendKey, UserRef};
pub use inbound::{Arrival, Inbound, Mention, Origin, RoomPart, Succession, What};
pub use line::{Kind, Line, Style};
pub use link::{is_address_of, safe_link};
pub use platform::{Page, Platform, Posting, RoomSpec, SendError};
pub use post::{Accent, Button, Card, Post, Press, Tone, Voice};
pub use spell::{Past, Spell};
pub use split::Weights;
pub use text::{Span, Text};
