//! One connection, from hello to its end.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::Frame;
use super::handshake::{self, Begun, Closed};
use super::link::Link;
use crate::clock;
use crate::server::Server;
use crate::tap::Exchange;

/// How often a client should send a heartbeat, in ms, unless a test says otherwise.
const HEARTBEAT_MS: u64 = 41_250;

/// Payloads that a client may send in a minute.
const MOST: usize = 120;

/// Bytes of a payload that a client sends.
const LONGEST: usize = 4_096;

/// How long an event waits for one to be late after.
const LATE: Duration = Duration::from_millis(50);

struct Connection {
    server: Arc<Server>,
    heard: VecDeque<Instant>,
    number: u64,
    session: Option<String>,
    to: UnboundedSender<Frame>,
    link: Link,
}

/// Serves a connection until it ends.
pub(crate) async fn serve(server: Arc<Server>, mut socket: WebSocket, query: BTreeMap<String, String>) {
    let (to, orders) = mpsc::unbounded_channel();
    let (number, heartbeat) = server.shared.with(|state| {
        state.sessions.connections += 1;
        (state.sessions.connections, state.sessions.heartbeat_ms.unwrap_or(HEARTBEAT_MS))
    });
    let mut down = server.down();
    let link = Link::new(query.get("compress").map(String::as_str));
    let mut connection = Connection { server, heard: VecDeque::new(), number, session: None, to, link };
    let wrong_version = query.get("v").is_some_and(|it| it != "10");
    let wrong_encoding = query.get("encoding").is_some_and(|it| it != "json");
    if wrong_version || wrong_encoding {
        let code = if wrong_version { 4012 } else { 4002 };
        close(&mut socket, (code, "Invalid API version or encoding.")).await;
        return;
    }
    let run = async {
        let mut mood = connection.server.mood();
        // Held, if a test wants it silent.
        if mood.wait_for(|it| !it.silent).await.is_err() {
            return;
        }
        let hello = json!({ "op": 10, "d": { "heartbeat_interval": heartbeat, "_trace": [] }, "s": null, "t": null });
        if connection.send(&mut socket, hello).await {
            connection.run(&mut socket, orders, Duration::from_millis(heartbeat)).await;
        }
    };
    tokio::select! {
        () = run => {}
        _ = down.changed() => {}
    }
    let Connection { server, session, number, .. } = connection;
    server.shared.with(|state| {
        if let Some(session) = session.and_then(|id| state.sessions.by_id.get_mut(&id)) {
            session.unlink(number);
        }
    });
}

impl Connection {
    async fn run(&mut self, socket: &mut WebSocket, mut orders: UnboundedReceiver<Frame>, heartbeat: Duration) {
        let mut mood = self.server.mood();
        let mut late: Option<Value> = None;
        let mut patience = clock::instant() + heartbeat * 2;
        loop {
            let stalled = mood.borrow_and_update().stalled;
            tokio::select! {
                // A mood holds from the moment on in which it was set.
                biased;
                _ = mood.changed() => {}
                heard = tokio::time::timeout_at(patience.into(), socket.recv()) => {
                    patience = clock::instant() + heartbeat * 2;
                    let answers = match heard {
                        // Discord gives up on a client that is silent for so long.
                        Err(_) => Err((4009, "Session timed out.")),
                        Ok(Some(Ok(Message::Text(text)))) => self.hear(text.as_str(), stalled),
                        Ok(Some(Ok(Message::Binary(_)))) => Err((4002, "Error while decoding payload.")),
                        Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => Ok(Vec::new()),
                        Ok(Some(Ok(Message::Close(frame)))) => return self.leave(frame.map(|it| it.code)),
                        Ok(Some(Err(_)) | None) => return,
                    };
                    match answers {
                        Ok(answers) => {
                            if !self.send_all(socket, answers).await {
                                return;
                            }
                        }
                        Err(closed) => return close(socket, closed).await,
                    }
                }
                order = orders.recv(), if !stalled => {
                    let payloads = match order {
                        Some(Frame::Send(payload)) => [Some(payload), late.take()],
                        Some(Frame::Late(payload)) => [late.replace(payload), None],
                        Some(Frame::Close(code, reason)) => return close(socket, (code, reason)).await,
                        Some(Frame::Cut) | None => return,
                    };
                    if !self.send_all(socket, payloads.into_iter().flatten()).await {
                        return;
                    }
                }
                () = pause(LATE), if late.is_some() && !stalled => {
                    if !self.send_all(socket, late.take()).await {
                        return;
                    }
                }
            }
        }
    }

