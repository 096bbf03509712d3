//! Commands as people type them: what a client checks before it asks.

use serde_json::{Value, json};

use super::asked::{Asked, Beginning, begin};
use super::{Person, cannot};
use crate::check;
use crate::id::Id;
use crate::permissions::{self, ADMINISTRATOR, USE_APPLICATION_COMMANDS, VIEW_CHANNEL};
use crate::refused::{self, Refused};
use crate::rest;
use crate::shape;
use crate::state::{Command, State};

impl Person {
    /// Uses a command: its name, and those of the group and subcommand, as in `"incident declare"`; options by name,
    /// where users, roles and channels are ids.
    ///
    /// # Errors
    /// Status 0 when a client would not let them: no such command or option, one missing, one out of bounds, no right.
    pub fn slash(&self, channel: Id, command: &str, options: &[(&str, Value)]) -> Result<Asked, Refused> {
        self.server.shared.with(|state| ask(state, self, channel, command, options, None))
    }

    /// Types into an option that suggests: what is in `options` was typed before, `focused` holds what is there now.
    /// The answer is [`super::Reply::Choices`].
    ///
    /// # Errors
    /// As [`Person::slash`], but nothing has to be complete.
    pub fn autocomplete(
        &self,
        channel: Id,
        command: &str,
        focused: (&str, &str),
        options: &[(&str, Value)],
    ) -> Result<Asked, Refused> {
        self.server.shared.with(|state| ask(state, self, channel, command, options, Some(focused)))
    }

    /// The commands that they are offered in a channel, with their subcommands: `incident declare`.
    #[must_use]
    pub fn commands(&self, channel: Id) -> Vec<String> {
        self.server.shared.look(|state| {
            let guild = state.channels.get(&channel).and_then(|it| it.guild);
            let offered = state.commands.iter().filter(|((_, at), _)| at.is_none() || *at == guild);
            let all = offered.flat_map(|(_, all)| all);
            let mut names = Vec::new();
            for command in all.filter(|it| allowed(state, self.id, channel, it).is_ok()) {
                leaves(&command.body, command.name(), &mut names);
            }
            names
        })
    }
}

fn branches(of: &Value) -> impl Iterator<Item = &Value> {
    of["options"].as_array().into_iter().flatten().filter(|it| matches!(it["type"].as_u64(), Some(1 | 2)))
}

fn leaves(of: &Value, name: &str, names: &mut Vec<String>) {
    let before = names.len();
    for branch in branches(of) {
        let name = format!("{name} {}", branch["name"].as_str().unwrap_or_default());
        leaves(branch, &name, names);
    }
    if names.len() == before {
        names.push(name.to_owned());
    }
}

/// That somebody is offered a command.
fn allowed(state: &State, by: Id, channel: Id, command: &Command) -> Result<(), Refused> {
    let here = state.channel(channel)?;
    let rights = permissions::in_channel(state, here, by);
    if rights & VIEW_CHANNEL == 0 {
        return Err(refused::missing_access());
    }
    let guild = here.guild.is_some();
    let contexts = command.body["contexts"].as_array();
    let here_too = contexts.is_none_or(|all| all.iter().any(|it| *it == u8::from(!guild)));
    if (guild && rights & USE_APPLICATION_COMMANDS == 0) || !here_too {
        return Err(cannot("commands cannot be used here"));
    }
    let needed = check::id(&command.body["default_member_permissions"]);
    let admin = rights & ADMINISTRATOR != 0;
    if let Some(needed) = needed.filter(|_| guild && !admin)
        && (needed == 0 || rights & needed != needed)
    {
        return Err(cannot(format!("/{} is not for them", command.name())));
    }
    Ok(())
}

fn ask(
    state: &mut State,
    person: &Person,
    channel: Id,
    command: &str,
    given: &[(&str, Value)],
    focused: Option<(&str, &str)>,
) -> Result<Asked, Refused> {
    let mut words = command.split_whitespace();
    let name = words.next().unwrap_or_default().trim_start_matches('/');
    let guild = state.channel(channel)?.guild;
    let found = rest::find_command(state, guild, name);
    let (app, place, found) = found.ok_or_else(|| cannot(format!("there is no command /{name}")))?;
    allowed(state, person.id, channel, &found)?;
    let mut path = Vec::new();
    let mut leaf = &found.body;
    for word in words {
        let next = branches(leaf).find(|it| it["name"] == word);
        leaf = next.ok_or_else(|| cannot(format!("/{command} does not exist at {word}")))?;
        path.push((word, leaf["type"].clone()));
    }
    if branches(leaf).next().is_some() {
        return Err(cannot(format!("/{command} is not a whole command")));
    }
    let mut resolved = json!({});
    let mut options = fill(state, guild, leaf, given, focused, &mut resolved)?;
    for (word, kind) in path.iter().rev() {
        options = vec![json!({ "name": word, "type": kind, "options": options })];
    }
    let mut data = json!({ "id": found.id, "name": found.name(), "type": 1, "options": options });
    if place.is_some() {
        data["guild_id"] = json!(place);
    }
    if resolved != json!({}) {
        data["resolved"] = resolved;
    }
    let kind = if focused.is_some() { 4 } else { 2 };
    begin(state, person, Beginning { app, kind, channel, data, message: None, trigger: None })
}

