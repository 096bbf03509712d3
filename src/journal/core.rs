//! The journal itself, over rows wherever they live: the same for disk and memory, so that one stands for the other.

use std::ops::{ControlFlow, RangeInclusive};

use herald_chat::MessageRef;
use jiff::Timestamp;

use tracing::info;

use crate::incident::{Record, Seq};
use crate::relay::{Said, SaidNo};

use super::chain::{self, Break, walk};
use super::draft::Draft;
use super::head::{FORMAT, Head, OLDEST};
use super::migrate::{self, Migrated};
use super::record;
use super::rows::{Changes, Store, key, part_key, table};
use super::{Batch, JournalError, Snapshot, Tables, Verdict, said, tables};

/// A journal over a store.
pub(super) struct Core<S> {
    store: S,
    head: Head,
    /// The data format of the rows.
    format: u32,
    migrated: Option<Migrated>,
    /// What ended it.
    broken: Option<String>,
}

impl<S: Store> Core<S> {
    /// Makes an empty journal in an empty store.
    pub(super) fn create(mut store: S) -> Result<Self, JournalError> {
        let head = Head::default();
        let format = (part_key(&key(table::FORMAT, &[]), 0), Some(FORMAT.to_be_bytes().to_vec()));
        let first = (part_key(&key(table::HEAD, &[]), 0), Some(head.encode()));
        store.write(Changes::from([format, first]), head.commits)?;
        Ok(Self { store, head, format: FORMAT, migrated: None, broken: None })
    }

    /// Opens the journal in a store. It is read as it is, also when its format is an older one.
    ///
    /// # Errors
    /// When there is none that this build can read.
    pub(super) fn load(store: S) -> Result<Self, JournalError> {
        let format = store.get(&part_key(&key(table::FORMAT, &[]), 0))?;
        let format = match format.and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes) {
            Some(found) if found > FORMAT => {
                return Err(JournalError::Newer { dir: store.dir().to_owned(), found, known: FORMAT });
            }
            Some(found) if found >= OLDEST => found,
            Some(_) | None => return Err(store.damaged("its files hold no journal")),
        };
        let head = store.get(&part_key(&key(table::HEAD, &[]), 0))?;
        match head.as_deref().and_then(Head::decode) {
            Some(head) => Ok(Self { store, head, format, migrated: None, broken: None }),
            None => Err(store.damaged("its head cannot be read")),
        }
    }

    /// Brings older rows up to the format of this build, in one commit. It may use the reserve: Herald has to get going.
    ///
    /// # Errors
    /// As a commit.
    pub(super) fn migrate(&mut self) -> Result<(), JournalError> {
        let from = self.format;
        if from == FORMAT {
            return Ok(());
        }
        self.write(true, |draft| {
            for format in from..FORMAT {
                migrate::step(format, draft)?;
            }
            draft.set_format(FORMAT);
            Ok(())
        })?;
        self.format = FORMAT;
        self.migrated = Some(Migrated { from, to: FORMAT });
        info!(dir = %self.store.dir().display(), from, to = FORMAT, "migrated the data to a newer format");
        Ok(())
    }

    /// What [`Core::migrate`] did.
    pub(super) fn migrated(&self) -> Option<Migrated> {
        self.migrated
    }

    pub(super) fn store(&self) -> &S {
        &self.store
    }

    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    /// Checks that the last record is the one committed last. Cheap: one row is read.
    pub(super) fn check_last(&self) -> Result<(), JournalError> {
        let Head { last, hash, .. } = self.head;
        if last == 0 || chain::stored_hash(&self.store, last)? == Some(hash) {
            Ok(())
        } else {
            Err(self.store.damaged(format!("record {last}, the last one, is not what was written")))
        }
    }

    pub(super) fn tables(&self) -> Result<Tables, JournalError> {
        self.check_alive()?;
        tables::read(&self.store, &self.head)
    }

    pub(super) fn snapshot(&self) -> Result<Option<Snapshot>, JournalError> {
        self.check_alive()?;
        Ok(tables::snapshot(&self.store, &self.head))
    }

    pub(super) fn scan(&self, range: RangeInclusive<Seq>, each: &mut dyn FnMut(Record)) -> Result<(), JournalError> {
        self.check_alive()?;
        let walked = walk(&self.store, &self.head, range, &mut |_, _, body| {
            each(record::decode(body)?);
            Ok(())
        })?;
        walked.map_err(|broken| broken.into_error(&self.store))
    }

    pub(super) fn verify(&self) -> Result<Verdict, JournalError> {
        self.check_alive()?;
        let walked = walk(&self.store, &self.head, 1..=Seq::MAX, &mut |_, _, body| record::decode(body).map(drop))?;
        match walked {
            Ok(()) => Ok(Verdict::Whole { records: self.head.last }),
            Err(Break::Bad { seq, what }) => Ok(Verdict::Broken { seq, what }),
            Err(newer @ Break::Newer { .. }) => Err(newer.into_error(&self.store)),
        }
    }

    pub(super) fn said(&self, n: SaidNo) -> Result<Option<Said>, JournalError> {
        self.check_alive()?;
        said::get(&self.store, n)
    }

    pub(super) fn find_said(&self, message: &MessageRef) -> Result<Option<SaidNo>, JournalError> {
        self.check_alive()?;
        said::find(&self.store, message)
    }

    pub(super) fn said_before(&self, floor: Timestamp, most: usize) -> Result<Vec<SaidNo>, JournalError> {
        self.check_alive()?;
        said::before(&self.store, floor, most)
    }

    /// All of them, for a backup.
    pub(super) fn all_said(&self) -> Result<Vec<(SaidNo, Said)>, JournalError> {
        let mut all = Vec::new();
        said::scan(&self.store, &mut |n, said| {
            all.push((n, said));
            ControlFlow::Continue(())
        })?;
        Ok(all)
    }

    pub(super) fn commit(&mut self, batch: &Batch) -> Result<(), JournalError> {
        self.write(batch.only_notes(), |draft| draft.add(batch))
    }

    pub(super) fn has_room(&self) -> Result<bool, JournalError> {
        /// What one command writes, posts and all, is mostly far less, in bytes.
        const COMMAND: u64 = 64 << 10;
        match self.store.check_room(COMMAND, false) {
            Ok(()) => Ok(true),
            Err(JournalError::Full { .. }) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Commits what `fill` puts into the draft. Whatever goes wrong but a lack of room ends the journal: what is
    /// durable is no longer known.
    pub(super) fn write<T>(
        &mut self,
        settling: bool,
        fill: impl FnOnce(&mut Draft<'_, S>) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        self.check_alive()?;
        let written = self.try_write(settling, fill);
        match &written {
            Ok(_) | Err(JournalError::Full { .. }) => {}
            Err(JournalError::Broken { reason, .. }) => self.broken = Some(reason.clone()),
            Err(other) => self.broken = Some(other.to_string()),
        }
        written
    }

    fn try_write<T>(
        &mut self,
        settling: bool,
        fill: impl FnOnce(&mut Draft<'_, S>) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let mut draft = Draft::new(&self.store, &self.head);
        let filled = fill(&mut draft)?;
        let (changes, head) = draft.finish();
        let bytes = changes.iter().map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len)).sum::<usize>();
        self.store.check_room(bytes as u64, settling)?;
        self.store.write(changes, head.commits)?;
        self.head = head;
        Ok(filled)
    }

    fn check_alive(&self) -> Result<(), JournalError> {
        match &self.broken {
            None => Ok(()),
            Some(reason) => Err(JournalError::Broken { dir: self.store.dir().to_owned(), reason: reason.clone() }),
        }
    }
}
