//! `[guard]`: what must not leave the war room.

mod hosts;
mod pairs;
mod patterns;
mod said;
mod words;

use regex::Regex;
use serde::{Deserialize, Deserializer};

use super::values;
use crate::incident::policy::Hit;
use patterns::BUILT_IN;

/// What must not leave the war room: an update that holds any of it is refused.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Guard {
    /// Whether the built-in patterns are used beside [`Guard::patterns`].
    pub defaults: bool,
    /// Patterns of one's own.
    pub patterns: Vec<Pattern>,
}

/// One thing that must not leave the war room.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// What people are told that it is, with its article: "an AWS access key".
    #[serde(deserialize_with = "name")]
    pub name: String,
    /// What it looks like. Never matches an empty text.
    #[serde(deserialize_with = "regex")]
    pub regex: Regex,
    /// Whether something that it finds is none after all. Of a pattern of one's own, nothing is.
    #[serde(skip, default = "never")]
    pub is_harmless: fn(&Hit<'_>) -> bool,
}

fn never() -> fn(&Hit<'_>) -> bool {
    |_| false
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.regex.as_str() == other.regex.as_str()
    }
}

impl Default for Guard {
    fn default() -> Self {
        Self { defaults: true, patterns: Vec::new() }
    }
}

impl Guard {
    /// All patterns that are in force, the built-in ones first.
    #[must_use]
    pub fn in_force(&self) -> Vec<Pattern> {
        let built_in = BUILT_IN.iter().filter(|_| self.defaults);
        // Each of them compiles: a test looks.
        let built_in = built_in.filter_map(|row| {
            let (name, regex, is_harmless) = (row.name.to_owned(), Regex::new(row.regex).ok()?, row.is_harmless);
            Some(Pattern { name, regex, is_harmless })
        });
        built_in.chain(self.patterns.iter().cloned()).collect()
    }
}

fn name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let wanted = r#"write what people are told that it is, such as "a customer number""#;
    values::text(from, wanted, |text| (!text.trim().is_empty()).then(|| text.trim().to_owned()))
}

fn regex<'de, D: Deserializer<'de>>(from: D) -> Result<Regex, D::Error> {
    let text =
        values::text(from, r#"write a regular expression, such as "CUST-[0-9]+""#, |text| Some(text.to_owned()))?;
    let custom = |wanted: String| <D::Error as serde::de::Error>::custom(wanted);
    let regex = Regex::new(&text).map_err(|cause| {
        let cause = cause.to_string();
        let reason = cause.lines().next_back().unwrap_or_default().trim_start_matches("error: ");
        custom(format!("write a regular expression that can be read (this one: {reason})"))
    })?;
    if regex.is_match("") {
        return Err(custom("write a regular expression that does not match everything".to_owned()));
    }
    Ok(regex)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::incident::guard::found;

    /// Which built-in pattern finds something in `text`.
    fn found_in(text: &str) -> Option<String> {
        let policy = Config::default().policy();
        found(text, &policy.guard).map(str::to_owned)
    }

    #[test]
    fn every_built_in_pattern_compiles() {
        assert_eq!(Guard::default().in_force().len(), BUILT_IN.len());
    }

    #[test]
    fn every_pattern_finds_its_own_examples_and_leaves_alone_what_it_should() {
        for row in BUILT_IN {
            assert!(!row.finds.is_empty() && !row.leaves.is_empty(), "{}", row.name);
            for text in row.finds {
                assert_eq!(found_in(text).as_deref(), Some(row.name), "{text}");
            }
            for text in row.leaves {
                assert_eq!(found_in(text), None, "{text}");
            }
        }
    }

    #[test]
    fn whatever_is_found_is_found_in_other_letters_too() {
        let wide = |c: char| match c {
            '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
            c => c,
        };
        for text in BUILT_IN.iter().flat_map(|row| row.finds) {
            let name = found_in(text);
            assert_eq!(found_in(&text.chars().map(wide).collect::<String>()), name, "{text}");
            let unseen = text.chars().flat_map(|c| [c, '\u{200b}']).collect::<String>();
            assert_eq!(found_in(&unseen), name, "{text}");
        }
    }

    #[test]
    fn ordinary_updates_are_left_alone() {
        for text in [
            "Checkout is slow for 10.5 % of users since 12:30 UTC.",
            "We rolled back to version 4.10.2.",
            "Local shops and internal tools work. See https://status.example.org/inc/7.",
            "The bearer of bad news: 172.64.0.1 is a public address.",
            "Signing in fails for some: the password field is not shown.",
            "Payments by card work again. Refunds follow by 14:30 UTC.",
            "Zahlungen mit Karte gehen wieder. Платежи снова работают.",
        ] {
            assert_eq!(found_in(text), None, "{text}");
        }
    }
}
