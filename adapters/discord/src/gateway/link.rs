//! One connection to the gateway: payloads there and back.

use std::sync::Arc;

use futures::{SinkExt, StreamExt};
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls_platform_verifier::BuilderVerifierExt;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::{HeaderValue, USER_AGENT};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use super::close::Ended;
use crate::rest::AGENT;

/// What is asked for behind the address: the version of the gateway, and payloads as text.
const QUERY: &str = "v=10&encoding=json";

/// One payload.
#[derive(Deserialize)]
pub(super) struct Payload {
    pub(super) op: u8,
    /// Read once it is known what it is.
    #[serde(default)]
    pub(super) d: Option<Box<RawValue>>,
    #[serde(default)]
    pub(super) s: Option<u64>,
    #[serde(default)]
    pub(super) t: Option<String>,
}

impl Payload {
    /// What it carries, as plain JSON.
    pub(super) fn value(&self) -> Value {
        self.d.as_ref().and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or(Value::Null)
    }
}

/// What came.
pub(super) enum Heard {
    /// A payload.
    Payload(Payload),
    /// One that cannot be read.
    Garbled,
    /// None of ours to read.
    Nothing,
}

/// A connection.
pub(super) struct Link(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Link {
    pub(super) async fn open(address: &str) -> Result<Self, Ended> {
        let end = if address.contains('?') {
            "&"
        } else if address.ends_with('/') {
            "?"
        } else {
            "/?"
        };
        let address = format!("{address}{end}{QUERY}");
        let connector = if address.starts_with("wss:") { Connector::Rustls(tls()?) } else { Connector::Plain };
        let mut request = address.into_client_request().map_err(|error| Ended::Broken { seen: kind(&error) })?;
        request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(AGENT));
        match connect_async_tls_with_config(request, None, true, Some(connector)).await {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(error) => Err(Ended::Broken { seen: kind(&error) }),
        }
    }

    pub(super) async fn send(&mut self, payload: &Value) -> Result<(), Ended> {
        self.0.send(Message::text(payload.to_string())).await.map_err(|error| Ended::Broken { seen: kind(&error) })
    }

    /// The next thing that comes. Can be dropped while it waits.
    pub(super) async fn next(&mut self) -> Result<Heard, Ended> {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => Ok(serde_json::from_str(&text).map_or(Heard::Garbled, Heard::Payload)),
            Some(Ok(Message::Close(frame))) => {
                Err(Ended::Closed { code: frame.map_or(1005, |frame| frame.code.into()) })
            }
            Some(Ok(Message::Binary(_))) => Ok(Heard::Garbled),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(Heard::Nothing),
            Some(Err(error)) => Err(Ended::Broken { seen: kind(&error) }),
            None => Err(Ended::Broken { seen: "it ended".to_owned() }),
        }
    }

    /// Ends it so that the session can be taken up again.
    pub(super) async fn leave(mut self) {
        use tokio_tungstenite::tungstenite::protocol::CloseFrame;
        use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
        let frame = CloseFrame { code: CloseCode::from(4000), reason: "".into() };
        let _ = self.0.close(Some(frame)).await;
    }
}

fn tls() -> Result<Arc<ClientConfig>, Ended> {
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier);
    match config {
        Ok(config) => Ok(Arc::new(config.with_no_client_auth())),
        Err(error) => Err(Ended::Broken { seen: format!("TLS cannot be used: {error}") }),
    }
}

/// What went wrong, without anything of what was sent.
fn kind(error: &tokio_tungstenite::tungstenite::Error) -> String {
    use tokio_tungstenite::tungstenite::Error;
    match error {
        Error::Io(error) => error.kind().to_string(),
        Error::Tls(error) => error.to_string(),
        Error::Http(answer) => format!("it answered {}", answer.status().as_u16()),
        Error::ConnectionClosed | Error::AlreadyClosed => "it ended".to_owned(),
        Error::Protocol(error) => error.to_string(),
        Error::Url(error) => error.to_string(),
        Error::Capacity(_)
        | Error::WriteBufferFull(_)
        | Error::Utf8(_)
        | Error::AttackAttempt
        | Error::HttpFormat(_) => "it spoke in a way that cannot be read".to_owned(),
    }
}
