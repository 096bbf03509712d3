//! What a request's body may look like, said as a table, and what Discord answers when it does not.

mod problems;
mod schemas;

use jiff::Timestamp;
use serde_json::Value;

use crate::refused::Refused;

pub(crate) use problems::{Problems, invalid};
pub(crate) use schemas::*;

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Text of so many characters.
    Text(usize, usize),
    /// Text that one of these is.
    Word(&'static [&'static str]),
    /// A whole number within bounds.
    Int(i64, i64),
    /// One of these numbers.
    Of(&'static [i64]),
    /// Any number.
    Number,
    Bool,
    /// A snowflake, as text or number.
    Id,
    /// Permission bits, as text or number.
    Bits,
    /// An address.
    Url,
    /// An ISO 8601 time.
    Time,
    /// Text or a number, of at most 25 characters.
    Nonce,
    /// So many of another kind.
    List(usize, usize, &'static Kind),
    Object(&'static [Field]),
    /// Looked at elsewhere.
    Any,
}

/// A field of an object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    name: &'static str,
    kind: Kind,
    required: bool,
}

/// A field that must be there, and not null.
pub(crate) const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

/// A field that may be missing or null.
pub(crate) const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

/// Looks at a whole body. Fields that the table does not know are ignored, as Discord does.
pub(crate) fn check(body: &Value, fields: &'static [Field]) -> Result<(), Refused> {
    let mut problems = Problems::default();
    object(body, fields, &mut Vec::new(), &mut problems);
    problems.finish()
}

/// Looks at one value within a body, for what is told apart by a field of it.
pub(crate) fn object(value: &Value, fields: &'static [Field], path: &mut Vec<String>, problems: &mut Problems) {
    if !value.is_object() {
        problems.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType");
        return;
    }
    for field in fields {
        path.push(field.name.to_owned());
        match value.get(field.name) {
            None | Some(Value::Null) if field.required => {
                problems.add(path, "BASE_TYPE_REQUIRED", "This field is required");
            }
            None | Some(Value::Null) => {}
            Some(found) => look(found, field.kind, path, problems),
        }
        path.pop();
    }
}

fn look(value: &Value, kind: Kind, path: &mut Vec<String>, problems: &mut Problems) {
    match kind {
        Kind::Any => {}
        Kind::Text(min, max) => match value.as_str() {
            Some(text) => problems.length(path, text.chars().count(), min, max),
            None => problems.add(path, "STRING_TYPE_CONVERT", &format!("Could not interpret \"{value}\" as string.")),
        },
        Kind::Word(words) => {
            if !value.as_str().is_some_and(|it| words.contains(&it)) {
                problems.add(path, "BASE_TYPE_CHOICES", &format!("Value must be one of {{{}}}.", list(words)));
            }
        }
        Kind::Int(min, max) => match value.as_i64() {
            Some(number) if number < min => {
                problems.add(path, "NUMBER_TYPE_MIN", &format!("int value should be greater than or equal to {min}."));
            }
            Some(number) if number > max => {
                problems.add(path, "NUMBER_TYPE_MAX", &format!("int value should be less than or equal to {max}."));
            }
            Some(_) => {}
            None => problems.add(path, "NUMBER_TYPE_COERCE", &format!("Value {value} is not int.")),
        },
        Kind::Of(numbers) => {
            if !value.as_i64().is_some_and(|it| numbers.contains(&it)) {
                problems.add(path, "BASE_TYPE_CHOICES", &format!("Value must be one of {{{}}}.", list(numbers)));
            }
        }
        Kind::Number => {
            if !value.is_number() {
                problems.add(path, "NUMBER_TYPE_COERCE", &format!("Value {value} is not float."));
            }
        }
        Kind::Bool => {
            if !value.is_boolean() {
                problems.add(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.");
            }
        }
        Kind::Id => {
            if id(value).is_none() {
                problems.add(path, "NUMBER_TYPE_COERCE", &format!("Value {value} is not snowflake."));
            }
        }
        Kind::Bits => {
            if id(value).is_none() {
                problems.add(path, "NUMBER_TYPE_COERCE", &format!("Value {value} is not int."));
            }
        }
        Kind::Url => url(value, path, problems),
        Kind::Time => {
            if value.as_str().and_then(|it| it.parse::<Timestamp>().ok()).is_none() {
                problems.add(path, "DATE_TIME_TYPE_PARSE", &format!("Could not parse {value}. Should be ISO8601."));
            }
        }
        Kind::Nonce => match value {
            Value::String(text) => problems.length(path, text.chars().count(), 0, 25),
            Value::Number(number) if number.is_i64() => {}
            Value::Number(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                problems.add(path, "NONCE_TYPE_INVALID", "Nonce must be a string or a 64-bit integer.");
            }
        },
        Kind::List(min, max, of) => match value.as_array() {
            Some(items) => {
                problems.length(path, items.len(), min, max);
                for (at, item) in items.iter().enumerate() {
                    path.push(at.to_string());
                    look(item, *of, path, problems);
                    path.pop();
                }
            }
            None => problems.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"),
        },
        Kind::Object(fields) => object(value, fields, path, problems),
    }
}

fn url(value: &Value, path: &[String], problems: &mut Problems) {
    let Some(text) = value.as_str() else {
        problems.add(path, "STRING_TYPE_CONVERT", &format!("Could not interpret \"{value}\" as string."));
        return;
    };
    if text.chars().count() > 2048 {
        problems.add(path, "BASE_TYPE_MAX_LENGTH", "Must be 2048 or fewer in length.");
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        problems.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
        return;
    };
    if !["http", "https", "discord", "attachment"].contains(&scheme) {
        let words = "('http', 'https', 'discord')";
        let said = format!("Scheme \"{scheme}\" is not supported. Scheme must be one of {words}.");
        problems.add(path, "URL_TYPE_INVALID_SCHEME", &said);
    } else if rest.is_empty() || rest.contains(char::is_whitespace) {
        problems.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
    }
}

fn list<T: ToString>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A number in text or as such.
pub(crate) fn id(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}
