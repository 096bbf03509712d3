//! The interactions that wait for their answer.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use herald_chat::{Person, Typed};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::Door;
use super::wire::Interaction;

/// For how long Discord takes an answer, less the time that it takes to give one.
const PATIENCE: SignedDuration = SignedDuration::from_secs(14 * 60 + 30);

/// How far it has come with telling Discord that an interaction was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// Not told yet.
    NotYet,
    /// Told, and an answer is waited for: by all, or by whoever gave the command alone.
    Waits {
        /// Whether nobody else sees it.
        ephemeral: bool,
    },
    /// Nothing more can be said there.
    Over,
}

/// One interaction.
#[derive(Clone)]
pub(super) struct Open {
    pub(super) door: Door,
    pub(super) channel: u64,
    pub(super) user: u64,
    pub(super) direct: bool,
    pub(super) by: Person,
    came: Timestamp,
    /// What was typed in a form.
    typed: Vec<String>,
    taken: watch::Sender<Taken>,
    /// How many parts of the answer have followed the first.
    followed: usize,
}

impl Open {
    pub(super) fn new(
        interaction: &Interaction,
        channel: u64,
        user: u64,
        direct: bool,
        by: Person,
        now: Timestamp,
    ) -> Self {
        let door = Door { id: interaction.id.0, token: interaction.token.clone() };
        let taken = watch::Sender::new(Taken::NotYet);
        Self { door, channel, user, direct, by, came: now, typed: Vec::new(), taken, followed: 0 }
    }

    /// What was typed, one input after another.
    pub(super) fn typed(&self) -> &[String] {
        &self.typed
    }

    pub(super) fn came(&self) -> Timestamp {
        self.came
    }

    pub(super) fn followed(&self) -> usize {
        self.followed
    }

    pub(super) fn taken(&self) -> &watch::Sender<Taken> {
        &self.taken
    }
}

/// All of them, by their number.
#[derive(Default)]
pub(crate) struct Interactions(Mutex<BTreeMap<u64, Open>>);

impl Interactions {
    fn all(&self) -> MutexGuard<'_, BTreeMap<u64, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of one. Whether it had not come before.
    pub(super) fn begin(&self, open: Open) -> bool {
        let mut all = self.all();
        let now = open.came;
        all.retain(|_, it| now.duration_since(it.came) < PATIENCE);
        let id = open.door.id;
        let new = !all.contains_key(&id);
        all.entry(id).or_insert(open);
        new
    }

    /// What was typed in the form that one submits.
    pub(super) fn typed(&self, id: u64, given: &[Typed]) {
        if let Some(open) = self.all().get_mut(&id) {
            open.typed = given.iter().map(|(_, value)| value.clone()).filter(|value| !value.is_empty()).collect();
        }
    }

    /// One that can still be answered.
    pub(super) fn get(&self, id: u64, now: Timestamp) -> Option<Open> {
        self.all().get(&id).filter(|open| now.duration_since(open.came) < PATIENCE).cloned()
    }

    /// One more part of the answer has followed.
    pub(super) fn follow(&self, id: u64) {
        if let Some(open) = self.all().get_mut(&id) {
            open.followed += 1;
        }
    }
}
