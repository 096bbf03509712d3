//! A Herald that serves a company: it joins the chat networks, runs the engine on them, and answers how it is.
//!
//! It knows no network by name. The composition root hands over one [`Join`] for each that is configured; [`fn@check`] says
//! what of the configuration stands in the way before anything is opened, [`fn@run`] does the rest, and [`Status`] is what
//! others can ask meanwhile: [`serve_http`] answers them over HTTP.
//!
//! [`Examine`] and [`fn@machine`] are for `herald check`, which looks at all of this and changes nothing; [`fn@furnish`] is for
//! `herald init`, which makes the rooms before Herald is started.

mod check;
mod connect;
mod desk;
mod examine;
mod finder;
mod furnish;
mod gather;
mod http;
mod join;
mod machine;
mod metrics;
mod on_record;
mod run;
mod seen;
mod status;
mod window;

use desk::{Counter, Unattended};

pub use check::check;
pub use examine::Examine;
pub use furnish::furnish;
pub use http::serve_http;
pub use join::{Join, JoinError, Joined, Link};
pub use machine::{inline_secrets, machine};
pub use on_record::{JOURNAL, on_record};
pub use run::{End, Start, run};
pub use status::{Answer, Status};
