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
    /// Somebody answers the newest message in the war room that holds some text.
    Answer { who: String, to: String, text: String },
    /// Somebody takes a reaction off the newest message in the war room that holds some text.
    Unreact { who: String, emoji: String, text: String },
    /// Somebody says something in the war room with a file of so many bytes.
    Attach { who: String, name: String, size: u64, text: String },
    /// What the newest file of this name holds is lost.
    Expire { name: String },
    /// A file is never given out, or a person never let in.
    Stuck { name: String },
    /// What somebody does on the second network, or what happens to a room there.
    At { network: String, action: Box<Action> },
    /// There is a second network. It stands before everything else.
    Networks,
    /// Somebody removes their newest message that holds some text.
    Delete { who: String, text: String },
    /// Somebody takes down the newest message of Herald's in the war room that holds some text, or in the company's channel.
    TakeDown { who: String, text: String },
    /// Somebody is in these rooms from now on, and in no others.
    Place { who: String, rooms: Vec<String> },
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
    /// Herald dies.
    Down,
    /// It starts again from the disk.
    Up,
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

/// What the second network is called.
pub const ANNEX: &str = "annex";

const FORMS: &str = "a line is `ana: words`, `ana in company: words`, `ana answers \"words\": words`, \
                     `ana reacts 📌 to \"words\"`, `ana takes 📌 off \"words\"`, `ana edits \"words\" to \"words\"`, \
                     `ana deletes \"words\"`, `ana takes down \"words\"`, `ana sends chart.png 2000: words`, \
                     `ana is in company, customers`, `ana is in nothing`, \
                     `gone chart.png`, `stuck chart.png`, `wait 25m`, `offline company`, `online company`, `lost company`, `crash`, `down`, `up`, \
                     `| words` to go on with the line before, or before all else `boards` or `networks two`; then \
                     `at annex` right after a name or at the end of `offline`, `online`, `lost`, `gone` and `stuck`";

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
            let Some(words) = lines.last_mut().and_then(|line| line.action.words_mut()) else {
                return Err(wrong("`|` goes on with what somebody said in the line before"));
            };
            words.push('\n');
            words.push_str(more.strip_prefix(' ').unwrap_or(more));
            continue;
        }
        let action = action(text).map_err(|what| wrong(&what))?;
        let sets = |action: &Action| matches!(action, Action::Boards | Action::Networks);
        if sets(&action) && !lines.iter().all(|line| sets(&line.action)) {
            return Err(wrong(
                "`boards` and `networks two` say what rooms these are: they stand before everything else",
            ));
        }
        if matches!(action, Action::At { .. }) && !lines.iter().any(|line| line.action == Action::Networks) {
            return Err(wrong("there is no network `annex` here: write `networks two` before everything else"));
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

/// Everybody who does something in a script, in the order of their first line, and whether they do it on the second
/// network.
#[must_use]
pub fn people(lines: &[Line]) -> Vec<(String, bool)> {
    let mut people: Vec<(String, bool)> = Vec::new();
    for line in lines {
        let (action, there) = line.action.place();
        let person = action.who().map(|who| (who.to_owned(), there));
        people.extend(person.filter(|person| !people.contains(person)));
    }
    people
}

impl Action {
    /// What is done, and whether it is on the second network.
    pub(super) fn place(&self) -> (&Self, bool) {
        if let Self::At { action, .. } = self { (action, true) } else { (self, false) }
    }

    /// Who does it, if it is somebody.
    fn who(&self) -> Option<&str> {
        match self {
            Self::Say { who, .. }
            | Self::React { who, .. }
            | Self::Edit { who, .. }
            | Self::Answer { who, .. }
            | Self::Unreact { who, .. }
            | Self::Attach { who, .. }
            | Self::Delete { who, .. }
            | Self::Place { who, .. }
            | Self::TakeDown { who, .. } => Some(who),
            Self::At { action, .. } => action.who(),
            Self::Expire { .. }
            | Self::Stuck { .. }
            | Self::Networks
            | Self::Boards
            | Self::Wait(_)
            | Self::Offline { .. }
            | Self::Online { .. }
            | Self::Lost { .. }
            | Self::Down
            | Self::Up
            | Self::Crash => None,
        }
    }

    /// What is said, to go on with it.
    fn words_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Say { text, .. } | Self::Answer { text, .. } | Self::Attach { text, .. } => Some(text),
            Self::At { action, .. } => action.words_mut(),
            Self::React { .. }
            | Self::Unreact { .. }
            | Self::Edit { .. }
            | Self::Delete { .. }
            | Self::TakeDown { .. }
            | Self::Place { .. }
            | Self::Expire { .. }
            | Self::Stuck { .. }
            | Self::Networks
            | Self::Boards
            | Self::Wait(_)
            | Self::Offline { .. }
            | Self::Online { .. }
            | Self::Lost { .. }
            | Self::Down
            | Self::Up
            | Self::Crash => None,
        }
    }
}

