//! What people say.

use std::collections::{BTreeMap, VecDeque};

use herald_chat::{Cursor, Inbound, Mention, Origin, Person, What};

use crate::Inner;
use crate::events::reactions::Reactions;
use crate::events::wire::{Id, Message, Named};
use crate::interactions::numbers;
use crate::names::{EDIT, made_at, message_ref, person, room_ref};
use crate::read::People;

/// Of how many messages the words are kept in mind, for what is done to them soon after.
const RECENT: usize = 300;
/// Kinds of messages that are somebody's words: plain ones, answers, and what comes of an application's command.
const WORDS: [u8; 4] = [0, 19, 20, 23];

/// Kinds of messages in which Discord itself says what was done, and which nobody can take away: who came to a talk or left
/// it, calls, a new name or picture, and what a thread began with.
pub(crate) const FIXED: [u8; 6] = [1, 2, 3, 4, 5, 21];

/// What was said last.
#[derive(Default)]
pub(crate) struct Recent {
    said: BTreeMap<u64, (String, Person)>,
    order: VecDeque<u64>,
    /// What was put on messages and taken off.
    pub(super) reactions: Reactions,
    /// The names of people on the server.
    nicks: BTreeMap<u64, String>,
    /// The names of roles and channels.
    names: BTreeMap<u64, String>,
}

impl Inner {
    /// A message as the port calls it. `None` when it is nothing that anybody said.
    pub(crate) fn said(&self, message: &Message, direct: bool) -> Option<Inbound> {
        let (id, channel) = (message.id.0, message.channel_id.0);
        let is_words = WORDS.contains(&message.kind);
        // Where only Herald writes, anything that can be removed is to be, whatever kind it is.
        if !is_words && (!self.is_guarded(channel) || FIXED.contains(&message.kind)) {
            return None;
        }
        if direct {
            self.note_direct(channel, message.author.id.0);
        }
        // Where only Herald writes it uses no webhook: one of its own that speaks there was moved.
        let by_own_webhook = self.is_by_own_webhook(message) && !self.is_guarded(channel);
        let origin = if message.author.id.0 == self.my_id() || by_own_webhook {
            Origin::Own
        } else if message.author.bot || message.webhook_id.is_some() {
            Origin::Machine
        } else {
            Origin::Human
        };
        if origin != Origin::Own && self.is_guarded(channel) {
            self.notes().mind.strays.entry(channel).or_default().insert(id);
        }
        let answers = message.reference.as_ref().filter(|it| it.kind == 0 && message.kind == 19);
        let reply_to = answers
            .and_then(|it| Some((it.channel_id.map_or(channel, |id| id.0), it.message_id?.0)))
            .map(|(channel, id)| message_ref(channel, id));
        Some(Inbound {
            room: room_ref(channel),
            id: id.to_string(),
            cursor: Some(Cursor(id.to_string())),
            by: self.author(message),
            origin,
            direct,
            at: made_at(id),
            what: What::Message {
                text: self.typed(message, People::ByNumber),
                reply_to,
                mentions: self.mentions(message),
                shown: self.shown(message),
            },
        })
    }

    /// An edit. Discord tells of changes that nobody made, too: of links that it has looked at.
    pub(crate) fn changed(&self, message: &Message, direct: bool) -> Option<Inbound> {
        let edited = message.edited_timestamp.as_deref()?;
        if self.is_from_before(message.channel_id.0, message.edited_at()) {
            return None;
        }
        let id = message.id.0;
        let said = self.said(message, direct)?;
        Some(Inbound {
            id: format!("{EDIT}{id}:{edited}"),
            cursor: None,
            at: edited.parse().unwrap_or_else(|_| self.clock.now()),
            what: What::Edit {
                of: id.to_string(),
                text: self.typed(message, People::ByName),
                shown: self.shown(message),
            },
            ..said
        })
    }

    pub(super) fn author(&self, message: &Message) -> Person {
        let nick = message.member.as_ref().and_then(|member| member.nick.as_deref());
        if self.is_by_own_webhook(message) && !self.is_guarded(message.channel_id.0) {
            return self.me.clone();
        }
        if message.webhook_id.is_some() && message.author.id.0 != self.my_id() {
            return person(message.author.id.0, &[Some(&message.author.username)]);
        }
        self.known(&message.author, nick)
    }

    /// Whom the words mention, in the two ways that Discord writes it.
    fn mentions(&self, message: &Message) -> Vec<Mention> {
        let mut found = Vec::new();
        for user in &message.mentions {
            let nick = user.member.as_ref().and_then(|member| member.nick.as_deref());
            let whom = self.known(user, nick);
            for text in [format!("<@{}>", user.id.0), format!("<@!{}>", user.id.0)] {
                if message.content.contains(&text) {
                    found.push(Mention { text, person: whom.clone() });
                }
            }
        }
        for (text, id) in numbers(&message.content) {
            if found.iter().all(|it| it.text != text) {
                let person = self.called(id).unwrap_or_else(|| person(id, &[]));
                found.push(Mention { text, person });
            }
        }
        found
    }

    /// Keeps in mind what was said, and by which name.
    pub(crate) fn note_said(&self, message: &Message) {
        if let Some(member) = &message.member {
            self.note_nick(message.author.id.0, member.nick.as_deref());
        }
        let (text, author) = (self.known_by(message), self.author(message));
        let mut notes = self.notes();
        let recent = &mut notes.recent;
        if recent.said.insert(message.id.0, (text, author)).is_none() {
            recent.order.push_back(message.id.0);
        }
        if recent.order.len() > RECENT
            && let Some(oldest) = recent.order.pop_front()
        {
            recent.said.remove(&oldest);
        }
    }

    /// What a message says and who wrote it, if that was not long ago.
    pub(super) fn recent(&self, message: u64) -> Option<(String, Person)> {
        self.notes().recent.said.get(&message).cloned()
    }

    /// What somebody is called on the server. Messages that are read back do not say.
    pub(super) fn note_nick(&self, user: u64, nick: Option<&str>) {
        let mut notes = self.notes();
        match nick {
            Some(nick) => drop(notes.recent.nicks.insert(user, nick.to_owned())),
            None => drop(notes.recent.nicks.remove(&user)),
        }
    }

    pub(super) fn nick(&self, user: u64) -> Option<String> {
        self.notes().recent.nicks.get(&user).cloned()
    }

    /// Whether Herald said it in somebody's name.
    pub(super) fn is_by_own_webhook(&self, message: &Message) -> bool {
        message.webhook_id.is_some() && message.application_id == Some(Id(self.application))
    }

    /// What roles and channels are called.
    pub(super) fn note_names(&self, all: &[Named]) {
        let mut notes = self.notes();
        for Named { id, name, .. } in all {
            if let Some(name) = name {
                notes.recent.names.insert(id.0, name.clone());
            }
        }
    }

    pub(super) fn name_of(&self, id: u64) -> Option<String> {
        self.notes().recent.names.get(&id).cloned()
    }
}
