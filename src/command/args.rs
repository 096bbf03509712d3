//! What stands after the verb, taken piece by piece, and what to say when a piece is missing.

use herald_chat::{Mention, Person, clean_line};

use crate::incident::policy::TEXT_MAX;
use crate::incident::{Excerpt, IncidentNo, Refusal, Role, Severity};

use super::flags::Flag;
use super::{People, Verb, incident_no};

/// The words after the verb, cleaned, and what helps to understand them.
pub(super) struct Args<'a> {
    /// The row they are read by.
    pub(super) verb: &'static Verb,
    /// The incident named directly after the verb.
    pub(super) incident: Option<IncidentNo>,
    /// What was not taken yet.
    pub(super) rest: &'a str,
    /// Who typed them.
    pub(super) by: &'a Person,
    people: &'a People,
    pub(super) mentions: &'a [Mention],
}

impl<'a> Args<'a> {
    /// Begins with the `text` after the verb.
    pub(super) fn new(
        verb: &'static Verb,
        text: &'a str,
        by: &'a Person,
        people: &'a People,
        mentions: &'a [Mention],
    ) -> Self {
        let (first, after) = cut(text);
        let incident = incident_no(first);
        let rest = if incident.is_some() { after } else { text };
        Self { verb, incident, rest, by, people, mentions }
    }

    /// The refusal that shows how the verb is used. `what` is a sentence on what is wrong.
    pub(super) fn misused(&self, what: impl Into<String>) -> Refusal {
        Refusal::Misused { what: what.into(), usage: self.verb.usage, example: self.verb.example }
    }

    /// The refusal of an option that the verb has not.
    pub(super) fn unknown_flag(&self, typed: &str) -> Refusal {
        Refusal::UnknownFlag { flag: Excerpt::of(typed), verb: self.verb.name, usage: self.verb.usage }
    }

    /// The next word.
    pub(super) fn word(&mut self) -> Option<&'a str> {
        let (word, rest) = cut(self.rest);
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    /// All that is left, line for line.
    pub(super) fn text(&mut self, missing: &str) -> Result<String, Refusal> {
        let text = std::mem::take(&mut self.rest).to_owned();
        self.sized(text, "text", TEXT_MAX, missing)
    }

    /// All that is left, on one line.
    pub(super) fn line(&mut self, missing: &str) -> Result<String, Refusal> {
        let line = clean_line(std::mem::take(&mut self.rest));
        self.sized(line, "text", TEXT_MAX, missing)
    }

    /// `text`, if there is any and it is not longer than `limit`.
    pub(super) fn sized(
        &self,
        text: String,
        what: &'static str,
        limit: usize,
        missing: &str,
    ) -> Result<String, Refusal> {
        let got = text.chars().count();
        if text.is_empty() {
            Err(self.misused(missing))
        } else if got > limit {
            Err(Refusal::TooLong { what, got, limit })
        } else {
            Ok(text)
        }
    }

    /// The next word, as a number: `3` or `#3`.
    pub(super) fn number(&mut self, missing: &str) -> Result<u32, Refusal> {
        let word = self.word().ok_or_else(|| self.misused(missing))?;
        number(word).ok_or_else(|| self.misused(format!("`{}` is not a number like `3`.", Excerpt::of(word))))
    }

    /// The next word as a number, after which there is nothing.
    pub(super) fn only_number(&mut self, missing: &str) -> Result<u32, Refusal> {
        let n = self.number(missing)?;
        self.nothing("takes one number and nothing else")?;
        Ok(n)
    }

