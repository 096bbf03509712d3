//! The file that the rooms live in: `rooms.jsonl`, one fact a line, in order.
//!
//! A line goes to the operating system before its fact takes effect. It is not forced to the disk: a killed process
//! loses nothing, a machine without power may lose the last moments of a practice.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use herald_chat::Network;

use crate::fact::Fact;
use crate::names::NETWORK;
use crate::world::World;

/// The file's name in its directory.
pub const FILE: &str = "rooms.jsonl";

/// Why rooms cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The operating system says no.
    #[error("{} cannot be opened: {source}. See that this user may read and write it.", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file does not hold what this version writes.
    #[error(
        "{}, line {line}, cannot be understood: {why} Put the file back from a backup, or remove this line and all after \
         it: what they hold is lost then.",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first bad line; the first of the file is 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

/// The open file.
#[derive(Debug)]
pub(crate) struct Log {
    file: File,
    /// The length up to which the file holds whole lines.
    whole: u64,
    /// Whether there is more than that in it, from a write that failed.
    torn: bool,
}

impl Log {
    /// Opens the file in `dir`, both made if they are not there, and takes in what it holds. A last line without an end
    /// is what a killed process leaves behind: it never took effect, and goes.
    pub(crate) fn open(dir: &Path, network: Network) -> Result<(Self, World), OpenError> {
        let path = dir.join(name(&network));
        let failed = |source| OpenError::Io { path: path.clone(), source };
        std::fs::create_dir_all(dir).map_err(failed)?;
        let file = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
        let bytes = std::fs::read(&path).map_err(failed)?;
        let (world, whole) =
            read(&bytes, network).map_err(|(line, why)| OpenError::Damaged { path: path.clone(), line, why })?;
        let mut log = Self { file, whole, torn: whole < bytes.len() as u64 };
        log.mend().map_err(failed)?;
        Ok((log, world))
    }

    /// Writes one fact down, whole or not at all.
    pub(crate) fn append(&mut self, fact: &Fact) -> io::Result<()> {
        self.mend()?;
        let mut line = serde_json::to_vec(fact)?;
        line.push(b'\n');
        self.torn = true;
        let written = self.file.write_all(&line);
        if written.is_ok() {
            self.whole += line.len() as u64;
            self.torn = false;
        }
        written
    }

    /// Cuts off what a failed write left behind.
    fn mend(&mut self) -> io::Result<()> {
        if self.torn {
            self.file.set_len(self.whole)?;
            self.torn = false;
        }
        Ok(())
    }
}

/// The file of a network.
fn name(network: &Network) -> String {
    if network.as_str() == NETWORK { FILE.to_owned() } else { format!("rooms-{network}.jsonl") }
}

/// The rooms that these bytes make, and how many of the bytes are whole lines; or the first bad line, and what is wrong
/// with it.
fn read(bytes: &[u8], network: Network) -> Result<(World, u64), (usize, String)> {
    let mut world = World::new(network);
    let mut whole = 0;
    for (i, line) in bytes.split_inclusive(|b| *b == b'\n').enumerate() {
        let Some(line) = line.strip_suffix(b"\n") else { break };
        let fact: Fact = serde_json::from_slice(line).map_err(|error| (i + 1, format!("{error}.")))?;
        world.check(&fact).map_err(|why| (i + 1, why))?;
        world.apply(fact);
        whole += line.len() as u64 + 1;
    }
    Ok((world, whole))
}

#[cfg(test)]
mod tests;
