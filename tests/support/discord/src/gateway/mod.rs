//! The gateway: sessions, and what they are told.

mod handshake;
pub(crate) mod intents;
mod link;
mod publish;
mod socket;

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use crate::id::Id;

pub(crate) use handshake::STARTS;
pub(crate) use publish::{
    Watch, channel_event, guild_event, member_event, message_deleted, message_event, messages_deleted, own_event,
    to_app,
};
pub(crate) use socket::serve;

/// How many events a session keeps for a resume.
const KEPT: usize = 1_000;

/// What a connection is told to do.
#[derive(Debug, Clone)]
pub(crate) enum Frame {
    /// Send this.
    Send(Value),
    /// Send this after what comes next.
    Late(Value),
    /// Close with a code and a reason.
    Close(u16, &'static str),
    /// Drop the connection without a word.
    Cut,
}

/// How an event goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Once,
    Twice,
    Late,
}

/// One session of a bot, connected or waiting to be resumed.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) app: Id,
    pub(crate) intents: u64,
    sequence: u64,
    sent: VecDeque<(u64, Value)>,
    /// The connection, and its number.
    link: Option<(u64, UnboundedSender<Frame>)>,
}

/// All sessions, by their id.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    pub(crate) by_id: BTreeMap<String, Session>,
    pub(crate) connections: u64,
    pub(crate) identified: u64,
    pub(crate) resumed: u64,
    pub(crate) heartbeat_ms: Option<u64>,
    pub(crate) unresumable: bool,
    /// How often an event comes twice, and how often after the next: 0.0 is never, 1.0 always.
    pub(crate) twice: f64,
    pub(crate) late: f64,
    /// Whether a second identify within 5 seconds is told to come later.
    pub(crate) paced: bool,
    last_identify: BTreeMap<Id, std::time::Instant>,
}

impl Session {
    pub(crate) fn new(app: Id, intents: u64, connection: u64, to: UnboundedSender<Frame>) -> Self {
        Self { app, intents, sequence: 0, sent: VecDeque::new(), link: Some((connection, to)) }
    }

    /// Whether a connection speaks for it.
    pub(crate) const fn connected(&self) -> bool {
        self.link.is_some()
    }

    /// Numbers an event, keeps it for a resume, and sends it if there is a connection.
    fn push(&mut self, name: &str, data: &Value, fate: Fate) {
        self.sequence += 1;
        let payload = json!({ "op": 0, "t": name, "s": self.sequence, "d": data });
        self.sent.push_back((self.sequence, payload.clone()));
        if self.sent.len() > KEPT {
            self.sent.pop_front();
        }
        match fate {
            Fate::Once => self.order(Frame::Send(payload)),
            Fate::Twice => {
                self.order(Frame::Send(payload.clone()));
                self.order(Frame::Send(payload));
            }
            Fate::Late => self.order(Frame::Late(payload)),
        }
    }

    /// Tells the connection to do something, if there is one.
    pub(crate) fn order(&self, frame: Frame) {
        if let Some((_, to)) = &self.link {
            // A connection that is gone is noticed by its own task.
            let _ = to.send(frame);
        }
    }

    /// Forgets its connection, unless another has taken over.
    fn unlink(&mut self, connection: u64) {
        if self.link.as_ref().is_some_and(|(number, _)| *number == connection) {
            self.link = None;
        }
    }

    /// Takes a new connection, and sends what the old one missed. `false` when that is not kept any more, or was
    /// never sent.
    fn resume(&mut self, connection: u64, to: UnboundedSender<Frame>, seen: u64) -> bool {
        let first = self.sent.front().map_or(self.sequence + 1, |(number, _)| *number);
        if seen > self.sequence || seen + 1 < first {
            return false;
        }
        self.order(Frame::Cut);
        self.link = Some((connection, to));
        for (_, payload) in self.sent.iter().filter(|(number, _)| *number > seen) {
            self.order(Frame::Send(payload.clone()));
        }
        self.push("RESUMED", &json!({}), Fate::Once);
        true
    }
}
