//! Somebody with a client.

#![expect(clippy::must_use_candidate, reason = "what is in a box is awaited like every other future")]

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use matrix_sdk::attachment::AttachmentConfig;
use matrix_sdk::config::{RequestConfig, SyncSettings};
use matrix_sdk::media::{MediaFormat, MediaRequestParameters};
use matrix_sdk::ruma::api::client::room::create_room::v3::{Request, RoomPreset};
use matrix_sdk::ruma::events::InitialStateEvent;
use matrix_sdk::ruma::events::reaction::ReactionEventContent;
use matrix_sdk::ruma::events::relation::Annotation;
use matrix_sdk::ruma::events::room::MediaSource;
use matrix_sdk::ruma::events::room::encryption::RoomEncryptionEventContent;
use matrix_sdk::ruma::events::room::message::{ReplacementMetadata, RoomMessageEventContent};
use matrix_sdk::ruma::{EventId, RoomId, UserId, assign};
use matrix_sdk::sync::SyncResponse;
use matrix_sdk::{Client, Room, RoomState};
use serde_json::Value;

use crate::Line;
use crate::trouble::Trouble;

/// What somebody does. In a box, so that the SDK's part of it is compiled once, here, and not by each test that awaits it.
pub(crate) type Doing<'a, T> = BoxFuture<'a, Result<T, Trouble>>;

/// Somebody with a client of their own.
#[derive(Debug, Clone)]
pub struct Person {
    client: Client,
}

