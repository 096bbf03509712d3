//! Practice scripts: what people do, line by line.

use jiff::SignedDuration;

/// One line of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Somebody says something in a room.
    Say { who: String, room: String, text: String },
    /// Somebody puts a reaction on the newest message in the war room that holds some text.
    React { who: String, emoji: String, text: String },
    /// Somebody changes a part of their newest message that holds it.
    Edit { who: String, from: String, to: String },
    /// Somebody removes their newest message that holds some text.
    Delete { who: String, text: String },
    /// Somebody takes down the newest message of Herald's in the war room that holds some text.
    TakeDown { who: String, text: String },
    /// The rooms have boards. It stands before everything else.
    Boards,
    /// Time passes.
    Wait(SignedDuration),
    /// A room takes no posts.
    Offline { room: String },
    /// It does again.
    Online { room: String },
    /// The next post to a room arrives, but its answer is lost.
    Lost { room: String },
    /// Herald dies and starts again from the disk.
    Crash,
}

/// A line with its number, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number.
    pub number: usize,
    /// What it says.
    pub action: Action,
}

/// A line that is none of a script's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {number}: {what}")]
pub struct ScriptError {
    /// Its number, from 1.
    pub number: usize,
    /// What is wrong with it, and what is right.
    pub what: String,
}

/// The rooms that a script can name, apart from an incident's own (`inc-2`).
pub const ROOMS: [&str; 6] = ["war-room", "engineering", "company", "customers", "admin", "dm"];

const FORMS: &str = "a line is `ana: words`, `ana in company: words`, `ana reacts 📌 to \"words\"`, \
                     `ana edits \"words\" to \"words\"`, `ana deletes \"words\"`, `ana takes down \"words\"`, `wait 25m`, \
                     `offline company`, `online company`, `lost company`, `crash`, `boards` before all else, or \
                     `| words` to go on with the line before";

/// Reads a script. Empty lines and lines that begin with `#` are left out.
///
/// # Errors
/// [`ScriptError`] names the first line that is malformed.
pub fn read(script: &str) -> Result<Vec<Line>, ScriptError> {
    let mut lines: Vec<Line> = Vec::new();
    for (number, text) in (1..).zip(script.lines()) {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let wrong = |what: &str| ScriptError { number, what: what.to_owned() };
        if let Some(more) = text.strip_prefix('|') {
            match lines.last_mut() {
                Some(Line { action: Action::Say { text, .. }, .. }) => {
                    text.push('\n');
                    text.push_str(more.strip_prefix(' ').unwrap_or(more));
                }
                Some(_) | None => return Err(wrong("`|` goes on with what somebody said in the line before")),
            }
            continue;
        }
        let action = action(text).map_err(|what| wrong(&what))?;
        if action == Action::Boards && !lines.is_empty() {
            return Err(wrong("`boards` says what rooms these are: it stands before everything else"));
        }
        lines.push(Line { number, action });
    }
    Ok(lines)
}

/// Reads one line that is played as soon as it is there. `None` when it is empty or begins with `#`.
///
/// # Errors
/// [`ScriptError`] when it is malformed.
pub fn one(text: &str, number: usize) -> Result<Option<Line>, ScriptError> {
    let text = text.trim();
    if text.is_empty() || text.starts_with('#') {
        return Ok(None);
    }
    if text.starts_with('|') {
        let what = "`|` is for scripts, since here a line is said at once: `herald practice --script FILE`".to_owned();
        return Err(ScriptError { number, what });
    }
    let action = action(text).map_err(|what| ScriptError { number, what })?;
    Ok(Some(Line { number, action }))
}

/// Everybody who does something in a script, in the order of their first line.
#[must_use]
pub fn people(lines: &[Line]) -> Vec<String> {
    let mut people: Vec<String> = Vec::new();
    for line in lines {
        if let Action::Say { who, .. }
        | Action::React { who, .. }
        | Action::Edit { who, .. }
        | Action::Delete { who, .. }
        | Action::TakeDown { who, .. } = &line.action
            && !people.contains(who)
        {
            people.push(who.clone());
        }
    }
    people
}

fn action(text: &str) -> Result<Action, String> {
    match text {
        "crash" => return Ok(Action::Crash),
        "boards" => return Ok(Action::Boards),
        _ => {}
    }
    if let Some((word, rest)) = text.split_once(' ')
        && !rest.contains(':')
    {
        match word {
            "wait" => return wait(rest.trim()),
            "offline" => return Ok(Action::Offline { room: room(rest)? }),
            "online" => return Ok(Action::Online { room: room(rest)? }),
            "lost" => return Ok(Action::Lost { room: room(rest)? }),
            _ => {}
        }
    }
    let (who, rest) = text.split_once([' ', ':']).ok_or(FORMS)?;
    let who = person(who)?;
    let rest = rest.trim_start();
    if text.as_bytes().get(who.len()) == Some(&b':') {
        return Ok(Action::Say { who, room: "war-room".to_owned(), text: rest.to_owned() });
    }
    let (verb, rest) = rest.split_once(' ').ok_or(FORMS)?;
    match verb {
        "in" => {
            let (name, text) = rest.split_once(':').ok_or(FORMS)?;
            Ok(Action::Say { who, room: room(name)?, text: text.trim_start().to_owned() })
        }
        "reacts" => {
            let (emoji, rest) = rest.split_once(" to ").ok_or(FORMS)?;
            Ok(Action::React { who, emoji: emoji.trim().to_owned(), text: quoted(rest)? })
        }
        "edits" => {
            let (from, to) = rest.split_once("\" to \"").ok_or(FORMS)?;
            Ok(Action::Edit { who, from: quoted(&format!("{from}\""))?, to: quoted(&format!("\"{to}"))? })
        }
        "takes" => match rest.split_once(' ') {
            Some(("down", rest)) => Ok(Action::TakeDown { who, text: quoted(rest)? }),
            Some(_) | None => Err(FORMS.to_owned()),
        },
        "deletes" => Ok(Action::Delete { who, text: quoted(rest)? }),
        _ => Err(FORMS.to_owned()),
    }
}

fn wait(span: &str) -> Result<Action, String> {
    match span.parse::<SignedDuration>() {
        Ok(span) if span.is_positive() && span <= SignedDuration::from_hours(24 * 366) => Ok(Action::Wait(span)),
        Ok(_) | Err(_) => Err(format!("`{span}` is no time to wait: write `wait 25m`, `wait 1h30m` or `wait 10s`")),
    }
}

fn person(name: &str) -> Result<String, String> {
    match name {
        "" => Err(FORMS.to_owned()),
        "herald" => Err("nobody speaks for herald: give the line to a person".to_owned()),
        name => Ok(name.to_owned()),
    }
}

fn room(name: &str) -> Result<String, String> {
    let name = name.trim();
    let own = name.strip_prefix("inc-").is_some_and(|no| no.parse::<u32>().is_ok());
    if own || ROOMS.contains(&name) {
        return Ok(name.to_owned());
    }
    Err(format!("there is no room `{name}`: write one of {}, or `inc-2` for an incident's own", ROOMS.join(", ")))
}

fn quoted(text: &str) -> Result<String, String> {
    let inner = text.trim().strip_prefix('"').and_then(|text| text.strip_suffix('"')).filter(|text| !text.is_empty());
    inner.map(str::to_owned).ok_or_else(|| format!("put the words in quotation marks: `\"{}\"`", text.trim()))
}
