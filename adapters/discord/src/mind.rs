//! What is kept in mind of rooms and posts between two calls. All of it can be found again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use herald_chat::{SendError, SendKey};
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::Mutex;

use crate::Inner;
use crate::permissions::Overwrite;
use crate::rooms::RoomKind;
use crate::sight::Sight;

/// Of how many messages it is known which key made them.
const MANY: usize = 5000;

/// See the module's words.
#[derive(Default)]
pub(crate) struct Mind {
    pub(crate) sight: Sight,
    /// The rules of channels where only Herald writes, as it left them.
    pub(crate) ruled: BTreeMap<u64, Vec<Overwrite>>,
    /// Channels where only Herald writes, and rooms of its own, in which something could not be done, and those that are seen to
    /// for that.
    pub(crate) behind: BTreeSet<u64>,
    pub(crate) catching_up: BTreeSet<u64>,
    /// What Discord did not let Herald do when it was tried last.
    pub(crate) refused: BTreeSet<Look>,
    /// Who is to be taken out of which of Herald's own rooms, as far as that could not be done.
    pub(crate) leaving: BTreeSet<(u64, u64)>,
    /// What others wrote where only Herald writes and stands there, as far as it was heard of.
    pub(crate) strays: BTreeMap<u64, BTreeSet<u64>>,
    /// What the rooms of the configuration are for.
    pub(crate) kinds: BTreeMap<u64, RoomKind>,
    pub(crate) news: News,
    /// Herald's threads, by their channel and name.
    pub(crate) threads: BTreeMap<(u64, String), u64>,
    /// The further parts of Herald's long messages, by the first.
    pub(crate) tails: BTreeMap<u64, Vec<u64>>,
    pub(crate) claims: Claims,
    /// Herald's webhooks, by their channel.
    pub(crate) hooks: BTreeMap<u64, Hook>,
    /// When somebody was last found to have moved one away, by the channel that it was in.
    pub(crate) moved: BTreeMap<u64, Timestamp>,
    /// Keys whose message may have been made by a webhook, or not.
    pub(crate) unsure: BTreeSet<String>,
    /// Which of Herald's webhooks made a message.
    pub(crate) voiced: BTreeMap<u64, u64>,
    /// Held while a channel or a thread is looked for and made, so that two calls do not make it twice.
    pub(crate) making: Arc<Mutex<()>>,
    /// Held while it is looked at whether somebody has changed a channel, so that it is put back and told once.
    pub(crate) looks: Arc<Mutex<()>>,
    pub(crate) looking: Looking,
    /// Held while the rules of a channel are looked at and set, so that Herald takes none of its own for others'.
    pub(crate) line: Arc<Mutex<()>>,
    /// Held while somebody is let into a room of Herald's or out of it, and while it is looked at whether anybody else reads
    /// there: a look in between would take who was just let in for somebody else, or tell before the change what followed
    /// from it.
    pub(crate) access: Arc<Mutex<()>>,
}

impl Mind {
    /// These messages go on with what `first` says.
    pub(crate) fn note_tail(&mut self, first: u64, tail: Vec<u64>) {
        if self.tails.len() >= MANY {
            // The oldest has the least number.
            self.tails.pop_first();
        }
        self.tails.insert(first, tail);
    }
}

/// A look at something that may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Look {
    /// At all channels, since roles have changed.
    All,
    /// At who may do what in a channel.
    Channel(u64),
    /// At a channel's name and topic.
    Names(u64),
    /// At its settings.
    Settings(u64),
    /// At a thread of a channel where only Herald writes.
    Thread(u64),
}

/// The looks that are under way, and whether there was another change since each was begun.
#[derive(Default)]
pub(crate) struct Looking(BTreeMap<Look, bool>);

impl Looking {
    /// Whether this look is to be begun. One that is under way is followed by another instead.
    fn begin(&mut self, look: Look) -> bool {
        let is_new = !self.0.contains_key(&look);
        self.0.insert(look, !is_new);
        is_new
    }

