//! That other people's clients trust Herald's device, and that its keys outlive the machine.
//!
//! The account gets a cross-signing identity, which signs the device; its private keys and a backup of the room keys lie
//! on the homeserver, encrypted with the recovery key. Everything is looked up on the homeserver before it is done, so
//! that a start which was cut short is completed by the next. What the SDK believes is no evidence: it keeps an identity
//! before it uploads it, and would never upload it again.

#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::PathBuf;

use matrix_sdk::encryption::recovery::RecoveryError;
use matrix_sdk::encryption::secret_storage::SecretStorageError;
use matrix_sdk::ruma::api::client::keys::get_keys;
use matrix_sdk::ruma::api::client::uiaa::{AuthData, MatrixUserIdentifier, Password, UserIdentifier};
use matrix_sdk::ruma::events::secret::request::SecretName;
use matrix_sdk::ruma::events::secret_storage::default_key::SecretStorageDefaultKeyEventContent;
use matrix_sdk::{Client, Error};
use matrix_sdk_base::crypto::secret_storage::SecretStorageKey;
use secrecy::{ExposeSecret, SecretString};

use crate::error::innermost;
use crate::store::{files, write_private};
use crate::{Secret, Settings, StartError};

/// How far others trust Herald's device, and what an admin has to know of it.
#[derive(Debug)]
pub enum Trust {
    /// Fully. The recovery key was made just now, and is to be shown this once.
    NewKey {
        /// Where it is kept, with mode 0600.
        path: PathBuf,
        /// What to keep elsewhere too.
        key: SecretString,
    },
    /// Fully, and nothing is new.
    Fine,
    /// Not as they should: clients that refuse devices without a signature keep messages from Herald, and theirs.
    Unverified {
        /// What stands in the way.
        why: String,
        /// What to do about it.
        advice: String,
    },
}

/// Makes the device trusted, and the keys recoverable. To be called at every start, after the first sync, which uploads
/// the device's keys, and before anything is encrypted. Takes some twenty-five requests the first time, and ten later on.
pub(crate) async fn establish(client: &Client, settings: &Settings) -> Result<Trust, StartError> {
    client.encryption().wait_for_e2ee_initialization_tasks().await;
    let trust = Establishing { client, settings, file: settings.store.join("recovery-key") };
    let done = match trust.sign().await {
        Ok(()) => trust.secure().await,
        Err(obstacle) => Err(obstacle),
    };
    match done {
        Ok(trust) => Ok(trust),
        Err(Obstacle::Note { why, advice }) => Ok(Trust::Unverified { why, advice }),
        Err(Obstacle::Fatal(error)) => Err(error),
    }
}

/// What may keep the device from being trusted.
enum Obstacle {
    /// Herald runs all the same.
    Note { why: String, advice: String },
    /// Nothing runs.
    Fatal(StartError),
}

impl From<StartError> for Obstacle {
    fn from(error: StartError) -> Self {
        Self::Fatal(error)
    }
}

fn note<T>(why: &str, advice: &str) -> Result<T, Obstacle> {
    Err(Obstacle::Note { why: why.to_owned(), advice: advice.to_owned() })
}

/// What others get when they ask for our keys.
struct Seen {
    /// Whether the account has an identity.
    identity: bool,
    /// Whether the device has keys.
    device: bool,
    /// Whether the identity has signed them.
    signed: bool,
}

struct Establishing<'a> {
    client: &'a Client,
    settings: &'a Settings,
    file: PathBuf,
}

