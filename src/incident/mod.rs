//! The domain, pure: what an incident is, what people may do to it, and what follows.
//!
//! [`decide`] may refuse, [`Incident::apply`] cannot, and neither knows a clock, a disk or a network.

mod command;
mod event;
pub mod policy;
pub mod public;
mod refusal;
mod summary;
mod terms;

pub use command::{Command, Declaration, Next};
pub use event::{Event, HandoffEnd, Record, Seq};
pub use policy::Policy;
pub use public::PublicUpdate;
pub use refusal::{DidYouMean, Excerpt, Name, Refusal};
pub use summary::{Milestones, Summary};
pub use terms::{Audience, IncidentNo, List, LogKind, NotAnIncident, Role, Severity, Status};
