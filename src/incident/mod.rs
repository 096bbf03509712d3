//! The domain, pure: what an incident is, what people may do to it, and what follows.
//!
//! [`fn@decide`] may refuse, [`Incident::apply`] cannot, and neither knows a clock, a disk or a network.

mod again;
pub mod allowance;
mod apply;
mod command;
mod decide;
mod event;
pub mod guard;
mod house;
mod list;
mod person;
pub mod policy;
mod promise;
pub mod public;
mod refusal;
mod register;
pub mod sight;
mod situation;
mod state;
mod subject;
mod summary;
mod terms;
mod test;
pub mod words;

pub use again::Again;
pub use command::{Command, Declaration, Next};
pub use decide::{Context, Office, decide, declare, due, heard, leave, test_channel};
pub use event::{Deleted, Event, HandoffEnd, Proposed, Record, Seq};
pub use house::House;
pub use list::{Item, ItemState};
pub use policy::Policy;
pub use promise::{Deadline, Promise, Step, Why};
pub use public::PublicUpdate;
pub use refusal::{DidYouMean, Excerpt, Name, Refusal};
pub use register::{
    Accounts, CHANGES_KEPT, CODE_LIFE, Mapping, Mappings, Moved, Purpose, Register, Setting, Settings, Source, Value,
};
pub use situation::Situation;
pub use state::{Draft, DraftState, Incident, LogEntry, Offer, Published, Sitrep};
pub use subject::{Board, Pin, Subject, Thing};
pub use summary::{Milestones, Summary};
pub use terms::{Audience, IncidentNo, List, LogKind, NotAnIncident, Role, Severity, Status};
pub use test::ChannelTest;
