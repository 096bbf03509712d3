//! What is said over one connection.

use std::time::Duration;

use futures::channel::mpsc::UnboundedSender;
use jiff::Timestamp;
use rand::RngExt;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use serenity::model::gateway::GatewayIntents;
use tracing::{error, info};

use super::close::Ended;
use super::link::{Heard, Link, Payload};
use super::{Session, Told};
use crate::Inner;

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(15);
/// How long the gateway may take to say hello, and then to begin or to take up a session.
const HELLO: Duration = Duration::from_secs(15);
/// How long it may take to acknowledge a heartbeat.
const ACKNOWLEDGE: Duration = Duration::from_secs(15);
/// A heartbeat is sent at least so often, so that silence is noticed within a minute whatever the gateway asks for.
const BEAT: Duration = Duration::from_secs(42);
/// How long a silent gateway can go unnoticed.
const UNNOTICED: u64 = BEAT.as_secs() + ACKNOWLEDGE.as_secs();
const _: () = assert!(UNNOTICED < 60, "silence is to be noticed within a minute");

/// What Herald asks to hear.
const INTENTS: GatewayIntents = GatewayIntents::GUILDS
    .union(GatewayIntents::GUILD_MEMBERS)
    .union(GatewayIntents::GUILD_WEBHOOKS)
    .union(GatewayIntents::GUILD_MESSAGES)
    .union(GatewayIntents::GUILD_MESSAGE_REACTIONS)
    .union(GatewayIntents::DIRECT_MESSAGES)
    .union(GatewayIntents::DIRECT_MESSAGE_REACTIONS)
    .union(GatewayIntents::MESSAGE_CONTENT);

#[derive(Deserialize)]
struct Ready {
    session_id: String,
    resume_gateway_url: String,
}

/// A connection that stands.
struct Talk<'a> {
    inner: &'a Inner,
    link: Link,
    session: &'a mut Option<Session>,
    told: &'a UnboundedSender<Told>,
    beat: Duration,
    /// When the next heartbeat is due.
    next: Timestamp,
    /// Until when the last one has to be acknowledged.
    owed: Option<Timestamp>,
    /// Until when the session has to stand; `None` once it does.
    stands: Option<Timestamp>,
}

impl Inner {
    /// Connects, begins a session or takes it up, and hears until the connection ends.
    pub(super) async fn converse(
        &self,
        address: &str,
        session: &mut Option<Session>,
        told: &UnboundedSender<Told>,
    ) -> Ended {
        let mut link = match self.within(CONNECT, "connection", Box::pin(Link::open(address))).await {
            Ok(link) => link,
            Err(ended) => return ended,
        };
        let beat = match self.within(HELLO, "greeting", hello(&mut link)).await {
            Ok(beat) => beat.min(BEAT),
            Err(ended) => return ended,
        };
        if let Err(ended) = link.send(&self.opening(session.as_ref())).await {
            return ended;
        }
        let now = self.clock.now();
        // The first by chance, so that all who lost their connection together do not beat together.
        let first = beat.mul_f64(rand::rng().random_range(0.1..1.0));
        let (next, stands) = (after(now, first), Some(after(now, HELLO)));
        let mut talk = Talk { inner: self, link, session, told, beat, next, owed: None, stands };
        let mut closed = self.closed.subscribe();
        let ended = tokio::select! {
            ended = talk.go_on() => ended,
            _ = closed.wait_for(|closed| *closed) => Ended::Stopped,
        };
        if !matches!(ended, Ended::Closed { .. } | Ended::Broken { .. }) {
            let farewell = async {
                talk.link.leave().await;
                Ok(())
            };
            let _ = self.within(Duration::from_secs(1), "farewell", farewell).await;
        }
        ended
    }

    fn opening(&self, session: Option<&Session>) -> Value {
        let token = self.rest.token().expose_secret();
        match session {
            Some(session) => {
                json!({ "op": 6, "d": { "token": token, "session_id": session.id, "seq": session.seq } })
            }
            None => json!({ "op": 2, "d": {
                "token": token,
                "intents": INTENTS.bits(),
                "properties": { "os": std::env::consts::OS, "browser": "herald", "device": "herald" },
            } }),
        }
    }

    async fn within<T>(
        &self,
        time: Duration,
        missing: &'static str,
        what: impl Future<Output = Result<T, Ended>>,
    ) -> Result<T, Ended> {
        tokio::select! {
            done = what => done,
            () = self.clock.until(after(self.clock.now(), time)) => {
                Err(Ended::Silent { missing, seconds: time.as_secs() })
            }
        }
    }
}

