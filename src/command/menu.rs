//! The grammar as a menu, for platforms that have one: each row's form is its fields, and what is given for them becomes
//! the command that would have been typed.

use herald_chat::{Field, FieldKind, MenuItem, Typed};

use super::{ADMIN, Group, VERBS, Verb};

/// What is looked for by name although it has a heading.
const OFTEN: [&str; 3] = ["status", "sitrep", "who"];
/// How long a summary may be: what the narrowest menu shows.
const SUMMARY: usize = 100;
/// What may be said about when the next update comes.
const WHEN: &str = "30m, 1h15m, 14:30 or tomorrow 09:00; final for the last update";

/// Every command as an item of a menu.
#[must_use]
pub fn menu() -> Vec<MenuItem> {
    VERBS.iter().map(item).collect()
}

/// The command that `item` comes to with what was given, as it would be typed.
#[must_use]
pub fn menu_line(item: &str, given: &[Typed]) -> String {
    let mut line = format!("!{item}");
    let Some(verb) = VERBS.iter().find(|verb| verb.name == item) else { return line };
    let value = |name: &str| given.iter().find(|(field, _)| field == name).map(|(_, value)| value.trim());
    let incident = works_on_one(verb).then(|| value("incident")).flatten();
    for word in incident.into_iter().filter(|word| !word.is_empty()) {
        line.push(' ');
        line.push_str(word);
    }
    for piece in pieces(verb) {
        let Some(value) = value(piece.name).filter(|value| !value.is_empty()) else { continue };
        let said = match (piece.how, &piece.kind) {
            (How::Option, FieldKind::Switch) if value != "true" => continue,
            (How::Option, FieldKind::Switch) => format!("--{}", piece.name),
            (How::Option, _) => format!("--{} {value}", piece.name),
            (How::Promise, _) => promise(value),
            (How::Bare, _) => value.to_owned(),
        };
        // Behind a text, a promise has a line of its own: whatever the text ends with, that is no part of it.
        let apart = matches!(piece.how, How::Promise) && pieces(verb).iter().any(|it| it.name == "text");
        line.push(if apart { '\n' } else { ' ' });
        line.push_str(&said);
    }
    line
}

/// When the next update comes, as the grammar reads it, whether or not `next` was typed along.
pub(super) fn promise(value: &str) -> String {
    let value = value.trim();
    let bare = value.get(..5).filter(|head| head.eq_ignore_ascii_case("next ")).map_or(value, |_| &value[5..]);
    if bare.eq_ignore_ascii_case("final") { "final".to_owned() } else { format!("next {bare}") }
}

fn item(verb: &'static Verb) -> MenuItem {
    let opens_form = verb.name == "update";
    let mut fields: Vec<Field> = Vec::new();
    for piece in pieces(verb) {
        // What the form asks for is not asked before, and its text may end in `--anyway`.
        if opens_form && (piece.kind != FieldKind::Switch || piece.name == "anyway") {
            continue;
        }
        let summary = piece.summary(verb);
        fields.push(Field { name: piece.name, summary, kind: piece.kind, is_required: piece.is_required });
    }
    // A menu takes what must be given before what may be.
    fields.sort_by_key(|field| !field.is_required);
    if works_on_one(verb) {
        let summary = "Which incident, if more than one is open".to_owned();
        fields.push(Field { name: "incident", summary, kind: FieldKind::Suggested, is_required: false });
    }
    MenuItem {
        name: verb.name,
        heading: heading(verb.group).filter(|_| !OFTEN.contains(&verb.name)),
        is_top: matches!(verb.name, "update" | "draft" | "ask" | "link" | "unlink" | "admin"),
        summary: short(verb.summary),
        fields,
        opens_form,
    }
}

/// Whether this word is a command that is about one incident.
#[must_use]
pub fn is_about_one(word: &str) -> bool {
    super::verb::named(word).is_some_and(works_on_one)
}

/// Whether it is about one of the open incidents, which may be named.
fn works_on_one(verb: &Verb) -> bool {
    !matches!(verb.group, Group::Begin | Group::Look | Group::Admin)
}