    async fn send_all(&mut self, socket: &mut WebSocket, payloads: impl IntoIterator<Item = Value>) -> bool {
        for payload in payloads {
            if !self.send(socket, payload).await {
                return false;
            }
        }
        true
    }

    /// A client that says goodbye with 1000 or 1001 ends its session.
    fn leave(&mut self, code: Option<u16>) {
        if matches!(code, Some(1000 | 1001)) {
            self.server.shared.with(|state| {
                if let Some(id) = &self.session {
                    state.sessions.by_id.remove(id);
                }
            });
        }
    }

    async fn send(&mut self, socket: &mut WebSocket, payload: Value) -> bool {
        let message = self.link.write(&payload);
        self.server.tell(&Exchange::Sent { payload });
        socket.send(message).await.is_ok()
    }

    /// What a payload of the client is answered with.
    fn hear(&mut self, text: &str, stalled: bool) -> Result<Vec<Value>, Closed> {
        let now = clock::instant();
        self.heard.retain(|it| now.duration_since(*it) < Duration::from_mins(1));
        self.heard.push_back(now);
        if self.heard.len() > MOST {
            return Err((4008, "You are being rate limited."));
        }
        if text.len() > LONGEST {
            return Err((4002, "Error while decoding payload."));
        }
        let Ok(payload) = serde_json::from_str::<Value>(text) else {
            return Err((4002, "Error while decoding payload."));
        };
        self.server.tell(&Exchange::Received { payload: payload.clone() });
        let data = &payload["d"];
        match (payload["op"].as_u64(), self.session.is_some()) {
            (Some(1), _) if stalled => Ok(Vec::new()),
            (Some(1), _) if data.is_null() || data.is_u64() => {
                Ok(vec![json!({ "op": 11, "d": null, "s": null, "t": null })])
            }
            (Some(2), false) => {
                self.link.large = data["compress"] == true;
                let address = self.server.shared.look(crate::state::State::gateway_address);
                let (number, to) = (self.number, self.to.clone());
                let begun = self.server.shared.with(|state| handshake::identify(state, data, number, to, &address))?;
                Ok(self.begun(begun))
            }
            (Some(6), false) => {
                let (number, to) = (self.number, self.to.clone());
                let begun = self.server.shared.with(|state| handshake::resume(state, data, number, to))?;
                Ok(self.begun(begun))
            }
            (Some(2 | 6), true) => Err((4005, "Already authenticated.")),
            (Some(3 | 4 | 8 | 31), false) => Err((4003, "Not authenticated.")),
            (Some(3 | 4), true) => Ok(Vec::new()),
            (Some(8), true) => {
                let session = self.session.clone().unwrap_or_default();
                self.server.shared.with(|state| super::publish::chunk(state, &session, data));
                Ok(Vec::new())
            }
            (Some(1), _) => Err((4002, "Error while decoding payload.")),
            _ => Err((4001, "Unknown opcode.")),
        }
    }

    fn begun(&mut self, begun: Begun) -> Vec<Value> {
        match begun {
            Begun::Session(id) => {
                self.session = Some(id);
                Vec::new()
            }
            Begun::Invalid => vec![json!({ "op": 9, "d": false, "s": null, "t": null })],
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a late event is what was asked for")]
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

async fn close(socket: &mut WebSocket, (code, reason): Closed) {
    let frame = CloseFrame { code, reason: reason.into() };
    if socket.send(Message::Close(Some(frame))).await.is_ok() {
        // The client answers the close; what else it still says is not heard any more.
        let end = async { while let Some(Ok(_)) = socket.recv().await {} };
        let _ = tokio::time::timeout(Duration::from_secs(1), end).await;
    }
}
