//! What people put on messages and take off again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use herald_chat::{Arrival, Inbound, Origin, Person, What};
use tracing::warn;

use super::order::Order;
use super::wire::{Cleared, Message, Reacted};
use crate::Inner;
use crate::names::{person, room_ref};
use crate::rest::Request;

/// Of how many reactions it is kept in mind whether they stand.
const MANY: usize = 3000;

/// A reaction: the message, who, and the emoji.
type Which = (u64, u64, String);

/// What is kept in mind of reactions.
#[derive(Default)]
pub(crate) struct Reactions {
    turns: BTreeMap<Which, Turn>,
    order: VecDeque<Which>,
    /// What came for messages that are being looked up, which waits for that.
    looking: BTreeMap<u64, Vec<(Reacted, bool)>>,
}

/// The same reaction can be taken off and put on again, and either be told twice.
struct Turn {
    number: u32,
    stands: bool,
    by: Person,
    origin: Origin,
}

impl Reactions {
    /// It is put on or taken off: which time that is.
    fn turn(&mut self, which: &Which, stands: bool, by: &Person, origin: Origin) -> u32 {
        if let Some(turn) = self.turns.get_mut(which) {
            turn.number += u32::from(turn.stands != stands);
            turn.stands = stands;
            return turn.number;
        }
        // What is taken off was put on before.
        let number = u32::from(!stands);
        self.turns.insert(which.clone(), Turn { number, stands, by: by.clone(), origin });
        self.order.push_back(which.clone());
        if self.order.len() > MANY
            && let Some(oldest) = self.order.pop_front()
        {
            self.turns.remove(&oldest);
        }
        number
    }
}

impl Inner {
    /// A reaction was put on or taken off.
    pub(super) fn reacted(self: &Arc<Self>, reacted: Reacted, is_on: bool, order: &mut Order) {
        // Where nobody else may write, a reaction asks nothing of Herald.
        if self.is_guarded(reacted.channel_id.0) {
            if is_on {
                tokio::spawn(self.clone().take_picture_off(reacted.channel_id.0, reacted.message_id.0, reacted.emoji));
            }
            return;
        }
        let message = reacted.message_id.0;
        if let Some(waiting) = self.notes().recent.reactions.looking.get_mut(&message) {
            waiting.push((reacted, is_on));
            return;
        }
        let Some(said) = self.recent(message) else {
            let channel = reacted.channel_id.0;
            self.notes().recent.reactions.looking.insert(message, vec![(reacted, is_on)]);
            tokio::spawn(self.clone().look_up(channel, message));
            return;
        };
        if let Some(inbound) = self.reaction(&reacted, is_on, said) {
            order.take(inbound, self.clock.now());
        }
    }

    /// Reactions on a message that was said long ago.
    async fn look_up(self: Arc<Self>, channel: u64, message: u64) {
        let path = format!("/channels/{channel}/messages/{message}");
        let found = self.rest.ask_as::<Message>(Request::get(path)).await;
        if let Ok(found) = &found {
            self.note_said(found);
        }
        let waiting = self.notes().recent.reactions.looking.remove(&message).unwrap_or_default();
        match found {
            Ok(found) => {
                let said = (self.known_by(&found), self.author(&found));
                for (reacted, is_on) in waiting {
                    if let Some(inbound) = self.reaction(&reacted, is_on, said.clone()) {
                        self.arrive(Arrival::Event(inbound));
                    }
                }
            }
            Err(failure) => {
                let why = herald_chat::SendError::from(failure);
                warn!(%why, "what a reaction is on cannot be read, so it is passed over");
            }
        }
    }

    fn reaction(&self, reacted: &Reacted, is_on: bool, (text, author): (String, Person)) -> Option<Inbound> {
        let (user, message) = (reacted.user_id.0, reacted.message_id.0);
        let emoji = reacted.emoji.shown()?;
        let member = reacted.member.as_ref();
        let whole = member.and_then(|member| member.user.as_deref());
        let which = (message, user, emoji.clone());
        // Discord says who it was only of what is put on.
        let before = self.notes().recent.reactions.turns.get(&which).map(|turn| (turn.by.clone(), turn.origin));
        let (by, origin) = match (whole, before) {
            (Some(account), _) => {
                let by = self.known(account, member.and_then(|member| member.nick.as_deref()));
                (by, if account.bot { Origin::Machine } else { Origin::Human })
            }
            (None, Some(before)) => before,
            (None, None) => (self.called(user).unwrap_or_else(|| person(user, &[])), Origin::Human),
        };
        let turn = self.notes().recent.reactions.turn(&which, is_on, &by, origin);
        let to = message.to_string();
        let what = if is_on { What::Reaction { to, emoji, text, author } } else { What::Unreacted { to, emoji } };
        Some(self.of_reaction(reacted.channel_id.0, &which, turn, (by, origin), reacted.guild_id.is_none(), what))
    }

    /// All reactions on a message, or all of one emoji, were taken off. Discord does not say whose: those that were heard of
    /// are.
    pub(super) fn cleared(&self, cleared: &Cleared, order: &mut Order) {
        let (channel, message) = (cleared.channel_id.0, cleared.message_id.0);
        let only = cleared.emoji.as_ref().and_then(super::wire::Emoji::shown);
        if self.is_guarded(channel) || (cleared.emoji.is_some() && only.is_none()) {
            return;
        }
        let mut gone = Vec::new();
        for (which, turn) in &mut self.notes().recent.reactions.turns {
            if which.0 == message && turn.stands && only.as_ref().is_none_or(|only| *only == which.2) {
                turn.number += 1;
                turn.stands = false;
                gone.push((which.clone(), turn.number, turn.by.clone(), turn.origin));
            }
        }
        for (which, turn, by, origin) in gone {
            let what = What::Unreacted { to: message.to_string(), emoji: which.2.clone() };
            let direct = cleared.guild_id.is_none();
            order.take(self.of_reaction(channel, &which, turn, (by, origin), direct, what), self.clock.now());
        }
    }

    fn of_reaction(
        &self,
        channel: u64,
        (message, user, emoji): &Which,
        turn: u32,
        (by, origin): (Person, Origin),
        direct: bool,
        what: What,
    ) -> Inbound {
        Inbound {
            room: room_ref(channel),
            // Discord tells of no reaction twice across two runs of Herald, which count anew.
            id: format!("reaction:{message}:{user}:{emoji}:{}.{turn}", self.begun.as_millisecond()),
            cursor: None,
            by,
            origin,
            direct,
            at: self.clock.now(),
            what,
        }
    }
}
