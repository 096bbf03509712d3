//! A guild, as its owner arranges it.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::check;
use crate::gateway::{self, guild_event, intents};
use crate::id::Id;
use crate::people::Person;
use crate::refused::Refused;
use crate::rest;
use crate::server::Server;
use crate::shape;
use crate::state::{self, Member, Role};

/// A guild, arranged by its owner. Clones are the same guild.
#[derive(Clone)]
pub struct Guild {
    server: Arc<Server>,
    id: Id,
    owner: Person,
}

impl Guild {
    pub(crate) fn new(server: &Arc<Server>, name: &str, owner: &Person) -> Self {
        let id = server.shared.with(|state| {
            let id = state.id();
            let mut made = state::Guild {
                id,
                name: name.to_owned(),
                owner: owner.id(),
                roles: [(id, Role::new(id, "@everyone", crate::permissions::EVERYONE, 0))].into(),
                members: std::collections::BTreeMap::new(),
                tier: 0,
            };
            let joined = state.now();
            made.members.insert(owner.id(), Member { nick: None, roles: std::collections::BTreeSet::new(), joined });
            state.guilds.insert(id, made);
            id
        });
        Self { server: Arc::clone(server), id, owner: owner.clone() }
    }

    /// The guild, and its role `@everyone`.
    #[must_use]
    pub const fn id(&self) -> Id {
        self.id
    }

    /// Who owns it.
    #[must_use]
    pub const fn owner(&self) -> &Person {
        &self.owner
    }

    /// Lets somebody in.
    pub fn join(&self, person: &Person) {
        self.enter(person.id(), None);
    }

    /// Takes somebody out, person or bot.
    pub fn remove(&self, who: Id) {
        self.server.shared.with(|state| rest::leave(state, self.id, who));
    }

    /// Lets a bot in, by an invite link that asks for these permissions: the role that it gets.
    #[expect(clippy::must_use_candidate, reason = "it is done for its effect as well")]
    pub fn add(&self, app: Id, permissions: u64) -> Id {
        let name = self.server.shared.look(|state| state.apps.get(&app).map(|it| it.name.clone()).unwrap_or_default());
        let role = Role { bot: Some(app), ..Role::new(Id(0), &name, permissions, 1) };
        let role = self.server.shared.with(|state| rest::create_role(state, self.id, role));
        self.enter(app, Some(role));
        role
    }

    /// Makes a role: its id. It stands below all others but `@everyone`.
    #[expect(clippy::must_use_candidate, reason = "it is done for its effect as well")]
    pub fn role(&self, name: &str, permissions: u64) -> Id {
        self.server.shared.with(|state| rest::create_role(state, self.id, Role::new(Id(0), name, permissions, 1)))
    }

    /// Changes what a role may do; `@everyone` has the guild's id.
    pub fn permit(&self, role: Id, permissions: u64) {
        self.change(role, |it| it.permissions = permissions);
    }

    /// Lets everybody call a role by name, or only those with `MENTION_EVERYONE`.
    pub fn mentionable(&self, role: Id, mentionable: bool) {
        self.change(role, |it| it.mentionable = mentionable);
    }

    /// Moves a role: members rule over roles in lower positions than their highest.
    pub fn rank(&self, role: Id, position: i64) {
        self.change(role, |it| it.position = position);
    }

    /// Removes a role.
    pub fn remove_role(&self, role: Id) {
        self.server.shared.with(|state| rest::remove_role(state, self.id, role));
    }

    /// Gives somebody a role.
    pub fn give(&self, who: Id, role: Id) {
        self.server.shared.with(|state| rest::set_role(state, self.id, who, role, true));
    }

    /// Takes a role from somebody.
    pub fn take(&self, who: Id, role: Id) {
        self.server.shared.with(|state| rest::set_role(state, self.id, who, role, false));
    }

    /// Calls somebody by another name here.
    pub fn nick(&self, who: Id, nick: &str) -> Result<(), Refused> {
        self.owner.call("PATCH", &format!("/guilds/{}/members/{who}", self.id), json!({ "nick": nick })).map(drop)
    }

    /// Makes a text channel for all: its id.
    pub fn channel(&self, name: &str) -> Result<Id, Refused> {
        self.create(json!({ "name": name }))
    }

    /// Makes a text channel that only these see, roles or members: its id.
    pub fn private(&self, name: &str, seen_by: &[Id]) -> Result<Id, Refused> {
        let view = crate::permissions::VIEW_CHANNEL.to_string();
        let member = |id: &Id| {
            self.server.shared.look(|state| state.guilds.get(&self.id).is_some_and(|it| it.members.contains_key(id)))
        };
        let mut all = vec![json!({ "id": self.id, "type": 0, "deny": view })];
        all.extend(seen_by.iter().map(|id| json!({ "id": id, "type": u8::from(member(id)), "allow": view })));
        self.create(json!({ "name": name, "permission_overwrites": all }))
    }

    /// Makes a channel from a body of `POST /guilds/…/channels`: its id.
    pub fn create(&self, body: Value) -> Result<Id, Refused> {
        let shown = self.owner.call("POST", &format!("/guilds/{}/channels", self.id), body)?;
        Ok(Id(check::id(&shown["id"]).unwrap_or_default()))
    }

