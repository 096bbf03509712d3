//! What only an admin may do.

use herald_chat::{Person, RoomRef, UserRef};

use crate::incident::{ChannelTest, Event, Excerpt, HandoffEnd, Incident, List, Name, Refusal, Role};

/// The circumstances of what an admin asks for.
#[derive(Debug, Clone)]
pub struct Office<'a> {
    /// Who asks, by the account the platform vouches for.
    pub by: &'a Person,
    /// Those of their accounts that are in one of Herald's rooms now.
    pub accounts: Vec<&'a UserRef>,
    /// Those that are in none.
    pub away: Vec<&'a UserRef>,
    /// Those whom the configuration names.
    pub admins: &'a [UserRef],
    /// What the admins are called.
    pub called: Vec<Name>,
}

impl Office<'_> {
    /// Whether whoever asks is one of the admins, with any of their accounts that is a member now.
    ///
    /// # Errors
    /// [`Refusal`] that says who is.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.accounts.iter().any(|account| self.admins.contains(account)) {
            return Ok(());
        }
        if let Some(away) = self.away.iter().find(|account| self.admins.contains(account)) {
            let network = Excerpt::of(away.network().as_str());
            return Err(Refusal::AdminAway { account: Excerpt::of(away.as_str()), network });
        }
        let names: Vec<String> = self.called.iter().map(Name::to_string).collect();
        match names.split_last() {
            None => Err(Refusal::NoAdmins),
            Some((only, [])) => Err(Refusal::AdminsOnly { admins: only.clone() }),
            Some((last, first)) => Err(Refusal::AdminsOnly { admins: format!("{} or {last}", first.join(", ")) }),
        }
    }
}

/// A test of a room, which is posted there.
///
/// # Errors
/// [`Refusal`] for anybody but an admin.
pub fn test_channel(room: &RoomRef, office: &Office<'_>) -> Result<ChannelTest, Refusal> {
    office.check()?;
    Ok(ChannelTest::new(room.clone(), office.by.clone()))
}

/// What becomes of an incident in which somebody has a part who leaves. Nothing if they have none that somebody else
/// has to take over.
#[must_use]
pub fn leave(incident: &Incident, person: &Person) -> Vec<Event> {
    let mut roles = vec![Role::Commander, Role::Spokesperson, Role::Responder, Role::Observer];
    roles.retain(|role| incident.holds(*role, person));
    let lists = [List::Problem, List::Temporary, List::Task, List::Question];
    let theirs = |list: List| {
        let open = incident.open_items(list).filter(|(_, item)| item.owner.as_ref() == Some(person));
        open.map(move |(n, _)| (list, n)).collect::<Vec<_>>()
    };
    let items: Vec<(List, u32)> = lists.into_iter().flat_map(theirs).collect();
    let offers = incident.offers.iter().filter(|offer| offer.from == *person || offer.to == *person);
    let ended: Vec<Event> = offers
        .map(|it| Event::HandoffEnded {
            role: it.role,
            from: it.from.clone(),
            to: it.to.clone(),
            why: HandoffEnd::Overtaken,
        })
        .collect();
    if roles.is_empty() && items.is_empty() && ended.is_empty() {
        return Vec::new();
    }
    ended.into_iter().chain([Event::PersonLeft { person: person.clone(), roles, items }]).collect()
}
