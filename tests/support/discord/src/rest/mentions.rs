//! Whom a text calls.

use serde_json::Value;

use crate::check::{id, invalid};
use crate::id::Id;
use crate::permissions::MENTION_EVERYONE;
use crate::refused::Refused;
use crate::state::{Message, State};

/// What a request lets its text do.
struct Allowed {
    users: Which,
    roles: Which,
    everyone: bool,
    replied: bool,
}

enum Which {
    All,
    These(Vec<Id>),
}

impl Which {
    fn has(&self, id: Id) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => ids.contains(&id),
        }
    }
}

/// Sets whom a message calls: what its text names, as far as the request and the author's rights allow it.
pub(super) fn resolve(state: &State, message: &mut Message, body: &Value, rights: u64) -> Result<(), Refused> {
    let allowed = allowed(&body["allowed_mentions"])?;
    let guild = state.channels.get(&message.channel).and_then(|it| it.guild).and_then(|id| state.guilds.get(&id));
    let named = named(&message.content);
    message.mentions.clear();
    message.mention_roles.clear();
    for user in named.users {
        if state.users.contains_key(&user) && allowed.users.has(user) && !message.mentions.contains(&user) {
            message.mentions.push(user);
        }
    }
    for role in named.roles {
        let Some(known) = guild.filter(|it| it.id != role).and_then(|it| it.roles.get(&role)) else { continue };
        let may = known.mentionable || rights & MENTION_EVERYONE != 0;
        if may && allowed.roles.has(role) && !message.mention_roles.contains(&role) {
            message.mention_roles.push(role);
        }
    }
    message.mention_everyone = named.everyone && allowed.everyone && rights & MENTION_EVERYONE != 0 && guild.is_some();
    if let (19, Some((channel, Some(id)))) = (message.kind, message.reference) {
        let answered = state.message(channel, id).ok().and_then(Message::user);
        if let Some(user) = answered.filter(|it| allowed.replied && !message.mentions.contains(it)) {
            message.mentions.push(user);
        }
    }
    Ok(())
}

fn allowed(given: &Value) -> Result<Allowed, Refused> {
    if given.is_null() {
        return Ok(Allowed { users: Which::All, roles: Which::All, everyone: true, replied: true });
    }
    let parse = |what: &str| given["parse"].as_array().is_some_and(|all| all.iter().any(|it| it == what));
    let which = |what: &str| {
        let these: Option<Vec<Id>> = given[what].as_array().map(|all| all.iter().filter_map(id).map(Id).collect());
        match (parse(what), these) {
            (true, Some(these)) if !these.is_empty() => Err(invalid(
                &["allowed_mentions"],
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                &format!("parse:[\"{what}\"] and {what}: [ids...] are mutually exclusive."),
            )),
            (true, _) => Ok(Which::All),
            (false, these) => Ok(Which::These(these.unwrap_or_default())),
        }
    };
    Ok(Allowed {
        users: which("users")?,
        roles: which("roles")?,
        everyone: parse("everyone"),
        replied: given["replied_user"] == true,
    })
}

#[derive(Default)]
struct Named {
    users: Vec<Id>,
    roles: Vec<Id>,
    everyone: bool,
}

/// What a text names. Discord spares what stands in code; here it counts too, since not every client agrees on what
/// code is.
fn named(text: &str) -> Named {
    let mut named = Named { everyone: text.contains("@everyone") || text.contains("@here"), ..Named::default() };
    for part in text.split("<@").skip(1) {
        let Some((inner, _)) = part.split_once('>') else { continue };
        if let Some(role) = inner.strip_prefix('&') {
            named.roles.extend(role.parse::<Id>());
        } else {
            named.users.extend(inner.strip_prefix('!').unwrap_or(inner).parse::<Id>());
        }
    }
    named
}