fn fill(
    state: &State,
    guild: Option<Id>,
    leaf: &Value,
    given: &[(&str, Value)],
    focused: Option<(&str, &str)>,
    resolved: &mut Value,
) -> Result<Vec<Value>, Refused> {
    let known = leaf["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names = given.iter().map(|(name, _)| *name).chain(focused.map(|(name, _)| name));
    for name in names {
        if !known.iter().any(|it| it["name"] == name) {
            return Err(cannot(format!("there is no option {name}")));
        }
    }
    let mut filled = Vec::new();
    for option in known {
        let name = option["name"].as_str().unwrap_or_default();
        let kind = option["type"].clone();
        if let Some((_, typed)) = focused.filter(|(focused, _)| *focused == name) {
            if option["autocomplete"] != true {
                return Err(cannot(format!("{name} suggests nothing")));
            }
            filled.push(json!({ "name": name, "type": kind, "value": typed, "focused": true }));
        } else if let Some((_, value)) = given.iter().find(|(it, _)| *it == name) {
            fits(state, guild, option, value, resolved).map_err(|why| cannot(format!("{name}: {why}")))?;
            filled.push(json!({ "name": name, "type": kind, "value": value }));
        } else if option["required"] == true && focused.is_none() {
            return Err(cannot(format!("{name} is required")));
        }
    }
    Ok(filled)
}

/// That a value fits its option. What it names is put beside it.
fn fits(
    state: &State,
    guild: Option<Id>,
    option: &Value,
    value: &Value,
    resolved: &mut Value,
) -> Result<(), &'static str> {
    let kind = option["type"].as_u64().unwrap_or_default();
    let typed = match kind {
        3 => value.is_string(),
        4 => value.is_i64(),
        5 => value.is_boolean(),
        6..=9 => value.is_string() && check::id(value).is_some(),
        10 => value.is_number(),
        _ => false,
    };
    if !typed {
        return Err("not of its type");
    }
    let choices = option["choices"].as_array().filter(|it| !it.is_empty());
    if choices.is_some_and(|all| !all.iter().any(|it| it["value"] == *value)) {
        return Err("none of its choices");
    }
    let length = value.as_str().map_or(0, |it| it.chars().count()) as u64;
    let (min, max) = (option["min_length"].as_u64().unwrap_or(0), option["max_length"].as_u64().unwrap_or(6_000));
    if kind == 3 && (length == 0 || !(min..=max).contains(&length)) {
        return Err("too long or too short");
    }
    let beyond = |bound: &Value, beyond: fn(f64, f64) -> bool| {
        bound.as_f64().zip(value.as_f64()).is_some_and(|(bound, value)| beyond(value, bound))
    };
    if beyond(&option["min_value"], |value, bound| value < bound)
        || beyond(&option["max_value"], |value, bound| value > bound)
    {
        return Err("out of bounds");
    }
    let Some(id) = check::id(value).map(Id).filter(|_| (6..=9).contains(&kind)) else { return Ok(()) };
    let here = guild.and_then(|it| state.guilds.get(&it));
    let user = state.users.get(&id).filter(|_| kind == 6 || kind == 9);
    let role = here.and_then(|it| it.roles.get(&id)).filter(|_| kind == 8 || kind == 9);
    let channel = state.channels.get(&id).filter(|it| kind == 7 && it.guild == guild);
    let key = id.to_string();
    if let Some(user) = user {
        resolved["users"][&key] = shape::user(user);
        if let Some(member) = here.and_then(|it| it.members.get(&id)) {
            let mut shown = shape::partial_member(member);
            let rights = here.map_or(0, |it| permissions::in_guild(it, id));
            shown["permissions"] = json!(rights.to_string());
            resolved["members"][&key] = shown;
        }
    } else if let Some(role) = role {
        resolved["roles"][&key] = shape::role(role);
    } else if let Some(channel) = channel {
        let mut shown = shape::channel(state, channel, id);
        shown["permissions"] = json!("0");
        resolved["channels"][&key] = shown;
    } else {
        return Err("nobody and nothing there");
    }
    Ok(())
}
