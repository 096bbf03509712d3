//! Whether what is asked and what is answered is what Discord's published `OpenAPI` description says.
//!
//! With the feature `openapi`, which `--all-features` brings, the environment variable [`VARIABLE`] names the file. Without
//! the variable nothing is checked:
//! ```text
//! DISCORD_OPENAPI=path/to/openapi.json cargo nextest run --workspace --all-features
//! ```
//! Each [`crate::Discord`] then holds every exchange against it, and says so on standard error when it goes, with the
//! exceptions that were needed; a test in which anything deviates fails there. Faults that answer in the server's place are
//! not looked at, nor requests that the server itself refuses with 400.
//!
//! The description is read more strictly than it is written, in one respect: a field that it does not name is a
//! deviation. What Discord really does and its description lacks stands in [`EXCEPTIONS`], each with the reason.

mod description;
mod deviation;
mod exceptions;
mod explain;
mod routes;
mod schema;
mod watch;

pub use description::{Description, Seen, VARIABLE};
pub use deviation::{Deviation, Deviations, Side};
pub use exceptions::{EXCEPTIONS, Exception};
pub(crate) use watch::Watch;
