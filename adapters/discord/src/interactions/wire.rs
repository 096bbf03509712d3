//! Interactions as Discord writes them.

use std::collections::BTreeMap;

use herald_chat::{Choice, Form, Input, Typed};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::events::wire::{Id, Member, User};
use crate::format::OPENS;

/// Something that somebody did with a command, a button or a form.
#[derive(Deserialize)]
pub(super) struct Interaction {
    pub(super) id: Id,
    #[serde(rename = "type")]
    pub(super) kind: u8,
    /// What opens the way to an answer.
    #[serde(deserialize_with = "secret")]
    pub(super) token: SecretString,
    #[serde(default)]
    pub(super) guild_id: Option<Id>,
    #[serde(default)]
    pub(super) channel_id: Option<Id>,
    /// Where it was, in Discord's numbers: 0 a server, 1 a talk with Herald, 2 any other talk.
    #[serde(default)]
    pub(super) context: Option<u8>,
    /// Who, on a server.
    #[serde(default)]
    member: Option<Member>,
    /// Who, in a talk of two.
    #[serde(default)]
    user: Option<User>,
    #[serde(default)]
    pub(super) data: Option<Data>,
}

impl Interaction {
    /// Who did it.
    pub(super) fn by(&self) -> Option<&User> {
        self.member.as_ref().and_then(|member| member.user.as_deref()).or(self.user.as_ref())
    }

    /// Their name on the server.
    pub(super) fn nick(&self) -> Option<&str> {
        self.member.as_ref().and_then(|member| member.nick.as_deref())
    }
}

fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<SecretString, D::Error> {
    String::deserialize(from).map(SecretString::from)
}

/// What they did.
#[derive(Default, Deserialize)]
pub(super) struct Data {
    /// The command.
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) options: Vec<Opt>,
    #[serde(default)]
    pub(super) resolved: Resolved,
    /// The button, or the form.
    #[serde(default)]
    pub(super) custom_id: Option<String>,
    /// What was typed in the form, in its rows or labels.
    #[serde(default)]
    components: Vec<Component>,
}

impl Data {
    /// What was typed in a form, by the names of its inputs.
    pub(super) fn filled(&self) -> Vec<Typed> {
        fn walk(components: &[Component], found: &mut Vec<Typed>) {
            for component in components {
                if let (Some(name), Some(value)) = (&component.custom_id, &component.value) {
                    found.push((name.clone(), value.clone()));
                }
                walk(&component.components, found);
                if let Some(inner) = &component.labelled {
                    walk(std::slice::from_ref(inner), found);
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.components, &mut found);
        found
    }
}

/// An option of a command, or what holds options.
#[derive(Deserialize)]
pub(super) struct Opt {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: u8,
    #[serde(default)]
    pub(super) value: Value,
    #[serde(default)]
    pub(super) options: Vec<Opt>,
    /// Whether they are typing in it.
    #[serde(default)]
    pub(super) focused: bool,
}

/// Who was chosen.
#[derive(Default, Deserialize)]
pub(super) struct Resolved {
    #[serde(default)]
    pub(super) users: BTreeMap<String, User>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(default)]
    custom_id: Option<String>,
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    components: Vec<Component>,
    /// What a label holds.
    #[serde(default, rename = "component")]
    labelled: Option<Box<Component>>,
}

/// Discord's number for what holds an input of a form, and says what it is for.
const LABEL: u8 = 18;

/// What opens a form.
pub(super) fn modal(form: &Form) -> Value {
    let labelled = |it: &Input| json!({ "type": LABEL, "label": cut(&it.label, 45), "component": input(it) });
    let labels: Vec<Value> = form.inputs.iter().take(5).map(labelled).collect();
    let id = format!("{OPENS}{}", form.id);
    json!({ "type": 9, "data": { "custom_id": cut(&id, 100), "title": cut(&form.title, 45), "components": labels } })
}

fn input(input: &Input) -> Value {
    let limit = input.limit.clamp(1, 4000);
    let mut made = json!({
        "type": 4,
        "custom_id": input.name,
        "style": if input.is_long { 2 } else { 1 },
        "required": input.is_required,
        "max_length": limit,
    });
    if !input.value.is_empty() {
        made["value"] = json!(cut(&input.value, limit.into()));
    }
    if !input.hint.is_empty() {
        made["placeholder"] = json!(cut(&input.hint, 100));
    }
    made
}

/// One of the things that can be chosen.
pub(super) fn choice(choice: &Choice) -> Value {
    json!({ "name": cut(&choice.label, 100), "value": cut(&choice.value, 100) })
}

/// At most so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