    /// Nothing is left. `takes` says so: "takes no words".
    pub(super) fn nothing(&self, takes: &str) -> Result<(), Refusal> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.misused(format!("`!{}` {takes}.", self.verb.name))) }
    }

    /// The next word, as a role.
    pub(super) fn role(&mut self) -> Result<Role, Refusal> {
        let word = self.word().ok_or_else(|| self.misused("Say which role."))?;
        role(word).ok_or_else(|| Refusal::UnknownRole { word: Excerpt::of(word) })
    }

    /// A role and somebody, in either order: `spokesperson @ben`, `@ben spokesperson`, `spokesperson to @ben`.
    pub(super) fn role_and_person(&mut self) -> Result<(Role, Person), Refusal> {
        let (first, after) = cut(self.rest);
        let (before, last) = cut_last(self.rest);
        if role(first).is_none()
            && let Some(role) = role(last)
        {
            return Ok((role, self.somebody(before)?));
        }
        let role = self.role()?;
        let (to, name) = cut(after);
        if to.eq_ignore_ascii_case("to") && !name.is_empty() {
            self.rest = name;
        }
        Ok((role, self.person()?))
    }

    /// All that is left, as somebody.
    pub(super) fn person(&mut self) -> Result<Person, Refusal> {
        match std::mem::take(&mut self.rest) {
            "" => Err(self.misused("Say who.")),
            name => self.somebody(name),
        }
    }

    /// Whom `name` means: whoever the platform itself says, or else whoever is known by it.
    /// They are called as in what they say themselves, so that nobody is taken for somebody else.
    pub(super) fn somebody(&self, name: &str) -> Result<Person, Refusal> {
        Ok(self.people.behind(&self.meant(name)?))
    }

    fn meant(&self, name: &str) -> Result<Person, Refusal> {
        let mut meant = self
            .mentions
            .iter()
            .filter(|m| m.text.len() + 8 > name.len() && same_words(&m.text, name))
            .map(|m| &m.person);
        match meant.next() {
            Some(person) if meant.all(|other| other == person) => Ok(person.clone()),
            Some(_) | None => self.people.find(name, self.by),
        }
    }

    /// The next word, as a severity.
    pub(super) fn severity(&mut self) -> Result<Severity, Refusal> {
        let word = self.word().ok_or_else(|| self.misused("Say which level: `minor`, `major` or `critical`."))?;
        severity(word)
    }

    /// Drops a leading option called `name` and says whether there was one. Any other option is refused.
    pub(super) fn leading_switch(&mut self, name: &str) -> Result<bool, Refusal> {
        let (word, after) = cut(self.rest);
        match Flag::read(word) {
            Some(flag) if flag.is_switch(name) => {
                self.rest = after;
                Ok(true)
            }
            Some(flag) if flag.plain => Err(self.unknown_flag(word)),
            Some(_) | None => Ok(false),
        }
    }
}

/// The first word, and what follows it.
pub(super) fn cut(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let (word, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    (word, rest.trim_start())
}

/// What precedes the last word, and the last word.
pub(super) fn cut_last(text: &str) -> (&str, &str) {
    let text = text.trim_end();
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    (text[..text.len() - word.len()].trim_end(), word)
}

/// Reads `3` or `#3`.
pub(super) fn number(word: &str) -> Option<u32> {
    let digits = word.strip_prefix('#').unwrap_or(word).trim_end_matches([':', ',']);
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|n| plain && *n > 0)
}

/// Reads a severity by its word, as `sev1` or as `1`.
pub(super) fn severity(word: &str) -> Result<Severity, Refusal> {
    let lower = word.trim_end_matches([':', ',', '.']).to_lowercase();
    match lower.strip_prefix("sev").map_or(lower.as_str(), |level| level.trim_start_matches('-')) {
        "critical" | "1" => Ok(Severity::Critical),
        "major" | "2" => Ok(Severity::Major),
        "minor" | "3" => Ok(Severity::Minor),
        _ => Err(Refusal::UnknownSeverity { word: Excerpt::of(word) }),
    }
}

fn role(word: &str) -> Option<Role> {
    match word.to_lowercase().as_str() {
        "commander" | "ic" | "operator" | "lead" => Some(Role::Commander),
        "spokesperson" | "comms" | "reporter" => Some(Role::Spokesperson),
        "responder" | "driver" => Some(Role::Responder),
        "observer" | "scribe" | "navigator" => Some(Role::Observer),
        _ => None,
    }
}

/// Whether a mention's words are those typed, but for case, the `@` and a mark at the end.
fn same_words(mention: &str, typed: &str) -> bool {
    let bare = |text: &str| {
        let line = clean_line(text).to_lowercase();
        line.trim_start_matches(['@', '＠']).trim_end_matches([':', ',', '.', ';', '!', '?']).to_owned()
    };
    let mention = bare(mention);
    !mention.is_empty() && mention == bare(typed)
}
