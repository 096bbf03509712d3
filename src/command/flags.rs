//! Options: `--name`, `--name value`, `--name=value`.

use super::args::{cut, cut_last, unended};
use super::lines::is_quoted;

/// All options without a value that commands have.
const SWITCHES: [&str; 5] = ["customers", "anyway", "security", "public", "drill"];
/// Those with one.
const WITH_VALUE: [&str; 2] = ["severity", "sev"];

/// One option, as it was typed.
pub(super) struct Flag<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// What stands after its `=`.
    pub(super) value: Option<&'a str>,
    /// Whether it begins with the two hyphens, so that it can be nothing but an option.
    pub(super) plain: bool,
}

impl<'a> Flag<'a> {
    /// Reads one word. Phones make one long dash of two hyphens: that is taken too, but is not [`Flag::plain`].
    pub(super) fn read(word: &'a str) -> Option<Self> {
        let plain = word.strip_prefix("--");
        let body = plain.or_else(|| word.strip_prefix(['—', '–']))?;
        if !body.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let (name, value) = body.split_once('=').map_or((body, None), |(name, value)| (name, Some(value)));
        Some(Self { name, value, plain: plain.is_some() })
    }

    /// Whether it is called `name`, in any case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Whether it is called `name` and stands alone.
    pub(super) fn is_switch(&self, name: &str) -> bool {
        self.is(name) && self.value.is_none()
    }
}

/// The option that a word most likely was meant to be.
pub(super) fn meant(word: &str) -> Option<&'static str> {
    let flag = Flag::read(word)?;
    let name = unended(flag.name).to_lowercase();
    let far = |known: &str| strsim::osa_distance(known, &name);
    let near = |known: &&str| far(known) <= if known.len() > 5 { 2 } else { 1 };
    SWITCHES.into_iter().chain(WITH_VALUE).filter(near).min_by_key(|known| far(known))
}

/// What looks like an option at the end of a text, with what stands behind it: one that is none, or one that takes a value.
pub(super) fn last(text: &str) -> Option<&str> {
    let (before, last) = cut_last(text);
    let looks_so = |word: &str| Flag::read(word).is_some_and(|flag| flag.plain) || meant(word).is_some();
    let from = match cut_last(before).1 {
        word if WITH_VALUE.iter().any(|name| Flag::read(word).is_some_and(|flag| flag.is(name))) => cut_last(before).0,
        _ if looks_so(last) => before,
        _ => return None,
    };
    let found = text.get(from.len()..)?;
    (!is_quoted(text, from.len() + found.len() - found.trim_start().len())).then(|| found.trim())
}

/// An option at either end of words that take none.
pub(super) fn stray(text: &str) -> Option<&str> {
    let (first, _) = cut(text);
    Some(first)
        .filter(|word| meant(word).is_some())
        .or_else(|| last(text).filter(|found| meant(cut(found).0).is_some()))
}

/// A text without all that `find` finds at its ends. Empty, when that is very much.
pub(super) fn without<'a>(mut text: &'a str, find: fn(&'a str) -> Option<&'a str>) -> &'a str {
    for _ in 0..20 {
        let Some(option) = find(text) else { return text };
        text = text.strip_suffix(option).or_else(|| text.strip_prefix(option)).unwrap_or_default().trim();
    }
    ""
}
