//! Requests to Discord, within its limits.

use std::fmt::{self, Display, Write};
use std::sync::Arc;
use std::time::Duration;

use herald_chat::Clock;
use jiff::SignedDuration;
use reqwest::header::{AUTHORIZATION, DATE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::io::AsyncSeekExt;

pub(crate) use crate::failure::Failure;
use crate::limits::{Answer, Limits, Route};

/// How long a request may take. Past it, nobody knows what became of it.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one with a file may take.
const UPLOAD: Duration = Duration::from_mins(2);
/// How long reaching Discord may take.
const CONNECT: Duration = Duration::from_secs(10);
/// A limit that is over within this time is waited for; a longer one is the caller's to plan for.
const HOLD: SignedDuration = SignedDuration::from_secs(6);
/// What Discord asks every bot to call itself: an address, where Herald has none of its own yet, and a version.
pub(crate) const AGENT: &str = concat!("DiscordBot (https://herald.invalid, ", env!("CARGO_PKG_VERSION"), ")");
/// How many messages, or closed threads, Discord gives at once.
pub(crate) const PAGE: usize = 100;
/// The number under which the network in front of Discord says no.
const SHIELD: u64 = 40333;
/// The part of every path that names the interface's version.
const VERSION: &str = "/api/v10";

/// One request.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Without the part that all have in common: `/channels/12/messages`.
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
    /// What the server's audit log says about it.
    pub(crate) why: Option<String>,
}

/// Not the path's, which may hold the token of an interaction, and not the body's words.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (method, route) = (self.method.as_str(), self.route());
        write!(f, "{method} {}", route.template().trim_start_matches(method))
    }
}

impl Request {
    fn new(method: Method, path: impl Into<String>, body: Option<Value>) -> Self {
        Self { method, path: path.into(), query: Vec::new(), body, why: None }
    }

    /// What it is, as far as limits see it. Names and topics of channels have a limit of their own.
    fn route(&self) -> Route {
        let renames = self.body.as_ref().is_some_and(|body| body.get("name").is_some() || body.get("topic").is_some());
        let route = Route::of(&self.method, &self.path);
        if renames && self.method == Method::PATCH { route.renaming() } else { route }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path, None)
    }

    pub(crate) fn post(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::POST, path, Some(body))
    }

    pub(crate) fn patch(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::PATCH, path, Some(body))
    }

    pub(crate) fn put(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::PUT, path, Some(body))
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path, None)
    }

    /// With a parameter behind the `?`.
    pub(crate) fn query(mut self, name: &'static str, value: impl Display) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// With a reason for the server's audit log.
    pub(crate) fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }
}

/// A file that goes with a request.
pub(crate) struct Upload {
    pub(crate) file: std::fs::File,
    /// In bytes.
    pub(crate) length: u64,
    pub(crate) name: String,
    pub(crate) mime: Option<String>,
}

impl Upload {
    /// The form that Discord wants: the body as text, then the file as it is read from the disk.
    async fn form(&self, body: &Value) -> std::io::Result<Form> {
        let mut file = tokio::fs::File::from_std(self.file.try_clone()?);
        file.rewind().await?;
        let part = Part::stream_with_length(file, self.length).file_name(self.name.clone());
        let part = match self.mime.as_deref() {
            Some(mime) => part.mime_str(mime).map_err(std::io::Error::other)?,
            None => part,
        };
        let said = Part::text(body.to_string()).mime_str("application/json").map_err(std::io::Error::other)?;
        Ok(Form::new().percent_encode_noop().part("payload_json", said).part("files[0]", part))
    }
}

/// Discord's REST interface, as one bot.
pub(crate) struct Rest {
    http: Client,
    /// With the version: `https://discord.com/api/v10`.
    base: String,
    token: SecretString,
    limits: Limits,
}

