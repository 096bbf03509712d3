//! What stands behind a word for a secret, and whether that is one: `password: hunter2` is, `Password: please wait` is not.

use crate::incident::guard::folded;
use crate::incident::policy::Hit;

use super::words::{IS_SAID, OPENS_A_SENTENCE, is_technical};

/// No secret is looked for farther behind its word than this, in bytes.
const FARTHEST: usize = 400;
/// Marks that say: here it is.
const MARKS: [&str; 11] = ["-->", "==>", "->", "=>", ":=", "→", "⇒", "➔", "➜", ":", "="];
/// Words that lead on to a secret, and to much else.
const LEADS: [&str; 29] = [
    "was",
    "were",
    "are",
    "been",
    "has",
    "have",
    "had",
    "being",
    "set",
    "changed",
    "reset",
    "updated",
    "rotated",
    "to",
    "now",
    "currently",
    "still",
    "as",
    "again",
    "temporarily",
    "ist",
    "est",
    "es",
    "lautet",
    "wurde",
    "auf",
    "и",
    "на",
    "теперь",
];
/// Words between a secret's word and it that say whose it is.
const OF_WHOM: [&str; 8] = ["for", "of", "on", "für", "von", "de", "pour", "для"];
/// Words before one that speak of an error.
const OF_ERRORS: [&str; 9] =
    ["invalid", "wrong", "incorrect", "bad", "missing", "expired", "unknown", "forgot", "forgotten"];

/// How a text goes from the word for a secret to what may be one.
#[derive(Default)]
struct Led {
    /// By a colon, an equals sign or an arrow.
    marked: bool,
    /// By an equals sign, as in code.
    equals: bool,
    /// By `is`.
    is: bool,
    /// By other words, or not at all.
    loosely: bool,
}

/// What follows a word for a secret is said of it, or stands for it.
pub(super) fn says_no_secret(hit: &Hit<'_>) -> bool {
    let found = hit.found.trim_start_matches('_').to_lowercase();
    let Some((led, value)) = value(hit) else { return true };
    let word = value.split_whitespace().next().unwrap_or_default();
    let word = if hit.before.ends_with('<') { word.split("</").next().unwrap_or_default() } else { word };
    let line = value.lines().next().unwrap_or_default();
    let bare = bare(word);
    let is_hidden = bare.is_empty() || bare.len() >= 3 && bare.chars().all(|c| matches!(c, 'x' | 'X'));
    if is_hidden || stands_for_one(word, line) {
        return true;
    }
    if found == "pass" && !led.marked && !names_somebody(hit.before) {
        return true;
    }
    let is_code =
        found.contains("code") && !found.contains("passcode") || found.contains("pin") || found.contains("otp");
    if is_code {
        return !looks_like_a_code(bare, led.marked);
    }
    if matches!(&*found, "key" | "keys") {
        return !(looks_like_a_secret(word) && bare.len() >= 16);
    }
    if looks_like_a_secret(word) && !(led.loosely && is_numbered_word(bare)) {
        return false;
    }
    if !led.marked && (!led.is || led.loosely) {
        return true;
    }
    if led.marked { is_label(&found, hit.before, &led, line) } else { is_said(bare) }
}

/// What may be the secret, and how it is led to.
fn value<'a>(hit: &Hit<'a>) -> Option<(Led, &'a str)> {
    let end = (0..=FARTHEST.min(hit.after.len())).rev().find(|at| hit.after.is_char_boundary(*at)).unwrap_or(0);
    let after = &hit.after[..end];
    let mut led = Led::default();
    let closes = ['"', '\'', '”', '’', '`', '*', ']', ')'];
    let mut rest = after.trim_start_matches(closes);
    if let Some(inside) = rest.strip_prefix('>').filter(|_| hit.before.ends_with('<')) {
        return Some((Led { marked: true, equals: true, ..led }, inside));
    }
    loop {
        let next = rest.trim_start();
        if let Some(mark) = MARKS.into_iter().find(|mark| next.starts_with(*mark)) {
            led.marked = true;
            led.equals |= mark == "=";
            rest = &next[mark.len()..];
            continue;
        }
        if let Some((_, behind)) = next.strip_prefix('(').and_then(|inside| inside.split_once(')')) {
            rest = behind;
            continue;
        }
        if next.len() == rest.len() && !led.marked {
            return None;
        }
        let word = next.split(|c: char| c.is_whitespace() || matches!(c, ':' | '=')).next().unwrap_or_default();
        let lower = word.to_lowercase();
        if lower == "is" {
            led.is = true;
        } else if LEADS.contains(&&*lower) || matches!(word, "-" | "–" | "—" | "/" | "|" | "..." | "…") {
            led.loosely |= !(led.is && lower == "now");
        } else if OF_WHOM.contains(&&*lower) && !led.marked {
            led.loosely = true;
            let whose = next[word.len()..].trim_start();
            let whose = whose.strip_prefix("the ").unwrap_or(whose);
            rest = &whose[whose.find(|c: char| c.is_whitespace() || matches!(c, ':' | '=')).unwrap_or(whose.len())..];
            continue;
        } else {
            led.loosely |= !led.marked && !led.is;
            return (!next.is_empty()).then_some((led, next));
        }
        rest = &next[word.len()..];
    }
}

