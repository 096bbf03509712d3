//! Buttons pressed, and forms filled in.

use serde_json::{Value, json};

use super::asked::{Asked, Beginning, begin};
use super::{Person, cannot};
use crate::id::Id;
use crate::permissions::{self, VIEW_CHANNEL};
use crate::refused::{self, Refused};
use crate::state::{Message, State};

/// A form that an application showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Modal {
    /// What stands above it.
    pub title: String,
    /// What the application calls it.
    pub custom_id: String,
    /// What can be typed, from top to bottom.
    pub fields: Vec<Field>,
    from: Id,
    rows: Value,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What stands above it.
    pub label: String,
    /// Whether that is a label, as Discord documents it; in a row, the form of before, it is not.
    pub labelled: bool,
    /// What the application calls it.
    pub custom_id: String,
    /// What it holds before anybody types.
    pub value: String,
    /// What it shows while it is empty.
    pub placeholder: String,
    /// The form cannot be sent without it.
    pub required: bool,
    /// Fewest and most characters.
    pub length: (usize, usize),
    /// More than one line.
    pub long: bool,
}

impl Modal {
    pub(super) fn new(from: Id, data: &Value) -> Self {
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        let rows = data["components"].as_array().map(Vec::as_slice).unwrap_or_default();
        let fields = rows.iter().filter_map(|row| input(row).map(|it| (row, it)));
        let field = |(row, it): (&Value, &Value)| Field {
            label: text(if row["type"] == 18 { &row["label"] } else { &it["label"] }),
            labelled: row["type"] == 18,
            custom_id: text(&it["custom_id"]),
            value: text(&it["value"]),
            placeholder: text(&it["placeholder"]),
            required: it["required"] != false,
            length: (count(&it["min_length"], 0), count(&it["max_length"], 4_000)),
            long: it["style"] == 2,
        };
        Self {
            title: text(&data["title"]),
            custom_id: text(&data["custom_id"]),
            fields: fields.map(field).collect(),
            from,
            rows: data["components"].clone(),
        }
    }

    /// The field with this label or id.
    #[must_use]
    pub fn field(&self, which: &str) -> Option<&Field> {
        self.fields.iter().find(|it| it.custom_id == which || it.label == which)
    }
}

fn count(value: &Value, default: usize) -> usize {
    value.as_u64().and_then(|it| usize::try_from(it).ok()).unwrap_or(default)
}

/// The text input of a row or label.
fn input(row: &Value) -> Option<&Value> {
    let inside = if row["type"] == 18 { &row["component"] } else { &row["components"][0] };
    (inside["type"] == 4).then_some(inside)
}

impl Person {
    /// Presses a button, by its label or id.
    ///
    /// # Errors
    /// Status 0 when there is no such button, or it cannot be pressed; otherwise what the server says.
    pub fn press(&self, message: Id, which: &str) -> Result<Asked, Refused> {
        self.server.shared.with(|state| {
            let it = find(state, self.id, message)?.clone();
            let found = component(&it, 2, |button| button["custom_id"] == which || button["label"] == which);
            let button = found.ok_or_else(|| cannot(format!("there is no button {which}")))?;
            if button["disabled"] == true || button["style"] == 5 {
                return Err(cannot(format!("the button {which} cannot be pressed")));
            }
            let data = json!({ "id": button["id"], "custom_id": button["custom_id"], "component_type": 2 });
            on_component(state, self, &it, data)
        })
    }

    /// Chooses values in a menu, by the menu's id.
    ///
    /// # Errors
    /// As [`Person::press`].
    pub fn choose(&self, message: Id, menu: &str, values: &[&str]) -> Result<Asked, Refused> {
        self.server.shared.with(|state| {
            let it = find(state, self.id, message)?.clone();
            let found = component(&it, 3, |it| it["custom_id"] == menu);
            let select = found.ok_or_else(|| cannot(format!("there is no menu {menu}")))?;
            let options = select["options"].as_array().map(Vec::as_slice).unwrap_or_default();
            let offered = values.iter().all(|value| options.iter().any(|it| it["value"] == *value));
            let (min, max) = (count(&select["min_values"], 1), count(&select["max_values"], 1));
            if !offered || !(min..=max).contains(&values.len()) || select["disabled"] == true {
                return Err(cannot(format!("the menu {menu} does not offer that")));
            }
            let data = json!({ "id": select["id"], "custom_id": menu, "component_type": 3, "values": values });
            on_component(state, self, &it, data)
        })
    }

