//! A homeserver as those see it who talk to it: an address, and people to register.

use std::path::{Path, PathBuf};
use std::time::Duration;

use data_encoding::{HEXLOWER, HEXUPPER};
use hmac::{Hmac, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha1::Sha1;

use crate::account::Account;
use crate::error::{Error, Refusal};
use crate::process::Home;
use crate::settings::SHARED_SECRET;

/// The server part of all ids.
pub const SERVER_NAME: &str = "example.org";

/// How long a request may take. More than what a long poll asks for.
const PATIENCE: Duration = Duration::from_mins(1);

/// Whether a person administrates the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admin {
    /// May use the server's own administration, besides all else.
    Yes,
    /// Like everybody.
    No,
}

/// A running Synapse, by its address. Clones talk to the same one.
#[derive(Debug, Clone)]
pub struct Homeserver {
    home: Home,
    /// Where requests go: to Synapse, or to what stands in front of it.
    port: u16,
    tag: Option<String>,
    http: reqwest::Client,
}

impl Homeserver {
    pub(crate) fn new(home: Home, tag: Option<String>) -> Result<Self, Error> {
        // Proxies that the environment names are for other servers than those on loopback.
        let http = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build();
        let http = http.map_err(|source| Error::NoAnswer { request: "making an HTTP client".to_owned(), source })?;
        Ok(Self { port: home.port, home, tag, http })
    }

    /// Its address, without a slash at the end: `http://127.0.0.1:23456`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port of [`Homeserver::url`].
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The same server, reached through another port: that of a proxy.
    #[must_use]
    pub fn through(&self, port: u16) -> Self {
        Self { port, ..self.clone() }
    }

    /// The directory that holds its configuration, data and log.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.home.dir
    }

    /// Its log.
    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.home.log_file()
    }

    /// `name` as no other test on this server has it, for a localpart or an alias. Only a shared server changes it.
    #[must_use]
    pub fn unique(&self, name: &str) -> String {
        self.tag.as_ref().map_or_else(|| name.to_owned(), |tag| format!("{name}.{tag}"))
    }

    /// Makes a person whose display name is `name`, which holds no dot, and logs them in. Their localpart is
    /// [`Homeserver::unique`], and so is their password.
    pub async fn register(&self, name: &str, admin: Admin) -> Result<Account, Error> {
        const PATH: &str = "/_synapse/admin/v1/register";
        let nonce = self.request(Method::GET, PATH, None, None).await?;
        let nonce = text(&nonce, "nonce", PATH)?;
        let localpart = self.unique(name);
        let password = format!("the password of {localpart}");
        let right = if admin == Admin::Yes { "admin" } else { "notadmin" };
        let registration = json!({
            "nonce": nonce,
            "username": localpart,
            "displayname": name,
            "password": password,
            "admin": admin == Admin::Yes,
            "mac": signature(&[nonce.as_str(), &localpart, &password, right].join("\0")),
        });
        let made = self.request(Method::POST, PATH, None, Some(&registration)).await?;
        Ok(Account::new(
            self.clone(),
            name.to_owned(),
            text(&made, "user_id", PATH)?,
            text(&made, "device_id", PATH)?,
            text(&made, "access_token", PATH)?,
            password,
        ))
    }

    /// Whether it answers; the end of its log when it does not.
    pub(crate) async fn answers(&self) -> Result<(), Error> {
        match self.request(Method::GET, "/_matrix/client/versions", None, None).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.home.failure(format!("does not answer: {error}"))),
        }
    }

    /// One request. `path` begins with a slash and is used as it is.
    pub(crate) async fn request(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Value, Error> {
        let request = format!("{method} {}", path.split('?').next().unwrap_or(path));
        let mut call = self.http.request(method, format!("{}{path}", self.url()));
        if let Some(token) = token {
            call = call.bearer_auth(token);
        }
        if let Some(body) = body {
            call = call.json(body);
        }
        let lost = |source| Error::NoAnswer { request: request.clone(), source };
        let answer = call.send().await.map_err(lost)?;
        let status = answer.status();
        let body = answer.text().await.map_err(lost)?;
        let json: Value = serde_json::from_str(&body).unwrap_or_default();
        if status.is_success() {
            return Ok(json);
        }
        let field = |key: &str| json[key].as_str().map(str::to_owned);
        Err(Error::Refused(Refusal {
            request,
            status: status.as_u16(),
            errcode: field("errcode").unwrap_or_default(),
            message: field("error").unwrap_or(body),
            retry_after: json["retry_after_ms"].as_u64().map(Duration::from_millis),
        }))
    }
}

/// A path of the client API: `/_matrix/client/v3/rooms/%21abc/join`. Each part is encoded.
pub(crate) fn path(parts: &[&str]) -> String {
    let mut path = String::from("/_matrix/client/v3");
    for part in parts {
        path.push('/');
        path.push_str(&encoded(part));
    }
    path
}

/// `part` as it stands in a path or a query.
pub(crate) fn encoded(part: &str) -> String {
    let mut encoded = String::new();
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&HEXUPPER.encode(&[byte]));
        }
    }
    encoded
}

/// The text at `key` of an answer to `request`.
pub(crate) fn text(answer: &Value, key: &'static str, request: &str) -> Result<String, Error> {
    answer[key].as_str().map(str::to_owned).ok_or_else(|| Error::Unexpected {
        request: request.to_owned(),
        lacks: key,
        answer: answer.to_string(),
    })
}

/// What shows Synapse that we know the shared secret.
fn signature(text: &str) -> String {
    // Any key will do for this construction: longer ones are hashed, so there is no length to refuse.
    let mut mac = <Hmac<Sha1> as Mac>::new_from_slice(SHARED_SECRET.as_bytes()).unwrap_or_else(|_| unreachable!());
    mac.update(text.as_bytes());
    HEXLOWER.encode(&mac.finalize().into_bytes())
}
