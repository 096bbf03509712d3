//! A record as it is stored: 32 bytes of hash, then the body, which is the record as JSON with its version.
//!
//! The hash is SHA-256 of the hash before (32 zero bytes before the first) and the body, byte for byte: nobody can
//! change, drop or insert a record without changing every hash after it.

use herald_chat::Person;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::incident::{Event, IncidentNo, Record, Seq};

/// The version that this build writes. Raise it with every event or field that an older Herald must not stumble
/// over or overlook: it then says that the journal is newer, not that it is damaged.
pub const VERSION: u32 = 5;

/// The first version. What it wrote is read as it stands.
const OLDEST: u32 = 1;

/// The hash of a record, which holds fast all before it.
pub type Hash = [u8; 32];

/// What stands for the record before the first.
pub const BEGINNING: Hash = [0; 32];

/// Why bytes are no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRecord {
    /// Written by a newer Herald.
    #[error("it was written by a newer Herald (version {found}, this one knows {VERSION})")]
    Newer {
        /// The version found.
        found: u32,
    },
    /// Not in the words of any version.
    #[error("it is no record that this Herald can read")]
    Unreadable,
}

#[derive(Serialize)]
struct Written<'a> {
    v: u32,
    seq: Seq,
    at: Timestamp,
    incident: IncidentNo,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a Person>,
    event: &'a Event,
}

// Not `#[serde(flatten)]` around a `Record`: that reads everything twice.
#[derive(Deserialize)]
struct Read {
    v: u32,
    seq: Seq,
    at: Timestamp,
    incident: IncidentNo,
    #[serde(default)]
    by: Option<Person>,
    event: Event,
}

#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

/// The body of a record.
///
/// # Errors
/// When it cannot be written as JSON, which no record is known to cause.
pub fn encode(record: &Record) -> Result<Vec<u8>, serde_json::Error> {
    let Record { seq, at, incident, by, event } = record;
    serde_json::to_vec(&Written { v: VERSION, seq: *seq, at: *at, incident: *incident, by: by.as_ref(), event })
}

/// The record that a body holds. Any bytes may be asked about.
///
/// # Errors
/// When they are no record of a version that this build knows.
pub fn decode(body: &[u8]) -> Result<Record, BadRecord> {
    match serde_json::from_slice(body) {
        Ok(Read { v: OLDEST..=VERSION, seq, at, incident, by, event }) => Ok(Record { seq, at, incident, by, event }),
        Ok(Read { v, .. }) => Err(other_version(v)),
        // Only the version of a newer record has to be readable.
        Err(_) => Err(serde_json::from_slice(body).map_or(BadRecord::Unreadable, |Versioned { v }| other_version(v))),
    }
}

/// The hash of the record with this body after the one with hash `before`.
#[must_use]
pub fn link(before: &Hash, body: &[u8]) -> Hash {
    Sha256::new().chain_update(before).chain_update(body).finalize().into()
}

fn other_version(found: u32) -> BadRecord {
    if found > VERSION { BadRecord::Newer { found } } else { BadRecord::Unreadable }
}
