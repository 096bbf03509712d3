//! How to send again what was refused, with what it lacked.

use std::fmt;

use herald_chat::clean_line;

use super::IncidentNo;

/// How to send again what was refused: as a whole line where that can be copied, and in words where it has several lines, is
/// very long, holds code, or would be refused in its turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Again {
    /// The line to send, if there is one.
    line: Option<Box<Line>>,
    /// The incident that was named.
    named: Option<IncidentNo>,
    /// What is said where there is no line.
    words: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    /// What it begins with.
    verb: String,
    /// What stands behind that.
    rest: String,
}

impl Again {
    /// `verb` is what stands before `text`, and `end` what has to stand behind it.
    #[must_use]
    pub fn of(verb: &str, text: &str, end: &str) -> Self {
        let last = text.split_whitespace().next_back().unwrap_or_default().to_lowercase();
        let last = last.trim_matches(|c: char| !c.is_alphanumeric());
        if last == end {
            return Self::words(format!(
                "In that sentence `{end}` is a word like others: for the last update, write it on a line of its own at the end."
            ));
        }
        let words = format!("Send it again with one more line at its end: `{end}`.");
        if matches!(last, "next" | "eta" | "promise") {
            return Self::words(words);
        }
        let bare = text.trim_end_matches([')', ']', '"', '”', '’', '\'', '»']);
        let is_ended = bare.ends_with(['.', '!', '?', '…', '。', '！', '？'])
            || text.ends_with([':', ',', ';', '–', '—'])
            || text.ends_with(" -");
        // After a comma it stands apart, and is no part of the text.
        let comma = if is_ended { "" } else { "," };
        Self::line(verb, &format!("{text}{comma} {end}")).or(&words)
    }

    /// The line that begins with `verb` and goes on with `rest`.
    #[must_use]
    pub fn line(verb: &str, rest: &str) -> Self {
        const LONGEST: usize = 400;
        if rest.is_empty() || rest.contains(['\n', '`']) || rest.chars().count() > LONGEST {
            return Self::default();
        }
        let line = Line { verb: verb.to_owned(), rest: clean_line(rest) };
        Self { line: Some(Box::new(line)), ..Self::default() }
    }

    /// Words alone.
    #[must_use]
    pub fn words(words: String) -> Self {
        Self { words, ..Self::default() }
    }

    /// With these words where there is no line.
    #[must_use]
    pub fn or(self, words: &str) -> Self {
        Self { words: words.to_owned(), ..self }
    }

    /// The same, with its words alone where the line is not read as one on the incident that was named.
    #[must_use]
    pub fn proven(self, is_read: impl FnOnce(&str, Option<IncidentNo>) -> bool) -> Self {
        let is_read = |line: &Line| is_read(&line.to_string(), self.named);
        if self.line.as_deref().is_none_or(is_read) { self } else { Self::words(self.words) }
    }

    /// With the number of the incident that was named.
    pub(super) fn addressed(&mut self, no: IncidentNo) {
        self.named = Some(no);
        let Some(line) = &mut self.line else { return };
        if line.verb.split(' ').any(|word| word.to_lowercase().starts_with("inc")) {
            return;
        }
        let (verb, options) = line.verb.split_once(' ').unwrap_or((&line.verb, ""));
        let verb = format!("{verb} {no} {options}");
        verb.trim_end().clone_into(&mut line.verb);
    }

    /// The options of a statement, as they are typed behind its command.
    #[must_use]
    pub fn options(customers: bool, anyway: bool) -> String {
        let options = [(customers, " --customers"), (anyway, " --anyway")];
        options.into_iter().filter(|(is_set, _)| *is_set).map(|(_, option)| option).collect()
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.rest)
    }
}

impl fmt::Display for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.line {
            Some(line) => write!(f, "Try `{line}`."),
            None => f.write_str(&self.words),
        }
    }
}