/// What people look for under a heading; the rest they look for by name.
fn heading(group: Group) -> Option<&'static str> {
    match group {
        Group::Begin | Group::Course | Group::Timeline | Group::Look | Group::Admin => None,
        Group::Roles => Some("roles"),
        Group::Updates => Some("updates"),
        Group::Situation => Some("situation"),
        Group::Tasks => Some("tasks"),
        Group::Questions => Some("questions"),
    }
}

/// A part of a row's form.
struct Piece {
    name: &'static str,
    how: How,
    kind: FieldKind,
    is_required: bool,
}

/// How a part is typed.
#[derive(Clone, Copy)]
enum How {
    /// As it is.
    Bare,
    /// After `next`.
    Promise,
    /// After its name: `--severity major`; of a switch, the name alone.
    Option,
}

impl Piece {
    fn summary(&self, verb: &Verb) -> String {
        let words = match self.name {
            "title" => "What is wrong, in a few words",
            "severity" | "level" => "critical: down, or data lost; major: a major feature fails; minor: degraded",
            "security" => "Neutral names outside of its own room",
            "public" => "Everybody may read it, whatever it sounds like",
            "drill" => "A practice incident",
            "next" => WHEN,
            "customers" => "Tell customers too",
            "anyway" => "Send what only looks like a secret",
            "role" => "Which role",
            "person" => "Who",
            "who" => "Whose it is",
            "n" if verb.name == "timeline" => "How many lines",
            "n" | "update" => "Its number",
            "of" | "incident" => "Which incident",
            "window" => "Of how long: 30d",
            "command" => "Which command",
            "what" => "What to do; alone, each says what it takes",
            "words" => "What it takes: a room, a key and a value, an account",
            "code" => "The code that your other account was given; leave it out to ask for one",
            _ => "What you have to say",
        };
        words.to_owned()
    }
}

/// The parts of a row's form: `<text> [next <when>] [--customers]` has three.
fn pieces(verb: &'static Verb) -> Vec<Piece> {
    let form = verb.usage.split_once(' ').map_or("", |(_, form)| form);
    let mut pieces = Vec::new();
    let mut rest = form;
    while !rest.is_empty() {
        let (inner, is_required, after) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((inner, after)) => (inner, false, after),
            None => rest.split_once(' ').map_or((rest, true, ""), |(word, after)| (word, true, after)),
        };
        rest = after.trim_start();
        // `<when>` tells it apart.
        if inner == "next" {
            continue;
        }
        pieces.push(piece(verb, inner.strip_prefix("next ").unwrap_or(inner), is_required));
    }
    pieces
}

fn piece(verb: &Verb, inner: &'static str, is_required: bool) -> Piece {
    if let Some(option) = inner.strip_prefix("--") {
        let (name, kind) = match option.split_once(' ') {
            Some((name, words)) => (name, FieldKind::OneOf(words.split('/').rev().collect())),
            None => (option, FieldKind::Switch),
        };
        return Piece { name, how: How::Option, kind, is_required };
    }
    let bare = inner.trim_start_matches(['<', '@']).trim_end_matches('>');
    let how = if bare == "when" { How::Promise } else { How::Bare };
    let (name, kind) = match bare {
        "when" => ("next", FieldKind::Suggested),
        "INC-<n" if works_on_one(verb) => ("of", FieldKind::Suggested),
        "INC-<n" => ("incident", FieldKind::Suggested),
        "30d" => ("window", FieldKind::Text),
        "level" => ("level", FieldKind::OneOf(vec!["critical", "major", "minor"])),
        "role" => ("role", FieldKind::OneOf(vec!["commander", "spokesperson", "responder", "observer"])),
        "person" | "who" => (bare, FieldKind::Person),
        "what" => ("what", FieldKind::OneOf(ADMIN.iter().filter_map(|it| it.name.strip_prefix("admin ")).collect())),
        "n" if verb.name == "timeline" => ("n", FieldKind::Text),
        "n" | "update" | "command" => (bare, FieldKind::Suggested),
        text => (text, FieldKind::Text),
    };
    Piece { name, how, kind, is_required }
}

/// The first sentence, without marks, as far as there is room.
fn short(summary: &str) -> String {
    let plain = summary.replace('`', "");
    let first = plain.split_once(". ").map_or(plain.as_str(), |(first, _)| first).trim_end_matches('.');
    if first.chars().count() <= SUMMARY {
        return first.to_owned();
    }
    let cut: String = first.chars().take(SUMMARY - 1).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole}…")
}
