//! How it stands with the homeserver, asked without changing anything there: no sync, no key, no room, and no device that
//! stays.

mod room;

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use herald_chat::{Clock, Finding, Mapped};
use matrix_sdk::reqwest::header::DATE;
use matrix_sdk::reqwest::{self, Method, Url};
use matrix_sdk::ruma::OwnedDeviceId;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::error::innermost;
use crate::store::Store;
use crate::{RoomKind, Secret, Settings, StartError, session};

/// The device of a look at a homeserver on which Herald has no session yet. It is logged out at the end.
const DEVICE_NAME: &str = "Herald check";
/// Fewer messages a second than this are too few for an incident.
const ENOUGH_A_SECOND: f64 = 5.0;

/// The homeserver, as Herald's account.
struct Server {
    http: reqwest::Client,
    address: Url,
    token: SecretString,
}

/// What the token stands for.
struct Session {
    token: SecretString,
    /// Herald's own device, once it has one.
    device: Option<OwnedDeviceId>,
    /// Whether it was begun for this look alone.
    is_passing: bool,
}

/// Looks at the homeserver, the account, its device, the message limit, the rooms, the space and the people in charge, in
/// this order. Where one of the first is wrong, what depends on it is left out. While Herald runs on the store directory
/// nobody logs in.
// A box, as all that others await: see `Matrix::connect`.
pub fn examine<'a>(
    settings: &'a Settings,
    rooms: &'a [Mapped<RoomKind>],
    clock: &'a Arc<dyn Clock>,
    is_running: bool,
) -> BoxFuture<'a, Vec<Finding>> {
    async move {
        let mut found = Vec::new();
        if let Err((about, error)) = look(settings, rooms, clock, is_running, &mut found).await {
            found.push(Finding::wrong(about, error.to_string()));
        }
        found
    }
    .boxed()
}

