//! What stands after the verb, taken piece by piece, and what to say when a piece is missing.

use herald_chat::{Mention, Person, clean, clean_line};

use crate::incident::policy::TEXT_MAX;
use crate::incident::{Again, Excerpt, IncidentNo, Refusal, Role, Severity};

use super::{Group, People, Verb, flags, incident_no};

/// The words after the verb, cleaned, and what helps to understand them.
pub(super) struct Args<'a> {
    /// The row they are read by.
    pub(super) verb: &'static Verb,
    /// The incident named directly after the verb.
    pub(super) incident: Option<IncidentNo>,
    /// All words after the verb.
    whole: &'a str,
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
        let (second, later) = cut(after);
        // `INC 1` is what some phones make of it.
        let apart = first.eq_ignore_ascii_case("inc").then(|| number(second).map(IncidentNo)).flatten();
        let (incident, rest) = match incident_no(first) {
            Some(_) if is_joined(first, after) => (None, text),
            Some(no) => (Some(no), after),
            None if apart.is_some() && is_joined(second, later) => (None, text),
            None if apart.is_some() => (apart, later),
            None => (None, text),
        };
        Self { verb, incident, whole: text, rest, by, people, mentions }
    }

    /// The command as it was typed so far.
    pub(super) fn taken(&self) -> String {
        let taken = self.whole.len().saturating_sub(self.rest.len());
        let name = self.verb.name.split(' ').next().unwrap_or_default();
        format!("!{name} {}", self.whole.get(..taken).unwrap_or_default()).trim_end().to_owned()
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
        let text = self.without_options()?.to_owned();
        self.sized(text, "text", TEXT_MAX, missing)
    }

    /// All that is left, on one line.
    pub(super) fn line(&mut self, missing: &str) -> Result<String, Refusal> {
        let line = clean_line(self.without_options()?);
        self.sized(line, "text", TEXT_MAX, missing)
    }

    /// All that is left, which is words: an option at either end of them counts for nothing here.
    fn without_options(&mut self) -> Result<&'a str, Refusal> {
        let line = self.taken();
        let text = self.all();
        let Some(typed) = flags::stray(text) else { return Ok(text) };
        let bare = flags::without(text, flags::stray);
        let again = Again::line(&line, &self.named(bare)).or("Send it again without.");
        let what = format!("is no option of `!{}`", self.verb.name);
        Err(Refusal::StrayOption { flag: Excerpt::of(typed), what, again })
    }

    /// `text` with people whom the platform gave by number under their names, if there is any and it is not longer than
    /// `limit`.
    pub(super) fn sized(
        &self,
        text: String,
        what: &'static str,
        limit: usize,
        missing: &str,
    ) -> Result<String, Refusal> {
        let text = named(text, self.mentions, self.people);
        if let Some(typed) = placeholder(&text) {
            return Err(Refusal::Placeholder { typed: Excerpt::of(typed) });
        }
        let got = text.chars().count();
        if says_nothing(&text) {
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

    /// All that is left, as it is.
    pub(super) fn all(&mut self) -> &'a str {
        std::mem::take(&mut self.rest)
    }

    /// The incident may be named behind the fields, too.
    pub(super) fn incident_behind(&mut self) {
        if self.takes_incident()
            && let Some(no) = incident_no(self.rest)
        {
            self.incident = Some(no);
            self.rest = "";
        }
    }

    /// Whether one may still be named. What admins do is about none.
    fn takes_incident(&self) -> bool {
        self.incident.is_none() && self.verb.group != Group::Admin
    }

    /// Nothing is left but marks of punctuation: words are never half-obeyed.
    pub(super) fn nothing_left(&self) -> Result<(), Refusal> {
        if self.rest.chars().all(|c| matches!(c, '.' | '!' | '?' | ',' | ';' | ':') || c.is_whitespace()) {
            return Ok(());
        }
        let understood = unended(&self.taken()).to_owned();
        let named = |text: &str| Excerpt::of(&self.named(text));
        Err(Refusal::LeftOver { understood: named(&understood), rest: named(self.rest) })
    }

    /// `text` with people whom the platform gave by number under their names.
    pub(super) fn named(&self, text: &str) -> String {
        named(text.to_owned(), self.mentions, self.people)
    }

    /// The next word, as a role.
    pub(super) fn role(&mut self) -> Result<Role, Refusal> {
        let word = self.word().ok_or_else(|| self.misused("Say which role."))?;
        role(word).ok_or_else(|| Refusal::UnknownRole { word: Excerpt::of(word) })
    }

    /// The incident may be named behind a person too, whose name is all that is left otherwise.
    fn incident_behind_a_name(&mut self) {
        let (before, last) = cut_last(self.rest);
        if self.takes_incident()
            && !before.is_empty()
            && let Some(no) = incident_no(last)
        {
            self.incident = Some(no);
            self.rest = before;
        }
    }

    /// A role and somebody, in either order: `spokesperson @ben`, `@ben spokesperson`, `spokesperson to @ben`.
    pub(super) fn role_and_person(&mut self) -> Result<(Role, Person), Refusal> {
        self.incident_behind_a_name();
        let (first, after) = cut(self.rest);
        let (before, last) = cut_last(self.rest);
        if role(first).is_none()
            && let Some(role) = role(last)
        {
            self.rest = "";
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
        self.incident_behind_a_name();
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
            Some(_) | None => self.people.find(&named(name.to_owned(), self.mentions, self.people), self.by),
        }
    }

    /// The next word, as a severity.
    pub(super) fn severity(&mut self) -> Result<Severity, Refusal> {
        let word = self.word().ok_or_else(|| self.misused("Say which level: `minor`, `major` or `critical`."))?;
        severity(word)
    }
}

