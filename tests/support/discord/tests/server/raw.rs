//! Clients that know nothing but HTTP and `WebSocket`.

use flate2::{Decompress, FlushDecompress};
use futures::{SinkExt, StreamExt};
use herald_guild::{Application, Discord, Guild, Id, Person, permissions};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// What a bot may do that a test does not restrict.
pub(crate) const ENOUGH: u64 = permissions::VIEW_CHANNEL
    | permissions::SEND_MESSAGES
    | permissions::EMBED_LINKS
    | permissions::READ_MESSAGE_HISTORY
    | permissions::ADD_REACTIONS
    | permissions::PIN_MESSAGES;

/// A guild with an owner, two members, a bot and a channel.
pub(crate) struct World {
    pub(crate) discord: Discord,
    pub(crate) olga: Person,
    pub(crate) ana: Person,
    pub(crate) ben: Person,
    pub(crate) app: Application,
    pub(crate) guild: Guild,
    pub(crate) role: Id,
    pub(crate) channel: Id,
    pub(crate) bot: Bot,
}

impl World {
    pub(crate) async fn new() -> Self {
        let discord = Discord::start().await.unwrap();
        let (olga, ana, ben) = (discord.person("olga"), discord.person("ana"), discord.person("ben"));
        let app = discord.application("Herald", &olga);
        let guild = discord.guild("Acme", &olga);
        guild.join(&ana);
        guild.join(&ben);
        let role = guild.add(app.id, ENOUGH);
        let channel = guild.channel("general").unwrap();
        let bot = Bot { address: discord.address(), token: app.token.clone(), http: Client::new() };
        Self { discord, olga, ana, ben, app, guild, role, channel, bot }
    }

    /// A session with these intents, past `READY` and its guilds.
    pub(crate) async fn session(&self, intents: u64) -> Gateway {
        let mut gateway = Gateway::open(&self.discord.gateway()).await;
        gateway.hello().await;
        gateway.identify(&self.app.token, intents).await;
        gateway.event("READY").await;
        if intents & 1 != 0 {
            gateway.event("GUILD_CREATE").await;
        }
        gateway
    }
}

/// A bot's HTTP.
#[derive(Clone)]
pub(crate) struct Bot {
    pub(crate) address: String,
    pub(crate) token: String,
    pub(crate) http: Client,
}

/// What was answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// Status and Discord's code.
    pub(crate) fn code(&self) -> (u16, u64) {
        (self.status, self.json()["code"].as_u64().unwrap_or_default())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn id(&self) -> Id {
        self.json()["id"].as_str().unwrap().parse().unwrap()
    }
}

impl Bot {
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Value) -> Result<Answer, reqwest::Error> {
        let url = format!("{}/api/v10{path}", self.address);
        let mut request = self.http.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        request = request.header("authorization", format!("Bot {}", self.token));
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { status, headers, text: response.text().await? })
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, Value::Null).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask("POST", path, body).await.unwrap()
    }

    pub(crate) async fn say(&self, channel: Id, text: &str) -> Answer {
        self.post(&format!("/channels/{channel}/messages"), json!({ "content": text })).await
    }
}

/// A connection to the gateway.
pub(crate) struct Gateway {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) session: String,
    pub(crate) sequence: u64,
    /// Payloads that came compressed.
    pub(crate) compressed: usize,
    stream: Option<Decompress>,
}

impl Gateway {
    pub(crate) async fn open(address: &str) -> Self {
        Self::at(&format!("{address}/?v=10&encoding=json")).await
    }

    pub(crate) async fn at(address: &str) -> Self {
        let mut request = address.into_client_request().unwrap();
        request.headers_mut().insert("user-agent", HeaderValue::from_static("DiscordBot (https://test.invalid, 1)"));
        let (socket, _) = connect_async(request).await.unwrap();
        let stream = address.contains("zlib-stream").then(|| Decompress::new(true));
        Self { socket, session: String::new(), sequence: 0, compressed: 0, stream }
    }

    pub(crate) async fn send(&mut self, payload: Value) {
        self.socket.send(Message::text(payload.to_string())).await.unwrap();
    }

    pub(crate) async fn text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// The next payload; the code with which the connection was closed; or 0 when it was cut.
    pub(crate) async fn next(&mut self) -> Result<Value, u16> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let payload: Value = serde_json::from_str(text.as_str()).unwrap();
                    self.sequence = payload["s"].as_u64().unwrap_or(self.sequence);
                    return Ok(payload);
                }
                Some(Ok(Message::Binary(bytes))) => {
                    self.compressed += 1;
                    let mut alone = Decompress::new(true);
                    let mut plain = Vec::with_capacity(100_000);
                    let stream = self.stream.as_mut().unwrap_or(&mut alone);
                    stream.decompress_vec(&bytes, &mut plain, FlushDecompress::Sync).unwrap();
                    let payload: Value = serde_json::from_slice(&plain).unwrap();
                    self.sequence = payload["s"].as_u64().unwrap_or(self.sequence);
                    return Ok(payload);
                }
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(0, |it| it.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(0),
            }
        }
    }

    pub(crate) async fn hello(&mut self) -> u64 {
        let hello = self.next().await.unwrap();
        assert_eq!(hello["op"], 10);
        hello["d"]["heartbeat_interval"].as_u64().unwrap()
    }

    pub(crate) async fn identify(&mut self, token: &str, intents: u64) {
        let properties = json!({ "os": "linux", "browser": "raw", "device": "raw" });
        self.send(json!({ "op": 2, "d": { "token": token, "intents": intents, "properties": properties } })).await;
    }

    pub(crate) async fn resume(&mut self, token: &str, session: &str, seen: u64) {
        self.send(json!({ "op": 6, "d": { "token": token, "session_id": session, "seq": seen } })).await;
    }

    /// The next event, which has this name: what it tells.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        let payload = self.next().await.unwrap();
        assert_eq!(payload["t"], name, "{payload}");
        if name == "READY" {
            payload["d"]["session_id"].as_str().unwrap().clone_into(&mut self.session);
        }
        payload["d"].clone()
    }

    /// That nothing else came before the answer to a heartbeat.
    pub(crate) async fn quiet(&mut self) {
        self.send(json!({ "op": 1, "d": self.sequence })).await;
        let payload = self.next().await.unwrap();
        assert_eq!(payload["op"], 11, "{payload}");
    }
}