/// What was looked at when it could not go on, and why.
type Stuck = (&'static str, StartError);

async fn look(
    settings: &Settings,
    rooms: &[Mapped<RoomKind>],
    clock: &Arc<dyn Clock>,
    is_running: bool,
    found: &mut Vec<Finding>,
) -> Result<(), Stuck> {
    let at_server = |error| ("matrix.homeserver", error);
    let address = session::address(settings).map_err(at_server)?;
    let mut server =
        Server { http: session::http(&address).map_err(at_server)?, address, token: SecretString::default() };
    let client = session::client(&server.address, None).await.map_err(at_server)?;
    session::answers(settings, &client).await.map_err(at_server)?;
    found.push(Finding::fine("matrix.homeserver", format!("{} answers", settings.homeserver)));
    let asked = clock.now();
    let date = server.date().await;
    found.push(Finding::clock("matrix clock", date.as_deref(), asked, clock.now()));

    let Some(session) = begin(settings, &client, is_running).await.map_err(|error| ("matrix account", error))? else {
        found.push(Finding::warning(
            "matrix account",
            "Herald runs here and has no session yet, so nothing else was looked at. Look again once it is connected",
        ));
        return Ok(());
    };
    server.token = session.token;
    found.push(Finding::fine("matrix account", format!("the homeserver knows Herald as {}", settings.user)));
    found.push(match &session.device {
        Some(device) => server.device(settings, device).await,
        None => Finding::fine("matrix device", "Herald makes its device at its first start"),
    });
    found.push(server.limit(settings).await);
    found.extend(server.rooms(settings, rooms).await);
    for admin in &settings.admins {
        let there = server.get(&["_matrix", "client", "v3", "profile", admin.as_str()]).await;
        found.push(match there {
            Ok((404, _)) => Finding::warning(
                "people.admins",
                format!("there is no account {admin}, or its homeserver cannot be asked. Correct it"),
            ),
            Ok(_) => Finding::fine("people.admins", format!("{admin} is there")),
            Err(error) => Finding::warning("people.admins", format!("{admin} could not be looked for: {error}")),
        });
    }
    if session.is_passing {
        server.log_out().await;
    }
    Ok(())
}

/// The session of before; else one with what is configured. `None` where nobody may log in.
async fn begin(
    settings: &Settings,
    client: &matrix_sdk::Client,
    is_running: bool,
) -> Result<Option<Session>, StartError> {
    Store::closed_to_others(&settings.store)?;
    if let Some(stored) = Store::peek(&settings.store)? {
        session::agrees(&stored, settings)?;
        let token = stored.session().tokens.access_token;
        session::take_up(settings, client, &token).await?;
        session::whoami(settings, client, true).await?;
        return Ok(Some(Session { token: token.into(), device: Some(stored.device_id), is_passing: false }));
    }
    match &settings.secret {
        _ if is_running => Ok(None),
        None => Err(StartError::NoSecret { store: settings.store.clone() }),
        Some(Secret::Token(token)) => {
            session::take_up(settings, client, token.expose_secret()).await?;
            let whoami = session::whoami(settings, client, false).await?;
            if whoami.device_id.is_none() {
                return Err(StartError::TokenWithoutDevice);
            }
            Ok(Some(Session { token: token.clone(), device: None, is_passing: false }))
        }
        Some(Secret::Password(password)) => {
            let settings = Settings { device_name: DEVICE_NAME.to_owned(), ..settings.clone() };
            let stored = session::log_in(&settings, client, password.expose_secret()).await?;
            Ok(Some(Session { token: stored.session().tokens.access_token.into(), device: None, is_passing: true }))
        }
    }
}

impl Server {
    /// Status and body of an answer; null where it is no JSON.
    async fn ask(&self, method: Method, path: &[&str], body: Option<&Value>) -> Result<(u16, Value), String> {
        let mut url = self.address.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let mut request = self.http.request(method, url).bearer_auth(self.token.expose_secret());
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let answer = request.send().await.map_err(|error| innermost(&error.without_url()))?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await.map_err(|error| innermost(&error.without_url()))?;
        Ok((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
    }

    async fn get(&self, path: &[&str]) -> Result<(u16, Value), String> {
        self.ask(Method::GET, path, None).await
    }

    /// The time that the homeserver has.
    async fn date(&self) -> Option<String> {
        let url = self.address.join("/_matrix/client/versions").ok()?;
        let answer = self.http.get(url).send().await.ok()?;
        answer.headers().get(DATE)?.to_str().ok().map(str::to_owned)
    }

    /// Whether other people's clients trust Herald's device.
    async fn device(&self, settings: &Settings, device: &OwnedDeviceId) -> Finding {
        let (about, user) = ("matrix device", settings.user.as_str());
        let path = ["_matrix", "client", "v3", "keys", "query"];
        let answer = match self.ask(Method::POST, &path, Some(&json!({ "device_keys": { (user): [] } }))).await {
            Ok((200, answer)) => answer,
            Ok((status, _)) => return Finding::warning(about, format!("its keys could not be read: {status}")),
            Err(error) => return Finding::warning(about, format!("its keys could not be read: {error}")),
        };
        if answer["device_keys"][user][device.as_str()].is_null() {
            return Finding::fine(about, format!("Herald signs its device, {device}, at its next start"));
        }
        let signed_by = answer["device_keys"][user][device.as_str()]["signatures"][user].as_object();
        let own = answer["self_signing_keys"][user]["keys"].as_object();
        let is_signed = own.is_some_and(|own| own.keys().any(|key| signed_by.is_some_and(|by| by.contains_key(key))));
        if is_signed {
            return Finding::fine(about, format!("the device {device} is signed, so other people's clients trust it"));
        }
        Finding::warning(
            about,
            format!(
                "the device {device} is not signed, so clients that refuse unverified devices do not trust it. Give \
                 Herald the account's recovery key (`recovery_key_file` in [matrix])"
            ),
        )
    }

    /// How fast the homeserver lets Herald write.
    async fn limit(&self, settings: &Settings) -> Finding {
        let (about, user) = ("matrix message limit", settings.user.as_str());
        let lift = format!(
            "lift it as an admin of Synapse: `curl -X POST -H \"Authorization: Bearer $ADMIN_TOKEN\" -d \
             '{{\"messages_per_second\": 0, \"burst_count\": 0}}' \
             {}/_synapse/admin/v1/users/{user}/override_ratelimit`",
            settings.homeserver.trim_end_matches('/')
        );
        match self.get(&["_synapse", "admin", "v1", "users", user, "override_ratelimit"]).await {
            Ok((200, limit)) => match limit["messages_per_second"].as_f64() {
                None => Finding::warning(
                    about,
                    format!("Synapse lets Herald send 10 messages, then one every 5 s; in an incident, {lift}"),
                ),
                Some(each) if each > 0.0 && each < ENOUGH_A_SECOND => Finding::warning(
                    about,
                    format!("the homeserver lets Herald send only {each} messages a second; in an incident, {lift}"),
                ),
                Some(_) => Finding::fine(about, "the homeserver lets Herald write as fast as an incident needs"),
            },
            Ok((401 | 403, _)) => Finding::warning(
                about,
                format!("only an admin of the homeserver can see it. If it was not lifted yet, {lift}"),
            ),
            Ok(_) => Finding::warning(
                about,
                "the homeserver does not say how fast Herald may write. Ask its admin to lift the limit for Herald",
            ),
            Err(error) => Finding::warning(about, format!("it could not be asked for: {error}")),
        }
    }

    /// Ends a session that was begun for this look.
    async fn log_out(&self) {
        if let Err(error) = self.ask(Method::POST, &["_matrix", "client", "v3", "logout"], Some(&json!({}))).await {
            tracing::warn!(error, "the device \"{DEVICE_NAME}\" could not be logged out: remove it from the account");
        }
    }
}
