//! What is left in the data directory, and what must hold of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use futures::executor::block_on;
use herald::incident::{Event, Record};
use herald::journal::{Journal, Options, SledJournal, Tables, Verdict};
use herald_chat::{Inbound, Platform, What};
use herald_console::{Console, Shown, Sight};
use jiff::Timestamp;

pub(crate) struct Left {
    records: Vec<Record>,
    tables: Tables,
    verdict: Verdict,
    /// What people did, room by room.
    heard: Vec<Inbound>,
    shown: Vec<Shown>,
    /// Who wrote what still stands in the company's channel.
    standing: BTreeSet<String>,
}

impl Left {
    pub(crate) fn read(dir: &Path) -> Self {
        let journal = SledJournal::open_existing(dir, Options::new(0)).unwrap();
        let mut records = Vec::new();
        journal.scan(1..=u64::MAX, &mut |record| records.push(record)).unwrap();
        let console = Console::open(dir, Arc::new(|| Timestamp::UNIX_EPOCH)).unwrap();
        let rooms = block_on(Platform::rooms(&console)).unwrap();
        let pages = rooms.iter().map(|room| block_on(console.read_back(room, None, usize::MAX)).unwrap());
        let events = pages.flat_map(|page| page.events);
        Self {
            records,
            tables: journal.tables().unwrap(),
            verdict: journal.verify().unwrap(),
            heard: events.filter(|it| matches!(it.what, What::Message { .. })).collect(),
            shown: console.shown(),
            standing: console.read("ana", "company").unwrap().into_iter().map(|line| line.author).collect(),
        }
    }

    pub(crate) fn check(&self) {
        assert_eq!(self.verdict, Verdict::Whole { records: self.records.len() as u64 });
        assert!(self.tables.entries.is_empty(), "still to be sent: {:?}", self.tables.entries);
        self.check_commands();
        self.check_updates();
        self.check_posts();
    }

    /// Every line that reached a room had its effect once.
    fn check_commands(&self) {
        let written: Vec<String> = self.records.iter().map(|it| serde_json::to_string(&it.event).unwrap()).collect();
        let (mut strays, mut unknown) = (0, 0);
        for inbound in &self.heard {
            let text = said(inbound);
            let recorded = token(text).map_or(0, |token| written.iter().filter(|event| event.contains(token)).count());
            let expected = match (inbound.room.id(), text.split_whitespace().next()) {
                ("company", _) => {
                    strays += 1;
                    0
                }
                (_, Some("!bogus")) => {
                    unknown += 1;
                    0
                }
                (_, Some(word)) if word.starts_with('!') => usize::from(token(text).is_some()),
                _ => 0,
            };
            assert_eq!(recorded, expected, "records of {}: {text}", inbound.id);
        }
        assert_eq!(self.posts("war-room").iter().filter(|it| it.starts_with("I don't know")).count(), unknown);
        // All are removed. The first of a life is told; those that follow within five minutes are told together after that.
        let told =
            self.posts("war-room").iter().filter(|it| it.contains("I remove it and tell them how to ask")).count();
        for told in [told, self.posts("dm-bob").len()] {
            assert!(told <= strays && (told > 0) == (strays > 0), "{told} of {strays} strays were told");
        }
        assert_eq!(self.standing, BTreeSet::from(["herald".to_owned()]), "only updates stand in company");
        let order: Vec<&str> = self.heard.iter().filter(|it| it.room.id() == "war-room").map(said).collect();
        let order: Vec<&str> = order.into_iter().filter_map(token).collect();
        let places = written.iter().filter_map(|event| token(event));
        let places: Vec<_> = places.filter_map(|token| order.iter().position(|it| *it == token)).collect();
        assert!(places.is_sorted(), "commands had their effect in another order than they were typed in");
    }

    /// Every update is in the company's channel once, in order, and nothing else is.
    fn check_updates(&self) {
        let updates = self.records.iter().filter_map(|record| match &record.event {
            Event::UpdatePublished { update } => Some((update.name(), token(update.text()))),
            _ => None,
        });
        let said: Vec<_> = self.posts("company");
        let said = said.iter().map(|post| {
            let n = post.split("update ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
            (format!("update {n}"), token(post))
        });
        assert_eq!(updates.collect::<Vec<_>>(), said.collect::<Vec<_>>());
    }

    /// Nothing that names a thing of its own was said twice, and whatever happened was told.
    fn check_posts(&self) {
        let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
        for room in ["war-room", "engineering"] {
            for post in self.posts(room) {
                *counts.entry((room, post)).or_default() += 1;
            }
        }
        for record in &self.records {
            let told = match &record.event {
                Event::Logged { n, kind, .. } => format!("{kind} {n} is on the timeline"),
                Event::Listed { list, n, .. } => format!("{} {n}: ", list.title()),
                Event::UpdatePublished { update } => format!("{} goes to ", update.name()),
                Event::DraftProposed { n: 1, .. } => "Draft 1 is a first response".to_owned(),
                Event::DraftProposed { n, .. } => format!("Draft {n} from "),
                _ => continue,
            };
            let told = told.to_lowercase();
            let found =
                counts.iter().filter(|((room, post), _)| *room == "war-room" && post.to_lowercase().contains(&told));
            assert_eq!(found.map(|(_, count)| count).sum::<usize>(), 1, "posts that hold \"{told}\"");
        }
        let stated = self.records.iter().filter(|it| matches!(it.event, Event::ImpactStated { .. })).count();
        let noted = counts.iter().filter(|((_, post), _)| post.contains("The impact is noted"));
        assert_eq!(noted.map(|(_, count)| count).sum::<usize>(), stated);
    }

    /// Herald's posts in a room, in order.
    fn posts(&self, room: &str) -> Vec<String> {
        let own = self.shown.iter().filter(|shown| shown.author == "herald" && shown.room == room);
        own.filter_map(|shown| match &shown.what {
            Sight::Posted(text) => Some(text.clone()),
            _ => None,
        })
        .collect()
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (heard, records, company) = (self.heard.len(), self.records.len(), self.posts("company").len());
        write!(f, "{heard} lines were said, {records} records written, {company} updates published")
    }
}

fn said(inbound: &Inbound) -> &str {
    match &inbound.what {
        What::Message { text, .. } => text,
        _ => "",
    }
}

/// The first token in a text.
fn token(text: &str) -> Option<&str> {
    let (at, _) = text
        .match_indices("tk")
        .find(|(at, _)| text.get(at + 2..at + 7).is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit())))?;
    text.get(at..at + 7)
}