impl Person {
    /// Logs in with a new device, whose keys are kept in memory.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver does not let them in.
    pub fn login<'a>(homeserver: &'a str, user: &'a str, password: &'a str) -> Doing<'a, Self> {
        async move {
            let client = Client::builder()
                .homeserver_url(homeserver)
                .request_config(RequestConfig::short_retry())
                // What stands between them and the server stays there.
                .respect_login_well_known(false)
                .build()
                .await
                .map_err(|error| Trouble::Name(error.to_string()))?;
            client.matrix_auth().login_username(user, password).initial_device_display_name("test").send().await?;
            let person = Self { client };
            person.sync().await?;
            Ok(person)
        }
        .boxed()
    }

    /// The SDK's client.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The account.
    #[must_use]
    pub fn user_id(&self) -> String {
        self.client.user_id().map(ToString::to_string).unwrap_or_default()
    }

    /// Takes in all that the homeserver holds for this device now.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver does not answer.
    pub fn sync(&self) -> Doing<'_, ()> {
        async move {
            loop {
                let response = self.listen(Duration::ZERO).await?;
                if response.to_device.is_empty() {
                    return Ok(());
                }
            }
        }
        .boxed()
    }

    /// Takes up every invitation.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver says no.
    pub fn accept(&self) -> Doing<'_, ()> {
        async move {
            self.sync().await?;
            for room in self.client.invited_rooms() {
                room.join().await?;
            }
            self.sync().await
        }
        .boxed()
    }

    /// Takes up the invitation to a room, if they are not there and have one.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver says no.
    pub async fn enter(&self, room: &str) -> Result<(), Trouble> {
        let there = self.client.get_room(&id(room)?).is_some_and(|room| room.state() == RoomState::Joined);
        if there { Ok(()) } else { self.accept().await }
    }

    /// Makes an encrypted private room and invites people to it.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver says no.
    pub fn create_encrypted<'a>(&'a self, name: &'a str, invite: &'a [&'a str]) -> Doing<'a, String> {
        async move {
            let invite = invite.iter().filter_map(|user| UserId::parse(*user).ok()).collect();
            let encrypted = RoomEncryptionEventContent::with_recommended_defaults();
            let request = assign!(Request::new(), {
                name: Some(name.to_owned()),
                preset: Some(RoomPreset::PrivateChat),
                initial_state: vec![InitialStateEvent::with_empty_state_key(encrypted).to_raw_any()],
                invite,
            });
            let room = self.client.create_room(request).await?;
            self.sync().await?;
            Ok(room.room_id().to_string())
        }
        .boxed()
    }

    /// Joins a room.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver says no.
    pub fn join<'a>(&'a self, room: &'a str) -> Doing<'a, ()> {
        async move {
            self.client.join_room_by_id(&id(room)?).await?;
            self.sync().await
        }
        .boxed()
    }

    /// Says something, encrypted where the room is. Returns the event's id.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver says no.
    pub async fn say(&self, room: &str, text: &str) -> Result<String, Trouble> {
        self.send(room, RoomMessageEventContent::text_plain(text)).await
    }

    /// The same with HTML, as clients send mentions.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver says no.
    pub async fn say_html(&self, room: &str, text: &str, html: &str) -> Result<String, Trouble> {
        self.send(room, RoomMessageEventContent::text_html(text, html)).await
    }

    /// Sends a message.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver says no.
    pub fn send<'a>(&'a self, room: &'a str, content: RoomMessageEventContent) -> Doing<'a, String> {
        async move {
            let room = self.room(room).await?;
            Ok(room.send(content).await?.response.event_id.to_string())
        }
        .boxed()
    }

    /// Sends an event of any type, encrypted where the room is. Returns its id.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver says no.
    pub fn send_json<'a>(&'a self, room: &'a str, kind: &'a str, content: Value) -> Doing<'a, String> {
        async move { Ok(self.room(room).await?.send_raw(kind, content).await?.response.event_id.to_string()) }.boxed()
    }

    /// Changes what one of their messages says.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver says no.
    pub async fn edit(&self, room: &str, event: &str, text: &str) -> Result<String, Trouble> {
        let of = EventId::parse(event).map_err(|error| Trouble::Name(error.to_string()))?;
        let content = RoomMessageEventContent::text_plain(text).make_replacement(ReplacementMetadata::new(of, None));
        self.send(room, content).await
    }

    /// Puts an emoji on a message.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver says no.
    pub fn react<'a>(&'a self, room: &'a str, event: &'a str, emoji: &'a str) -> Doing<'a, String> {
        async move {
            let to = EventId::parse(event).map_err(|error| Trouble::Name(error.to_string()))?;
            let content = ReactionEventContent::new(Annotation::new(to, emoji.to_owned()));
            Ok(self.room(room).await?.send(content).await?.response.event_id.to_string())
        }
        .boxed()
    }

    /// Posts a file, encrypted where the room is. Returns the event's id.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver says no, or the type is none.
    pub fn send_file<'a>(&'a self, room: &'a str, name: &'a str, mime: &'a str, bytes: Vec<u8>) -> Doing<'a, String> {
        async move {
            let mime = mime.parse().map_err(|_| Trouble::Name(format!("{mime} is no type of a file")))?;
            let sent = self.room(room).await?.send_attachment(name, &mime, bytes, AttachmentConfig::new()).await?;
            Ok(sent.event_id.to_string())
        }
        .boxed()
    }

    /// Gives the homeserver a file, encrypted: what a message has to say of it.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver says no.
    pub fn upload_encrypted<'a>(&'a self, bytes: &'a [u8]) -> Doing<'a, Value> {
        async move {
            let file = self.client.upload_encrypted_file(&mut std::io::Cursor::new(bytes.to_vec())).await?;
            serde_json::to_value(file).map_err(|error| Trouble::Name(error.to_string()))
        }
        .boxed()
    }

    /// What a file holds that came with a message, decrypted.
    ///
    /// # Errors
    /// [`Trouble`] when there is none, or the homeserver does not give it.
    pub fn reads_file<'a>(&'a self, line: &'a Line) -> Doing<'a, Vec<u8>> {
        async move {
            let nothing = |error: serde_json::Error| Trouble::Name(error.to_string());
            let content = &line.content;
            let source = if content["file"].is_object() {
                MediaSource::Encrypted(Box::new(serde_json::from_value(content["file"].clone()).map_err(nothing)?))
            } else {
                MediaSource::Plain(serde_json::from_value(content["url"].clone()).map_err(nothing)?)
            };
            let request = MediaRequestParameters { source, format: MediaFormat::File };
            Ok(self.client.media().get_media_content(&request, false).await?)
        }
        .boxed()
    }

    /// Removes a message.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver says no.
    pub fn redact<'a>(&'a self, room: &'a str, event: &'a str) -> Doing<'a, ()> {
        async move {
            let of = EventId::parse(event).map_err(|error| Trouble::Name(error.to_string()))?;
            self.room(room).await?.redact(&of, None, None).await?;
            Ok(())
        }
        .boxed()
    }

    /// One sync.
    pub(crate) fn listen(&self, wait: Duration) -> Doing<'_, SyncResponse> {
        async move { Ok(self.client.sync_once(SyncSettings::new().timeout(wait)).await?) }.boxed()
    }

    pub(crate) fn room<'a>(&'a self, room: &'a str) -> Doing<'a, Room> {
        async move {
            let id = id(room)?;
            if self.client.get_room(&id).is_none_or(|room| room.state() != RoomState::Joined) {
                self.sync().await?;
            }
            self.client.get_room(&id).ok_or_else(|| Trouble::Name(format!("{} is not in {room}", self.user_id())))
        }
        .boxed()
    }
}

pub(crate) fn id(room: &str) -> Result<matrix_sdk::ruma::OwnedRoomId, Trouble> {
    RoomId::parse(room).map_err(|error| Trouble::Name(error.to_string()))
}
