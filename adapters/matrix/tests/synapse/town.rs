//! Herald and Ana in an open room and in an encrypted one.

use std::fs::File;
use std::io::{Cursor, Read, Seek, Write};

use herald_chat::{Attachment, FileKind, Inbound, Network, Origin, Platform, RoomRef, What};
use herald_matrix::Matrix;
use herald_synapse::{Options, Synapse};
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::media::{MediaFormat, MediaRequestParameters};
use matrix_sdk::room::MessagesOptions;
use matrix_sdk::ruma::api::client::media::create_content::v3::Request as Upload;
use matrix_sdk::ruma::events::room::MediaSource;
use matrix_sdk::ruma::{EventId, OwnedMxcUri, RoomId};
use matrix_sdk_base::crypto::AttachmentEncryptor;
use serde_json::{Value, json};

use crate::common::{Bot, Listening, Maybe, Somebody};

/// The largest file that this homeserver takes, in bytes.
pub(crate) const LARGEST: u64 = 1 << 20;

pub(crate) struct Town {
    pub(crate) matrix: Matrix,
    pub(crate) ana: Somebody,
    /// An open room and an encrypted one.
    pub(crate) rooms: [RoomRef; 2],
    pub(crate) listening: Listening,
    _bot: Bot,
    pub(crate) synapse: Synapse,
}

impl Town {
    pub(crate) async fn start() -> Maybe<Self> {
        let synapse = Synapse::start_with(Options::new().set("max_upload_size", json!(LARGEST))).await?;
        let ana = Somebody::new(&synapse, "ana").await?;
        let bot = Bot::new(&synapse, ana.account.user_id()).await?;
        let matrix = bot.connect().await?;
        let listening = Listening::to(&matrix).await?;
        let herald = bot.account.user_id();
        let mut rooms = Vec::new();
        for encrypted in [false, true] {
            let state = json!([{
                "type": "m.room.encryption", "state_key": "", "content": { "algorithm": "m.megolm.v1.aes-sha2" },
            }]);
            let room = json!({
                "preset": "private_chat",
                "initial_state": if encrypted { state } else { json!([]) },
                "invite": [herald],
            });
            let room = ana.account.create_room(room).await?;
            ana.account.wait_for_join(&room, herald).await?;
            rooms.push(RoomRef::new(&Network::new("matrix"), &room));
        }
        ana.person.accept().await?;
        let rooms = rooms.try_into().map_err(|_| "two rooms")?;
        let town = Self { matrix, ana, rooms, listening, _bot: bot, synapse };
        for room in &town.rooms {
            town.listening.knows(room).await?;
        }
        Ok(town)
    }

    fn room(&self, room: &RoomRef) -> Maybe<matrix_sdk::Room> {
        Ok(self.ana.person.client().get_room(&RoomId::parse(room.id())?).ok_or("Ana is not there")?)
    }

    /// Ana's client sends an event, encrypted where the room is.
    pub(crate) async fn send(&self, room: &RoomRef, kind: &str, content: Value) -> Maybe<String> {
        Ok(self.room(room)?.send_raw(kind, content).await?.response.event_id.to_string())
    }

    /// Ana's client sends a message, and Herald hears it.
    pub(crate) async fn hears(&self, room: &RoomRef, content: Value) -> Maybe<What> {
        let id = self.send(room, "m.room.message", content).await?;
        Ok(self.heard(room, &id).await?.what)
    }

    /// The event of this id, when it arrives.
    pub(crate) async fn heard(&self, room: &RoomRef, id: &str) -> Maybe<Inbound> {
        self.listening.heard(room.id(), id).await
    }

    /// All that people did in a room, as it is read back.
    pub(crate) async fn read_back(&self, room: &RoomRef) -> Maybe<Vec<Inbound>> {
        let mut all = self.listening.read_back(room, 200).await?;
        all.retain(|it| it.origin != Origin::Own && !matches!(it.what, What::Joined { .. } | What::Left { .. }));
        Ok(all)
    }

    /// Ana's client keeps a file on the homeserver: what of its message says where.
    pub(crate) async fn keep(&self, room: &RoomRef, bytes: &[u8]) -> Maybe<Value> {
        let client = self.ana.person.client();
        let encrypted = self.room(room)?.latest_encryption_state().await?.is_encrypted();
        if !encrypted {
            return Ok(json!({ "url": client.send(Upload::new(bytes.to_vec())).await?.content_uri }));
        }
        let mut clear = Cursor::new(bytes);
        let mut seal = AttachmentEncryptor::new(&mut clear);
        let mut sealed = Vec::new();
        seal.read_to_end(&mut sealed)?;
        let mut file = serde_json::to_value(seal.finish())?;
        let url: OwnedMxcUri = client.send(Upload::new(sealed)).await?.content_uri;
        file["url"] = json!(url);
        Ok(json!({ "file": file }))
    }

    /// What Ana's client has of an event.
    pub(crate) async fn content(&self, room: &RoomRef, id: &str) -> Maybe<Value> {
        self.ana.person.sync().await?;
        let event = self.room(room)?.event(&EventId::parse(id)?, None).await?;
        Ok(event.raw().get_field("content")?.unwrap_or_default())
    }

    /// The messages in which Ana's client finds a file.
    pub(crate) async fn files(&self, room: &RoomRef) -> Maybe<Vec<Value>> {
        self.ana.person.sync().await?;
        let page = self.room(room)?.messages(MessagesOptions::backward()).await?;
        let content = |event: &TimelineEvent| event.raw().get_field::<Value>("content").ok().flatten();
        Ok(page.chunk.iter().filter_map(content).filter(|content| content["filename"].is_string()).collect())
    }

    /// What Ana's client shows of a file.
    pub(crate) async fn opens(&self, content: &Value) -> Maybe<Vec<u8>> {
        let source: MediaSource = serde_json::from_value(content.clone())?;
        let request = MediaRequestParameters { source, format: MediaFormat::File };
        Ok(self.ana.person.client().media().get_media_content(&request, false).await?)
    }

    /// What Herald reads of a file, if it is no longer than this.
    pub(crate) async fn downloads(&self, file: &Attachment, most: u64) -> Maybe<Result<Vec<u8>, String>> {
        let mut into = tempfile()?;
        into.write_all(b"what stood there before")?;
        match self.matrix.download(file, most, &mut into).await {
            Ok(length) => {
                let mut bytes = Vec::new();
                into.rewind()?;
                into.read_to_end(&mut bytes)?;
                assert_eq!(bytes.len() as u64, length);
                Ok(Ok(bytes))
            }
            Err(refused) => Ok(Err(refused.to_string())),
        }
    }
}

pub(crate) fn tempfile() -> Maybe<File> {
    Ok(tempfile::tempfile()?)
}

/// A file as another platform tells of it.
pub(crate) fn attachment(kind: FileKind, name: &str) -> Attachment {
    Attachment {
        name: name.to_owned(),
        kind,
        mime: Some("image/png".to_owned()),
        size: None,
        pixels: Some((3, 2)),
        spoiler: true,
        network: Network::new("discord"),
        source: String::new(),
    }
}
