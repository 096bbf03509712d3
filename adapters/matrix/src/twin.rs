//! Whether the device is this store's alone.
//!
//! What two copies of a device encrypt with the same keys cannot be read, and what one of them is sent the other has not.
//! Two things tell: the keys that the homeserver has of the device, and a mark that every start leaves there, so that
//! the next one sees whether it was the last.

use std::path::Path;

use matrix_sdk::encryption::{CryptoStoreError, OlmError};
use matrix_sdk::ruma::api::client::keys::get_keys;
use matrix_sdk::ruma::events::GlobalAccountDataEventType;
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::ruma::{DeviceId, DeviceKeyAlgorithm, DeviceKeyId, TransactionId, UserId};
use matrix_sdk::{Client, Error};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::error::RecvError;

use crate::StartError;
use crate::store::{Store, Stored};

/// The content of the account data that holds the mark of a device's latest start.
#[derive(Serialize, Deserialize)]
struct Mark {
    start: String,
}

/// Refuses when another than this store used its device, and leaves a new mark.
pub(crate) async fn check(client: &Client, store: &Store, mut stored: Stored) -> Result<(), StartError> {
    let homeserver = stored.homeserver.clone();
    let failed = |error: Error| StartError::sdk(&homeserver, store.dir(), "to use its account data", &error);
    let (device, dir) = (stored.device_id.clone(), store.dir().to_owned());

    let own = client.encryption().ed25519_key().await;
    let published = published(client, &homeserver, &stored.user_id, &device).await?;
    let lost = stored.identity.is_some() && stored.identity != own;
    let taken = published.is_some() && published != own;
    match (lost, taken, &stored.identity) {
        // Keys are published only after `identity` is kept.
        (true, _, _) | (false, true, None) => return Err(StartError::KeysLost { device, store: dir }),
        (false, true, Some(_)) => return Err(StartError::UsedElsewhere { device, store: dir }),
        (false, false, _) => stored.identity = own,
    }

    let kind = GlobalAccountDataEventType::from(format!("im.herald.device.{device}"));
    let seen = client.account().fetch_account_data(kind.clone()).await.map_err(failed)?;
    let seen = seen.and_then(|raw| raw.deserialize_as_unchecked::<Mark>().ok()).map(|mark| mark.start);
    if seen.as_ref().is_some_and(|seen| !stored.marks.contains(seen)) {
        return Err(StartError::UsedElsewhere { device, store: dir });
    }
    // Both are kept, as it is not known which will be there if this is cut short.
    let new = Mark { start: TransactionId::new().to_string() };
    stored.marks = seen.into_iter().chain([new.start.clone()]).collect();
    store.keep(&stored)?;
    let content = Raw::new(&new).map_err(|error| failed(error.into()))?.cast_unchecked();
    client.account().set_account_data_raw(kind, content).await.map(drop).map_err(failed)
}

/// Ends when it turns out, while this store is in use, that another uses its device: the homeserver has one-time keys
/// that are not ours. It says so once in the life of a store, so this has to wait beside every sync.
pub(crate) async fn noticed(client: &Client, store: &Store) -> StartError {
    let told = client.subscribe_to_duplicate_key_upload_errors().recv().await;
    match (told, client.device_id()) {
        (Ok(_) | Err(RecvError::Lagged(_)), Some(device)) => {
            StartError::UsedElsewhere { device: device.to_owned(), store: store.dir().to_owned() }
        }
        (Err(RecvError::Closed), _) | (_, None) => std::future::pending().await,
    }
}

/// What it means that the session cannot be restored: the database holds another device's keys, or is damaged.
pub(crate) fn mismatch(stored: &Stored, dir: &Path, error: &Error) -> StartError {
    let keys = if let Error::CryptoStoreError(error) = error {
        Some(&**error)
    } else if let Error::OlmError(error) = error
        && let OlmError::Store(error) = &**error
    {
        Some(error)
    } else {
        None
    };
    if matches!(keys, Some(CryptoStoreError::MismatchedAccount { .. })) {
        return StartError::KeysLost { device: stored.device_id.clone(), store: dir.to_owned() };
    }
    StartError::sdk(&stored.homeserver, dir, "to restore the session", error)
}

/// The signing key that the homeserver has of a device, as others see it.
pub(crate) async fn published(
    client: &Client,
    homeserver: &str,
    user: &UserId,
    device: &DeviceId,
) -> Result<Option<String>, StartError> {
    let mut request = get_keys::v3::Request::new();
    request.device_keys.insert(user.to_owned(), vec![device.to_owned()]);
    let answer = client.send(request).await;
    let answer = answer.map_err(|error| StartError::answer(homeserver, "to say which keys it has", &error))?;
    let device_keys = answer.device_keys.get(user).and_then(|devices| devices.get(device));
    let Some(keys) = device_keys.and_then(|keys| keys.deserialize().ok()) else { return Ok(None) };
    Ok(keys.keys.get(&DeviceKeyId::from_parts(DeviceKeyAlgorithm::Ed25519, device)).cloned())
}
