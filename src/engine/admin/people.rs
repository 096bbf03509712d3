//! Accounts that an admin links or takes apart, and people who leave.

use std::collections::BTreeMap;

use herald_chat::{Network, Person, Text, UserRef};

use crate::announce::{self, Out};
use crate::engine::{Engine, Step};
use crate::incident::{Excerpt, House, IncidentNo, Refusal, leave};
use crate::journal::Journal;

impl<J: Journal> Engine<J> {
    /// Who administers, and whose accounts are linked.
    pub(super) fn people_of_the_house(&self) -> Text {
        let accounts = &self.register.accounts;
        let mut admins: Vec<&UserRef> = Vec::new();
        for admin in &self.setup.admins {
            let person = accounts.whose(admin);
            if !admins.contains(&person) {
                admins.push(person);
            }
        }
        let mut linked: BTreeMap<&UserRef, Vec<&UserRef>> = BTreeMap::new();
        for (account, to) in accounts.links() {
            linked.entry(to).or_insert_with(|| vec![to]).push(account);
        }
        let called = |id: &&UserRef| self.people.called_as(id, id);
        let admins: Vec<_> = admins.iter().map(|id| (called(id), accounts.of(id))).collect();
        let others = linked.iter().filter(|(id, _)| !admins.iter().any(|(admin, _)| admin.id == ***id));
        let others: Vec<_> = others.map(|(id, all)| (called(id), all.clone())).collect();
        announce::house_people(&admins, &others)
    }

    pub(super) fn link_accounts(
        &mut self,
        step: &mut Step,
        by: &Person,
        account: &UserRef,
        to: &UserRef,
    ) -> Result<Text, Refusal> {
        for named in [account, to] {
            self.check_network(named)?;
        }
        let accounts = &self.register.accounts;
        let (joining, person) = (accounts.whose(account).clone(), accounts.whose(to).clone());
        if joining == person {
            let what =
                format!("`{}` and `{}` are one person's", Excerpt::of(account.as_str()), Excerpt::of(to.as_str()));
            return Err(Refusal::SameAlready { what, list: "people" });
        }
        if accounts.is_held(&joining) {
            return Err(held(account));
        }
        self.settle_link(
            step,
            Some(by),
            House::AccountLinked { account: joining.clone(), to: person.clone(), by_admin: false },
        );
        for told in [&joining, &person] {
            let text = announce::linked_by(by, &joining, &person);
            let account = Person { id: told.clone(), ..by.clone() };
            self.send(step, None, &Out::direct(text, &account), None);
        }
        Ok(announce::linked_for(&self.register.accounts.of(&person)))
    }

    pub(super) fn unlink_account(&mut self, step: &mut Step, by: &Person, account: &UserRef) -> Result<Text, Refusal> {
        let person = self.register.accounts.whose(account).clone();
        let undone = match self.register.accounts.undo(account) {
            Ok(undone) => undone,
            Err(Refusal::LinkedByAdmin) => return Err(held(account)),
            Err(_) => return Err(Refusal::LinkedWithNone { account: Excerpt::of(account.as_str()) }),
        };
        for account in &undone {
            self.record_house(step, Some(by), House::AccountUnlinked { account: account.clone() });
        }
        Ok(announce::unlinked(&undone.iter().collect::<Vec<_>>(), &person))
    }

    /// Takes somebody off everything that is open.
    pub(super) fn remove(&mut self, step: &mut Step, by: &Person, person: &Person) -> Text {
        let left: Vec<_> = self.open.values().map(|it| (it.no, leave(it, person))).collect();
        let mut concerned: Vec<IncidentNo> = Vec::new();
        for (no, events) in left {
            if !events.is_empty() {
                concerned.push(no);
            }
            for event in events {
                self.record(step, no, Some(by), event, None);
            }
        }
        let rooms: Vec<IncidentNo> = self.open.keys().copied().collect();
        for no in rooms {
            self.take_out(step, no, Some(by), person);
        }
        self.record_house(step, Some(by), House::PersonRemoved { person: person.clone() });
        let accounts = self.register.accounts.of(&person.id);
        let is_admin = accounts.iter().any(|account| self.setup.admins.contains(account));
        announce::removed(person, &concerned, is_admin, &accounts)
    }

    fn check_network(&self, account: &UserRef) -> Result<(), Refusal> {
        let known = |network: &Network| self.setup.rooms.all().any(|room| room.network() == *network);
        if known(&account.network()) {
            return Ok(());
        }
        Err(Refusal::NoSuchRoom {
            room: Excerpt::of(account.as_str()),
            why: format!("Herald has no room on {}.", Excerpt::of(account.network().as_str())),
        })
    }
}

fn held(account: &UserRef) -> Refusal {
    let what = format!("`{}` is linked", Excerpt::of(account.as_str()));
    Refusal::HeldByConfig { what, key: "people.linked".to_owned() }
}
