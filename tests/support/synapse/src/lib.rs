//! What a test of the Matrix side stands on: a real [`Synapse`], people on it ([`Account`]) who speak plain HTTP, and a
//! [`Proxy`] that fails when a test says so.
//!
//! `make setup` installs Synapse beside the other tools; nothing else is needed, and nothing is left running.
//!
//! ```no_run
//! use herald_synapse::{Admin, Synapse};
//!
//! # async fn example() -> Result<(), herald_synapse::Error> {
//! let server = Synapse::shared().await?;
//! let ana = server.register("ana", Admin::No).await?;
//! let room = ana.create_room(serde_json::json!({ "preset": "public_chat" })).await?;
//! ana.say(&room, "!declare checkout is down").await?;
//! let answer = ana.wait_for(&room, |events| events.iter().find(|it| it.name() == "herald").cloned()).await?;
//! # Ok(())
//! # }
//! ```

mod account;
mod error;
mod event;
mod homeserver;
mod process;
mod proxy;
mod settings;
mod shared;
mod synapse;

/// How long anybody waits for what should come.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(90);

pub use account::{Account, Invite};
pub use error::{Error, Refusal};
pub use event::{DEEPEST, Event, nested, transcript};
pub use homeserver::{Admin, Homeserver, SERVER_NAME};
pub use proxy::{Exchange, Fault, Injected, Proxy, Request, Rule};
pub use settings::Options;
pub use synapse::{Synapse, cpu_time};