/// Whether the number of an incident is a word of a sentence, which goes on with another one or with an `and`: `INC-1 and
/// INC-2 are one`. Numbers alone are what a command is about.
fn is_joined(number: &str, after: &str) -> bool {
    let joins = |word: &str| matches!(word.to_lowercase().as_str(), "and" | "&" | "+" | "or" | ",");
    let is_number = |word: &str| incident_no(word).is_some() || word.eq_ignore_ascii_case("inc");
    let (next, _) = cut(after);
    let goes_on = joins(next) || number.ends_with(',') && is_number(next);
    goes_on && after.split_whitespace().any(|word| !joins(word) && !is_number(word) && self::number(word).is_none())
}

/// Whether a text has no word and no sign in it: marks of punctuation and blanks alone.
fn says_nothing(text: &str) -> bool {
    let is_blank = |c: char| c.is_whitespace() || matches!(c, '\u{2800}' | '\u{3164}');
    text.chars().all(|c| is_blank(c) || matches!(c, '.' | ',' | ';' | ':' | '-' | '–' | '—' | '…' | '。'))
}

/// What a hint shows in place of a text, where a text is nothing else: `<text>`.
fn placeholder(text: &str) -> Option<&str> {
    let bare = unended(text).trim_matches('`');
    let inner = bare.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'))?;
    let is_word = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'');
    (inner.starts_with(char::is_alphabetic) && inner.chars().all(is_word)).then_some(bare)
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

/// `text` with people under their names whom the platform gave by number or as a link: `<@12>`, `[ben](https://…)`. This
/// comes last, so that nobody's name is read as a part of a command.
pub(super) fn named(text: String, mentions: &[Mention], people: &People) -> String {
    if !mentions.iter().any(|it| is_number(it) && text.contains(&it.text)) {
        return text;
    }
    let mut text = text;
    for mention in mentions.iter().filter(|it| is_number(it)) {
        let name = people.behind(&people.known(&mention.person)).name;
        text = text.replace(&mention.text, &format!("@{}", name.trim_start_matches('@')));
    }
    clean(&text)
}

fn is_number(mention: &Mention) -> bool {
    mention.text.starts_with(['<', '['])
}

/// Without what may end a sentence, or surround a number in one.
pub(super) fn unended(word: &str) -> &str {
    word.trim_end_matches([':', ',', '.', ';', '!', '?', ')'])
}

/// Reads `3` or `#3`.
pub(super) fn number(word: &str) -> Option<u32> {
    let digits = unended(word.trim_start_matches(['#', '(']));
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|n| plain && *n > 0)
}

/// Reads a severity by its word, as `sev1` or as `1`.
pub(super) fn severity(word: &str) -> Result<Severity, Refusal> {
    let lower = unended(word).to_lowercase();
    match lower.strip_prefix("sev").map_or(lower.as_str(), |level| level.trim_start_matches('-')) {
        "critical" | "1" => Ok(Severity::Critical),
        "major" | "2" => Ok(Severity::Major),
        "minor" | "3" => Ok(Severity::Minor),
        _ => Err(Refusal::UnknownSeverity { word: Excerpt::of(word) }),
    }
}

fn role(word: &str) -> Option<Role> {
    match unended(word).trim_start_matches('@').to_lowercase().as_str() {
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
        unended(line.trim_start_matches(['@', '＠'])).to_owned()
    };
    let mention = bare(mention);
    !mention.is_empty() && mention == bare(typed)
}