    /// Whether a look that is done is to be done once more.
    fn once_more(&mut self, look: Look) -> bool {
        let again = self.0.remove(&look) == Some(true);
        if again {
            self.0.insert(look, false);
        }
        again
    }
}

impl Inner {
    /// Looks at something that has changed. However many changes come meanwhile, one more look is enough for all of them.
    pub(crate) async fn look<T: Future<Output = ()>>(&self, look: Look, at: impl Fn() -> T) {
        if !self.notes().mind.looking.begin(look) {
            return;
        }
        loop {
            at().await;
            if !self.notes().mind.looking.once_more(look) {
                return;
            }
        }
    }
}

impl Mind {
    /// A channel is nobody's any more who looks after it.
    pub(crate) fn forget(&mut self, channel: u64) {
        self.ruled.remove(&channel);
        self.strays.remove(&channel);
        self.behind.remove(&channel);
        self.leaving.retain(|(room, _)| *room != channel);
        for look in [Look::Channel(channel), Look::Names(channel), Look::Settings(channel)] {
            self.refused.remove(&look);
        }
    }

    /// Whether Discord refuses what was done after this look, and did not before.
    pub(crate) fn is_refused_anew(&mut self, look: Look, done: &Result<(), SendError>) -> bool {
        match done {
            Ok(()) => {
                self.refused.remove(&look);
                false
            }
            Err(SendError::Refused { .. }) => self.refused.insert(look),
            Err(SendError::Retry { .. } | SendError::Unknown { .. }) => false,
        }
    }
}

/// A webhook of Herald's own.
#[derive(Clone)]
pub(crate) struct Hook {
    pub(crate) id: u64,
    pub(crate) token: SecretString,
}

/// What an admin has to know.
#[derive(Default)]
pub(crate) struct News {
    pub(crate) waiting: Vec<String>,
    /// What was found out last of each channel, by each who looks.
    found: BTreeMap<(u64, Looker), Vec<String>>,
    /// Whether somebody has asked for it: what comes later goes to the log.
    pub(crate) given: bool,
}

/// Who finds things out about a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Looker {
    /// Whoever holds the line.
    Line,
    /// Whoever puts back what others change of a channel.
    Looks,
    /// Whoever looks a room over.
    Room,
    /// Whoever looks after Herald's own rooms.
    Owner,
    /// Whoever makes rooms.
    Maker,
    /// Whoever passes on what people said.
    Voice,
}

impl News {
    /// Says what was found out about a channel, but for what stood so before.
    pub(crate) fn found(&mut self, channel: u64, by: Looker, lines: Vec<String>) {
        let before = self.found.insert((channel, by), lines.clone()).unwrap_or_default();
        for line in lines.into_iter().filter(|line| !before.contains(line)) {
            if self.given {
                tracing::warn!("{line}");
            } else {
                self.waiting.push(line);
            }
        }
    }
}

/// Which key made a message of Herald's: Discord tells that only at once.
#[derive(Default)]
pub(crate) struct Claims {
    keys: BTreeMap<u64, String>,
    order: VecDeque<u64>,
}

impl Claims {
    pub(crate) fn note(&mut self, message: u64, key: &str) {
        if self.keys.insert(message, key.to_owned()).is_none() {
            self.order.push_back(message);
        }
        if self.order.len() > MANY
            && let Some(oldest) = self.order.pop_front()
        {
            self.keys.remove(&oldest);
        }
    }

    /// The message that `key` made.
    pub(crate) fn made_by(&self, key: &SendKey) -> Option<u64> {
        self.keys.iter().find(|(_, known)| *known == key.as_str()).map(|(message, _)| *message)
    }

    /// Whether `key` made this message. `None` when that is not known.
    pub(crate) fn is_made_by(&self, message: u64, key: &SendKey) -> Option<bool> {
        self.keys.get(&message).map(|known| known == key.as_str())
    }
}
