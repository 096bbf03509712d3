//! Files that come with messages. What they hold is made up from a few bytes, so that they take no room.

use std::fs::File;
use std::io::{Read, Write};

use herald_chat::{Attachment, Content, FileKind, MessageRef, Network, SendError};
use serde::{Deserialize, Serialize};

/// How large a file may be to be posted here, in bytes.
pub const CARRIES: u64 = 8 << 20;
/// How many bytes of a file are kept.
const HEAD: usize = 16;

/// A file as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stored {
    /// Its name.
    pub(crate) name: String,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// What it holds, over and over.
    pub(crate) head: String,
}

impl Stored {
    /// A file that somebody sends.
    pub(crate) fn of(name: &str, size: u64) -> Self {
        let words: Vec<char> = format!("{name} ").chars().filter(char::is_ascii).collect();
        let length = HEAD.min(usize::try_from(size).unwrap_or(HEAD));
        let head = words.into_iter().cycle().take(length).collect();
        Self { name: name.to_owned(), size, head }
    }

    /// What was carried here.
    pub(crate) fn from_content(name: &str, content: Content) -> Result<Self, SendError> {
        let Content { mut file, length } = content;
        let mut head = Vec::new();
        let read =
            Read::by_ref(&mut file).take(HEAD as u64).read_to_end(&mut head).map_err(|error| unreadable(&error))?;
        let rest = std::io::copy(&mut file, &mut std::io::sink()).map_err(|error| unreadable(&error))?;
        if read as u64 + rest != length {
            return Err(SendError::Refused { reason: format!("It was said to be {length} bytes, and is not.") });
        }
        Ok(Self { name: name.to_owned(), size: length, head: String::from_utf8_lossy(&head).into_owned() })
    }

    /// As Herald hears of it.
    pub(crate) fn attachment(&self, network: &Network, room: &str, number: u64) -> Attachment {
        Attachment {
            name: self.name.clone(),
            kind: FileKind::File,
            mime: None,
            size: Some(self.size),
            pixels: None,
            spoiler: false,
            network: network.clone(),
            source: format!("{number} {room}"),
        }
    }

    /// Writes out what it holds.
    pub(crate) fn write(&self, most: u64, into: &mut File) -> Result<u64, SendError> {
        if self.size > most {
            let reason = format!("It is {} bytes, and at most {most} are read.", self.size);
            return Err(SendError::Refused { reason });
        }
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let bytes: Vec<u8> = self.head.bytes().cycle().take(size).collect();
        into.write_all(&bytes).map_err(|error| unreadable(&error))?;
        Ok(self.size)
    }
}

/// The message that a file came with.
pub(crate) fn source(file: &Attachment) -> Option<MessageRef> {
    let (number, room) = file.source.split_once(' ')?;
    Some(MessageRef { room: herald_chat::RoomRef::new(&file.network, room), id: number.to_owned() })
}

fn unreadable(error: &std::io::Error) -> SendError {
    SendError::Retry { after: None, reason: format!("the file on its way cannot be read or written: {error}") }
}
