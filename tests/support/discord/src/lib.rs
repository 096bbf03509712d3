//! What a test of the Discord side stands on: a Discord server in this process ([`Discord`]), REST and gateway, at least
//! as strict as the real one; [`Guild`]s arranged by their owners; people ([`Person`]) who write, press and fill in as a
//! client lets them; and [`Rule`]s for what goes wrong.
//!
//! A client needs other base addresses and nothing else: `http://127.0.0.1:PORT` for REST ([`Discord::address`]), and
//! what `GET /gateway/bot` says for the gateway.
//!
//! ```no_run
//! use herald_guild::{Discord, Reply, permissions};
//! use serde_json::json;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let discord = Discord::start().await?;
//! let olga = discord.person("olga");
//! let ana = discord.person("ana");
//! let bot = discord.application("Herald", &olga);
//! let guild = discord.guild("Acme", &olga);
//! guild.join(&ana);
//! guild.add(bot.id, permissions::VIEW_CHANNEL | permissions::SEND_MESSAGES | permissions::READ_MESSAGE_HISTORY);
//! let channel = guild.channel("war-room")?;
//! // … start the bot with bot.token and discord.address() …
//! discord.connected(bot.id).await;
//! let asked = ana.slash(channel, "incident declare", &[("title", json!("checkout is down"))])?;
//! let answer = asked.message().await?;
//! assert!(answer.pinged.is_empty());
//! let said = ana.wait_for(channel, |seen| seen.iter().find(|it| it.name == "Herald").cloned()).await?;
//! match ana.press(said.id, "Publish")?.reply().await {
//!     Reply::Modal(form) => ana.submit(&form, &[("Next update in", "30m")])?.message().await?,
//!     other => return Err(format!("no form: {other:?}").into()),
//! };
//! # Ok(())
//! # }
//! ```
//!
//! # What is where
//! - [`Discord`]: the server: accounts, time ([`Discord::advance`]), limits ([`Discord::limits`]), faults
//!   ([`Discord::fault`], [`Discord::stall`], [`Discord::jumble`], [`Discord::cut_gateway`] …), stopping and starting
//!   again, and what was asked of it ([`Discord::requests`], [`Discord::count`], [`Discord::tap`]).
//! - [`Guild`]: members, roles, channels and overwrites, as the owner sets them.
//! - [`Person`]: speaks and reads, uses commands ([`Person::slash`], [`Person::autocomplete`]), presses buttons
//!   ([`Person::press`], [`Person::choose`]) and fills in forms ([`Person::submit`]); [`Asked`] is what comes of it.
//! - [`Echo`]: the fastest bot there is, to measure others against.
//!
//! # Where it is stricter than Discord, or not like it
//! - A nonce is remembered for two minutes ([`NONCE_WINDOW`]); Discord says "a few".
//! - Mentions in code count, since clients do not agree on what code is.
//! - A nonce is its author's in all channels, as Discord's documentation has it.
//! - Files are posted in one request of at most 25 MiB, and are given out to whoever has a signed address, for a day.
//! - Custom emojis, stickers and polls are made by tests, not through the interface. There are no voice, forums or stages,
//!   and no second generation of components in messages.
//! - Threads are archived when somebody archives them, not by time.
//! - Bots are told of all channels, as on Discord, but of messages, threads and reactions only where they may look.
//!
//! # Where Discord's own description (`OpenAPI`) says otherwise
//! - The codes under `errors` are words, such as `BASE_TYPE_REQUIRED`, as Discord's reference and clients have it; the
//!   description says numbers.
//! - Permission bits and ids in requests may be text or numbers, as clients send them; the description says one of both.
//! - A topic has at most 1,024 characters; the description's 4,096 are a forum's.

mod check;
mod clock;
mod discord;
mod echo;
mod faults;
mod files;
mod gateway;
mod guild;
mod id;
mod limits;
#[cfg(feature = "openapi")]
pub mod openapi;
mod people;
pub mod permissions;
mod record;
mod refused;
mod rest;
mod server;
mod shape;
mod state;
mod tap;
mod unrest;
#[cfg(not(feature = "openapi"))]
mod unwatched;

pub use discord::{Application, Connections, Discord};
pub use echo::Echo;
pub use faults::{Fault, Rule, Scope};
pub use guild::Guild;
pub use id::Id;
pub use limits::{Limit, Limits};
pub use people::{Asked, Button, Field, Modal, NeverCame, NewFile, Person, Reply, Seen, transcript};
pub use record::Request;
pub use refused::Refused;
pub use rest::NONCE_WINDOW;
pub use tap::Exchange;
