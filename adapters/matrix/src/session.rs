//! One login, one device, for ever: the first start logs in, every later one goes on with that session.

#[cfg(test)]
pub(crate) mod tests;

use std::path::Path;
use std::time::Duration;

use matrix_sdk::authentication::matrix::MatrixSession;
use matrix_sdk::config::RequestConfig;
use matrix_sdk::cross_process_lock::CrossProcessLockConfig;
use matrix_sdk::encryption::{BackupDownloadStrategy, EncryptionSettings};
use matrix_sdk::reqwest::{self, Url, redirect, tls};
use matrix_sdk::ruma::api::client::account::whoami;
use matrix_sdk::ruma::api::client::discovery::get_supported_versions;
use matrix_sdk::ruma::api::client::session::login;
use matrix_sdk::ruma::api::client::uiaa::{MatrixUserIdentifier, UserIdentifier};
use matrix_sdk::ruma::api::error::ErrorKind;
use matrix_sdk::store::RoomLoadSettings;
use matrix_sdk::{Client, ClientBuildError, HttpError, SessionMeta, SessionTokens, SqliteStoreConfig};
use secrecy::ExposeSecret;

use crate::error::{Failure, failure, innermost};
use crate::store::{Store, Stored};
use crate::{Secret, Settings, StartError, twin};

/// How long a request may take. A long poll adds its own time to that.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// The client of Herald's device, and the store that is its own as long as the second value is kept. It has not synced
/// yet. Nothing is retried in it: whoever asks knows what a repetition means.
pub(crate) async fn open(settings: &Settings) -> Result<(Client, Store), StartError> {
    let address = address(settings)?;
    let store = Store::open(&settings.store)?;
    let stored = store.session()?;
    if let Some(stored) = &stored {
        agrees(stored, settings)?;
    }
    let begun = stored.is_some();
    let stored = match stored {
        Some(stored) => stored,
        None => begin(settings, &address, &store).await?,
    };
    let client = client(&address, Some(&store)).await?;
    answers(settings, &client).await?;
    client
        .matrix_auth()
        .restore_session(stored.session(), RoomLoadSettings::default())
        .await
        .map_err(|error| twin::mismatch(&stored, store.dir(), &error))?;
    if begun {
        whoami(settings, &client, true).await?;
    }
    twin::check(&client, &store, stored).await?;
    Ok((client, store))
}

/// The address, if it is one.
pub(crate) fn address(settings: &Settings) -> Result<Url, StartError> {
    let address = settings.homeserver.trim_end_matches('/');
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let url = url.ok_or_else(|| StartError::BadAddress { homeserver: settings.homeserver.clone() })?;
    if url.scheme() == "http" && !matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) {
        tracing::warn!(homeserver = %url, "the homeserver is spoken to without TLS: anybody on the way can read the token");
    }
    Ok(url)
}

/// Whether a session is that of the configured account and homeserver.
pub(crate) fn agrees(stored: &Stored, settings: &Settings) -> Result<(), StartError> {
    let store = settings.store.clone();
    if stored.user_id != settings.user {
        let (user, stored) = (settings.user.clone(), stored.user_id.clone());
        return Err(StartError::OtherAccount { user, stored, store });
    }
    let plain = |address: &str| address.trim_end_matches('/').to_owned();
    if plain(&stored.homeserver) != plain(&settings.homeserver) {
        let (homeserver, stored) = (settings.homeserver.clone(), stored.homeserver.clone());
        return Err(StartError::OtherHomeserver { homeserver, stored, store });
    }
    Ok(())
}

/// What makes requests of the homeserver at this address.
pub(crate) fn http(address: &Url) -> Result<reqwest::Client, StartError> {
    let built = bare().build();
    built.map_err(|error| StartError::Unreachable { homeserver: address.to_string(), reason: innermost(&error) })
}

/// A client of the homeserver: with the databases of `store`, or, for the login, with none.
pub(crate) async fn client(address: &Url, store: Option<&Store>) -> Result<Client, StartError> {
    let builder = Client::builder()
        .homeserver_url(address)
        .http_client(http(address)?)
        .request_config(RequestConfig::new().disable_retry().timeout(PATIENCE))
        .respect_login_well_known(false)
        .cross_process_store_config(CrossProcessLockConfig::SingleProcess)
        .with_encryption_settings(EncryptionSettings {
            auto_enable_cross_signing: false,
            auto_enable_backups: false,
            backup_download_strategy: BackupDownloadStrategy::AfterDecryptionFailure,
        });
    let builder = match store {
        Some(store) => {
            let config = SqliteStoreConfig::with_low_memory_config(store.dir());
            builder.sqlite_store_with_config_and_cache_path(config, None::<&Path>)
        }
        None => builder,
    };
    builder.build().await.map_err(|error| unusable(address, store, &error))
}

/// What speaks to the homeserver.
fn bare() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("herald/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .timeout(PATIENCE)
        .min_tls_version(tls::Version::TLS_1_2)
        // With HTTP/2 all requests share one connection, and hang together when it is lost silently.
        .http1_only()
        // A redirected POST becomes a GET: the address has to be the right one.
        .redirect(redirect::Policy::none())
}

