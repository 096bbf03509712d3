//! Commands that come through menus, buttons and forms.
//!
//! Discord waits for three seconds to be told that an interaction was taken, and for fifteen minutes for its answer.

mod answer;
mod open;
mod wire;

use std::sync::Arc;

use herald_chat::{Arrival, Inbound, Mention, Origin, Post, Text, Tone, Typed, What};
use secrecy::SecretString;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tracing::{error, warn};

use crate::Inner;
use crate::events::wire::User;
use crate::format::{self, OPENS, Part, SAYS};
use crate::menu::LIST;
use crate::names::{interaction_name, made_at, person, room_ref, snowflake};
pub(crate) use open::Interactions;
use open::Open;
use wire::{Data, Interaction, Opt};

/// Kinds of interactions.
const COMMAND: u8 = 2;
const PRESSED: u8 = 3;
const TYPING: u8 = 4;
const FILLED: u8 = 5;

/// Discord's number for a talk that the application itself is not in.
const AMONG_OTHERS: u8 = 2;

/// Kinds of options of a command: those that hold others, and a person.
const HOLDS_OTHERS: [u8; 2] = [1, 2];
const PERSON: u8 = 6;

/// Shown to whoever did it, and to nobody else.
pub(crate) const EPHEMERAL: u64 = 64;

/// Where an interaction is answered at first.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) id: u64,
    pub(crate) token: SecretString,
}

impl Inner {
    /// Somebody chose a command, pressed a button, filled in a form, or is typing in a menu.
    pub(crate) fn interaction(self: &Arc<Self>, raw: &RawValue) {
        let interaction = match serde_json::from_str::<Interaction>(raw.get()) {
            Ok(interaction) => interaction,
            Err(problem) => return error!(at = problem.column(), "an interaction cannot be read, and is not answered"),
        };
        let guild = interaction.guild_id.map(|id| id.0);
        if guild.is_some_and(|guild| guild != self.settings.guild.get()) {
            return;
        }
        // A talk of others, into which somebody has brought an application of their own.
        if interaction.context == Some(AMONG_OTHERS) {
            return;
        }
        let (Some(channel), Some(user)) = (interaction.channel_id, interaction.by()) else {
            return error!("an interaction does not say where it was, or whose, and is not answered");
        };
        let by = self.known(user, interaction.nick());
        let open = Open::new(&interaction, channel.0, user.id.0, guild.is_none(), by, self.clock.now());
        let door = open.door.clone();
        if !self.open.begin(open.clone()) {
            return;
        }
        let data = interaction.data.unwrap_or_default();
        match interaction.kind {
            COMMAND => self.chosen(&open, &data),
            PRESSED => match data.custom_id.as_deref() {
                Some(id) if id.starts_with(SAYS) => self.command(&open, &id[SAYS.len()..], &[]),
                Some(id) if id.starts_with(OPENS) => self.open_form(open, id[OPENS.len()..].to_owned()),
                Some(_) | None => self.cannot(door, "This button is of another Herald. Type the command."),
            },
            TYPING => {
                tokio::spawn(self.clone().suggest(open, data));
            }
            FILLED => match data.custom_id.as_deref().and_then(|id| id.strip_prefix(OPENS)) {
                Some(id) => {
                    let given = data.filled();
                    self.open.typed(open.door.id, &given);
                    let line = self.desk.filled(id, &given);
                    tokio::spawn(self.clone().filled_in(open, line));
                }
                None => self.cannot(door, "This form is of another Herald. Type the command."),
            },
            _ => {}
        }
    }

    fn chosen(self: &Arc<Self>, open: &Open, data: &Data) {
        let Some((item, options)) = chosen(data) else {
            return self.cannot(open.door.clone(), "This command is of another Herald. Type it.");
        };
        let given = given(options);
        let opens = self.desk.menu().into_iter().any(|it| it.name == item && it.opens_form);
        if opens {
            self.open_form(open.clone(), self.desk.form_id(&given));
        } else {
            let people: Vec<&User> = data.resolved.users.values().collect();
            self.command(open, &self.desk.line(item, &given), &people);
        }
    }

    /// Somebody sends a form. It may have been open for long: what counts is whether they are in the room now.
    async fn filled_in(self: Arc<Self>, open: Open, line: String) {
        let room = [room_ref(open.channel)];
        let is_there =
            if open.direct { Ok(true) } else { self.present(open.user, &room).await.map(|it| !it.is_empty()) };
        let sentence = match is_there {
            Ok(true) => return self.command(&open, &line, &[]),
            Ok(false) => "You are not in this room any more, so nothing is done with what you filled in.",
            Err(_) => "Discord does not say now whether you are in this room, so nothing was done. Send it once more.",
        };
        self.respond(&open.door, &sentence_only(sentence)).await;
    }