    /// Sets what a role or member may do in a channel otherwise than elsewhere.
    pub fn overwrite(&self, channel: Id, target: Id, allow: u64, deny: u64) -> Result<(), Refused> {
        let member = self
            .server
            .shared
            .look(|state| state.guilds.get(&self.id).is_some_and(|it| it.members.contains_key(&target)));
        let body = json!({ "type": u8::from(member), "allow": allow.to_string(), "deny": deny.to_string() });
        self.owner.call("PUT", &format!("/channels/{channel}/permissions/{target}"), body).map(drop)
    }

    /// Removes such a difference.
    pub fn clear_overwrite(&self, channel: Id, target: Id) -> Result<(), Refused> {
        self.owner.call("DELETE", &format!("/channels/{channel}/permissions/{target}"), Value::Null).map(drop)
    }

    /// Has a webhook, made for it by the owner, say something: the message's id.
    pub fn say_by_webhook(&self, channel: Id, name: &str, text: &str) -> Result<Id, Refused> {
        let hook = self.owner.call("POST", &format!("/channels/{channel}/webhooks"), json!({ "name": name }))?;
        let text_of = |field: &str| hook[field].as_str().unwrap_or_default().to_owned();
        let path = format!("/webhooks/{}/{}?wait=true", text_of("id"), text_of("token"));
        let shown = self.owner.call("POST", &path, json!({ "content": text }))?;
        Ok(Id(check::id(&shown["id"]).unwrap_or_default()))
    }

    /// Makes an emoji of its own: what a message or a reaction names it by, `name:id`.
    #[must_use]
    pub fn emoji(&self, name: &str) -> String {
        self.server.shared.with(|state| {
            let id = state.id();
            state.emojis.insert(id, name.to_owned());
            format!("{name}:{id}")
        })
    }

    /// Makes a sticker: 1 a PNG, 2 one that moves, 3 a Lottie drawing, 4 a GIF.
    #[must_use]
    pub fn sticker(&self, name: &str, format: u8, picture: &[u8]) -> Id {
        self.server.shared.with(|state| {
            let id = state.id();
            let picture = Arc::new(picture.to_vec());
            state.stickers.insert(id, state::Sticker { name: name.to_owned(), format, picture });
            id
        })
    }

    /// Boosts it up to a tier, 0 to 3: files may be larger then.
    pub fn boost(&self, tier: u64) {
        self.server.shared.with(|state| {
            if let Some(here) = state.guilds.get_mut(&self.id) {
                here.tier = tier;
            }
            guild_event(state, self.id, intents::GUILDS, "GUILD_UPDATE", |state, _| {
                state.guilds.get(&self.id).map(shape::guild)
            });
        });
    }

    /// Removes a channel.
    pub fn delete(&self, channel: Id) -> Result<(), Refused> {
        self.owner.call("DELETE", &format!("/channels/{channel}"), Value::Null).map(drop)
    }

    /// All channels and threads with their names, in the order in which they were made.
    #[must_use]
    pub fn channels(&self) -> Vec<(Id, String)> {
        self.server.shared.look(|state| {
            let here = state.channels.values().filter(|it| it.guild == Some(self.id));
            here.map(|it| (it.id, it.name.clone())).collect()
        })
    }

    /// A channel as the API gives it. `None` when there is none.
    #[must_use]
    pub fn shown(&self, channel: Id) -> Option<Value> {
        self.server
            .shared
            .look(|state| state.channels.get(&channel).map(|it| shape::channel(state, it, self.owner.id())))
    }

    /// The commands that an application registered here, as the API gives them.
    #[must_use]
    pub fn commands(&self, app: Id) -> Vec<Value> {
        self.server.shared.look(|state| {
            let all = state.commands.get(&(app, Some(self.id))).into_iter().flatten();
            all.map(|it| shape::command(app, Some(self.id), it)).collect()
        })
    }

    fn enter(&self, who: Id, role: Option<Id>) {
        self.server.shared.with(|state| {
            let joined = state.now();
            let Some(here) = state.guilds.get_mut(&self.id) else { return };
            let roles = role.into_iter().collect();
            if here.members.contains_key(&who) {
                return;
            }
            here.members.insert(who, Member { nick: None, roles, joined });
            gateway::member_event(state, self.id, who, "GUILD_MEMBER_ADD");
            guild_event(state, self.id, intents::GUILDS, "GUILD_CREATE", |state, app| {
                let here = state.guilds.get(&self.id)?;
                (app == who).then(|| shape::guild_create(state, here, app, false))
            });
        });
    }

    fn change(&self, role: Id, change: impl FnOnce(&mut Role)) {
        self.server.shared.with(|state| {
            let known = state.guilds.get(&self.id).and_then(|it| it.roles.get(&role)).cloned();
            if let Some(mut role) = known {
                change(&mut role);
                rest::replace_role(state, self.id, role);
            }
        });
    }
}

impl Debug for Guild {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guild").field("id", &self.id).field("owner", &self.owner).finish_non_exhaustive()
    }
}
