//! The grammar, pure: what people may type, what it means, and the help on it.
//!
//! [`VERBS`] is the one table. The parser, "did you mean", every page of help and the README's table read it and
//! nothing else; a new command is one row in `verbs/`.

mod admin;
mod args;
mod ask;
mod flags;
mod forms;
mod help;
mod lines;
mod menu;
mod people;
mod promise;
mod readme;
pub mod secret;
mod verb;
mod verbs;
mod when;

use herald_chat::{Mention, Person, clean};

use crate::incident::{Excerpt, IncidentNo, Refusal};

pub use admin::{Admin, Where};
use args::Args;
pub use ask::{Ask, Line, Link, Query, Topic};
pub use forms::{Asks, FormId, UnknownForm};
pub use help::{Situation, Standing, help, help_all, help_now, help_severity, help_times, help_verb};
pub use lines::commands;
pub use menu::{is_about_one, menu, menu_line};
pub use people::People;
pub use readme::markdown_table;
pub use verb::{Group, Place, Places, Verb};
pub use verbs::{ADMIN, VERBS};
pub use when::TIMES;

/// Reads one command, as [`commands`] finds it in a message. `Ok(None)`: it is none, since it does not begin with `!` and a
/// letter. A bare `!` asks for help.
///
/// # Errors
/// A [`Refusal`] for the writer when it is a command that cannot be understood.
pub fn parse(text: &str, by: &Person, people: &People, mentions: &[Mention]) -> Result<Option<Line>, Refusal> {
    read(text, by, people, mentions).map_err(|refusal| proven(refusal, by, people))
}

/// A refusal as it is told: what it tells people to send stands in it as a line only when that is read as a command on the
/// incident that was named.
#[must_use]
pub fn proven(refusal: Refusal, by: &Person, people: &People) -> Refusal {
    refusal.proven(|line, named| matches!(read(line, by, people, &[]), Ok(Some(line)) if line.incident == named))
}

fn read(text: &str, by: &Person, people: &People, mentions: &[Mention]) -> Result<Option<Line>, Refusal> {
    let text = clean(text);
    let Some(typed) = text.strip_prefix('!') else { return Ok(None) };
    let (word, rest) = verb_word(typed);
    if typed.starts_with(char::is_whitespace) {
        return verb::named(word).map_or(Ok(None), |verb| Err(Refusal::SpaceInCommand { verb: verb.name }));
    }
    if !word.starts_with(char::is_alphabetic) {
        return Ok(None);
    }
    let Some(verb) = verb::named(word) else {
        return Err(Refusal::UnknownVerb { word: Excerpt::of(word), like: verb::like(word) });
    };
    if matches!(rest, "--help" | "—help" | "–help") {
        return Ok(Some(Line { verb, incident: None, ask: Ask::Help(Topic::Verb(verb)) }));
    }
    let mut args = Args::new(verb, rest, by, people, mentions);
    let ask = (verb.parse)(&mut args).map_err(|refusal| refusal.addressed(args.incident))?;
    args.incident_behind();
    args.nothing_left()?;
    Ok(Some(Line { verb: args.verb, incident: args.incident, ask }))
}

/// The row of the word that a message begins with, if it begins with a command's.
#[must_use]
pub fn named_verb(text: &str) -> Option<&'static Verb> {
    let text = clean(text);
    verb::named(verb_word(text.strip_prefix('!')?).0)
}

/// The word of a command, and what stands behind it.
fn verb_word(typed: &str) -> (&str, &str) {
    let (word, rest) = args::cut(if typed.is_empty() { "help" } else { typed });
    (args::unended(word), rest)
}

/// The incident that a command names in the place of its number, however the rest of it reads, if words follow.
#[must_use]
pub fn named_incident(line: &str) -> Option<IncidentNo> {
    let (verb, rest) = args::cut(line.strip_prefix('!')?);
    let (first, after) = args::cut(rest);
    let (second, later) = args::cut(after);
    let apart = || first.eq_ignore_ascii_case("inc").then(|| args::number(second).map(IncidentNo)).flatten();
    let (no, words) = match (incident_no(verb), incident_no(first)) {
        (Some(no), _) => (no, rest),
        (None, Some(no)) => (no, after),
        (None, None) => (apart()?, later),
    };
    (!words.is_empty()).then_some(no)
}

/// A text with people whom the platform gave by number under their names.
#[must_use]
pub fn named(text: &str, mentions: &[Mention], people: &People) -> String {
    args::named(text.to_owned(), mentions, people)
}

/// Reads `INC-3`, whichever dash a phone made of it and whatever mark stands behind it.
fn incident_no(word: &str) -> Option<IncidentNo> {
    let dashes = ['\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2212}', '_', '#'];
    let bare = args::unended(word).replace(dashes, "-");
    let glued = || {
        let digits = bare.get(..3).filter(|head| head.eq_ignore_ascii_case("inc")).map(|_| &bare[3..])?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| format!("INC-{digits}").parse().ok()).flatten()
    };
    bare.parse().ok().or_else(glued)
}