/// What passes files on, and the address of the homeserver that has them. What it hands out is taken as it is: a few bytes
/// could be unpacked to any number.
pub(crate) fn for_files(settings: &Settings) -> Result<(reqwest::Client, Url), StartError> {
    let unreachable = |error: reqwest::Error| StartError::Unreachable {
        homeserver: settings.homeserver.clone(),
        reason: innermost(&error),
    };
    Ok((bare().no_gzip().build().map_err(unreachable)?, address(settings)?))
}

fn unusable(address: &Url, store: Option<&Store>, error: &ClientBuildError) -> StartError {
    match (error, store) {
        (ClientBuildError::Http(error), _) => StartError::answer(address.as_str(), "to be spoken to", error),
        (ClientBuildError::SqliteStore(error), Some(store)) => StartError::database(store.dir(), innermost(error)),
        _ => StartError::BadAddress { homeserver: address.to_string() },
    }
}

/// Whether a homeserver answers.
pub(crate) async fn answers(settings: &Settings, client: &Client) -> Result<(), StartError> {
    let versions = client.send(get_supported_versions::Request::new()).await;
    let homeserver = settings.homeserver.clone();
    versions.map(drop).map_err(|error| match failure(&error) {
        Failure::Unreachable(reason) => StartError::Unreachable { homeserver, reason },
        // Whatever says no to this is none.
        Failure::NotMatrix | Failure::UnknownToken | Failure::Refused(_) => StartError::NotAHomeserver { homeserver },
    })
}

/// Begins a session, and keeps it before anything is made that depends on it.
async fn begin(settings: &Settings, address: &Url, store: &Store) -> Result<Stored, StartError> {
    let Some(secret) = &settings.secret else {
        return Err(StartError::NoSecret { store: settings.store.clone() });
    };
    // In memory: the databases are made once the device is known.
    let client = client(address, None).await?;
    answers(settings, &client).await?;
    let stored = match secret {
        Secret::Password(password) => log_in(settings, &client, password.expose_secret()).await?,
        Secret::Token(token) => {
            let token = token.expose_secret().to_owned();
            take_up(settings, &client, &token).await?;
            let whoami = whoami(settings, &client, false).await?;
            let device = whoami.device_id.ok_or(StartError::TokenWithoutDevice)?;
            if twin::published(&client, &settings.homeserver, &whoami.user_id, &device).await?.is_some() {
                return Err(StartError::DeviceTaken { device });
            }
            if let Err(error) = client.rename_device(&device, &settings.device_name).await {
                tracing::warn!(reason = innermost(&error), "the device could not be named");
            }
            Stored::new(&settings.homeserver, whoami.user_id, device, token)
        }
    };
    store.keep(&stored)?;
    Ok(stored)
}

/// Has a client without a store use an access token whose device is not known. Such a client encrypts nothing.
pub(crate) async fn take_up(settings: &Settings, client: &Client, token: &str) -> Result<(), StartError> {
    let nameless = MatrixSession {
        meta: SessionMeta { user_id: settings.user.clone(), device_id: "UNKNOWN".into() },
        tokens: SessionTokens { access_token: token.to_owned(), refresh_token: None },
    };
    let restored = client.matrix_auth().restore_session(nameless, RoomLoadSettings::default()).await;
    restored.map_err(|error| StartError::sdk(&settings.homeserver, &settings.store, "the access token", &error))
}

/// Logs in by password: a new device.
pub(crate) async fn log_in(settings: &Settings, client: &Client, password: &str) -> Result<Stored, StartError> {
    let user = UserIdentifier::Matrix(MatrixUserIdentifier::new(settings.user.to_string()));
    let mut request =
        login::v3::Request::new(login::v3::LoginInfo::Password(login::v3::Password::new(user, password.to_owned())));
    request.initial_device_display_name = Some(settings.device_name.clone());
    let answer = client.send(request).await.map_err(|error| no_login(settings, &error))?;
    if answer.user_id != settings.user {
        return Err(StartError::TokenOfAnother { user: settings.user.clone(), owner: answer.user_id });
    }
    Ok(Stored::new(&settings.homeserver, answer.user_id, answer.device_id, answer.access_token))
}

fn no_login(settings: &Settings, error: &HttpError) -> StartError {
    let user = settings.user.clone();
    match error.client_api_error_kind() {
        Some(ErrorKind::Forbidden) => StartError::WrongPassword { user },
        Some(ErrorKind::UserDeactivated | ErrorKind::UserLocked | ErrorKind::UserSuspended) => {
            StartError::Deactivated { user }
        }
        Some(ErrorKind::Unknown | ErrorKind::Unrecognized) => StartError::NoPasswordLogin,
        _ => StartError::answer(&settings.homeserver, "the login", error),
    }
}

/// Whose the access token is.
pub(crate) async fn whoami(
    settings: &Settings,
    client: &Client,
    stored: bool,
) -> Result<whoami::v3::Response, StartError> {
    let answer = client.whoami().await.map_err(|error| match failure(&error) {
        Failure::UnknownToken => StartError::TokenRevoked { stored },
        Failure::Unreachable(_) | Failure::NotMatrix | Failure::Refused(_) => {
            StartError::answer(&settings.homeserver, "to say whose the access token is", &error)
        }
    })?;
    if answer.user_id != settings.user {
        return Err(StartError::TokenOfAnother { user: settings.user.clone(), owner: answer.user_id });
    }
    Ok(answer)
}