impl Rest {
    /// At `api`, or Discord's own address.
    ///
    /// # Errors
    /// What keeps this machine from making any request at all.
    pub(crate) fn new(api: Option<&str>, token: SecretString, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let base = api.unwrap_or("https://discord.com").trim_end_matches('/').to_owned() + VERSION;
        let http = Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| error.without_url().to_string())?;
        Ok(Self { http, base, token, limits: Limits::new(clock) })
    }

    /// Makes a request once its limits allow it.
    pub(crate) async fn ask(&self, request: Request) -> Result<Value, Failure> {
        self.ask_with(request, None).await
    }

    /// The same, with a file.
    pub(crate) async fn ask_with(&self, request: Request, upload: Option<&Upload>) -> Result<Value, Failure> {
        let route = request.route();
        loop {
            let pass = self.limits.pass(&route, HOLD).await.map_err(|after| Failure::Limited { after })?;
            let (status, headers, body) = self.send(&request, &route, upload).await?;
            let limited = pass.answered(&Answer::of(status, &headers, &body));
            if let Some(after) = limited {
                if SignedDuration::try_from(after).is_ok_and(|after| after <= HOLD) {
                    continue;
                }
                return Err(Failure::Limited { after });
            }
            return outcome(status, &body, &request);
        }
    }

    /// The same, as a type of ours.
    pub(crate) async fn ask_as<T: DeserializeOwned>(&self, request: Request) -> Result<T, Failure> {
        let told = format!("{request:?}");
        let value = self.ask(request).await?;
        serde_json::from_value(value).map_err(|error| Failure::Unknown {
            // Where it failed, not on what: the value may be somebody's words.
            reason: format!("Discord's answer to {told} could not be read ({:?})", error.classify()),
        })
    }

    /// The same, with the `Date` that the answer bears, if one came.
    pub(crate) async fn ask_dated(&self, request: Request) -> (Result<Value, Failure>, Option<String>) {
        let route = request.route();
        let pass = match self.limits.pass(&route, HOLD).await {
            Ok(pass) => pass,
            Err(after) => return (Err(Failure::Limited { after }), None),
        };
        let (status, headers, body) = match self.send(&request, &route, None).await {
            Ok(answer) => answer,
            Err(failure) => return (Err(failure), None),
        };
        let date = headers.get(DATE).and_then(|date| date.to_str().ok()).map(str::to_owned);
        match pass.answered(&Answer::of(status, &headers, &body)) {
            Some(after) => (Err(Failure::Limited { after }), date),
            None => (outcome(status, &body, &request), date),
        }
    }

    async fn send(
        &self,
        request: &Request,
        route: &Route,
        upload: Option<&Upload>,
    ) -> Result<(u16, HeaderMap, Vec<u8>), Failure> {
        let mut built = self
            .http
            .request(request.method.clone(), format!("{}{}", self.base, request.path))
            .header(USER_AGENT, AGENT)
            .query(&request.query);
        // The token of an interaction is all that its paths need, and all that they accept.
        if !route.is_interaction() {
            built = built.header(AUTHORIZATION, self.authorization()?);
        }
        if let Some(why) = &request.why {
            built = built.header("X-Audit-Log-Reason", escaped(why));
        }
        built = match (&request.body, upload) {
            (Some(body), None) => built.json(body),
            (body, Some(upload)) => {
                let form = upload
                    .form(body.as_ref().unwrap_or(&Value::Null))
                    .await
                    .map_err(|error| Failure::Unreachable { reason: format!("the file cannot be read: {error}") })?;
                built.multipart(form).timeout(UPLOAD)
            }
            (None, None) => built,
        };
        let answer = built.send().await.map_err(|error| lost(&error))?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.bytes().await.map_err(|error| lost(&error))?;
        Ok((status, headers, body.to_vec()))
    }

    fn authorization(&self) -> Result<HeaderValue, Failure> {
        let mut value = HeaderValue::try_from(format!("Bot {}", self.token.expose_secret())).map_err(|_| {
            Failure::Denied { status: 401, code: 0, message: "the token holds characters that none has".to_owned() }
        })?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The bot's token, for the gateway.
    pub(crate) fn token(&self) -> &SecretString {
        &self.token
    }
}

/// A reason may hold any character, a header may not: as in a path, each byte that is none of the plain ones.
fn escaped(why: &str) -> String {
    let mut out = String::new();
    for byte in why.bytes().take(400) {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b' ' | b'-' | b'_' | b'.' | b',' => out.push(char::from(byte)),
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

/// What it means that there was no answer. The error itself names the address, which may hold a token.
fn lost(error: &reqwest::Error) -> Failure {
    if error.is_connect() {
        Failure::Unreachable { reason: "no connection could be made".to_owned() }
    } else if error.is_builder() {
        Failure::Unreachable { reason: "the request could not be made".to_owned() }
    } else if error.is_timeout() {
        Failure::Unknown { reason: "no answer from Discord in time".to_owned() }
    } else {
        Failure::Unknown { reason: "the connection to Discord was cut".to_owned() }
    }
}

fn outcome(status: u16, body: &[u8], request: &Request) -> Result<Value, Failure> {
    match status {
        200..=299 if body.is_empty() => Ok(Value::Null),
        200..=299 => serde_json::from_slice(body)
            .map_err(|_| Failure::Unknown { reason: format!("Discord's answer to {request:?} was cut short") }),
        // What stands before Discord's servers answers in HTML, and in their place.
        500.. | 408 if request.method == Method::GET => {
            Err(Failure::Unreachable { reason: format!("Discord answered {status}") })
        }
        500.. | 408 => Err(Failure::Unknown { reason: format!("Discord answered {status}") }),
        _ => {
            let said: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
            let code = said["code"].as_u64().unwrap_or(0);
            if !is_final(status, code, said["message"].is_string()) {
                return Err(Failure::Unreachable {
                    reason: format!("something on the way to Discord answered {status} in its place"),
                });
            }
            let message = match said["message"].as_str() {
                Some(message) => message.to_owned() + &places(&said["errors"]),
                None => "an answer that is not Discord's own".to_owned(),
            };
            Err(Failure::Denied { status, code, message })
        }
    }
}

/// Whether an answer is Discord's own no. The network in front of it refuses with a page, without a number, or with
/// [`SHIELD`], and lets the same request pass later. Discord itself leaves out the number only where the token or the
/// form of the request is wrong; and what is too long stays so, whoever says it.
fn is_final(status: u16, code: u64, is_worded: bool) -> bool {
    match (status, code) {
        (413, _) => true,
        (_, SHIELD) => false,
        (400 | 401, 0) => is_worded,
        (_, code) => code != 0,
    }
}

/// Where in a request something is wrong, by Discord's tree of errors: ` (content: BASE_TYPE_MAX_LENGTH)`.
fn places(errors: &Value) -> String {
    fn walk(at: &str, value: &Value, found: &mut Vec<String>) {
        let Some(map) = value.as_object() else { return };
        for (key, inner) in map {
            if key == "_errors" {
                let codes = inner.as_array().into_iter().flatten().filter_map(|error| error["code"].as_str());
                found.extend(codes.map(|code| format!("{at}: {code}")));
            } else {
                walk(&if at.is_empty() { key.clone() } else { format!("{at}.{key}") }, inner, found);
            }
        }
    }
    let mut found = Vec::new();
    walk("", errors, &mut found);
    found.truncate(3);
    if found.is_empty() { String::new() } else { format!(" ({})", found.join(", ")) }
}
