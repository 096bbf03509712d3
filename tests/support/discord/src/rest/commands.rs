//! Registration of commands, global and per guild.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Answered, Call, id, nothing, ok, options};
use crate::check::{COMMAND, Problems, object as check_object};
use crate::id::Id;
use crate::refused::{self, Refused};
use crate::shape;
use crate::state::{Command, State};

/// Commands that are typed, in one place.
const MOST: usize = 100;

/// Commands created in one place in a day.
const A_DAY: usize = 200;

pub(super) fn route(state: &mut State, app: Id, method: &str, rest: &[&str], call: &Call) -> Answered {
    let (guild, rest) = match rest {
        ["guilds", guild, "commands", rest @ ..] => (Some(id(guild, "guild_id")?), rest),
        ["commands", rest @ ..] => (None, rest),
        _ => return Err(refused::not_found()),
    };
    if let Some(guild) = guild
        && !state.guilds.get(&guild).is_some_and(|it| it.members.contains_key(&app))
    {
        return Err(refused::missing_access());
    }
    match (method, rest) {
        ("GET", []) => {
            let all = state.commands.get(&(app, guild)).into_iter().flatten();
            ok(all.map(|it| shape::command(app, guild, it)).collect())
        }
        ("PUT", []) => overwrite(state, app, guild, &call.body),
        ("POST", []) => {
            let mut problems = Problems::default();
            look(&call.body, &mut Vec::new(), &mut problems);
            problems.finish()?;
            add(state, app, guild, &call.body)
        }
        ("GET", [command]) => {
            let command = id(command, "command_id")?;
            let all = state.commands.get(&(app, guild)).into_iter().flatten();
            let found = all.into_iter().find(|it| it.id == command).ok_or_else(refused::unknown_command)?;
            ok(shape::command(app, guild, found))
        }
        ("PATCH", [command]) => change(state, app, guild, id(command, "command_id")?, &call.body),
        ("DELETE", [command]) => {
            let command = id(command, "command_id")?;
            let all = state.commands.entry((app, guild)).or_default();
            let before = all.len();
            all.retain(|it| it.id != command);
            if all.len() == before { Err(refused::unknown_command()) } else { nothing() }
        }
        _ => Err(refused::not_found()),
    }
}

/// The command of an application that a person means by its name.
pub(crate) fn find(state: &State, guild: Option<Id>, name: &str) -> Option<(Id, Option<Id>, Command)> {
    let places = guild.map(Some).into_iter().chain([None]);
    places.into_iter().find_map(|place| {
        // The commands of a bot that was shown the door go with it.
        let here = |app: &Id| guild.and_then(|it| state.guilds.get(&it)).is_none_or(|it| it.members.contains_key(app));
        let mut all = state.commands.iter().filter(|((app, at), _)| *at == place && here(app));
        all.find_map(|((app, _), all)| Some((*app, place, all.iter().find(|it| it.name() == name)?.clone())))
    })
}

