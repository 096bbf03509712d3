//! A file on its way from one platform to another: through a nameless file on the disk, never through memory.

use std::fs::File;
use std::io::Seek;
use std::path::PathBuf;
use std::sync::Arc;

use herald_chat::{Attachment, Content, MessageRef, Platform, Post, RoomRef, SendError, SendKey};

/// What carrying a file takes.
pub(super) struct Cargo {
    /// The platform that has it.
    pub(super) source: Option<Arc<dyn Platform>>,
    /// How large it may be, in bytes.
    pub(super) most: u64,
    /// The directory where it lies meanwhile.
    pub(super) spool: PathBuf,
}

impl Cargo {
    /// Reads the file where it is, and posts it to a room.
    pub(super) async fn carry(
        &self,
        platform: &dyn Platform,
        room: &RoomRef,
        post: &Post,
        file: &Attachment,
        key: &SendKey,
    ) -> Result<MessageRef, SendError> {
        let Some(source) = &self.source else {
            return Err(SendError::Refused { reason: "Herald is not on the network that has it any more.".to_owned() });
        };
        let mut spooled = self.nameless()?;
        let most = self.most.min(platform.carries());
        let length = source.download(file, most, &mut spooled).await?;
        spooled.rewind().map_err(|error| no_room(&error))?;
        platform.post_file(room, post, file, Content { file: spooled, length }, key).await
    }

    fn nameless(&self) -> Result<File, SendError> {
        tempfile::tempfile_in(&self.spool).or_else(|_| tempfile::tempfile()).map_err(|error| no_room(&error))
    }
}

/// There is none on the disk, which may change.
fn no_room(error: &std::io::Error) -> SendError {
    SendError::Retry { after: None, reason: format!("the file cannot be kept on the way: {error}") }
}
