//! The menu of commands, as Discord offers it: one tree, and a few commands that stand by themselves.

use std::fmt::Write;

use herald_chat::{Field, FieldKind, MenuItem};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tracing::info;

use crate::StartError;
use crate::rest::{Failure, Request, Rest};
use crate::store::Store;

/// The name of the tree.
const TREE: &str = "incident";
/// What the tree is for.
const ABOUT: &str = "Run an incident";
/// How many options, headings or choices stand under one thing.
const UNDER: usize = 25;
/// How many characters the names, descriptions and choices of one command may have in all.
const CHARACTERS: usize = 8000;
/// How many characters a description or a choice may have.
const LINE: usize = 100;
/// The name of the file that remembers what was offered.
const FILE: &str = "commands.json";

/// What was offered, and what Discord made of it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Offered {
    application: u64,
    guild: u64,
    hash: String,
    /// Each command's id and version.
    commands: Vec<(String, String)>,
}

/// Offers the commands on the server, if they are not those that it has.
pub(crate) async fn offer(
    rest: &Rest,
    store: &Store,
    (application, guild): (u64, u64),
    menu: &[MenuItem],
    invite: &str,
) -> Result<(), StartError> {
    let path = format!("/applications/{application}/guilds/{guild}/commands");
    let failed = |failure| failed(failure, guild, invite);
    let wanted = Value::Array(commands(menu));
    let hash = hash_of(&wanted);
    let there = rest.ask(Request::get(&path)).await.map_err(failed)?;
    let now = Offered { application, guild, hash, commands: versions(&there) };
    if store.get::<Offered>(FILE).is_some_and(|kept| kept == now) {
        return Ok(());
    }
    let made = rest.ask(Request::put(&path, wanted)).await.map_err(failed)?;
    let commands = versions(&made);
    info!(commands = commands.len(), "Herald's commands are offered on the server");
    let offered = Offered { commands, ..now };
    // Without it they are offered again at the next start. That it cannot be written stands in the log.
    let _ = store.keep(FILE, || serde_json::to_vec(&offered));
    Ok(())
}

/// Whether Herald may offer commands on the server.
///
/// # Errors
/// When it may not, or when that cannot be told.
pub(crate) async fn may_offer(rest: &Rest, (application, guild): (u64, u64), invite: &str) -> Result<(), StartError> {
    let path = format!("/applications/{application}/guilds/{guild}/commands");
    rest.ask(Request::get(path)).await.map(drop).map_err(|failure| failed(failure, guild, invite))
}

fn failed(failure: Failure, guild: u64, invite: &str) -> StartError {
    match &failure {
        Failure::Denied { code: 50001, .. } => StartError::NoCommands { guild, invite: invite.to_owned() },
        Failure::Limited { .. } | Failure::Unreachable { .. } | Failure::Unknown { .. } | Failure::Denied { .. } => {
            StartError::answer("to take Herald's commands", failure)
        }
    }
}

fn hash_of(wanted: &Value) -> String {
    Sha256::digest(wanted.to_string()).iter().fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}

fn versions(commands: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut all: Vec<_> =
        commands.as_array().into_iter().flatten().map(|it| (text(&it["id"]), text(&it["version"]))).collect();
    all.sort();
    all
}

/// The commands that a menu comes to.
pub(crate) fn commands(menu: &[MenuItem]) -> Vec<Value> {
    let mut made: Vec<Value> = menu.iter().filter(|item| item.is_top).map(alone).collect();
    made.extend(trees(branches(menu)));
    made
}

/// What a command is called that has the name of its heading: `/incident tasks list`.
pub(crate) const LIST: &str = "list";

/// A command that stands by itself.
fn alone(item: &MenuItem) -> Value {
    json!({
        "type": 1,
        "name": item.name,
        "description": shortened(&item.summary),
        "options": item.fields.iter().take(UNDER).map(field).collect::<Vec<_>>(),
        "contexts": [0],
        "integration_types": [0],
    })
}

