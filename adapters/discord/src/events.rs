//! From Discord's events to what the port calls them.

mod members;
mod message;
mod order;
mod reactions;
mod shown;
pub(crate) mod wire;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::StreamExt;
use futures::channel::mpsc::UnboundedReceiver;
use herald_chat::{Arrival, Inbound, Origin, Person, RoomPart, RoomRef, What};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tracing::{error, info};

use crate::Inner;
use crate::audit::CHANNEL_DELETED;
use crate::files::carries;
use crate::gateway;
use crate::names::{person, room_ref};
use crate::sight::Told;
pub(crate) use message::{FIXED, Recent};
use order::{HOLD, Order};
use wire::{Cleared, Deleted, Guild, Id, Membership, Message, Named, Place, Reacted, User};

impl Inner {
    /// Hands on what the gateway tells, until it tells nothing any more.
    pub(crate) async fn take_in(self: Arc<Self>, mut events: UnboundedReceiver<gateway::Told>) {
        let mut order = Order::default();
        loop {
            let due = order.due();
            let wait = async {
                let Some(due) = due else { return std::future::pending().await };
                self.clock.until(due).await;
                // Where the machine is so busy that this comes late, what came meanwhile is not read yet either.
                let now = self.clock.now();
                if now.duration_since(due) > HOLD {
                    self.clock.until(now.saturating_add(HOLD).unwrap_or(Timestamp::MAX)).await;
                }
            };
            tokio::select! {
                biased;
                told = events.next() => match told {
                    Some(gateway::Told::Renewed) => {
                        self.arrive_all(order.all());
                        self.look_anew(None);
                        self.arrive(Arrival::Gap);
                    }
                    Some(gateway::Told::Event { name, data }) => self.heard(&name, &data, &mut order),
                    None => return self.arrive_all(order.all()),
                },
                () = wait => {}
            }
            self.arrive_all(order.ready(self.clock.now()));
        }
    }

    fn arrive_all(&self, all: Vec<Inbound>) {
        for inbound in all {
            self.arrive(Arrival::Event(inbound));
        }
    }

