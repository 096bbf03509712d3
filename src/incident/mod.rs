//! The domain, pure: what an incident is, what people may do to it, and what follows.
//!
//! [`decide`] may refuse, [`Incident::apply`] cannot, and neither knows a clock, a disk or a network.

mod event;
pub mod public;
mod summary;
mod terms;

pub use event::{Event, HandoffEnd, Record, Seq};
pub use public::PublicUpdate;
pub use summary::{Milestones, Summary};
pub use terms::{Audience, IncidentNo, List, LogKind, NotAnIncident, Role, Severity, Status};