/// Without the marks around it.
pub(super) fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// `<your token>`, `$TOKEN`.
pub(super) fn stands_for_one(word: &str, line: &str) -> bool {
    let word = word.trim_start_matches(['"', '\'']);
    let named = |rest: &str| {
        let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
        rest.starts_with(['{', '(']) || !name.is_empty() && !name.contains(|c: char| c.is_ascii_lowercase())
    };
    word.starts_with('<') && line.contains('>')
        || word.strip_prefix(['$', '%']).is_some_and(named)
        || word.starts_with("{{")
}

fn names_somebody(before: &str) -> bool {
    let line = before.lines().next_back().unwrap_or_default().to_lowercase();
    ["user", "login", "log in", "account", "admin", "root", "name"].iter().any(|word| line.contains(word))
}

/// Whether a word is none of any language: letters and digits together, or marks among letters.
pub(super) fn looks_like_a_secret(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '!' | '#' | '$' | '%'));
    let bare = bare(word);
    if bare.chars().count() < 6 || is_technical(bare) {
        return false;
    }
    let is = |test: fn(char) -> bool| bare.chars().any(test);
    let mixed = is(|c| c.is_ascii_digit()) && is(char::is_alphabetic);
    let marked = bare.contains(['!', '#', '$', '%', '^', '*', '~']) && is(char::is_alphabetic);
    let upper = bare.chars().filter(char::is_ascii_uppercase).count();
    let long = bare.len() >= 24 && upper >= 3 && upper < bare.len() && bare.bytes().all(|b| b.is_ascii_alphanumeric());
    mixed || marked || long
}

/// `auth-service-2`.
fn is_numbered_word(bare: &str) -> bool {
    let plain = bare.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let last = bare.rsplit('-').next().unwrap_or_default();
    plain && bare.contains('-') && last.len() < 3 && last.bytes().all(|b| b.is_ascii_digit())
}

/// Digits, or groups of letters and digits.
fn looks_like_a_code(bare: &str, marked: bool) -> bool {
    let digits = bare.bytes().filter(u8::is_ascii_digit).count();
    let groups = bare.split('-').filter(|group| group.len() >= 3 && group.chars().all(char::is_alphanumeric)).count();
    let in_groups = marked && groups > 1 && groups == bare.split('-').count() && !bare.split('-').any(is_known);
    digits >= 4 || looks_like_a_secret(bare) || in_groups
}

fn is_known(word: &str) -> bool {
    is_in(IS_SAID, word) || is_in(OPENS_A_SENTENCE, word)
}

/// Whether it is one of these, also as the guard has folded it.
fn is_in(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| *known == word || !known.is_ascii() && folded(known) == word)
}

/// `The password is wrong`, `is posted in a forum`, `is rate-limited`.
fn is_said(bare: &str) -> bool {
    let lower = bare.to_lowercase();
    let last = lower.rsplit('-').next().unwrap_or_default();
    happens(bare)
        || is_known(&lower)
        || lower.contains('-') && !lower.contains(|c: char| c.is_ascii_digit()) && is_known(last)
}

/// `posted`, `leaking`, `rate-limited`: nobody calls a password so who wants to keep it.
fn happens(bare: &str) -> bool {
    let plain = bare.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    plain && bare.len() > 4 && (bare.ends_with("ed") || bare.ends_with("ing"))
}

/// Whether a word before a colon is the heading of a sentence: `Passwords: nobody has to change theirs`.
fn is_label(found: &str, before: &str, led: &Led, line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let bares: Vec<String> =
        words.iter().map(|word| bare(word).to_lowercase()).filter(|word| !word.is_empty()).collect();
    let (Some(typed), Some(first)) = (words.first(), bares.first()) else { return true };
    let typed = bare(typed);
    let known_later = bares.iter().skip(1).any(|word| is_known(word));
    // `correct horse battery staple`.
    let is_phrase = bares.len() >= if found.contains("phrase") { 3 } else { 4 }
        && !known_later
        && !is_in(OPENS_A_SENTENCE, first)
        && words.iter().all(|word| word.len() >= 4 && word.chars().all(|c| c.is_ascii_lowercase()));
    if found.contains("pass") && is_phrase {
        return false;
    }
    let last = before.split_whitespace().next_back().unwrap_or_default().to_lowercase();
    let of_error = OF_ERRORS.contains(&bare(&last));
    let counts =
        first.bytes().all(|b| b.is_ascii_digit()) && (words[0].contains('%') || first.len() < 3 && bares.len() > 1);
    let heads_many = found.ends_with('s') && !matches!(found, "pass" | "credentials" | "creds") && bares.len() > 2;
    let opens = is_in(OPENS_A_SENTENCE, first) && bares.len() > 1 && !led.equals;
    is_in(IS_SAID, first) || happens(typed) || (!led.equals && (of_error || counts || heads_many)) || opens
}
