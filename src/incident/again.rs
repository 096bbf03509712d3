//! How to send again what was refused, with what it lacked.

use std::fmt;

use super::IncidentNo;

/// How to send a text again, with something behind it: as a whole line where that can be copied, and in words where it
/// has several lines, is very long, or holds code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Again {
    /// What the line to send begins with, if there is one.
    verb: String,
    /// What stands behind it, or all of the words.
    rest: String,
}

impl Again {
    /// `verb` is what stands before `text`, and `end` what has to stand behind it.
    #[must_use]
    pub fn of(verb: &str, text: &str, end: &str) -> Self {
        const LONGEST: usize = 400;
        let last = text.split_whitespace().next_back().unwrap_or_default().to_lowercase();
        let last = last.trim_matches(|c: char| !c.is_alphanumeric());
        if last == end {
            return Self::words(format!(
                "In that sentence `{end}` is a word like others: for the last update, write it on a line of its own at the end."
            ));
        }
        let leads_on = matches!(last, "next" | "eta" | "promise");
        if leads_on || text.contains(" --") || text.contains(['\n', '`']) || text.chars().count() > LONGEST {
            return Self::words(format!("Send it again with one more line at its end: `{end}`."));
        }
        let bare = text.trim_end_matches([')', ']', '"', '”', '’', '\'', '»']);
        let is_ended = bare.ends_with(['.', '!', '?', '…', '。', '！', '？'])
            || text.ends_with([':', ',', ';', '–', '—'])
            || text.ends_with(" -");
        // After a comma it stands apart, and is no part of the text.
        let comma = if is_ended { "" } else { "," };
        Self { verb: verb.to_owned(), rest: format!("{text}{comma} {end}") }
    }

    /// Words that say it.
    #[must_use]
    pub fn words(words: String) -> Self {
        Self { verb: String::new(), rest: words }
    }

    /// With the number of the incident that was named.
    pub(super) fn addressed(&mut self, no: IncidentNo) {
        let is_named = self.verb.split(' ').any(|word| word.to_lowercase().starts_with("inc"));
        if self.verb.is_empty() || is_named {
            return;
        }
        let (verb, options) = self.verb.split_once(' ').unwrap_or((&self.verb, ""));
        let verb = format!("{verb} {no} {options}");
        verb.trim_end().clone_into(&mut self.verb);
    }

    /// The options of a statement, as they are typed behind its command.
    #[must_use]
    pub fn options(customers: bool, anyway: bool) -> String {
        let options = [(customers, " --customers"), (anyway, " --anyway")];
        options.into_iter().filter(|(is_set, _)| *is_set).map(|(_, option)| option).collect()
    }
}

impl fmt::Display for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.verb.is_empty() { f.write_str(&self.rest) } else { write!(f, "Try `{} {}`.", self.verb, self.rest) }
    }
}