fn look(body: &Value, path: &mut Vec<String>, problems: &mut Problems) {
    check_object(body, COMMAND, path, problems);
    let typed = body["type"].as_u64().unwrap_or(1) == 1;
    let mut wrong = |field: &str, code: &str, said: &str| {
        path.push(field.to_owned());
        problems.add(path, code, said);
        path.pop();
    };
    if typed {
        if body["name"].as_str().is_some_and(|it| !options::is_name(it)) {
            wrong("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
        }
        if body["description"].as_str().is_none_or(str::is_empty) {
            wrong("description", "BASE_TYPE_REQUIRED", "This field is required");
        }
    } else if body["description"].as_str().is_some_and(|it| !it.is_empty()) {
        wrong(
            "description",
            "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION",
            "Context menu commands cannot have description",
        );
    } else if body["options"].as_array().is_some_and(|it| !it.is_empty()) {
        wrong("options", "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS", "Context menu commands cannot have options");
    }
    options::look(&body["options"], 0, path, problems);
    if options::size(body) > 8_000 {
        problems.add(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)");
    }
}

fn overwrite(state: &mut State, app: Id, guild: Option<Id>, body: &Value) -> Answered {
    let Some(all) = body.as_array() else {
        let said = "Only iterables may be used in a ListType";
        return Err(crate::check::invalid(&[], "LIST_TYPE_CONVERT", said));
    };
    let mut problems = Problems::default();
    for (at, it) in all.iter().enumerate() {
        let mut path = vec![at.to_string()];
        look(it, &mut path, &mut problems);
        let same = |other: &&Value| other["name"] == it["name"] && kind(other) == kind(it);
        if all.iter().take(at).any(|other| same(&other)) {
            path.push("name".to_owned());
            let said = "Application command names must be unique";
            problems.add(&path, "APPLICATION_COMMANDS_DUPLICATE_NAME", said);
        }
    }
    problems.finish()?;
    if all.iter().filter(|it| kind(it) == 1).count() > MOST {
        return Err(refused::max_commands());
    }
    let old = state.commands.get(&(app, guild)).cloned().unwrap_or_default();
    let is_new = |it: &&Value| !old.iter().any(|old| old.name() == it["name"] && kind(&old.body) == kind(it));
    create(state, app, guild, all.iter().filter(is_new).count())?;
    let mut new = Vec::new();
    for it in all {
        let body = filled(it, guild);
        let same = old.iter().find(|old| old.name() == it["name"] && kind(&old.body) == kind(it));
        new.push(match same {
            Some(same) if same.body == body => same.clone(),
            Some(same) => Command { id: same.id, version: state.id(), body },
            None => {
                let id = state.id();
                Command { id, version: id, body }
            }
        });
    }
    let shown: Vec<Value> = new.iter().map(|it| shape::command(app, guild, it)).collect();
    state.commands.insert((app, guild), new);
    ok(json!(shown))
}

fn add(state: &mut State, app: Id, guild: Option<Id>, body: &Value) -> Answered {
    let id = state.id();
    let known = state.commands.get(&(app, guild)).into_iter().flatten();
    let is_new = !known.into_iter().any(|it| it.name() == body["name"] && kind(&it.body) == kind(body));
    create(state, app, guild, usize::from(is_new))?;
    let all = state.commands.entry((app, guild)).or_default();
    let command = Command { id, version: id, body: filled(body, guild) };
    // One of the same name is replaced, and that is no creation.
    if let Some(same) = all.iter_mut().find(|it| it.name() == command.name() && kind(&it.body) == kind(body)) {
        let changed = Command { id: same.id, ..command };
        *same = changed.clone();
        return ok(shape::command(app, guild, &changed));
    }
    if all.iter().filter(|it| kind(&it.body) == 1).count() >= MOST {
        return Err(refused::max_commands());
    }
    all.push(command.clone());
    super::created(shape::command(app, guild, &command))
}

fn change(state: &mut State, app: Id, guild: Option<Id>, id: Id, body: &Value) -> Answered {
    let version = state.id();
    let all = state.commands.entry((app, guild)).or_default();
    let command = all.iter_mut().find(|it| it.id == id).ok_or_else(refused::unknown_command)?;
    let mut merged = command.body.clone();
    shape::merge(&mut merged, body.clone());
    let mut problems = Problems::default();
    look(&merged, &mut Vec::new(), &mut problems);
    problems.finish()?;
    *command = Command { id, version, body: filled(&merged, guild) };
    ok(shape::command(app, guild, command))
}

/// That so many more may be created today.
fn create(state: &mut State, app: Id, guild: Option<Id>, count: usize) -> Result<(), Refused> {
    let now = state.now();
    let Some(app) = state.apps.get_mut(&app) else { return Ok(()) };
    let created = app.created.entry(guild).or_default();
    created.retain(|it| now.duration_since(*it) < SignedDuration::from_hours(24));
    if created.len() + count > A_DAY {
        return Err(refused::daily_commands());
    }
    created.extend(std::iter::repeat_n(now, count));
    Ok(())
}

fn kind(body: &Value) -> u64 {
    body["type"].as_u64().unwrap_or(1)
}

/// With the defaults, as Discord gives it back.
fn filled(body: &Value, guild: Option<Id>) -> Value {
    let bits = crate::check::id(&body["default_member_permissions"]).map(|it| it.to_string());
    let mut shown = json!({
        "type": kind(body), "name": body["name"], "description": body["description"].as_str().unwrap_or_default(),
        "default_member_permissions": bits, "nsfw": body["nsfw"] == true, "name_localizations": null,
        "description_localizations": null, "contexts": body["contexts"],
        "integration_types": body["integration_types"].as_array().cloned().unwrap_or_else(|| vec![json!(0)]),
    });
    for name in ["name_localizations", "description_localizations"] {
        if let Some(given) = body.get(name) {
            shown[name] = given.clone();
        }
    }
    if guild.is_none() {
        shown["dm_permission"] = json!(body["dm_permission"] != false);
    }
    if let Some(given) = body["options"].as_array().filter(|it| !it.is_empty()) {
        shown["options"] = given.iter().map(options::filled).collect();
    }
    shown
}
