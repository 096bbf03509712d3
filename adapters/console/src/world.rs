//! All rooms and people: what follows from the facts, and from nothing else.

use std::collections::{BTreeMap, BTreeSet};

use herald_chat::{
    Attachment, Cursor, Inbound, Mention, MessageRef, Network, Origin, Posting, RoomRef, SendKey, Shown as Look, What,
};
use jiff::Timestamp;

use crate::fact::{Deed, Fact};
use crate::names::{self, HERALD};
use crate::room::{Kind, Message, Room};
use crate::shown::{Shown, Sight};

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) network: Network,
    pub(crate) rooms: BTreeMap<String, Room>,
    pub(crate) people: BTreeSet<String>,
    /// The rooms that keys have opened.
    pub(crate) opened: BTreeMap<SendKey, String>,
    /// All that readers have seen, oldest first.
    pub(crate) shown: Vec<Shown>,
    /// The last number given. Numbers run through all rooms: they are ids, and they are cursors.
    last: u64,
}

/// What came of a fact.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The number of what was done.
    pub(crate) number: u64,
    /// What Herald hears of it.
    pub(crate) heard: Vec<Inbound>,
    /// The words that it answers.
    answers: Option<String>,
    /// What readers see of it.
    pub(crate) shown: Option<Shown>,
}

impl World {
    pub(crate) fn new(network: Network) -> Self {
        let rooms = names::STANDING.map(|(name, posting)| (name.to_owned(), Room::new(Kind::Standing, posting)));
        Self {
            network,
            rooms: BTreeMap::from(rooms),
            people: BTreeSet::new(),
            opened: BTreeMap::new(),
            shown: Vec::new(),
            last: 0,
        }
    }

    /// Takes in a fact that [`World::check`] has let through.
    pub(crate) fn apply(&mut self, fact: Fact) -> Outcome {
        let Fact { at, by, key, deed } = fact;
        self.last += 1;
        let mut outcome = Outcome { number: self.last, ..Outcome::default() };
        self.meet(&by);
        let (room, sight, what) = match deed {
            Deed::Introduced { rooms } => {
                outcome.heard = rooms.iter().filter_map(|room| self.join(room, &by, at)).collect();
                return outcome;
            }
            Deed::Met { person } => {
                let mut room = Room::new(Kind::Direct, Posting::Members);
                room.members.insert(person.clone());
                self.rooms.insert(names::direct(&person), room);
                self.meet(&person);
                return outcome;
            }
            Deed::Opened { room, members, posting, .. } => {
                self.rooms.insert(room.clone(), Room::new(Kind::Private, posting));
                if let Some(key) = &key {
                    self.opened.insert(key.clone(), room.clone());
                }
                outcome.heard = members.iter().filter_map(|name| self.join(&room, name, at)).collect();
                (room, Some(Sight::RoomOpened(members)), None)
            }
            Deed::LetIn { room, person } => {
                outcome.heard.extend(self.join(&room, &person, at));
                (room, Some(Sight::Invited(person)), None)
            }
            Deed::Left { room, person } => {
                self.in_room(&room, |r| {
                    r.members.remove(&person);
                    r.left.insert(person.clone());
                });
                if by == HERALD {
                    (room, Some(Sight::TakenOut(person)), None)
                } else {
                    let user = names::person(&self.network, &person).id;
                    outcome.heard.extend(self.hear(&room, &person, at, outcome.number, What::Left { user }));
                    return outcome;
                }
            }
            Deed::Said { room, text, answers, file } => {
                let mentions = self.mentions(&text);
                let answered = answers.and_then(|of| Some((of, self.rooms.get(&room)?.messages.get(&of)?.named())));
                let reply_to =
                    answers.map(|of| MessageRef { room: RoomRef::new(&self.network, &room), id: of.to_string() });
                let files = file.iter().map(|file| file.attachment(&self.network, &room, outcome.number)).collect();
                let sight = match &file {
                    Some(file) => {
                        Sight::Posted(format!("{text}\n📎 {} ({} bytes)", file.name, file.size).trim().to_owned())
                    }
                    None => Sight::Posted(text.clone()),
                };
                let shown = Look { files, ..Look::plain(&text) };
                let what = What::Message { text: text.clone(), reply_to, mentions, shown };
                let message = Message { text, file, ..Message::new(&by, answers) };
                self.in_room(&room, |r| r.messages.insert(outcome.number, message));
                outcome.answers = answered.map(|(_, words)| words);
                (room, Some(sight), Some(what))
            }
            Deed::Edited { room, of, text } => {
                let network = self.network.clone();
                let files = self.in_message(&room, of, |message| {
                    message.text.clone_from(&text);
                    message.file.iter().map(|file| file.attachment(&network, &room, of)).collect()
                });
                let shown = Look { files: files.unwrap_or_default(), ..Look::plain(&text) };
                let what = What::Edit { of: of.to_string(), text: text.clone(), shown };
                (room, Some(Sight::Edited(text)), Some(what))
            }
            Deed::Removed { room, of } | Deed::TakenDown { room, of } => {
                let author = self.in_message(&room, of, |message| {
                    message.gone = true;
                    message.file = None;
                    message.pinned = false;
                    message.by.clone()
                });
                (room, author.map(Sight::Deleted), Some(What::Delete { of: of.to_string() }))
            }
            Deed::Reacted { room, to, emoji } => {
                let network = self.network.clone();
                let on = self.in_message(&room, to, |message| {
                    message.reactions.push((emoji.clone(), by.clone()));
                    let file = message.file.iter().map(|file| file.attachment(&network, &room, to)).collect::<Vec<_>>();
                    (message.text.clone(), Attachment::named_after(&message.text, &file), message.by.clone())
                });
                let (shown, text, author) = on.unwrap_or_default();
                let sight = Sight::Reacted { emoji: emoji.clone(), to: shown };
                let author = names::person(&self.network, &author);
                (room, Some(sight), Some(What::Reaction { to: to.to_string(), emoji, text, author }))
            }
            Deed::Unreacted { room, to, emoji } => {
                let text = self.in_message(&room, to, |message| {
                    message.reactions.retain(|(on, who)| *on != emoji || *who != by);
                    message.text.clone()
                });
                let sight = Sight::Unreacted { emoji: emoji.clone(), from: text.unwrap_or_default() };
                (room, Some(sight), Some(What::Unreacted { to: to.to_string(), emoji }))
            }
            Deed::Expired { room, of } => {
                let file = self.in_message(&room, of, |message| message.file.take()).flatten();
                (room, file.map(|file| Sight::Expired(file.name)), None)
            }
            Deed::Pinned { room, of, pinned } => {
                let text = self.in_message(&room, of, |message| {
                    message.pinned = pinned;
                    message.text.clone()
                });
                (room, text.map(|text| if pinned { Sight::Pinned(text) } else { Sight::Unpinned(text) }), None)
            }
            Deed::Archived { room } => {
                self.in_room(&room, |r| r.archived = true);
                (room, Some(Sight::Archived), None)
            }
            Deed::Restricted { room, posting } => {
                self.in_room(&room, |r| r.posting = posting);
                (room, None, None)
            }
        };
        if let Some(key) = key {
            self.in_room(&room, |r| r.used(key, at, outcome.number));
        }
        // Herald's own deeds are no news to Herald.
        if by != HERALD {
            outcome.heard.extend(what.and_then(|what| self.hear(&room, &by, at, outcome.number, what)));
        }
        let (id, answers) = (outcome.number.to_string(), outcome.answers.take());
        outcome.shown = sight.map(|what| Shown { at, room, author: by, id, answers, what });
        self.shown.extend(outcome.shown.clone());
        outcome
    }

