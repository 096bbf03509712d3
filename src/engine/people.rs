//! People with several accounts: how they show that they have them, and what follows.

use std::collections::BTreeMap;

use herald_chat::{Person, Text, UserRef};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::record::From;
use super::{Engine, Seed, Step};
use crate::announce::{self, Out};
use crate::command::Link;
use crate::incident::policy::Spokespersons;
use crate::incident::words::span;
use crate::incident::{CODE_LIFE, Event, House, IncidentNo, Name, Record, Refusal};
use crate::journal::Journal;

/// What codes are written in: 32 signs of which no two look alike.
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How long a code is: 40 bits.
const CODE: usize = 8;
/// How many wrong codes an account may give …
const GUESSES: usize = 5;
/// … within this time.
const GUESS_TIME: SignedDuration = SignedDuration::from_mins(10);

/// The wrong codes that were given, by account. After a restart there were none, which makes a guess no likelier.
#[derive(Debug, Default)]
pub(super) struct Guesses(BTreeMap<UserRef, Vec<Timestamp>>);

impl Guesses {
    /// When this account may give a code again, if it has to wait.
    fn closed_until(&mut self, account: &UserRef, now: Timestamp) -> Option<Timestamp> {
        self.0.retain(|_, at| {
            at.retain(|at| now.duration_since(*at) < GUESS_TIME);
            !at.is_empty()
        });
        let wrong = self.0.get(account).filter(|wrong| wrong.len() >= GUESSES)?;
        wrong.first()?.checked_add(GUESS_TIME).ok()
    }

    fn wrong(&mut self, account: &UserRef, now: Timestamp) {
        self.0.entry(account.clone()).or_default().push(now);
    }
}

impl<J: Journal> Engine<J> {
    /// Does what somebody wants with their accounts.
    pub(super) fn link(&mut self, step: &mut Step, by: &Person, link: Link, from: From<'_>) -> Result<(), Refusal> {
        let text = match link {
            // A code goes to the conversation that Herald made: whoever made the one that it was asked for in can let others
            // into that.
            Link::Offer => {
                let text = self.offer_link(step, by);
                self.send(step, None, &Out::direct(text, by), None);
                return Ok(());
            }
            Link::Prove(code) => self.prove_link(step, by, &code, from)?,
            Link::Undo => self.undo_link(step, by, from)?,
        };
        self.send(step, None, &Out::answer(text), Some(from.room));
        Ok(())
    }

    fn offer_link(&mut self, step: &mut Step, by: &Person) -> Text {
        let code = code(&self.setup.seed, &step.cause);
        let until = step.now.checked_add(CODE_LIFE).unwrap_or(Timestamp::MAX);
        let offer = House::LinkOffered { account: by.id.clone(), hash: hash(&code), until };
        self.record_house(step, Some(by), offer);
        announce::code(&code, CODE_LIFE.as_mins(), &self.register.accounts.of(&by.id))
    }

    fn prove_link(&mut self, step: &mut Step, by: &Person, code: &str, from: From<'_>) -> Result<Text, Refusal> {
        if let Some(until) = self.guesses.closed_until(from.account, step.now) {
            return Err(Refusal::TooManyCodes { wait: span(until.duration_since(step.now)) });
        }
        let account = from.account;
        let proved = self.register.accounts.prove(account, &hash(code), step.now);
        if proved == Err(Refusal::WrongCode) {
            self.guesses.wrong(account, step.now);
        }
        let to = proved?;
        let other = self.people.called_as(&to, account);
        self.settle_link(step, Some(by), House::AccountLinked { account: account.clone(), to, by_admin: false });
        self.send(step, None, &Out::direct(announce::linked_there(account), &other), None);
        Ok(announce::linked(&self.register.accounts.of(account)))
    }

    fn undo_link(&mut self, step: &mut Step, by: &Person, from: From<'_>) -> Result<Text, Refusal> {
        let apart = self.register.accounts.undo(from.account)?;
        for account in &apart {
            self.record_house(step, Some(by), House::AccountUnlinked { account: account.clone() });
        }
        Ok(announce::unlinked(&apart.iter().collect::<Vec<_>>(), &by.id))
    }

