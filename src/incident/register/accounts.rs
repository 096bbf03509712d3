//! Which accounts are one person's.

use std::collections::{BTreeMap, BTreeSet};
use std::slice;

use herald_chat::{Network, UserRef};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::incident::{House, Refusal};

/// For how long a code is good.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// For how long it is known that there was one, so that whoever is late is told so.
const CODE_KNOWN: SignedDuration = SignedDuration::from_hours(1);

/// Which accounts are one person's. One of them stands for the person: roles and tasks are in its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Accounts {
    /// Accounts that do not stand for themselves.
    links: BTreeMap<UserRef, Link>,
    /// Codes that were given out, by the account that stands for whoever asked.
    offers: BTreeMap<UserRef, LinkOffer>,
}

/// Whose an account is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Link {
    to: UserRef,
    by_admin: bool,
}

/// A code that was given out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct LinkOffer {
    hash: String,
    until: Timestamp,
}

impl Accounts {
    pub(super) fn apply(&mut self, house: &House, at: Timestamp) {
        match house {
            House::LinkOffered { account, hash, until } => {
                self.offers.retain(|_, it| it.until.duration_since(at) >= -CODE_KNOWN);
                self.offers.insert(account.clone(), LinkOffer { hash: hash.clone(), until: *until });
            }
            House::LinkVoided { account } => {
                self.offers.remove(account);
            }
            House::AccountLinked { account, to, by_admin } => self.link(account, to, *by_admin),
            House::AccountUnlinked { account } => {
                self.links.remove(account);
            }
            House::RoomMapped { .. }
            | House::RoomFound { .. }
            | House::NameMoved { .. }
            | House::RoomUnmapped { .. }
            | House::SettingChanged { .. }
            | House::PersonRemoved { .. }
            | House::ChannelTested { .. }
            | House::RoomReplaced { .. } => {}
        }
    }

    fn link(&mut self, account: &UserRef, to: &UserRef, by_admin: bool) {
        for link in self.links.values_mut().filter(|link| link.to == *account) {
            link.to = to.clone();
        }
        // Whoever stands for a person stands for themselves.
        self.links.remove(to);
        self.links.insert(account.clone(), Link { to: to.clone(), by_admin });
        // A code is good for one account.
        self.offers.remove(account);
        self.offers.remove(to);
    }

    /// The account that stands for whoever this one belongs to.
    #[must_use]
    pub fn whose<'a>(&'a self, account: &'a UserRef) -> &'a UserRef {
        self.links.get(account).map_or(account, |link| &link.to)
    }

    /// Every account that does not stand for itself, with the one that does.
    pub fn links(&self) -> impl Iterator<Item = (&UserRef, &UserRef)> {
        self.links.iter().map(|(account, link)| (account, &link.to))
    }

    /// All accounts of whoever this one belongs to, first the one that stands for them.
    #[must_use]
    pub fn of<'a>(&'a self, account: &'a UserRef) -> Vec<&'a UserRef> {
        let person = self.whose(account);
        let others = self.links().filter(|(_, to)| *to == person).map(|(account, _)| account);
        slice::from_ref(person).iter().chain(others).collect()
    }

    /// Those of them that are on this network.
    pub fn on<'a>(&'a self, account: &'a UserRef, network: &'a Network) -> impl Iterator<Item = &'a UserRef> + use<'a> {
        self.of(account).into_iter().filter(|it| it.network() == *network)
    }

    /// Whether no two accounts are one person's.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Whether a code was given out that may still be good.
    #[must_use]
    pub fn has_offers(&self) -> bool {
        !self.offers.is_empty()
    }

    /// Whose code has this hash, whether or not it is still good.
    #[must_use]
    pub fn offered(&self, hash: &str) -> Option<&UserRef> {
        self.offers.iter().find(|(_, offer)| offer.hash == hash).map(|(account, _)| account)
    }

    /// `account` gives the code with this hash: whose it is from then on.
    ///
    /// # Errors
    /// [`Refusal`] when it was not given out, is not good any more, or links nothing that can be linked.
    pub fn prove(&self, account: &UserRef, hash: &str, now: Timestamp) -> Result<UserRef, Refusal> {
        let to = self.offered(hash).ok_or(Refusal::WrongCode)?;
        if self.offers.get(to).is_some_and(|offer| offer.until < now) {
            return Err(Refusal::CodeTooOld { minutes: CODE_LIFE.as_mins() });
        }
        if self.whose(account) == to {
            return Err(Refusal::OwnCode);
        }
        match self.of(account).into_iter().find(|other| *other != account) {
            Some(other) => Err(Refusal::LinkedAlready { other: other.to_string() }),
            None => Ok(to.clone()),
        }
    }

    /// `account` shall stand for itself; if it stands for others, they shall. Those that have to change.
    ///
    /// # Errors
    /// [`Refusal`] when it is linked with none, or by an admin.
    pub fn undo(&self, account: &UserRef) -> Result<Vec<UserRef>, Refusal> {
        let linked: Vec<(&UserRef, &Link)> = match self.links.get_key_value(account) {
            Some(link) => vec![link],
            None => self.links.iter().filter(|(_, link)| link.to == *account).collect(),
        };
        if linked.is_empty() {
            return Err(Refusal::NotLinked);
        }
        let own = linked.iter().filter(|(_, link)| !link.by_admin);
        let undone: Vec<UserRef> = own.map(|(account, _)| (*account).clone()).collect();
        if undone.is_empty() { Err(Refusal::LinkedByAdmin) } else { Ok(undone) }
    }

    /// Whether the configuration links it.
    #[must_use]
    pub fn is_held(&self, account: &UserRef) -> bool {
        let held = |(it, link): (&UserRef, &Link)| link.by_admin && (it == account || link.to == *account);
        self.links.iter().any(held)
    }

    /// What has to happen so that these groups of accounts, as an admin wrote them, are one person's each, and no others
    /// are by an admin's word. The first of a group stands for it.
    #[must_use]
    pub fn due(&self, groups: &[Vec<UserRef>]) -> Vec<House> {
        let named: BTreeSet<&UserRef> = groups.iter().flatten().collect();
        let firsts = groups.iter().filter_map(|group| group.split_first());
        let wanted: BTreeMap<&UserRef, &UserRef> =
            firsts.flat_map(|(first, others)| others.iter().map(move |other| (other, first))).collect();
        let holds = |(account, link): &(&UserRef, &Link)| wanted.get(account).is_some_and(|to| **to == link.to);
        let gone = self.links.iter().filter(|it| (it.1.by_admin || named.contains(it.0)) && !holds(it));
        let gone = gone.map(|(account, _)| House::AccountUnlinked { account: account.clone() });
        let there = |account: &UserRef, to: &UserRef| {
            self.links.get(account).is_some_and(|link| link.by_admin && link.to == *to)
        };
        let new = wanted.iter().filter(|(account, to)| !there(account, to)).map(|(account, to)| House::AccountLinked {
            account: (*account).clone(),
            to: (*to).clone(),
            by_admin: true,
        });
        gone.chain(new).collect()
    }
}
