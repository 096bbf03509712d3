//! Buttons, menus and form fields: what is allowed, and how they come back.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::check::{
    BUTTON, ENTITY_SELECT, LABEL, Problems, STRING_SELECT, TEXT_DISPLAY, TEXT_INPUT, object as check_object,
};
use crate::refused::Refused;

/// Rows of a message, as they are kept.
pub(super) fn kept(rows: &Value) -> Result<Vec<Value>, Refused> {
    let mut look = Look::default();
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    for (at, row) in rows.iter().enumerate() {
        let path = vec!["components".to_owned(), at.to_string()];
        look.row(row, path, false);
    }
    look.problems.finish()?;
    let mut number = 0;
    Ok(rows.iter().map(|it| numbered(it, &mut number)).collect())
}

/// A modal's fields; `path` leads to them.
pub(super) fn modal(rows: &Value, path: &[&str]) -> Result<(), Refused> {
    let mut look = Look::default();
    for (at, row) in rows.as_array().into_iter().flatten().enumerate() {
        let mut path: Vec<String> = path.iter().map(|it| (*it).to_owned()).collect();
        path.push(at.to_string());
        match row["type"].as_u64() {
            Some(1) => look.row(row, path, true),
            Some(18) => look.label(row, path),
            Some(10) => check_object(row, TEXT_DISPLAY, &mut path, &mut look.problems),
            _ => look.unknown(&path, "{1, 10, 18}"),
        }
    }
    look.problems.finish()
}

#[derive(Default)]
struct Look {
    problems: Problems,
    ids: BTreeSet<String>,
}

impl Look {
    fn row(&mut self, row: &Value, mut path: Vec<String>, in_modal: bool) {
        if row["type"] != 1 {
            return self.unknown(&path, "{1}");
        }
        path.push("components".to_owned());
        let Some(inside) = row["components"].as_array() else {
            return self.problems.add(&path, "BASE_TYPE_REQUIRED", "This field is required");
        };
        let kinds: BTreeSet<u64> = inside.iter().filter_map(|it| it["type"].as_u64()).collect();
        let only_buttons = kinds.iter().all(|it| *it == 2);
        self.problems.length(&path, inside.len(), 1, if only_buttons && !in_modal { 5 } else { 1 });
        for (at, it) in inside.iter().enumerate() {
            let mut path = path.clone();
            path.push(at.to_string());
            match (it["type"].as_u64(), in_modal) {
                (Some(2), false) => self.button(it, path),
                (Some(3), false) => self.field(it, STRING_SELECT, path),
                (Some(5..=8), false) => self.field(it, ENTITY_SELECT, path),
                (Some(4), true) => {
                    if it["label"].is_null() {
                        let mut path = path.clone();
                        path.push("label".to_owned());
                        self.problems.add(&path, "BASE_TYPE_REQUIRED", "This field is required");
                    }
                    self.text_input(it, path);
                }
                (_, false) => self.unknown(&path, "{2, 3, 5, 6, 7, 8}"),
                (_, true) => self.unknown(&path, "{4}"),
            }
        }
    }

    fn label(&mut self, label: &Value, mut path: Vec<String>) {
        check_object(label, LABEL, &mut path, &mut self.problems);
        path.push("component".to_owned());
        let inside = &label["component"];
        match inside["type"].as_u64() {
            Some(4) => {
                // What it is for stands on the label.
                if !inside["label"].is_null() {
                    let mut path = path.clone();
                    path.push("label".to_owned());
                    self.problems.add(&path, "TEXT_INPUT_LABEL_NOT_ALLOWED", "A text input in a label has none itself");
                }
                self.text_input(inside, path);
            }
            Some(3) => self.field(inside, STRING_SELECT, path),
            Some(5..=8) => self.field(inside, ENTITY_SELECT, path),
            _ => self.unknown(&path, "{3, 4, 5, 6, 7, 8}"),
        }
    }

    fn button(&mut self, it: &Value, mut path: Vec<String>) {
        check_object(it, BUTTON, &mut path, &mut self.problems);
        let link = it["style"] == 5;
        if it["label"].as_str().is_none_or(str::is_empty) && it["emoji"].is_null() {
            self.problems.add(&path, "BUTTON_COMPONENT_INVALID_LABEL", "A button must have a label or an emoji");
        }
        let (has_id, has_url) = (!it["custom_id"].is_null(), !it["url"].is_null());
        if link && (!has_url || has_id) {
            self.problems.add(&path, "BUTTON_COMPONENT_URL", "A link button must have a url, and no custom id");
        } else if !link && (!has_id || has_url) {
            let said = "A custom id is required, and a url is not allowed";
            self.problems.add(&path, "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", said);
        }
        self.unique(it, &path);
    }

    fn text_input(&mut self, it: &Value, mut path: Vec<String>) {
        check_object(it, TEXT_INPUT, &mut path, &mut self.problems);
        let (min, max) = (it["min_length"].as_u64(), it["max_length"].as_u64());
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            self.problems.add(&path, "TEXT_INPUT_COMPONENT_BAD_LENGTHS", "min_length must not exceed max_length");
        }
        let given = it["value"].as_str().map(|it| it.chars().count() as u64).filter(|it| *it > 0);
        if given.is_some_and(|it| min.is_some_and(|min| it < min) || max.is_some_and(|max| it > max)) {
            path.push("value".to_owned());
            self.problems.add(&path, "BASE_TYPE_BAD_LENGTH", "Must be between min_length and max_length in length.");
            path.pop();
        }
        self.unique(it, &path);
    }

    fn field(&mut self, it: &Value, fields: &'static [crate::check::Field], mut path: Vec<String>) {
        check_object(it, fields, &mut path, &mut self.problems);
        self.unique(it, &path);
    }

    fn unique(&mut self, it: &Value, path: &[String]) {
        let Some(id) = it["custom_id"].as_str() else { return };
        if !self.ids.insert(id.to_owned()) {
            let mut path = path.to_vec();
            path.push("custom_id".to_owned());
            let said = "Component custom id cannot be duplicated";
            self.problems.add(&path, "COMPONENT_CUSTOM_ID_DUPLICATED", said);
        }
    }

    fn unknown(&mut self, path: &[String], allowed: &str) {
        let mut path = path.to_vec();
        path.push("type".to_owned());
        let said = format!("Value of field \"type\" must be one of {allowed}.");
        self.problems.add(&path, "UNION_TYPE_CHOICES", &said);
    }
}

/// As Discord gives it back: each with a number, and with its defaults.
fn numbered(it: &Value, number: &mut u64) -> Value {
    let mut shown = it.clone();
    if let Some(fields) = shown.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
        // It is for forms, and forgotten elsewhere.
        fields.remove("required");
    }
    *number += 1;
    shown["id"] = json!(*number);
    if let Some(inside) = it["components"].as_array() {
        shown["components"] = inside.iter().map(|it| numbered(it, number)).collect();
    }
    if it["type"].as_u64().is_some_and(|it| it != 1 && it != 2) {
        for (name, default) in [("min_values", 1), ("max_values", 1)] {
            if shown[name].is_null() {
                shown[name] = json!(default);
            }
        }
    }
    shown
}