/// What stands in the tree: items without a heading, and headings with at most 25 items each.
fn branches(menu: &[MenuItem]) -> Vec<Value> {
    let below = |item: &MenuItem| {
        json!({
            "type": 1,
            "name": if item.heading == Some(item.name) { LIST } else { item.name },
            "description": shortened(&item.summary),
            "options": item.fields.iter().take(UNDER).map(field).collect::<Vec<_>>(),
        })
    };
    let mut made: Vec<Value> = Vec::new();
    let mut headings: Vec<(&str, Vec<Value>)> = Vec::new();
    for item in menu.iter().filter(|item| !item.is_top) {
        match item.heading {
            None => made.push(below(item)),
            Some(heading) => match headings.iter_mut().find(|(name, _)| *name == heading) {
                Some((_, items)) => items.push(below(item)),
                None => headings.push((heading, vec![below(item)])),
            },
        }
    }
    for (heading, items) in headings {
        for (n, items) in items.chunks(UNDER).enumerate() {
            let name = numbered(heading, n);
            made.push(json!({
                "type": 2, "name": name, "description": shortened(&format!("Commands: {heading}")), "options": items,
            }));
        }
    }
    made
}

/// As many trees as it takes: `incident`, `incident-2` …
fn trees(branches: Vec<Value>) -> Vec<Value> {
    let mut full: Vec<Vec<Value>> = Vec::new();
    let mut room = 0;
    for branch in branches.into_iter().flat_map(fitting) {
        let size = size(&branch);
        match full.last_mut() {
            Some(tree) if tree.len() < UNDER && size <= room => {
                room -= size;
                tree.push(branch);
            }
            Some(_) | None => {
                room = CHARACTERS - TREE.len() - 3 - ABOUT.len() - size;
                full.push(vec![branch]);
            }
        }
    }
    let tree = |(n, options): (usize, Vec<Value>)| {
        json!({
            "type": 1, "name": numbered(TREE, n), "description": ABOUT, "options": options, "contexts": [0],
            "integration_types": [0],
        })
    };
    full.into_iter().enumerate().map(tree).collect()
}

/// A heading under which too much is said for one command, as several.
fn fitting(branch: Value) -> Vec<Value> {
    if size(&branch) <= CHARACTERS / 2 {
        return vec![branch];
    }
    let name = branch["name"].as_str().unwrap_or_default().to_owned();
    let (mut made, mut options): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    let heading = |n: usize, options: Vec<Value>| {
        let mut heading = branch.clone();
        heading["name"] = json!(numbered(&name, n));
        heading["options"] = Value::Array(options);
        heading
    };
    for option in branch["options"].as_array().into_iter().flatten() {
        let so_far: usize = options.iter().map(size).sum();
        if branch["type"] == 2 && !options.is_empty() && so_far + size(option) > CHARACTERS / 2 {
            made.push(heading(made.len(), std::mem::take(&mut options)));
        }
        options.push(option.clone());
    }
    made.push(heading(made.len(), options));
    made
}

fn numbered(name: &str, n: usize) -> String {
    if n == 0 { name.to_owned() } else { format!("{name}-{}", n + 1) }
}

/// The characters that Discord counts.
fn size(value: &Value) -> usize {
    let count = |key: &str| value[key].as_str().map_or(0, |text| text.chars().count());
    let inner = ["options", "choices"].into_iter().flat_map(|key| value[key].as_array().into_iter().flatten());
    let value = if value["type"].is_null() { count("value") } else { 0 };
    count("name") + count("description") + value + inner.map(size).sum::<usize>()
}

fn field(field: &Field) -> Value {
    let mut made = json!({
        "type": 3, "name": field.name, "description": shortened(&field.summary), "required": field.is_required,
    });
    match &field.kind {
        FieldKind::Suggested => made["autocomplete"] = json!(true),
        FieldKind::OneOf(words) if words.len() <= UNDER => {
            made["choices"] = words.iter().map(|word| json!({ "name": word, "value": word })).collect();
        }
        FieldKind::Text | FieldKind::OneOf(_) => {}
        FieldKind::Person => made["type"] = json!(6),
        FieldKind::Switch => made["type"] = json!(5),
    }
    made
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LINE {
        return text.to_owned();
    }
    text.chars().take(LINE - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests;
