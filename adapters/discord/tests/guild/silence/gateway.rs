//! A gateway that follows a script, and as much of REST as a start needs.

use std::sync::Arc;

use futures::{SinkExt, StreamExt};
use herald_discord::{Discord, GuildId, Settings};
use serde_json::{Value, json};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::common::{Counter, FastClock, Herald, Maybe};

/// One step of a connection.
#[derive(Clone)]
pub(crate) enum Act {
    /// Says nothing at all, not even hello.
    NoHello,
    /// Hears how the client opens, and begins a session.
    Ready,
    /// Hears how the client opens, and lets the session go on.
    Resumed,
    /// Says this.
    Say(Value),
    /// Acknowledges heartbeats from now on, for ever.
    Beat,
    /// Hears and says nothing any more.
    Silence,
    /// Closes with this code.
    Close(u16),
}

pub(crate) struct Gateway {
    api: String,
    openings: watch::Receiver<Vec<String>>,
    store: TempDir,
}

impl Gateway {
    /// One script for each connection. After the last, nobody is let in any more.
    pub(crate) async fn start(scripts: Vec<Vec<Act>>) -> Maybe<Self> {
        let (socket, rest) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
        let (address, api) = (format!("ws://{}", socket.local_addr()?), format!("http://{}", rest.local_addr()?));
        let (told, openings) = watch::channel(Vec::new());
        let at = address.clone();
        tokio::spawn(async move {
            for script in scripts {
                let Ok((stream, _)) = socket.accept().await else { return };
                let (told, at) = (told.clone(), at.clone());
                tokio::spawn(async move { play(stream, script, &told, &at).await });
            }
            std::future::pending::<()>().await;
        });
        tokio::spawn(async move {
            while let Ok((stream, _)) = rest.accept().await {
                tokio::spawn(answer(stream, address.clone()));
            }
        });
        Ok(Self { api, openings, store: tempfile::tempdir()? })
    }

    /// Herald, with a clock so many times as fast.
    pub(crate) async fn herald(&self, times: i32) -> Maybe<Herald> {
        let settings = Settings {
            token: "not-a-real-token".to_owned().into(),
            guild: GuildId::new(1),
            api: Some(self.api.clone()),
            responders: None,
            calls_responders: true,
            category: None,
            archive: None,
            webhooks: false,
            store: self.store.path().to_owned(),
        };
        Ok(Herald::listening(Discord::connect(settings, FastClock::new(times), Arc::new(Counter)).await?))
    }

    /// How each session was opened: its code, and for one that goes on which and after what.
    pub(crate) fn openings(&self) -> Vec<String> {
        self.openings.borrow().clone()
    }

    /// Waits until so many connections were opened.
    pub(crate) async fn opened(&self, count: usize) {
        let _ = self.openings.clone().wait_for(|openings| openings.len() >= count).await;
    }
}

type Socket = WebSocketStream<TcpStream>;

async fn play(stream: TcpStream, script: Vec<Act>, told: &watch::Sender<Vec<String>>, address: &str) -> Option<()> {
    let mut socket = tokio_tungstenite::accept_async(stream).await.ok()?;
    if !matches!(script.first(), Some(Act::NoHello)) {
        say(&mut socket, &json!({ "op": 10, "d": { "heartbeat_interval": 41_250 } })).await?;
    }
    for act in script {
        match act {
            Act::NoHello | Act::Silence => while hear(&mut socket).await.is_some() {},
            Act::Ready | Act::Resumed => {
                let opening = loop {
                    let heard = hear(&mut socket).await?;
                    if heard["op"] != 1 {
                        break heard;
                    }
                };
                let how = match opening["op"].as_u64() {
                    Some(6) => format!("6 {} {}", opening["d"]["session_id"].as_str()?, opening["d"]["seq"]),
                    other => other?.to_string(),
                };
                told.send_modify(|all| all.push(how));
                let payload = if matches!(act, Act::Ready) {
                    let ready = json!({ "session_id": "s-1", "resume_gateway_url": address });
                    json!({ "op": 0, "t": "READY", "s": 1, "d": ready })
                } else {
                    json!({ "op": 0, "t": "RESUMED", "s": 2, "d": {} })
                };
                say(&mut socket, &payload).await?;
            }
            Act::Say(payload) => say(&mut socket, &payload).await?,
            Act::Beat => {
                while let Some(heard) = hear(&mut socket).await {
                    if heard["op"] == 1 {
                        say(&mut socket, &json!({ "op": 11 })).await?;
                    }
                }
            }
            Act::Close(code) => {
                let frame = CloseFrame { code: code.into(), reason: "".into() };
                socket.close(Some(frame)).await.ok()?;
            }
        }
    }
    Some(())
}

async fn say(socket: &mut Socket, payload: &Value) -> Option<()> {
    socket.send(Message::text(payload.to_string())).await.ok()
}

async fn hear(socket: &mut Socket) -> Option<Value> {
    loop {
        if let Message::Text(text) = socket.next().await?.ok()? {
            return serde_json::from_str(&text).ok();
        }
    }
}

/// Answers one request after another.
async fn answer(mut stream: TcpStream, gateway: String) -> Option<()> {
    let mut seen = Vec::new();
    loop {
        let mut part = [0; 4096];
        let n = stream.read(&mut part).await.ok().filter(|n| *n > 0)?;
        seen.extend_from_slice(&part[..n]);
        let text = String::from_utf8_lossy(&seen).to_lowercase();
        let Some(head) = text.find("\r\n\r\n") else { continue };
        let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        if seen.len() < head + 4 + length.unwrap_or(0) {
            continue;
        }
        let path = text.split(' ').nth(1).unwrap_or_default().trim_start_matches("/api/v10").to_owned();
        let body = match path.as_str() {
            "/users/@me" => json!({ "id": "10", "username": "herald", "bot": true }),
            "/applications/@me" => json!({ "id": "10", "flags": (1 << 15) | (1 << 19) }),
            "/gateway/bot" => json!({ "url": gateway, "shards": 1, "session_start_limit": {
                "total": 1000, "remaining": 1000, "reset_after": 1000, "max_concurrency": 1,
            } }),
            "/guilds/1" => json!({ "id": "1", "name": "Acme", "owner_id": "2", "roles": [] }),
            _ => json!([]),
        };
        let body = body.to_string();
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all((head + &body).as_bytes()).await.ok()?;
        seen.clear();
    }
}