    /// Somebody gives a command.
    fn command(&self, open: &Open, line: &str, people: &[&User]) {
        self.arrive(Arrival::Event(Inbound {
            room: room_ref(open.channel),
            id: interaction_name(open.door.id, open.user),
            cursor: None,
            by: open.by.clone(),
            origin: Origin::Human,
            direct: open.direct,
            at: made_at(open.door.id),
            what: What::Command { text: self.typed_line(line), mentions: self.meant(line, people) },
        }));
    }

    /// Whom a command means by number.
    fn meant(&self, line: &str, people: &[&User]) -> Vec<Mention> {
        let mut found: Vec<Mention> = Vec::new();
        for (text, id) in numbers(line) {
            let known = people.iter().find(|user| user.id.0 == id).map(|user| self.known(user, None));
            let person = known.or_else(|| self.called(id)).unwrap_or_else(|| person(id, &[]));
            if found.iter().all(|it| it.text != text) {
                found.push(Mention { text, person });
            }
        }
        found
    }

    fn open_form(self: &Arc<Self>, open: Open, id: String) {
        let herald = self.clone();
        tokio::spawn(async move {
            let room = room_ref(open.channel);
            match herald.desk.form(&room, &open.by.id, &id).await {
                Ok(form) => herald.respond(&open.door, &wire::modal(&form)).await,
                Err(sentence) => herald.respond(&open.door, &sentence_only(&sentence)).await,
            }
        });
    }

    async fn suggest(self: Arc<Self>, open: Open, data: Data) {
        let mut choices = Vec::new();
        if let Some((item, options)) = chosen(&data)
            && let Some(asked) = options.iter().find(|option| option.focused)
        {
            let typed = asked.value.as_str().unwrap_or_default();
            choices = self.desk.suggest(&room_ref(open.channel), &open.by.id, item, &asked.name, typed).await;
        }
        let choices: Vec<Value> = choices.iter().take(25).map(wire::choice).collect();
        self.respond(&open.door, &json!({ "type": 8, "data": { "choices": choices } })).await;
    }

    fn cannot(self: &Arc<Self>, door: Door, sentence: &'static str) {
        let herald = self.clone();
        tokio::spawn(async move { herald.respond(&door, &sentence_only(sentence)).await });
    }

    /// Answers at once, with nothing to follow.
    async fn respond(&self, door: &Door, body: &Value) {
        if let Err(failure) = self.rest.ask(answer::callback(door, body.clone())).await
            // Somebody has typed on meanwhile, or it was answered the first time.
            && !failure.is_code(10062)
            && !failure.is_code(40060)
        {
            let why = herald_chat::SendError::from(failure);
            warn!(%why, "an interaction could not be answered");
        }
    }
}

/// One sentence that nobody else sees.
fn sentence_only(sentence: &str) -> Value {
    let post = Post::new(Tone::Answer, Text::says(sentence));
    let mut data = format::parts(&post, None).first().map(Part::bare).unwrap_or_default();
    data["flags"] = json!(EPHEMERAL);
    json!({ "type": 4, "data": data })
}

/// The item of the menu, and what was given with it: inside its heading, if it has one.
fn chosen(data: &Data) -> Option<(&str, &[Opt])> {
    let (mut name, mut options) = (data.name.as_deref()?, data.options.as_slice());
    let mut heading = name;
    while let [inner] = options
        && HOLDS_OTHERS.contains(&inner.kind)
    {
        heading = name;
        (name, options) = (&inner.name, inner.options.as_slice());
    }
    // The second part of a heading has its number behind it.
    Some((if name == LIST { heading.split('-').next()? } else { name }, options))
}

fn given(options: &[Opt]) -> Vec<Typed> {
    let value = |option: &Opt| match (&option.value, option.kind) {
        (Value::String(id), PERSON) => format!("<@{id}>"),
        (Value::String(text), _) => text.clone(),
        (other, _) => other.to_string(),
    };
    options.iter().map(|option| (option.name.clone(), value(option))).collect()
}

/// The mentions by number in a line: `<@12>`, `<@!12>`.
pub(crate) fn numbers(line: &str) -> Vec<(String, u64)> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find("<@") {
        rest = &rest[at + 2..];
        let Some(end) = rest.find('>') else { break };
        let inner = &rest[..end];
        if let Some(id) = snowflake(inner.strip_prefix('!').unwrap_or(inner)) {
            found.push((format!("<@{inner}>"), id));
        }
    }
    found
}

/// Nothing here is shown in a log: it holds what opens the door.
impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "interaction {}", self.id)
    }
}