    fn meet(&mut self, name: &str) {
        if name != HERALD {
            self.people.insert(name.to_owned());
        }
    }

    fn in_room<T>(&mut self, room: &str, change: impl FnOnce(&mut Room) -> T) -> Option<T> {
        self.rooms.get_mut(room).map(change)
    }

    fn in_message<T>(&mut self, room: &str, number: u64, change: impl FnOnce(&mut Message) -> T) -> Option<T> {
        self.rooms.get_mut(room)?.messages.get_mut(&number).map(change)
    }

    /// Makes `name` a member of the room and says so.
    fn join(&mut self, room: &str, name: &str, at: Timestamp) -> Option<Inbound> {
        self.meet(name);
        self.in_room(room, |r| {
            r.left.remove(name);
            r.members.insert(name.to_owned())
        });
        self.last += 1;
        self.hear(room, name, at, self.last, What::Joined { person: names::person(&self.network, name) })
    }

    /// Writes down what Herald hears, so that reading back gives what the live stream gave.
    fn hear(&mut self, room: &str, by: &str, at: Timestamp, number: u64, what: What) -> Option<Inbound> {
        let network = &self.network;
        let heard = self.rooms.get_mut(room)?;
        let inbound = Inbound {
            room: RoomRef::new(network, room),
            id: number.to_string(),
            cursor: Some(Cursor(number.to_string())),
            by: names::person(network, by),
            origin: Origin::Human,
            direct: heard.kind == Kind::Direct,
            at,
            what,
        };
        heard.heard.push((number, inbound.clone()));
        Some(inbound)
    }

    /// The people whom `@name` means in this text.
    fn mentions(&self, text: &str) -> Vec<Mention> {
        let words = text.split_whitespace().filter_map(|word| word.strip_prefix('@'));
        let names = words.map(|word| word.trim_end_matches(|c: char| !c.is_alphanumeric()));
        let known = names.filter(|name| self.people.contains(*name));
        known.map(|name| Mention { text: format!("@{name}"), person: names::person(&self.network, name) }).collect()
    }
}