    /// A code that others may have read is good no more. Whether it was one is not said.
    pub(super) fn overheard(&mut self, step: &mut Step, by: &Person, code: &str) -> Refusal {
        if let Some(account) = self.register.accounts.offered(&hash(code)).cloned() {
            self.record_house(step, Some(by), House::LinkVoided { account });
        }
        Refusal::CodeShown
    }

    /// Once after every start: brings the links in line with what an admin wrote, and keeps in mind which rooms were found.
    pub(super) fn keep_links(&mut self, step: &mut Step) {
        if std::mem::replace(&mut self.links_kept, true) {
            return;
        }
        for house in self.register.accounts.due(&self.setup.linked) {
            step.because(format!("links:{}", self.last_seq));
            self.settle_link(step, None, house);
        }
        let found = self.setup.found.clone();
        for (written, room) in found {
            if self.register.mappings.found(&written).is_none() {
                step.because(format!("found:{}", self.last_seq));
                self.record_house(step, None, House::RoomFound { written, room });
            }
        }
        self.tell_moved(step);
    }

    /// The same people, with all accounts of theirs, and by the names that they have now.
    pub(super) fn known_speakers(&self, listed: &Spokespersons) -> Spokespersons {
        let admin =
            |account: &UserRef| Name::from(&self.people.called_as(self.register.accounts.whose(account), account));
        let admins = self.base.admins.iter().map(admin).collect();
        let mut known = Spokespersons { admins, ..Spokespersons::default() };
        for account in &listed.accounts {
            let all = self.register.accounts.of(account);
            known.accounts.extend(all.iter().map(|it| (*it).clone()));
            let person = self.register.accounts.whose(account);
            let name = Name::from(&self.people.called_as(person, account));
            if !known.called.contains(&name) {
                known.called.push(name);
            }
        }
        known
    }

    /// Somebody has spoken whom a refusal may name: by their name, not by their number.
    pub(super) fn call_speakers(&mut self) {
        let Some(listed) = &self.base.policy.spokespersons else { return };
        let known = Some(self.known_speakers(listed));
        if known != self.setup.policy.spokespersons {
            self.attune();
        }
    }

    /// Links two accounts, or takes them apart. What one of them had in an open incident becomes the person's.
    pub(super) fn settle_link(&mut self, step: &mut Step, by: Option<&Person>, house: House) {
        if let House::AccountLinked { account, to, .. } = &house
            && self.register.accounts.whose(account) != to
        {
            let concerned = self.open.values().filter(|it| it.concerns(account) || it.concerns(to));
            let concerned: Vec<IncidentNo> = concerned.map(|incident| incident.no).collect();
            let person = self.people.called_as(to, account);
            for no in concerned {
                let event = Event::AccountJoined { account: account.clone(), person: person.clone() };
                self.record(step, no, Some(&person), event, None);
            }
        }
        self.record_house(step, by, house);
    }

    /// Records something that is about no incident.
    pub(super) fn record_house(&mut self, step: &mut Step, by: Option<&Person>, house: House) {
        let (seq, at, incident) = (self.last_seq + 1, step.now, IncidentNo::HOUSE);
        let record = Record { seq, at, incident, by: by.cloned(), event: Event::House(house) };
        self.last_seq = seq;
        self.register.apply(&record);
        self.people.link(self.register.accounts.links());
        self.attune();
        // People are mentioned in another way from now on.
        self.open.keys().for_each(|no| self.boards.touch(*no));
        step.batch.records.push(record);
    }
}

/// The code that follows from what asked for it. Nobody can tell it who does not know the seed.
pub(super) fn code(seed: &Seed, cause: &str) -> String {
    let digest = Sha256::new().chain_update(seed.0).chain_update(cause).finalize();
    let sign = |byte: &u8| SIGNS.get(usize::from(byte % 32)).copied().map_or('0', char::from);
    digest.iter().take(CODE).map(sign).collect()
}

/// What is kept of a code, in whatever letters it was typed.
fn hash(code: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(signs(code)))
}

/// A code as it was given out, in whatever letters it was typed.
pub(super) fn signs(code: &str) -> String {
    let sign = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    };
    code.chars().map(sign).collect()
}