    fn heard(self: &Arc<Self>, name: &str, data: &RawValue, order: &mut Order) {
        let now = self.clock.now();
        match name {
            "MESSAGE_CREATE" => {
                if let Some(message) = self.read::<Message>(name, data).filter(|it| self.is_here(it.guild_id)) {
                    self.note_said(&message);
                    if message.author.id.0 == self.my_id() {
                        if let Some(nonce) = message.nonce.as_ref().and_then(serde_json::Value::as_str) {
                            self.note_own(message.id.0, nonce);
                        }
                        return;
                    }
                    if message.guild_id.is_some() {
                        self.heard_elsewhere(message.channel_id.0, None);
                    }
                    if self.is_to_be_heard(&message)
                        && let Some(inbound) = self.said(&message, message.guild_id.is_none())
                    {
                        order.take(inbound, now);
                    }
                }
            }
            "MESSAGE_UPDATE" => {
                if let Some(message) = self.read::<Message>(name, data).filter(|it| self.is_here(it.guild_id)) {
                    self.note_said(&message);
                    if message.author.id.0 == self.my_id() {
                        return;
                    }
                    if message.guild_id.is_some() && message.edited_timestamp.is_some() {
                        self.heard_elsewhere(message.channel_id.0, Some((message.id.0, message.edited_at())));
                    }
                    if self.is_to_be_heard(&message)
                        && let Some(inbound) = self.changed(&message, message.guild_id.is_none())
                    {
                        order.take(inbound, now);
                    }
                }
            }
            "MESSAGE_DELETE" | "MESSAGE_DELETE_BULK" => {
                if let Some(gone) = self.read::<Deleted>(name, data).filter(|it| self.is_here(it.guild_id)) {
                    self.gone(&gone, name == "MESSAGE_DELETE_BULK", order, now);
                }
            }
            "MESSAGE_REACTION_ADD" | "MESSAGE_REACTION_REMOVE" => {
                let reacted = self.read::<Reacted>(name, data).filter(|it| self.is_here(it.guild_id));
                if let Some(reacted) = reacted.filter(|it| it.user_id.0 != self.my_id()) {
                    self.reacted(reacted, name == "MESSAGE_REACTION_ADD", order);
                }
            }
            "MESSAGE_REACTION_REMOVE_ALL" | "MESSAGE_REACTION_REMOVE_EMOJI" => {
                if let Some(cleared) = self.read::<Cleared>(name, data).filter(|it| self.is_here(it.guild_id)) {
                    self.cleared(&cleared, order);
                }
            }
            "INTERACTION_CREATE" => self.interaction(data),
            "GUILD_CREATE" => {
                if let Some(guild) = self.read::<Guild>(name, data).filter(|it| self.is_here(Some(it.id))) {
                    for named in [&guild.roles, &guild.channels, &guild.threads] {
                        self.note_names(named);
                    }
                    {
                        let mut notes = self.notes();
                        notes.channels = guild.channels.iter().map(|it| it.id.0).collect();
                        let parent = |it: &Named| Some((it.id.0, it.parent_id?.0));
                        notes.parents.extend(guild.threads.iter().filter_map(parent));
                        // Where Herald's webhooks stand may have changed unheard.
                        notes.mind.hooks.clear();
                    }
                    tokio::spawn(self.clone().begin_counting());
                    tokio::spawn(self.clone().hold_all_access());
                    if std::mem::take(&mut self.notes().removed) {
                        self.arrive(Arrival::Gap);
                    }
                    tokio::spawn(self.clone().introduce());
                    tokio::spawn(self.clone().look_again(None));
                }
            }
            "GUILD_DELETE" => {
                if let Some(guild) = self.read::<Guild>(name, data).filter(|it| self.is_here(Some(it.id))) {
                    self.server_gone(guild.unavailable);
                }
            }
            "GUILD_MEMBER_ADD" | "GUILD_MEMBER_UPDATE" => {
                if let Some(it) = self.read::<Membership>(name, data).filter(|it| self.is_here(Some(it.guild_id))) {
                    self.met(Some(&it.user), it.nick.as_deref());
                    if it.user.id.0 == self.my_id() {
                        tokio::spawn(self.clone().look_again(None));
                    } else if let Some(roles) = it.roles {
                        let told = Told::of(roles, it.joined_at);
                        tokio::spawn(self.clone().hold_access(it.user.id.0, Some(told)));
                    }
                }
            }
            "GUILD_MEMBER_REMOVE" => {
                if let Some(it) = self.read::<Membership>(name, data).filter(|it| self.is_here(Some(it.guild_id))) {
                    let who = self.known(&it.user, it.nick.as_deref());
                    tokio::spawn(self.clone().hold_access(it.user.id.0, None));
                    self.arrive(Arrival::Event(self.of_member(who, now, |who| What::Left { user: who.id.clone() })));
                }
            }
            "CHANNEL_CREATE" | "CHANNEL_UPDATE" | "CHANNEL_DELETE" => {
                let place = self.read::<Place>(name, data).filter(|it| self.is_here(it.guild_id));
                if let Some(Place { id: Some(id), name: called, .. }) = place {
                    if name == "CHANNEL_DELETE" {
                        let is_mapped = self.notes().mind.kinds.contains_key(&id.0);
                        self.forget_channel(id.0);
                        let herald = self.clone();
                        tokio::spawn(async move {
                            herald.own_is_gone(id.0).await;
                            if is_mapped {
                                herald.tell_altered(id.0, RoomPart::Gone, CHANNEL_DELETED, id.0).await;
                            }
                        });
                    } else {
                        self.note_names(&[Named { id, parent_id: None, name: called }]);
                        self.notes().channels.insert(id.0);
                    }
                    // What comes after this is judged by it.
                    self.look_anew(Some(id.0));
                    tokio::spawn(self.clone().look_again(Some(id.0)));
                }
            }
            // One may have been moved to this channel from any other.
            "WEBHOOKS_UPDATE" if self.read::<Place>(name, data).is_some_and(|it| self.is_here(it.guild_id)) => {
                self.notes().mind.hooks.clear();
            }
            "THREAD_CREATE" | "THREAD_UPDATE" | "THREAD_DELETE" => {
                let place = self.read::<Place>(name, data).filter(|it| self.is_here(it.guild_id));
                if let Some(Place { id: Some(id), name: called, parent_id, .. }) = place {
                    self.look_anew(Some(id.0));
                    if name == "THREAD_DELETE" {
                        self.forget_thread(id.0);
                        let parent = self.notes().parents.remove(&id.0);
                        if let Some(parent) = parent.or(parent_id.map(|it| it.0)) {
                            self.forget_held_thread(parent, id.0);
                        }
                    } else if let Some(parent) = parent_id {
                        self.note_names(&[Named { id, parent_id, name: called }]);
                        self.notes().parents.insert(id.0, parent.0);
                        if self.is_guarded(parent.0) {
                            tokio::spawn(self.clone().thread_changed(id.0, None));
                        }
                    }
                }
            }
            "GUILD_ROLE_CREATE" | "GUILD_ROLE_UPDATE" | "GUILD_ROLE_DELETE" | "GUILD_UPDATE" => {
                let place = self.read::<Place>(name, data);
                let tier = place.as_ref().and_then(|it| it.premium_tier);
                if let Some(role) = place.as_ref().and_then(|it| it.role.as_ref()) {
                    self.note_names(std::slice::from_ref(role));
                }
                let guild = place.and_then(|it| if name == "GUILD_UPDATE" { it.id } else { it.guild_id });
                if guild.is_some_and(|guild| self.is_here(Some(guild))) {
                    if let Some(tier) = tier {
                        self.carries.store(carries(tier), Ordering::Relaxed);
                    }
                    tokio::spawn(self.clone().look_again(None));
                }
            }
            _ => {}
        }
    }