impl Establishing<'_> {
    /// Has the device signed by the account's identity, which is made if there is none.
    async fn sign(&self) -> Result<(), Obstacle> {
        if !self.seen().await?.identity {
            self.bootstrap().await?;
        }
        let encryption = self.client.encryption();
        if let Some(user) = self.client.user_id() {
            // The SDK drops private keys here that are not those of the identity which the account has now.
            encryption.request_user_identity(user).await.map_err(|error| self.failed(&error))?;
        }
        if !encryption.cross_signing_status().await.is_some_and(|status| status.is_complete()) {
            self.recover().await?;
        }
        let seen = self.seen().await?;
        if seen.signed {
            return Ok(());
        }
        if let Some(device) = encryption.get_own_device().await.map_err(|error| self.failed(&error.into()))?
            && seen.device
        {
            device.verify().await.or_else(|error| {
                note(&format!("The device cannot be signed: {}.", innermost(&error)), "Start Herald again.")
            })?;
        }
        if self.seen().await?.signed {
            return Ok(());
        }
        note("The homeserver did not take the signature of Herald's device.", "Start Herald again.")
    }

    /// What the homeserver tells everybody.
    async fn seen(&self) -> Result<Seen, StartError> {
        let (Some(user), Some(device)) = (self.client.user_id(), self.client.device_id()) else {
            return Ok(Seen { identity: false, device: false, signed: false });
        };
        let mut request = get_keys::v3::Request::new();
        request.device_keys.insert(user.to_owned(), vec![device.to_owned()]);
        let answer = self.client.send(request).await;
        let answer = answer
            .map_err(|error| StartError::answer(&self.settings.homeserver, "to say which keys it has", &error))?;
        let identity = answer.self_signing_keys.get(user).and_then(|keys| keys.deserialize().ok());
        let signer = identity.and_then(|keys| keys.keys.into_values().next());
        let keys = answer.device_keys.get(user).and_then(|devices| devices.get(device));
        let keys = keys.and_then(|keys| keys.deserialize().ok());
        let has_signed = |signer: &String| {
            let name = format!("ed25519:{signer}");
            let signatures = keys.as_ref().and_then(|keys| keys.signatures.get(user));
            signatures.is_some_and(|all| all.keys().any(|key| key.as_str() == name))
        };
        Ok(Seen {
            identity: answer.master_keys.contains_key(user),
            device: keys.is_some(),
            signed: signer.as_ref().is_some_and(has_signed),
        })
    }

    /// Gives the account an identity. Servers take the first one without asking for the password, most of them.
    async fn bootstrap(&self) -> Result<(), Obstacle> {
        let encryption = self.client.encryption();
        let Err(refused) = encryption.bootstrap_cross_signing(None).await else { return Ok(()) };
        let Some(asked) = refused.as_uiaa_response() else { return Err(self.failed(&refused).into()) };
        let Some(Secret::Password(password)) = &self.settings.secret else {
            return note(
                "The homeserver asks for the account's password before it takes Herald's identity.",
                "Configure the password, and start Herald once more. It is not needed after that.",
            );
        };
        let user = UserIdentifier::Matrix(MatrixUserIdentifier::new(self.settings.user.to_string()));
        let mut proof = Password::new(user, password.expose_secret().to_owned());
        proof.session.clone_from(&asked.session);
        match encryption.bootstrap_cross_signing(Some(AuthData::Password(proof))).await {
            Ok(()) => Ok(()),
            Err(error) if error.as_uiaa_response().is_some() => note(
                "The homeserver takes no identity for Herald by password alone.",
                "Check the password; if it is right, set up cross-signing in another client, and configure its recovery key.",
            ),
            Err(error) => Err(self.failed(&error).into()),
        }
    }

    /// Gets the private keys of the account's identity with the recovery key.
    async fn recover(&self) -> Result<(), Obstacle> {
        const ADVICE: &str = "Configure the account's recovery key, the one that the client which set up cross-signing \
            has shown, and start Herald again.";
        let key = match &self.settings.recovery_key {
            Some(key) => key.clone(),
            None => match self.read_file()? {
                Some(key) => key,
                None => return note("The account has an identity, but Herald has not its recovery key.", ADVICE),
            },
        };
        let Err(error) = self.client.encryption().recovery().recover(key.expose_secret().trim()).await else {
            return Ok(());
        };
        match error {
            RecoveryError::SecretStorage(
                SecretStorageError::InconsistentBackupDecryptionKey
                | SecretStorageError::MissingOrInvalidBackupDecryptionKey,
            ) => {
                // It comes last: the identity is there.
                tracing::warn!("the account's key backup cannot be opened with what its secret storage holds");
                Ok(())
            }
            RecoveryError::Sdk(error) | RecoveryError::SecretStorage(SecretStorageError::Sdk(error)) => {
                Err(self.failed(&error).into())
            }
            RecoveryError::SecretStorage(SecretStorageError::SecretStorageKey(_)) => {
                note("The recovery key is not the account's.", ADVICE)
            }
            RecoveryError::SecretStorage(SecretStorageError::MissingKeyInfo { .. }) => note(
                "The account has an identity, but its private keys are not on the homeserver.",
                "In the client that set up cross-signing, set up recovery too, and configure the key that it shows.",
            ),
            RecoveryError::SecretStorage(_) | RecoveryError::BackupExistsOnServer => note(
                "What the homeserver keeps under the recovery key is not the account's identity.",
                "Reset the identity in another client, and configure the recovery key that it shows.",
            ),
        }
    }

    /// Puts the private keys and a backup of the room keys on the homeserver, once.
    ///
    /// What opens them is kept here before it opens anything there: a key takes effect when it becomes the default one.
    /// Until then another is made in its place; from then on, what the one before began is completed.
    async fn secure(&self) -> Result<Trust, Obstacle> {
        let encryption = self.client.encryption();
        let (storage, backups) = (encryption.secret_storage(), encryption.backups());
        let key = if storage.is_enabled().await.map_err(|error| self.failed(&error))? {
            match self.read_file()? {
                Some(key) => key,
                // Not made by Herald.
                None => return Ok(Trust::Fine),
            }
        } else if !backups.are_enabled().await
            && backups.fetch_exists_on_server().await.map_err(|error| self.failed(&error))?
        {
            return note(
                "Another client has made a backup of the account's keys, but no recovery key.",
                "Set up recovery in that client, and configure the key that it shows.",
            );
        } else {
            self.make_key().await?
        };
        let opened = storage.open_secret_store(key.expose_secret()).await;
        let opened = opened.map_err(|error| self.no_recovery(&error.into()))?;
        // The last one to be put there.
        let secret = opened.get_secret(SecretName::RecoveryKey).await;
        if secret.map_err(|error| self.no_recovery(&error.into()))?.is_some() {
            return Ok(Trust::Fine);
        }
        if !backups.are_enabled().await {
            if backups.fetch_exists_on_server().await.map_err(|error| self.failed(&error))? {
                // Herald's, of a start that was cut short before it kept the key: nobody can open it.
                backups.disable_and_delete().await.map_err(|error| self.failed(&error))?;
            }
            encryption.recovery().enable_backup().await.map_err(|error| self.no_recovery(&error))?;
        }
        opened.export_secrets().await.map_err(|error| self.no_recovery(&error.into()))?;
        Ok(Trust::NewKey { path: self.file.clone(), key })
    }

    /// A new recovery key, kept here, then there.
    async fn make_key(&self) -> Result<SecretString, StartError> {
        let key = SecretStorageKey::new();
        let text = SecretString::from(key.to_base58());
        let line = format!("{}\n", text.expose_secret());
        write_private(&self.file, line.as_bytes()).map_err(|error| files(&self.file, &error))?;
        let account = self.client.account();
        account.set_account_data(key.event_content().clone()).await.map_err(|error| self.failed(&error))?;
        let default = SecretStorageDefaultKeyEventContent::new(key.key_id().to_owned());
        account.set_account_data(default).await.map_err(|error| self.failed(&error))?;
        Ok(text)
    }

    fn read_file(&self) -> Result<Option<SecretString>, StartError> {
        match fs::read_to_string(&self.file) {
            Ok(text) => Ok(Some(text.trim().to_owned().into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(files(&self.file, &error)),
        }
    }

    fn no_recovery(&self, error: &RecoveryError) -> Obstacle {
        match error {
            RecoveryError::Sdk(error) | RecoveryError::SecretStorage(SecretStorageError::Sdk(error)) => {
                self.failed(error).into()
            }
            RecoveryError::SecretStorage(SecretStorageError::SecretStorageKey(_)) => Obstacle::Note {
                why: format!("{} is not the account's recovery key any more.", self.file.display()),
                advice: "Write the one that holds now into that file.".to_owned(),
            },
            RecoveryError::SecretStorage(_) | RecoveryError::BackupExistsOnServer => Obstacle::Note {
                why: format!("Herald's keys could not be put on the homeserver: {}.", innermost(error)),
                advice: "Start Herald again.".to_owned(),
            },
        }
    }

    fn failed(&self, error: &Error) -> StartError {
        StartError::sdk(&self.settings.homeserver, &self.settings.store, "to take Herald's identity", error)
    }
}
