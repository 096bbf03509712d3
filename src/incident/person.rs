//! Who has a part in an incident, and what becomes of it when two of them turn out to be one.

use herald_chat::{Person, UserRef};

use super::{Incident, ItemState};

impl Incident {
    /// Whether this account has any part in it.
    #[must_use]
    pub fn concerns(&self, account: &UserRef) -> bool {
        let single = self.commander.iter().chain(&self.spokesperson).chain(&self.responders).chain(&self.observers);
        let offers = self.offers.iter().flat_map(|offer| [&offer.from, &offer.to]);
        let wrote = self.drafts.iter().filter_map(|draft| draft.by.as_ref());
        let wrote = wrote.chain(self.sitreps.iter().filter_map(|sitrep| sitrep.by.as_ref()));
        let wrote = wrote.chain(self.log.iter().map(|entry| &entry.author));
        let items = self.lists.values().flatten().flat_map(|item| item.owner.iter().chain([&item.by]));
        single.chain(&self.members).chain(offers).chain(wrote).chain(items).any(|it| it.id == *account)
    }

    /// What was `account`'s is this person's.
    pub(super) fn join(&mut self, account: &UserRef, person: &Person) {
        let single = self.commander.iter_mut().chain(&mut self.spokesperson);
        let many = self.responders.iter_mut().chain(&mut self.observers).chain(&mut self.members);
        let offers = self.offers.iter_mut().flat_map(|offer| [&mut offer.from, &mut offer.to]);
        let wrote = self.drafts.iter_mut().filter_map(|draft| draft.by.as_mut());
        let wrote = wrote.chain(self.sitreps.iter_mut().filter_map(|sitrep| sitrep.by.as_mut()));
        let wrote = wrote.chain(self.log.iter_mut().map(|entry| &mut entry.author));
        let items = self.lists.values_mut().flatten().flat_map(|item| item.owner.iter_mut().chain([&mut item.by]));
        for it in single.chain(many).chain(offers).chain(wrote).chain(items).filter(|it| it.id == *account) {
            it.clone_from(person);
        }
        for people in [&mut self.responders, &mut self.observers, &mut self.members] {
            once(people, |one, other| one == other);
        }
        // Nobody hands a role over to themselves.
        self.offers.retain(|offer| offer.from != offer.to);
        once(&mut self.offers, |one, other| (one.role, &one.from, &one.to) == (other.role, &other.from, &other.to));
        if let Some(at) = self.heard.remove(account) {
            let heard = self.heard.entry(person.id.clone()).or_insert(at);
            *heard = at.max(*heard);
        }
    }
}

impl Incident {
    /// Somebody has left: what was theirs is nobody's. What they said and did stays theirs.
    pub(super) fn lose(&mut self, person: &Person) {
        for single in [&mut self.commander, &mut self.spokesperson] {
            single.take_if(|holder| holder == person);
        }
        for people in [&mut self.responders, &mut self.observers, &mut self.members] {
            people.retain(|it| it != person);
        }
        self.offers.retain(|offer| offer.from != *person && offer.to != *person);
        for item in self.lists.values_mut().flatten().filter(|item| item.state == ItemState::Open) {
            item.owner.take_if(|owner| owner == person);
        }
        self.heard.remove(&person.id);
    }
}

/// Leaves the first of those that are the same.
fn once<T>(all: &mut Vec<T>, same: impl Fn(&T, &T) -> bool) {
    let mut kept: Vec<T> = Vec::new();
    for it in all.drain(..) {
        if !kept.iter().any(|other| same(other, &it)) {
            kept.push(it);
        }
    }
    *all = kept;
}
