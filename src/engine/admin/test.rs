//! Showing an admin that a room works.

use herald_chat::{MessageRef, Person, RoomRef, SendError, Text, UserRef};

use crate::announce::{self, Out};
use crate::engine::record::From;
use crate::engine::{Engine, Receipt, Step};
use crate::incident::{House, Refusal, test_channel};
use crate::journal::Journal;
use crate::outbox::Entry;

/// Who waits to hear what became of a test.
#[derive(Debug, Clone)]
pub(super) struct Tester {
    asker: (UserRef, UserRef),
    message: MessageRef,
    whisper: Option<UserRef>,
    /// Whether it was chosen from a menu, which has had its answer.
    is_answered: bool,
}

impl<J: Journal> Engine<J> {
    pub(super) fn test(
        &mut self,
        step: &mut Step,
        by: &Person,
        room: &RoomRef,
        from: From<'_>,
    ) -> Result<Text, Refusal> {
        let test = test_channel(room, &self.office(step, by))?;
        let out = Out::test(&test);
        self.record_house(step, Some(by), House::ChannelTested { test });
        self.send(step, None, &out, None);
        if let Some(entry) = step.batch.entries.last() {
            let tester = Tester {
                asker: (by.id.clone(), from.account.clone()),
                message: from.message.clone(),
                whisper: step.whisper.clone(),
                is_answered: step.commands.contains(from.message),
            };
            self.admin.tests.insert(entry.id, tester);
        }
        Ok(announce::testing(room))
    }

    /// A test is through, or never will be.
    pub(in crate::engine) fn test_came_back(
        &mut self,
        step: &mut Step,
        entry: &Entry,
        sent: Result<&Receipt, &SendError>,
    ) {
        let (Some(tester), crate::outbox::Dest::Room(room)) = (self.admin.tests.get(&entry.id).cloned(), &entry.dest)
        else {
            return;
        };
        let text = match sent {
            Ok(_) => announce::tested(room),
            Err(SendError::Refused { reason } | SendError::Retry { reason, .. } | SendError::Unknown { reason }) => {
                announce::untested(room, reason)
            }
        };
        step.because(format!("tested:{}", entry.key));
        step.asker = Some(tester.asker);
        step.asked = Some(tester.message.clone()).filter(|_| !tester.is_answered);
        step.whisper = tester.whisper;
        self.send(step, None, &Out::answer(text), Some(&tester.message.room));
    }
}
