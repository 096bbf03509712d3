//! The fastest bot there is: what answering costs when nobody thinks.

use std::io;

use futures::StreamExt;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::discord::{Application, Discord};

/// A bot that acknowledges every interaction as soon as it hears of it (type 5), over a gateway connection and one of
/// HTTP, and does nothing else: what a real one is measured against. It ends when it is dropped.
#[derive(Debug)]
pub struct Echo {
    task: JoinHandle<()>,
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Echo {
    /// Connects as an application; it is ready when this returns.
    pub async fn start(discord: &Discord, app: &Application) -> io::Result<Self> {
        let address = format!("127.0.0.1:{}", discord.port());
        let stream = TcpStream::connect(&address).await?;
        stream.set_nodelay(true)?;
        let opened = client_async(format!("ws://{address}/?v=10&encoding=json"), stream).await;
        let (mut gateway, _) = opened.map_err(io::Error::other)?;
        let properties = json!({ "os": "any", "browser": "echo", "device": "echo" });
        let identify = json!({ "op": 2, "d": { "token": app.token, "intents": 0, "properties": properties } });
        futures::SinkExt::send(&mut gateway, Message::text(identify.to_string())).await.map_err(io::Error::other)?;
        while next(&mut gateway).await?["t"] != "READY" {}
        let mut http = TcpStream::connect(&address).await?;
        http.set_nodelay(true)?;
        let task = tokio::spawn(async move {
            // It ends with its connection.
            while let Ok(payload) = next(&mut gateway).await {
                if payload["t"] == "INTERACTION_CREATE"
                    && acknowledge(&mut http, &address, &payload["d"]).await.is_err()
                {
                    return;
                }
            }
        });
        Ok(Self { task })
    }
}

async fn next(gateway: &mut WebSocketStream<TcpStream>) -> io::Result<Value> {
    loop {
        let message = gateway.next().await.ok_or(io::ErrorKind::UnexpectedEof)?.map_err(io::Error::other)?;
        if let Message::Text(text) = message {
            return serde_json::from_str(text.as_str()).map_err(io::Error::other);
        }
    }
}

async fn acknowledge(http: &mut TcpStream, address: &str, asked: &Value) -> io::Result<()> {
    let text = |name: &str| asked[name].as_str().unwrap_or_default();
    let body = json!({ "type": 5 }).to_string();
    let request = format!(
        "POST /api/v10/interactions/{}/{}/callback HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        text("id"),
        text("token"),
        body.len()
    );
    http.write_all(request.as_bytes()).await?;
    // 204, which has no body, is all that can come.
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        if http.read_buf(&mut answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}
