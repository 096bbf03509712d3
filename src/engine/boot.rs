//! From the disk to where things stood.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use herald_chat::Network;
use serde::{Deserialize, Serialize};

use super::admin::Desk;
use super::boards::Boards;
use super::bridge::Bridge;
use super::budget::Budget;
use super::calm::Calm;
use super::early::Early;
use super::members::Members;
use super::people::Guesses;
use super::unreadable::Unreadable;
use super::{Cursors, Engine, Fault, Readings, Setup, Tally};
use crate::command::People;
use crate::incident::{Incident, IncidentNo, Record, Register, Seq, Summary};
use crate::journal::{Journal, MARKS_KEPT, Mark, Snapshot};
use crate::outbox::Outbox;

/// What a snapshot holds: what is not over, and who is who.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    open: Vec<Incident>,
    last_no: u32,
    #[serde(default)]
    register: Register,
}

/// The fold of all records.
struct Folded {
    open: BTreeMap<IncidentNo, Incident>,
    over: BTreeMap<IncidentNo, Summary>,
    last_no: u32,
    register: Register,
    last_snapshot: Seq,
}

impl<J: Journal> Engine<J> {
    /// Starts from what `journal` holds. `windows` says for how long each platform remembers send keys.
    ///
    /// # Errors
    /// [`Fault::Journal`] when it cannot be read.
    pub fn boot(journal: J, setup: Arc<Setup>, windows: BTreeMap<Network, Duration>) -> Result<Self, Fault> {
        let tables = journal.tables()?;
        let folded = fold(&journal, tables.last, tables.summaries)?;
        let (marks, mark_order) = marks(&tables.marks);
        let mut outbox = Outbox::new(windows, setup.at_once);
        outbox.pace(setup.pace);
        let next_entry = tables.entries.iter().map(|entry| entry.id + 1).max().unwrap_or(1);
        for entry in tables.entries {
            outbox.recover(entry);
        }
        let mut engine = Self {
            journal,
            base: setup.clone(),
            setup,
            people: known(&folded.open),
            register: folded.register,
            links_kept: false,
            guesses: Guesses::default(),
            admin: Desk::default(),
            open: folded.open,
            over: folded.over,
            last_no: folded.last_no,
            last_seq: tables.last,
            durable: tables.last,
            last_snapshot: folded.last_snapshot,
            next_entry,
            outbox,
            marks,
            mark_order,
            subjects: tables.subjects,
            cursors: Cursors::new(tables.cursors),
            owed_marks: Vec::new(),
            owed_inputs: Vec::new(),
            early: Early::default(),
            taken: Vec::new(),
            told_after: BTreeMap::new(),
            gave_way: BTreeMap::new(),
            refused_at: BTreeMap::new(),
            failing: BTreeMap::new(),
            full: None,
            boards: Boards::default(),
            bridge: Bridge::new(tables.last_said),
            unreadable: Unreadable::default(),
            members: Members::default(),
            budget: Budget::default(),
            calm: Calm::default(),
            edits_told: super::edits::Told::default(),
            tally: Tally::default(),
            readings: Readings::default(),
        };
        engine.people.link(engine.register.accounts.links());
        engine.attune();
        engine.find_boards();
        Ok(engine)
    }

    /// Goes by `setup` and `windows` from now on. Only before it runs: nothing that was decided is looked at again.
    pub fn equip(&mut self, setup: Arc<Setup>, windows: BTreeMap<Network, Duration>) {
        self.outbox.know(windows, setup.at_once);
        self.base = setup;
        self.attune();
        self.links_kept = false;
    }

    /// Goes by what names of the configuration were found to be, and by what admins said in chat, over what the
    /// configuration says: settings in chat count before those of the
    /// configuration, rooms of the configuration before those of the chat.
    pub(super) fn attune(&mut self) {
        let mut setup = Setup::clone(&self.base);
        setup.rooms = setup.rooms.found(|written| self.register.mappings.found(written));
        setup.rooms = setup.rooms.before(self.register.mappings.all());
        setup.policy = self.register.settings.over(setup.policy);
        setup.policy.spokespersons = setup.policy.spokespersons.map(|listed| self.known_speakers(&listed));
        self.setup = Arc::new(setup);
    }

    /// Back to what is durable, after a commit that was refused whole.
    pub(super) fn reload(&mut self) -> Result<(), Fault> {
        let tables = self.journal.tables()?;
        let folded = fold(&self.journal, tables.last, tables.summaries)?;
        self.open = folded.open;
        self.over = folded.over;
        self.last_no = folded.last_no;
        self.register = folded.register;
        self.people.link(self.register.accounts.links());
        self.attune();
        self.links_kept = false;
        self.last_seq = tables.last;
        (self.marks, self.mark_order) = marks(&tables.marks);
        self.subjects = tables.subjects;
        self.bridge.forget_told();
        // What was told in a step that was refused was not told.
        self.gave_way.clear();
        self.find_boards();
        Ok(())
    }

    /// The snapshot of how things stand.
    pub(super) fn snapshot(&self) -> Option<Snapshot> {
        let open = self.open.values().cloned().collect();
        let kept = Kept { open, last_no: self.last_no, register: self.register.clone() };
        let state = serde_json::to_vec(&kept).ok()?;
        Some(Snapshot { seq: self.last_seq, state })
    }
}

/// Whoever has a part in an open incident can be spoken of at once.
fn known(open: &BTreeMap<IncidentNo, Incident>) -> People {
    let mut people = People::new();
    for incident in open.values() {
        let singles = incident.commander.iter().chain(&incident.spokesperson);
        for person in singles.chain(&incident.responders).chain(&incident.observers).chain(&incident.members) {
            people.saw(person.clone());
        }
    }
    people
}

/// The marks, with room for as many as are ever kept and a group more.
fn marks(kept: &[Mark]) -> (HashSet<Mark>, VecDeque<Mark>) {
    let room = MARKS_KEPT + MARKS_KEPT / 100;
    let (mut marks, mut order) = (HashSet::with_capacity(room), VecDeque::with_capacity(room));
    marks.extend(kept);
    order.extend(kept);
    (marks, order)
}

fn fold<J: Journal>(journal: &J, last: Seq, summaries: Vec<Summary>) -> Result<Folded, Fault> {
    let mut folded = Folded {
        open: BTreeMap::new(),
        over: BTreeMap::new(),
        last_no: 0,
        register: Register::default(),
        last_snapshot: 0,
    };
    if let Some(snapshot) = journal.snapshot()?
        && let Ok(kept) = serde_json::from_slice::<Kept>(&snapshot.state)
    {
        folded.open = kept.open.into_iter().map(|incident| (incident.no, incident)).collect();
        folded.over = summaries.into_iter().map(|summary| (summary.no, summary)).collect();
        folded.last_no = kept.last_no;
        folded.register = kept.register;
        folded.last_snapshot = snapshot.seq;
    }
    if folded.last_snapshot < last {
        journal.scan(folded.last_snapshot + 1..=last, &mut |record| folded.take(&record))?;
    }
    Ok(folded)
}

impl Folded {
    fn take(&mut self, record: &Record) {
        self.register.apply(record);
        let no = record.incident;
        if let Some(incident) = self.open.get_mut(&no) {
            incident.apply(record);
            if incident.is_over() {
                self.over.insert(no, incident.summary());
                self.open.remove(&no);
            }
        } else if let Some(incident) = Incident::declared(record) {
            self.last_no = self.last_no.max(no.0);
            self.open.insert(no, incident);
        } else if let Some(summary) = self.over.get_mut(&no) {
            summary.apply(record);
        }
    }
}