impl Talk<'_> {
    async fn go_on(&mut self) -> Ended {
        loop {
            let due = [Some(self.next), self.owed, self.stands].into_iter().flatten().min().unwrap_or(self.next);
            let clock = self.inner.clock.clone();
            let done = tokio::select! {
                heard = self.link.next() => match heard {
                    Ok(Heard::Payload(payload)) => self.hear(&payload).await,
                    Ok(Heard::Garbled) => {
                        error!("the gateway told something that cannot be read: Herald reads back what was said");
                        self.tell(Told::Renewed);
                        Ok(())
                    }
                    Ok(Heard::Nothing) => Ok(()),
                    Err(ended) => Err(ended),
                },
                () = clock.until(due) => self.keep_time().await,
            };
            if let Err(ended) = done {
                return ended;
            }
        }
    }

    async fn keep_time(&mut self) -> Result<(), Ended> {
        let now = self.inner.clock.now();
        if self.owed.is_some_and(|owed| owed <= now) {
            return Err(Ended::Silent { missing: "acknowledgement of a heartbeat", seconds: ACKNOWLEDGE.as_secs() });
        }
        if self.stands.is_some_and(|stands| stands <= now) {
            return Err(Ended::Silent { missing: "session", seconds: HELLO.as_secs() });
        }
        if self.next <= now {
            self.heartbeat(now).await?;
        }
        Ok(())
    }

    async fn heartbeat(&mut self, now: Timestamp) -> Result<(), Ended> {
        let seq = self.session.as_ref().map(|session| session.seq);
        self.next = after(now, self.beat);
        self.owed.get_or_insert(after(now, ACKNOWLEDGE));
        let (inner, payload) = (self.inner, json!({ "op": 1, "d": seq }));
        // A connection that takes nothing any more is as silent as one that gives nothing.
        inner.within(ACKNOWLEDGE, "room for a heartbeat", self.link.send(&payload)).await
    }

    async fn hear(&mut self, payload: &Payload) -> Result<(), Ended> {
        self.inner.heard_at(self.inner.clock.now());
        match payload.op {
            0 => {
                self.dispatch(payload);
                Ok(())
            }
            1 => self.heartbeat(self.inner.clock.now()).await,
            7 => Err(Ended::Asked),
            9 => Err(Ended::Invalid { resumable: payload.value() == true && self.session.is_some() }),
            11 => {
                self.owed = None;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn dispatch(&mut self, payload: &Payload) {
        let (Some(name), Some(data)) = (&payload.t, &payload.d) else { return };
        match name.as_str() {
            "READY" => {
                if let Ok(ready) = serde_json::from_str::<Ready>(data.get()) {
                    let (id, address) = (ready.session_id, ready.resume_gateway_url);
                    *self.session = Some(Session { id, address, seq: payload.s.unwrap_or(0) });
                    self.stand("a session with Discord has begun");
                    self.tell(Told::Renewed);
                } else {
                    // Without a session nothing goes on: the time it may take to stand runs out.
                    error!("the gateway's greeting to a new session cannot be read");
                }
            }
            "RESUMED" => self.stand("the session with Discord goes on"),
            _ => self.tell(Told::Event { name: name.clone(), data: data.clone() }),
        }
        if let (Some(session), Some(seq)) = (self.session.as_mut(), payload.s) {
            session.seq = session.seq.max(seq);
        }
    }

    fn stand(&mut self, what: &str) {
        self.stands = None;
        self.inner.ready.send_replace(true);
        info!("{what}");
    }

    fn tell(&self, told: Told) {
        // Nobody takes it only while Herald stops.
        let _ = self.told.unbounded_send(told);
    }
}

async fn hello(link: &mut Link) -> Result<Duration, Ended> {
    loop {
        let Heard::Payload(payload) = link.next().await? else { continue };
        match (payload.op, payload.value()["heartbeat_interval"].as_u64()) {
            (10, Some(ms)) if ms > 0 => return Ok(Duration::from_millis(ms)),
            (9, _) => return Err(Ended::Invalid { resumable: false }),
            _ => {}
        }
    }
}

fn after(now: Timestamp, time: Duration) -> Timestamp {
    now.saturating_add(time).unwrap_or(Timestamp::MAX)
}
