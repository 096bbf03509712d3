//! `[guard]`: what must not leave the war room.

use regex::Regex;
use serde::{Deserialize, Deserializer};

use super::values;

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

/// The built-in patterns: the name that people are told, and what it looks like.
const BUILT_IN: [(&str, &str); 11] = [
    ("an AWS access key", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    ("a private key", r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY"),
    ("a bearer token", r"(?i)\bbearer\s+[a-z0-9._~+/-]{16,}"),
    ("a JSON web token", r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    ("a GitHub token", r"\b(?:gh[opsur]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})"),
    ("a Slack token", r"\bxox[a-z]-[A-Za-z0-9-]{10,}"),
    ("a Matrix access token", r"\bsyt_[A-Za-z0-9_-]{16,}"),
    ("a password or a secret", r"(?i)(?:password|passwd|pwd|secret|token|api[_-]?key)\s*=\s*\S"),
    ("a password in an address", r"(?i)\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/@]+@"),
    ("a private network address", r"\b(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}\b"),
    ("a private host name", r"(?i)\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:internal|local|corp)\b"),
];

impl Guard {
    /// All patterns that are in force, the built-in ones first.
    #[must_use]
    pub fn in_force(&self) -> Vec<Pattern> {
        let built_in = BUILT_IN.iter().filter(|_| self.defaults);
        // Each of them compiles: a test looks.
        let built_in = built_in
            .filter_map(|(name, regex)| Some(Pattern { name: (*name).to_owned(), regex: Regex::new(regex).ok()? }));
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

    /// Which built-in pattern finds something in `text`.
    fn found(text: &str) -> Option<String> {
        let patterns = Guard::default().in_force();
        patterns.into_iter().find(|pattern| pattern.regex.is_match(text)).map(|pattern| pattern.name)
    }

    #[test]
    fn every_built_in_pattern_compiles() {
        assert_eq!(Guard::default().in_force().len(), BUILT_IN.len());
    }

    #[test]
    fn what_must_not_leave_is_found() {
        let github = format!("use ghp_{} for now", "a1".repeat(18));
        for (text, name) in [
            ("key AKIAIOSFODNN7EXAMPLE leaked", "an AWS access key"),
            ("-----BEGIN OPENSSH PRIVATE KEY-----", "a private key"),
            ("Authorization: Bearer abcdefgh12345678", "a bearer token"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sig", "a JSON web token"),
            (&github, "a GitHub token"),
            ("xoxb-1234567890-abc", "a Slack token"),
            ("syt_aGVyYWxk_abcdefghijkl", "a Matrix access token"),
            ("DB_PASSWORD = hunter2", "a password or a secret"),
            ("postgres://app:hunter2@db/orders", "a password in an address"),
            ("10.0.12.7 is down", "a private network address"),
            ("try 192.168.1.1", "a private network address"),
            ("db-1.prod.internal is slow", "a private host name"),
        ] {
            assert_eq!(found(text).as_deref(), Some(name), "{text}");
        }
    }

    #[test]
    fn ordinary_updates_are_left_alone() {
        for text in [
            "Checkout is slow for 10.5 % of users since 12:30 UTC.",
            "Password resets fail; the token page is affected too.",
            "We rolled back to version 4.10.2.",
            "Local shops and internal tools work. See https://status.example.org/inc/7.",
            "The bearer of bad news: 172.64.0.1 is a public address.",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