    /// What an event says. One that cannot be read is no silent loss: it is said, and what was written is read back.
    fn read<T: DeserializeOwned>(&self, name: &str, data: &RawValue) -> Option<T> {
        match serde_json::from_str(data.get()) {
            Ok(read) => Some(read),
            Err(error) => {
                // Only where it failed: what stands there may be somebody's words.
                let at = error.column();
                error!(event = name, at, "an event of Discord's cannot be read; Herald reads back what was said");
                if name.starts_with("MESSAGE_CREATE") {
                    self.arrive(Arrival::Gap);
                }
                None
            }
        }
    }

    fn is_here(&self, guild: Option<Id>) -> bool {
        guild.is_none_or(|guild| guild.0 == self.settings.guild.get())
    }

    /// Whether a message is not Herald's own, or is said where not even Herald's own webhooks may.
    fn is_to_be_heard(&self, message: &Message) -> bool {
        !self.is_by_own_webhook(message) || self.is_guarded(message.channel_id.0)
    }

    /// Messages are gone. Discord does not say who did it; its audit log may.
    fn gone(self: &Arc<Self>, gone: &Deleted, at_once: bool, order: &mut Order, now: Timestamp) {
        let mut others = Vec::new();
        for id in gone.id.iter().chain(&gone.ids) {
            let own = self.notes().removing.remove(&id.0);
            self.note_gone(gone.channel_id.0, id.0);
            let author = self.author_of(id.0);
            let direct = gone.guild_id.is_none();
            let (by, origin) = match &author {
                _ if own => (self.me.clone(), Origin::Own),
                // In a talk of two, nobody takes away what the other wrote.
                Some(author) if direct => (author.clone(), Origin::Human),
                Some(_) | None => (person(self.settings.guild.get(), &[Some("somebody")]), Origin::Unknown),
            };
            let inbound = Inbound {
                room: room_ref(gone.channel_id.0),
                id: format!("delete:{}", id.0),
                cursor: None,
                by,
                origin,
                direct,
                at: now,
                what: What::Delete { of: id.0.to_string() },
            };
            if origin == Origin::Unknown {
                others.push((inbound, author));
            } else {
                order.take(inbound, now);
            }
        }
        let channel = gone.channel_id.0;
        if self.notes().audits == Some(false) || !self.is_in_use(channel) {
            for (inbound, _) in others {
                order.take(inbound, now);
            }
        } else if at_once {
            let others = others.into_iter().map(|(inbound, _)| inbound).collect();
            tokio::spawn(self.clone().find_deleter_of_many(others, channel));
        } else {
            for (inbound, author) in others {
                tokio::spawn(self.clone().find_deleter(inbound, author, channel));
            }
        }
    }

    /// Somebody is on the server, by this name.
    fn met(&self, user: Option<&User>, nick: Option<&str>) {
        let Some(user) = user.filter(|user| !user.bot) else { return };
        self.note_nick(user.id.0, nick);
        let who = self.known(user, nick);
        self.arrive(Arrival::Event(
            self.of_member(who, Timestamp::UNIX_EPOCH, |who| What::Joined { person: who.clone() }),
        ));
    }

    fn of_member(&self, who: Person, at: Timestamp, what: impl FnOnce(&Person) -> What) -> Inbound {
        Inbound {
            room: self.server(),
            id: format!("member {} {at}", who.id),
            cursor: None,
            what: what(&who),
            by: who,
            origin: Origin::Human,
            direct: false,
            at,
        }
    }

    /// The server itself, where it stands in for a room.
    fn server(&self) -> RoomRef {
        room_ref(self.settings.guild.get())
    }

    fn server_gone(&self, for_a_while: bool) {
        if for_a_while {
            return info!("the server is out of Discord's reach for a while");
        }
        self.notes().removed = true;
        let (guild, invite) =
            (self.settings.guild.get(), crate::start::invite(self.application, self.settings.guild.get()));
        error!(
            "Herald was removed from the Discord server {guild}. Somebody who may manage it opens {invite} and adds it"
        );
        let me = self.me.clone();
        let now = self.clock.now();
        let left = self.of_member(me, now, |me| What::Left { user: me.id.clone() });
        self.arrive(Arrival::Event(Inbound { origin: Origin::Own, ..left }));
    }

    /// Somebody, by the best name that is known.
    pub(crate) fn known(&self, user: &User, nick: Option<&str>) -> Person {
        if user.id.0 == self.my_id() {
            return self.me.clone();
        }
        let noted = self.nick(user.id.0);
        person(user.id.0, &[nick, noted.as_deref(), user.global_name.as_deref(), Some(&user.username)])
    }

    /// Somebody who was mentioned by id alone.
    pub(crate) fn called(&self, user: u64) -> Option<Person> {
        if user == self.my_id() {
            return Some(self.me.clone());
        }
        self.nick(user).map(|nick| person(user, &[Some(&nick)]))
    }

    fn author_of(&self, message: u64) -> Option<Person> {
        self.recent(message).map(|(_, author)| author)
    }
}
