//! Options of commands: what is allowed.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::check::{OPTION, Problems, object as check_object};

/// A name as it is typed: letters, digits, `-`, `_` and `'`, in lower case where there is one.
pub(super) fn is_name(name: &str) -> bool {
    let fits = |it: char| it.is_alphanumeric() || "-_'".contains(it);
    (1..=32).contains(&name.chars().count()) && name.chars().all(fits) && name.to_lowercase() == name
}

/// Looks at options; `depth` is 0 right under the command, 1 in a group or subcommand, 2 in a group's subcommand.
pub(super) fn look(options: &Value, depth: usize, path: &mut Vec<String>, problems: &mut Problems) {
    let Some(all) = options.as_array() else { return };
    path.push("options".to_owned());
    let mut names = BTreeSet::new();
    let mut optional = false;
    let branches = all.iter().filter(|it| is_branch(it)).count();
    for (at, it) in all.iter().enumerate() {
        path.push(at.to_string());
        check_object(it, OPTION, path, problems);
        one(it, depth, path, problems);
        let mut wrong = |field: &str, code: &str, said: &str| {
            path.push(field.to_owned());
            problems.add(path, code, said);
            path.pop();
        };
        if branches > 0 && !is_branch(it) {
            let said = "Sub-command and sub-command group option types are mutually exclusive to all other types";
            wrong("type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", said);
        }
        if !names.insert(it["name"].as_str().unwrap_or_default()) {
            wrong("name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option names must be unique");
        }
        if it["required"] == true && optional {
            let said = "Required options must be placed before non-required options";
            wrong("required", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", said);
        }
        optional |= it["required"] != true && !is_branch(it);
        path.pop();
    }
    path.pop();
}

fn is_branch(option: &Value) -> bool {
    matches!(option["type"].as_u64(), Some(1 | 2))
}

fn one(it: &Value, depth: usize, path: &mut Vec<String>, problems: &mut Problems) {
    let kind = it["type"].as_u64().unwrap_or_default();
    let mut wrong = |field: &str, code: &str, said: &str| {
        path.push(field.to_owned());
        problems.add(path, code, said);
        path.pop();
    };
    if it["name"].as_str().is_some_and(|it| !is_name(it)) {
        wrong("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
    let misplaced = (kind == 2 && depth > 0) || (kind == 1 && depth > 1);
    if misplaced {
        wrong("type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands cannot be nested so deep");
    }
    let inner = it["options"].as_array();
    if !is_branch(it) && inner.is_some_and(|it| !it.is_empty()) {
        wrong("options", "APPLICATION_COMMAND_OPTIONS_NOT_ALLOWED", "Only sub-commands and groups have options");
    }
    if kind == 2 && inner.is_some_and(|all| all.iter().any(|it| it["type"] != 1)) {
        wrong("options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "A group holds sub-commands only");
    }
    let choices = it["choices"].as_array().filter(|it| !it.is_empty());
    if it["autocomplete"] == true && (choices.is_some() || !matches!(kind, 3 | 4 | 10)) {
        let said = "Autocomplete is for text and numbers without choices";
        wrong("autocomplete", "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID", said);
    }
    if choices.is_some() && !matches!(kind, 3 | 4 | 10) {
        wrong("choices", "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "Choices are for text and numbers");
    }
    let fits = |value: &Value| match kind {
        3 => value.as_str().is_some_and(|it| (1..=100).contains(&it.chars().count())),
        4 => value.is_i64(),
        _ => value.is_number(),
    };
    if choices.into_iter().flatten().any(|it| !fits(&it["value"])) {
        wrong("choices", "APPLICATION_COMMAND_OPTIONS_CHOICE_VALUE_INVALID", "A choice's value must fit the option");
    }
    if let Some(all) = choices {
        let names: BTreeSet<&str> = all.iter().filter_map(|it| it["name"].as_str()).collect();
        if names.len() < all.len() {
            let said = "Choice names must be unique";
            wrong("choices", "APPLICATION_COMMAND_OPTIONS_CHOICE_NAMES_DUPLICATE", said);
        }
    }
    if is_branch(it) && !misplaced {
        look(&it["options"], depth + 1, path, problems);
    }
}

/// Characters of names, descriptions and values in a command, all told.
pub(super) fn size(of: &Value) -> usize {
    let count = |it: &Value| it.as_str().map_or(0, |it| it.chars().count());
    let inner = ["options", "choices"].iter().filter_map(|it| of[it].as_array()).flatten();
    count(&of["name"]) + count(&of["description"]) + count(&of["value"]) + inner.map(size).sum::<usize>()
}

/// As Discord gives it back: without what is null, false or empty.
pub(super) fn filled(option: &Value) -> Value {
    let mut shown = option.clone();
    if let Some(fields) = shown.as_object_mut() {
        let empty = |it: &Value| it.is_null() || *it == json!(false) || *it == json!([]);
        fields.retain(|_, it| !empty(it));
    }
    for name in ["options", "choices"] {
        if let Some(inner) = option[name].as_array().filter(|it| !it.is_empty()) {
            shown[name] = inner.iter().map(|it| if name == "options" { filled(it) } else { it.clone() }).collect();
        }
    }
    shown
}
