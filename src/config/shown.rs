//! What an error may repeat of a value: never a secret, whatever its type, and wherever somebody put it.

use std::path::Path;
use std::sync::LazyLock;

use ::config::{Value, ValueKind};
use regex::Regex;

/// The longest value that an error repeats, in characters.
const SHOWN: usize = 60;
/// What the name of a key holds whose value is a secret. A key that ends in `_file` names a file that holds it.
const SECRET: [&str; 5] = ["password", "token", "secret", "passphrase", "recovery_key"];
/// Sections that hold secrets: written as a text, one is what somebody took for their value.
const SECTIONS: [&str; 2] = ["matrix", "discord"];

/// What looks like a secret in any place: tokens of Discord, of Matrix homeservers, a recovery key, which is groups of four
/// letters and digits, and whatever is long and made of them.
static SECRETS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let tokens = r"[\w-]{20,}\.[\w-]{5,}\.[\w-]{20,}|\b(?:sy[tl]|mat|mct|mcr)_\w{8,}";
    let keys = r"\b[A-Za-z0-9]{4}(?:[ -][A-Za-z0-9]{4}){6,}\b|[A-Za-z0-9+/_=-]{40,}";
    Regex::new(&format!("{tokens}|{keys}")).ok()
});
/// The name and password in an address.
static USERINFO: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"://[^/\s]*@").ok());

/// Whether the value of this key is never repeated.
fn is_secret(key: &str) -> bool {
    let holds = |part: &str| !part.ends_with("_file") && SECRET.iter().any(|word| part.contains(word));
    SECTIONS.contains(&key) || key.split(['.', '[']).any(holds)
}

/// The value of this key as it would be written, cut where it is long. Of a secret, that it is set.
pub(super) fn shown(key: &str, value: &Value) -> String {
    match &value.kind {
        ValueKind::Nil => "empty".to_owned(),
        ValueKind::Array(_) => "a list".to_owned(),
        ValueKind::Table(_) => "a section".to_owned(),
        ValueKind::String(_)
        | ValueKind::Boolean(_)
        | ValueKind::I64(_)
        | ValueKind::I128(_)
        | ValueKind::U64(_)
        | ValueKind::U128(_)
        | ValueKind::Float(_)
            if is_secret(key) =>
        {
            "set".to_owned()
        }
        ValueKind::String(text) => text_shown(key, text),
        ValueKind::Boolean(_)
        | ValueKind::I64(_)
        | ValueKind::I128(_)
        | ValueKind::U64(_)
        | ValueKind::U128(_)
        | ValueKind::Float(_) => value.to_string(),
    }
}

/// The same of a text.
pub(super) fn text_shown(key: &str, text: &str) -> String {
    if is_secret(key) {
        return "set".to_owned();
    }
    let open = without_userinfo(text);
    if looks_secret(&open) {
        return "set, and not shown here, for it may be a secret".to_owned();
    }
    if open.chars().count() > SHOWN {
        return format!("{:?}…", open.chars().take(SHOWN).collect::<String>());
    }
    format!("{open:?}")
}

/// A file that somebody named, unless they wrote what should be in it.
pub(super) fn file_shown(file: &Path) -> String {
    let shown = file.display().to_string();
    if !shown.contains('/') && looks_secret(&shown) {
        "set to what may be the secret itself, in place of a file's name,".to_owned()
    } else {
        shown
    }
}

fn looks_secret(text: &str) -> bool {
    let network = |text: &str| text.chars().all(char::is_alphabetic);
    let bare = text.split_once(':').filter(|(before, _)| network(before)).map_or(text, |(_, after)| after);
    let is_room = bare.starts_with(['!', '#']);
    let mixed = |found: &str| {
        let any = |is: fn(&char) -> bool| found.chars().any(|c| is(&c));
        any(char::is_ascii_digit) && any(char::is_ascii_alphabetic)
    };
    !is_room && SECRETS.as_ref().is_none_or(|secrets| secrets.find_iter(text).any(|found| mixed(found.as_str())))
}

fn without_userinfo(text: &str) -> String {
    USERINFO.as_ref().map_or_else(String::new, |userinfo| userinfo.replace_all(text, "://…@").into_owned())
}
