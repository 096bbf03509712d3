//! What is wrong with a value, told at the smallest place that can be named.

use std::cmp::Reverse;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

/// How much of a message or value is kept, in characters.
const LONGEST: usize = 200;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// Where in the value, as a JSON pointer.
    pub(super) at: String,
    /// What the schema says about it.
    pub(super) says: String,
    /// The value, when it is a simple one.
    pub(super) value: Option<String>,
    /// Whether it tells that the value is of another kind than the schema is about.
    other_kind: bool,
}

/// All that `error` stands for. Of alternatives, none of which fits, what is wrong with the one that was meant.
pub(super) fn wrongs(error: &ValidationError<'_>) -> Vec<Wrong> {
    if let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() {
        return unexpected.iter().map(|name| unknown(error, name)).collect();
    }
    let (ValidationErrorKind::OneOfNotValid { context: alternatives }
    | ValidationErrorKind::AnyOf { context: alternatives }) = error.kind()
    else {
        return vec![leaf(error)];
    };
    let here = error.instance_path().as_str();
    let told = alternatives.iter().map(|errors| errors.iter().flat_map(wrongs).collect::<Vec<Wrong>>());
    let told = told.filter(|it| !it.is_empty());
    let order = |it: &Vec<Wrong>| (of_another_kind(it, here), absent(it), Reverse(shallowest(it)), it.len());
    told.min_by_key(order).unwrap_or_else(|| vec![leaf(error)])
}

/// Whether these say that the value at `here` is not what an alternative is about: another type, or another constant
/// in the field that tells the kinds apart.
fn of_another_kind(wrong: &[Wrong], here: &str) -> bool {
    let tells = |at: &str| at == here || at.strip_prefix(here) == Some("/type");
    wrong.iter().any(|it| it.other_kind && tells(&it.at))
}

/// Whether these only say that there should be nothing.
fn absent(wrong: &[Wrong]) -> bool {
    wrong.iter().any(|it| it.says.ends_with(r#"is not of type "null""#))
}

/// How deep in the value the first thing is that is wrong: the deeper, the more fits.
fn shallowest(wrong: &[Wrong]) -> usize {
    wrong.iter().map(|it| it.at.matches('/').count()).min().unwrap_or_default()
}

/// A field that the schema does not name.
fn unknown(error: &ValidationError<'_>, name: &str) -> Wrong {
    let at = format!("{}/{name}", error.instance_path().as_str());
    let value = error.instance().get(name);
    let empty =
        value.is_some_and(|it| it.is_null() || *it == Value::Bool(false) || it.as_array().is_some_and(Vec::is_empty));
    let says = if empty { "is empty, and not described" } else { "is not described" };
    Wrong { at, says: says.to_owned(), value: None, other_kind: false }
}

fn leaf(error: &ValidationError<'_>) -> Wrong {
    let several = matches!(error.kind(), ValidationErrorKind::OneOfMultipleValid { .. });
    let says = if several { "fits more than one alternative".to_owned() } else { error.masked_with("it").to_string() };
    let value = Some(error.instance()).filter(|it| !it.is_object() && !it.is_array());
    Wrong {
        at: error.instance_path().as_str().to_owned(),
        says: says.chars().take(LONGEST).collect(),
        value: value.map(|it| it.to_string().chars().take(LONGEST).collect()),
        other_kind: matches!(error.kind().keyword(), "type" | "const" | "enum"),
    }
}