    /// Fills in a form and sends it: fields by label or id. What is not named keeps what it held.
    ///
    /// # Errors
    /// Status 0 when the form does not let them.
    pub fn submit(&self, modal: &Modal, fields: &[(&str, &str)]) -> Result<Asked, Refused> {
        if let Some((unknown, _)) = fields.iter().find(|(which, _)| modal.field(which).is_none()) {
            return Err(cannot(format!("the form has no field {unknown}")));
        }
        let value = |field: &Field| {
            let typed = fields.iter().find(|(which, _)| field.custom_id == *which || field.label == *which);
            typed.map_or_else(|| field.value.clone(), |(_, text)| (*text).to_owned())
        };
        for field in &modal.fields {
            let length = value(field).chars().count();
            let (min, max) = field.length;
            let missing = length == 0 && field.required;
            let short = length > 0 && length < min;
            if missing || short || length > max {
                return Err(cannot(format!("the form does not take {length} characters for {}", field.label)));
            }
        }
        let mut rows = Vec::new();
        for (at, row) in modal.rows.as_array().into_iter().flatten().enumerate() {
            let Some(found) = input(row) else { continue };
            let Some(field) = modal.fields.iter().find(|it| found["custom_id"] == it.custom_id.as_str()) else {
                continue;
            };
            let filled = json!({ "type": 4, "id": at * 2 + 2, "custom_id": field.custom_id, "value": value(field) });
            rows.push(if row["type"] == 18 {
                json!({ "type": 18, "id": at * 2 + 1, "component": filled })
            } else {
                json!({ "type": 1, "id": at * 2 + 1, "components": [filled] })
            });
        }
        self.server.shared.with(|state| {
            let from = state.interactions.get(&modal.from).ok_or_else(refused::unknown_interaction)?;
            let mut trigger = json!({
                "id": from.id, "type": from.kind, "user": crate::shape::user_by_id(state, from.user),
                "authorizing_integration_owners": {},
            });
            if let Some(message) = from.message {
                trigger["interacted_message_id"] = json!(message);
            }
            let beginning = Beginning {
                app: from.app,
                kind: 5,
                channel: from.channel,
                data: json!({ "custom_id": modal.custom_id, "components": rows }),
                message: from.message,
                trigger: Some(trigger),
            };
            begin(state, self, beginning)
        })
    }
}

fn on_component(state: &mut State, person: &Person, it: &Message, data: Value) -> Result<Asked, Refused> {
    let app = it.app.or(it.user()).filter(|app| state.is_bot(*app));
    let app = app.ok_or_else(|| cannot("nobody listens to that"))?;
    let beginning = Beginning { app, kind: 3, channel: it.channel, data, message: Some(it.id), trigger: None };
    begin(state, person, beginning)
}

fn component(it: &Message, kind: u64, fits: impl Fn(&Value) -> bool) -> Option<Value> {
    let mut all = it.components.iter().filter_map(|it| it["components"].as_array()).flatten();
    all.find(|it| it["type"] == kind && fits(it)).cloned()
}

/// A message wherever it is, if they see it.
fn find(state: &State, reader: Id, message: Id) -> Result<&Message, Refused> {
    let here = state.channels.values().find(|it| it.messages.contains_key(&message));
    let here = here.ok_or_else(refused::unknown_message)?;
    if permissions::in_channel(state, here, reader) & VIEW_CHANNEL == 0 {
        return Err(refused::missing_access());
    }
    let it = here.messages.get(&message).ok_or_else(refused::unknown_message)?;
    if it.only_for.is_some_and(|user| user != reader) { Err(refused::unknown_message()) } else { Ok(it) }
}
