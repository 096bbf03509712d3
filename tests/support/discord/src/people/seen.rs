//! Messages as a person sees them.

use std::fmt::Write;

use serde_json::Value;

use crate::id::Id;
use crate::permissions;
use crate::rest::HELD;
use crate::state::{Author, Message, State, flag};

/// A message, as one person sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The message.
    pub id: Id,
    /// Where it is.
    pub channel: Id,
    /// The account or webhook that wrote it.
    pub author: Id,
    /// That one's name.
    pub name: String,
    /// Its text, as it was written.
    pub content: String,
    /// Its embeds, as Discord gives them.
    pub embeds: Vec<Value>,
    /// Its buttons, row by row.
    pub buttons: Vec<Button>,
    /// The people whom it called when it was posted: by name, by a role of theirs, or with everyone.
    pub pinged: Vec<Id>,
    /// It came without a sound, so that whoever it called was not told.
    pub silent: bool,
    /// Only they see it.
    pub ephemeral: bool,
    /// It is pinned.
    pub pinned: bool,
    /// It was changed.
    pub edited: bool,
    /// It says "… is thinking".
    pub thinking: bool,
    /// Discord's type: 0 said, 6 a pin's notice, 19 a reply, 20 a command's answer …
    pub kind: u8,
    /// The message that it answers.
    pub reply_to: Option<Id>,
    /// Its files: name, and what each holds.
    pub files: Vec<(String, Vec<u8>)>,
    /// Emojis and who set them.
    pub reactions: Vec<(String, Vec<Id>)>,
}

/// A button of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// What the application calls it. Empty for a link.
    pub custom_id: String,
    /// It cannot be pressed.
    pub disabled: bool,
    /// 1 primary, 2 secondary, 3 success, 4 danger, 5 link.
    pub style: u8,
}

impl Seen {
    pub(super) fn from(state: &State, it: &Message) -> Self {
        let (author, name) = match &it.author {
            Author::User(id) => (*id, state.users.get(id).map(|it| it.name.clone()).unwrap_or_default()),
            Author::Webhook { id, name } => (*id, name.clone()),
        };
        Self {
            id: it.id,
            channel: it.channel,
            author,
            name,
            content: it.content.clone(),
            embeds: it.embeds.clone(),
            buttons: buttons(it),
            pinged: pinged(state, it),
            silent: it.flags & flag::SUPPRESS_NOTIFICATIONS != 0,
            ephemeral: it.only_for.is_some(),
            pinned: it.pinned.is_some(),
            edited: it.edited.is_some(),
            thinking: it.flags & flag::LOADING != 0,
            kind: it.kind,
            reply_to: it.reference.filter(|_| it.kind == 19).and_then(|(_, id)| id),
            files: it.attachments.iter().map(|file| held(state, file)).collect(),
            reactions: it.reactions.iter().map(|it| (it.emoji.clone(), it.users.clone())).collect(),
        }
    }

    /// The button with this label or id.
    #[must_use]
    pub fn button(&self, which: &str) -> Option<&Button> {
        self.buttons.iter().find(|it| it.custom_id == which || it.label == which)
    }
}

fn held(state: &State, file: &Value) -> (String, Vec<u8>) {
    let bytes = file[HELD].as_u64().and_then(|number| state.files.get(&number));
    (file["filename"].as_str().unwrap_or_default().to_owned(), bytes.map(|it| it.to_vec()).unwrap_or_default())
}

fn buttons(it: &Message) -> Vec<Button> {
    let all = it.components.iter().filter_map(|it| it["components"].as_array()).flatten();
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    all.filter(|it| it["type"] == 2)
        .map(|it| Button {
            label: it["label"].as_str().or_else(|| it["emoji"]["name"].as_str()).unwrap_or_default().to_owned(),
            custom_id: text(&it["custom_id"]),
            disabled: it["disabled"] == true,
            style: it["style"].as_u64().and_then(|it| u8::try_from(it).ok()).unwrap_or(2),
        })
        .collect()
}

fn pinged(state: &State, it: &Message) -> Vec<Id> {
    if it.hushed {
        return Vec::new();
    }
    let mut all = it.mentions.clone();
    let guild = state.channels.get(&it.channel).and_then(|it| it.guild).and_then(|id| state.guilds.get(&id));
    let by_group = it.mention_everyone || !it.mention_roles.is_empty();
    for (id, member) in guild.filter(|_| by_group).map(|it| &it.members).into_iter().flatten() {
        if it.mention_everyone || it.mention_roles.iter().any(|role| member.roles.contains(role)) {
            all.push(*id);
        }
    }
    all.sort_unstable();
    all.dedup();
    let sees =
        |id: &Id| state.channels.get(&it.channel).is_some_and(|here| permissions::in_channel(state, here, *id) != 0);
    all.retain(|id| sees(id) && it.only_for.is_none_or(|only| only == *id));
    all
}

/// Messages as lines: `ana: hello`. What only the reader sees, and what is no plain message, says so.
#[must_use]
pub fn transcript(messages: &[Seen]) -> String {
    let line = |it: &Seen| {
        let mut mark = String::new();
        if it.ephemeral {
            mark.push_str(" (only to you)");
        }
        if it.thinking {
            mark.push_str(" (is thinking)");
        }
        let said = match it.kind {
            6 => "(pins a message)".to_owned(),
            18 | 21 => "(starts a thread)".to_owned(),
            _ => it.content.replace('\n', "\n    "),
        };
        let mut line = format!("{}{mark}: {said}", it.name);
        for embed in &it.embeds {
            let title = embed["title"].as_str().or(embed["description"].as_str()).unwrap_or("embed");
            // Writing to a string cannot fail.
            let _ = write!(line, "\n    [{title}]");
        }
        for button in &it.buttons {
            let _ = write!(line, "\n    <{}>", button.label);
        }
        line
    };
    messages.iter().map(line).collect::<Vec<_>>().join("\n")
}
