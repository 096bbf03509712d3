//! How it stands with what Herald needs beside the networks: the configuration, the directory, the disk, the secrets.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use herald_chat::{Finding, Network};
use jiff::Timestamp;
use rustix::fs::{Access, access};

use super::check;
use super::run::NOBODY_OUTSIDE;
use crate::config::Config;
use crate::journal::{JournalError, free_bytes};

/// Above what Herald keeps free, so much more should be there, in bytes: an incident writes far less.
const AMPLE: u64 = 256 << 20;

/// Looks at all of it, and makes nothing.
#[must_use]
pub fn machine(config: &Config, networks: &BTreeSet<Network>, now: Timestamp, is_running: bool) -> Vec<Finding> {
    let mut found = vec![match check(config, networks) {
        Ok(()) => Finding::fine("configuration", "it holds all that Herald needs to start"),
        Err(why) => Finding::wrong("configuration", why),
    }];
    if config.rooms.company.is_empty() {
        found.push(Finding::warning("rooms.company", NOBODY_OUTSIDE));
    }
    // Matrix has words of its own for it.
    if config.people.admins.is_empty() && config.matrix.is_none() {
        let why = "people.admins is empty, so nobody may change what Herald does from the chat. Write whoever runs it";
        found.push(Finding::warning("people.admins", why));
    }
    let zone = &config.herald.zone;
    let name = zone.iana_name().unwrap_or("UTC");
    let local = now.to_zoned(zone.clone()).strftime("%H:%M").to_string();
    found.push(Finding::fine(
        "herald.zone",
        format!("times that name no zone are those of {name}, where it is {local}"),
    ));
    let dir = &config.herald.data;
    found.push(directory(dir, is_running));
    found.extend(kept(dir));
    found.push(disk(dir, config.journal.keep_free));
    found.extend(config.secret_files().filter_map(|(key, file)| secret(key, file)));
    found
}

/// Whether Herald can keep its state there.
fn directory(dir: &Path, is_running: bool) -> Finding {
    let (about, shown) = ("data directory", dir.display());
    if is_running {
        return Finding::fine(about, format!("a Herald runs in {shown} now"));
    }
    let Some(nearest) = nearest(dir) else {
        return Finding::wrong(about, unusable(dir, "there is nothing above it"));
    };
    if !nearest.is_dir() {
        return Finding::wrong(about, unusable(dir, &format!("{} is no directory", nearest.display())));
    }
    match access(nearest, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) if nearest == dir => Finding::fine(about, format!("{shown} is there and can be written")),
        Ok(()) => Finding::fine(about, format!("{shown} is not there yet, and Herald makes it at its start")),
        Err(error) => Finding::wrong(about, unusable(dir, &std::io::Error::from(error).to_string())),
    }
}

/// The words of the journal for it.
fn unusable(dir: &Path, reason: &str) -> String {
    JournalError::Unusable { dir: dir.to_owned(), reason: reason.to_owned() }.to_string()
}

/// What of a path is there.
fn nearest(dir: &Path) -> Option<&Path> {
    let named = |path: &&Path| !path.as_os_str().is_empty();
    dir.ancestors()
        .map(|path| if named(&path) { path } else { Path::new(".") })
        .find(|path| path.symlink_metadata().is_ok())
}

/// How much room there is.
fn disk(dir: &Path, keep: u64) -> Finding {
    let about = "disk";
    let free = match nearest(dir).map(free_bytes) {
        Some(Ok(free)) => free,
        Some(Err(error)) => return Finding::warning(about, format!("it does not say how much is free: {error}")),
        None => return Finding::warning(about, "nobody can say how much is free where there is no directory"),
    };
    let (free_mib, keep_mib) = (free >> 20, keep >> 20);
    if free < keep {
        return Finding::wrong(about, JournalError::Full { dir: dir.to_owned(), free_mib, keep_mib }.to_string());
    }
    let says = format!("{free_mib} MiB are free, and commands are refused below {keep_mib} MiB");
    if free < keep.saturating_add(AMPLE) {
        return Finding::warning(about, format!("{says}. Make room"));
    }
    Finding::fine(about, says)
}

/// Whether somebody else can read the secrets that stand in the configuration `file` itself.
#[must_use]
pub fn inline_secrets(config: &Config, file: &Path) -> Option<Finding> {
    let keys = config.secrets_in(file);
    let (shown, keys) = (file.display(), (!keys.is_empty()).then(|| keys.join(" and "))?);
    let mode = fs::metadata(file).ok()?.permissions().mode();
    let about = "configuration file";
    let others = mode & 0o077;
    Some(if others == 0 {
        Finding::fine(about, format!("{shown} holds {keys}, and is for its owner alone"))
    } else {
        let mode = mode & 0o7777;
        Finding::warning(
            about,
            format!("others can read {shown}, which holds {keys} (mode {mode:04o}). Run `chmod 600 {shown}`"),
        )
    })
}

/// Whether somebody else can read what Herald keeps: what is said of security incidents is in it.
fn kept(dir: &Path) -> Option<Finding> {
    let mode = fs::metadata(dir).ok()?.permissions().mode();
    let (shown, mode) = (dir.display(), mode & 0o7777);
    (mode & 0o077 != 0).then(|| {
        Finding::warning(
            "data directory",
            format!("others can read {shown} (mode {mode:04o}). Run `chmod 700 {shown}`"),
        )
    })
}

/// Whether somebody else can read a secret. What cannot be read at all is found where it is needed.
fn secret(key: &str, file: &Path) -> Option<Finding> {
    let shown = file.display();
    let mode = fs::metadata(file).ok()?.permissions().mode();
    let others = mode & 0o077;
    Some(if others == 0 {
        Finding::fine(key, format!("{shown} is for its owner alone"))
    } else {
        Finding::warning(key, format!("others can read {shown} (mode {:04o}). Run `chmod 600 {shown}`", mode & 0o7777))
    })
}
