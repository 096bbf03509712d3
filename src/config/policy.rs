//! From what an admin wrote to what the engine goes by.

use super::{Config, Pattern};
use crate::incident::Severity;
use crate::incident::policy::{Guard, Ladder, Limits, Policy};

impl Config {
    /// What `decide` goes by.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let promises = &self.promises;
        let limits = [Severity::Minor, Severity::Major, Severity::Critical].map(|severity| {
            let promise = promises.of(severity);
            (severity, Limits { limit: promise.limit, first: promise.first, usual: promise.usual })
        });
        let guard = self.guard.in_force().into_iter();
        Policy {
            zone: self.herald.zone.clone(),
            default_severity: self.incidents.default_severity,
            own_room: self.incidents.own_room,
            silence: self.incidents.silence,
            handoff: self.incidents.handoff,
            call_all: self.incidents.call_responders,
            limits: limits.into(),
            ladder: Ladder {
                before: promises.before,
                after: promises.after,
                every: promises.every,
                most: promises.most,
            },
            guard: guard.map(|Pattern { name, regex, is_harmless }| Guard { name, regex, is_harmless }).collect(),
            stream: self.timeline.stream,
            spokespersons: self.people.spokespersons(),
        }
    }
}
