//! Herald's posts as the bodies of Discord's messages.
//!
//! The text is Discord's Markdown in which everything that people typed is escaped; a card becomes an embed and buttons
//! a row of components. Nobody is notified but whom the post calls, and by an edit nobody at all.

mod blocks;
mod embed;
mod escape;
pub(crate) mod fence;
mod link;
mod markdown;
mod pieces;
mod split;
#[cfg(test)]
mod styled_tests;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod voice;

use herald_chat::{Button, Post, Press, SendKey, Span, Text, Tone, UserRef};
use serde_json::{Value, json};

use crate::names::NETWORK;
pub(crate) use embed::label;
use split::split;

/// How long a message may be. Discord counts characters; here some count as two, which is never less.
pub(crate) const LIMIT: usize = 2000;
/// What a button's id begins with that gives a command.
pub(crate) const SAYS: &str = "say:";
/// What a button's id begins with that opens a form.
pub(crate) const OPENS: &str = "open:";

/// What a message ends with that goes on with the one before: nobody sees it. An answer of Herald's that answers the same
/// message is told from it by that, when it is looked for after a start. Nothing else ends so: at most one of the two
/// stands there.
pub(crate) const GOES_ON: &str = "\u{200b}\u{200b}";

/// The message arrives without a sound.
const SILENT: u64 = 1 << 12;
const MOST_BUTTONS: usize = 25;
const BUTTONS_IN_A_ROW: usize = 5;
const BUTTON_ID: usize = 100;
const BUTTON_LABEL: usize = 80;
/// How many accounts Discord lets one message call.
const MOST_CALLS: usize = 100;

/// One message of a post.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// Its words as Markdown.
    pub(crate) content: String,
    calls: Vec<String>,
    role: Option<String>,
    silent: bool,
    embeds: Vec<Value>,
    components: Vec<Value>,
}

/// The text in parts that a message each can hold.
pub(crate) fn cut(text: &Text) -> Vec<Text> {
    split(text, LIMIT)
}

/// The post in parts that are a message each, always the same ones for the same post. The first one calls people; the
/// last one has the card and the buttons. None when there is nothing to say.
/// `role`: those who respond, where a post calls all of them.
pub(crate) fn parts(post: &Post, role: Option<u64>) -> Vec<Part> {
    let calls: Vec<String> = post.calls.iter().filter_map(account).take(MOST_CALLS).collect();
    // Whoever is called has to be named, or Discord does not notify them.
    let mut unnamed = String::new();
    for id in calls.iter().filter(|id| !names(&post.text, id)) {
        unnamed.extend([" <@", id, ">"]);
    }
    let role = role.filter(|_| post.calls_all).map(|id| id.to_string());
    unnamed.extend(role.iter().flat_map(|id| [" <@&", id, ">"]));
    let mut parts = cut_in_parts(post, &post.text, &calls, ("", &unnamed));
    if let Some(first) = parts.first_mut() {
        first.role = role;
    }
    parts
}

/// The same for a message under the name of whoever said it: without the name, calling nobody. `before` stands before all
/// of it.
pub(crate) fn voiced(post: &Post, before: &str) -> Vec<Part> {
    cut_in_parts(post, &voice::without_name(&post.text), &[], (before, ""))
}

fn cut_in_parts(post: &Post, text: &Text, calls: &[String], (before, after): (&str, &str)) -> Vec<Part> {
    let silent = matches!(post.tone, Tone::Notice | Tone::Answer);
    let limit = LIMIT - size(before) - size(after);
    let texts = match split(text, limit) {
        texts if texts.len() > 1 => split(text, limit - size(GOES_ON)),
        texts => texts,
    };
    let last = texts.len().saturating_sub(1);
    let part = |(i, text): (usize, Text)| {
        let content = markdown::write(&text).trim().to_owned();
        Part {
            content: if i == 0 { format!("{before}{content}{after}") } else { content + GOES_ON },
            calls: if i == 0 { calls.to_vec() } else { Vec::new() },
            role: None,
            silent,
            embeds: post.card.as_ref().filter(|_| i == last).and_then(embed::embed).into_iter().collect(),
            components: if i == last { rows(&post.buttons) } else { Vec::new() },
        }
    };
    texts.into_iter().enumerate().map(part).collect()
}

impl Part {
    /// No words, beside a file.
    pub(crate) fn silence(tone: Tone) -> Self {
        let silent = matches!(tone, Tone::Notice | Tone::Answer);
        let (calls, role) = (Vec::new(), None);
        Self { content: String::new(), calls, role, silent, embeds: Vec::new(), components: Vec::new() }
    }

    /// The body that makes the message. `answered`: the message that it answers, in the same channel.
    pub(crate) fn create(&self, key: &SendKey, answered: Option<&str>) -> Value {
        let mut body = self.bare();
        body["nonce"] = json!(key.as_str());
        body["enforce_nonce"] = json!(true);
        if let Some(answered) = answered {
            // It may have been removed meanwhile.
            body["message_reference"] = json!({ "message_id": answered, "fail_if_not_exists": false });
        }
        body
    }

    /// The same without what only messages of a channel have: for the answer to a command of the menu.
    pub(crate) fn bare(&self) -> Value {
        let mut body = self.words(&self.calls);
        if let Some(role) = &self.role {
            body["allowed_mentions"]["roles"] = json!([role]);
        }
        if self.silent {
            body["flags"] = json!(SILENT);
        }
        body
    }

    /// The body that replaces what a message says. Calls nobody.
    pub(crate) fn edit(&self) -> Value {
        self.words(&[])
    }

    fn words(&self, calls: &[String]) -> Value {
        let mut mentions = json!({ "parse": [], "replied_user": false });
        if !calls.is_empty() {
            mentions["users"] = json!(calls);
        }
        json!({
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "allowed_mentions": mentions,
        })
    }
}

/// How long a text is, as [`LIMIT`] counts.
pub(crate) fn size(text: &str) -> usize {
    text.encode_utf16().count()
}

fn account(user: &UserRef) -> Option<String> {
    let id = user.id();
    let number = !id.is_empty() && id.len() <= 20 && id.bytes().all(|b| b.is_ascii_digit());
    (number && user.network().as_str() == NETWORK).then(|| id.to_owned())
}

fn names(text: &Text, id: &str) -> bool {
    text.lines()
        .iter()
        .flatten()
        .any(|span| matches!(span, Span::Person(person) if markdown::number(person) == Some(id)))
}

/// The buttons in rows. One that does not fit is left out: the text says how to type it.
fn rows(buttons: &[Button]) -> Vec<Value> {
    let mut shown: Vec<Value> = Vec::new();
    for made in buttons.iter().filter_map(button) {
        // Discord takes no id twice in a message.
        if shown.len() < MOST_BUTTONS && shown.iter().all(|it| it["custom_id"] != made["custom_id"]) {
            shown.push(made);
        }
    }
    shown.chunks(BUTTONS_IN_A_ROW).map(|row| json!({ "type": 1, "components": row })).collect()
}

fn button(button: &Button) -> Option<Value> {
    /// A grey one: none of them stands out, since none is asked for.
    const SECONDARY: u8 = 2;
    let id = match &button.press {
        Press::Says(line) => format!("{SAYS}{line}"),
        Press::Opens(form) => format!("{OPENS}{form}"),
    };
    let label = label(&button.label, BUTTON_LABEL);
    let fits = size(&id) <= BUTTON_ID && !label.is_empty();
    fits.then(|| json!({ "type": 2, "style": SECONDARY, "label": label, "custom_id": id }))
}