fn action(text: &str) -> Result<Action, String> {
    match text {
        "crash" => return Ok(Action::Crash),
        "down" => return Ok(Action::Down),
        "up" => return Ok(Action::Up),
        "boards" => return Ok(Action::Boards),
        "networks two" => return Ok(Action::Networks),
        _ => {}
    }
    if let Some((word, rest)) = text.split_once(' ')
        && !rest.contains(':')
    {
        match word {
            "wait" => return wait(rest.trim()),
            "offline" => return somewhere(rest, |name| Ok(Action::Offline { room: room(name)? })),
            "online" => return somewhere(rest, |name| Ok(Action::Online { room: room(name)? })),
            "lost" => return somewhere(rest, |name| Ok(Action::Lost { room: room(name)? })),
            "gone" => return somewhere(rest, |name| Ok(Action::Expire { name: name.to_owned() })),
            "stuck" => return somewhere(rest, |name| Ok(Action::Stuck { name: name.to_owned() })),
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
    if verb == "at" {
        let there = rest.strip_prefix(ANNEX).ok_or_else(|| format!("the second network is called `{ANNEX}`"))?;
        let action = Box::new(action(&format!("{who}{there}"))?);
        let twice = matches!(*action, Action::At { .. });
        return if twice { Err(FORMS.to_owned()) } else { Ok(Action::At { network: ANNEX.to_owned(), action }) };
    }
    deed(who, verb, rest)
}

/// What somebody does, by the verb after their name.
fn deed(who: String, verb: &str, rest: &str) -> Result<Action, String> {
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
        "answers" => {
            let (to, text) = rest.split_once("\":").ok_or(FORMS)?;
            Ok(Action::Answer { who, to: quoted(&format!("{to}\""))?, text: text.trim_start().to_owned() })
        }
        "sends" => {
            let (file, text) = rest.split_once(':').unwrap_or((rest, ""));
            let (name, size) = file.trim().split_once(' ').ok_or(FORMS)?;
            let size = size.trim().parse().map_err(|_| format!("`{size}` is no size in bytes: write `2000`"))?;
            Ok(Action::Attach { who, name: name.to_owned(), size, text: text.trim_start().to_owned() })
        }
        "takes" => match rest.split_once(' ') {
            Some(("down", rest)) => Ok(Action::TakeDown { who, text: quoted(rest)? }),
            Some((emoji, rest)) => {
                let text = rest.trim_start().strip_prefix("off ").ok_or(FORMS)?;
                Ok(Action::Unreact { who, emoji: emoji.to_owned(), text: quoted(text)? })
            }
            None => Err(FORMS.to_owned()),
        },
        "is" => {
            let rest = rest.strip_prefix("in ").ok_or(FORMS)?.trim();
            let names = rest.split(',').filter(|_| rest != "nothing");
            let rooms = names.map(|name| standing(name.trim())).collect::<Result<_, _>>()?;
            Ok(Action::Place { who, rooms })
        }
        "deletes" => Ok(Action::Delete { who, text: quoted(rest)? }),
        _ => Err(FORMS.to_owned()),
    }
}

/// What happens to something named, on the second network if the line ends so.
fn somewhere(rest: &str, action: impl FnOnce(&str) -> Result<Action, String>) -> Result<Action, String> {
    let rest = rest.trim();
    match rest.strip_suffix(ANNEX).and_then(|rest| rest.strip_suffix(" at ")) {
        Some(name) => Ok(Action::At { network: ANNEX.to_owned(), action: Box::new(action(name.trim())?) }),
        None => action(rest),
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

/// A room that is always there.
fn standing(name: &str) -> Result<String, String> {
    let room = room(name)?;
    if room == "dm" || room.starts_with("inc-") { Err(FORMS.to_owned()) } else { Ok(room) }
}

fn quoted(text: &str) -> Result<String, String> {
    let inner = text.trim().strip_prefix('"').and_then(|text| text.strip_suffix('"')).filter(|text| !text.is_empty());
    inner.map(str::to_owned).ok_or_else(|| format!("put the words in quotation marks: `\"{}\"`", text.trim()))
}
