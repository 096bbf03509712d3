//! What was given beforehand, and what is missing.

use std::path::PathBuf;

use herald_chat::RoomRef;

use super::paper::Paper;
use crate::incident::Audience;

/// What was given on the command line. What is not there is asked for, or stays as it is.
#[derive(Debug, Default)]
pub struct Given {
    /// The directory of the state.
    pub data: Option<PathBuf>,
    /// The IANA name of the zone.
    pub zone: Option<String>,
    /// The address of the homeserver.
    pub homeserver: Option<String>,
    /// Herald's account there.
    pub user: Option<String>,
    /// A file with its password.
    pub password_file: Option<PathBuf>,
    /// A file with an access token of it.
    pub access_token_file: Option<PathBuf>,
    /// Whom Herald invites to war rooms that it makes.
    pub invite: Vec<String>,
    /// A file with the bot's token.
    pub token_file: Option<PathBuf>,
    /// The id of the company's server.
    pub server: Option<String>,
    /// The id of the role of those who respond.
    pub responders: Option<String>,
    /// The address of Discord's API in place of its own.
    pub api: Option<String>,
    /// Whoever may change what Herald does.
    pub admins: Vec<String>,
    /// Which rooms are for whom.
    pub rooms: Vec<GivenRoom>,
    /// Whether rooms that are not there are made.
    pub create: bool,
}

/// A room and whom it is for.
#[derive(Debug, Clone)]
pub struct GivenRoom {
    /// Whom it is for.
    pub audience: Audience,
    /// The room, as in the configuration.
    pub room: RoomRef,
}

impl Given {
    /// The rooms for `audience`.
    pub(super) fn rooms_of(&self, audience: Audience) -> impl Iterator<Item = &RoomRef> {
        self.rooms.iter().filter(move |it| it.audience == audience).map(|it| &it.room)
    }
}

/// Whether all that has no default was given or is there, for where nobody can be asked.
///
/// # Errors
/// All that is missing, as it would be given.
pub(super) fn missing(given: &Given, paper: &Paper) -> Result<(), String> {
    let has = |given: bool, section: &str, key: &str| given || paper.get(section, key).is_some();
    let mut missing = Vec::new();
    let homeserver = has(given.homeserver.is_some(), "matrix", "homeserver");
    let on_matrix = homeserver || given.user.is_some();
    let on_discord =
        has(given.token_file.is_some(), "discord", "token_file") || has(given.server.is_some(), "discord", "token");
    if !on_matrix && !on_discord {
        missing.push("--matrix-homeserver URL or --discord-token-file FILE");
    }
    if on_matrix {
        let proof = given.password_file.is_some() || given.access_token_file.is_some();
        let kept = ["password", "password_file", "access_token", "access_token_file"];
        let kept = kept.iter().any(|key| paper.get("matrix", key).is_some());
        for (is_there, flag) in [
            (homeserver, "--matrix-homeserver URL"),
            (has(given.user.is_some(), "matrix", "user"), "--matrix-user ACCOUNT"),
            (proof || kept, "--matrix-password-file FILE or --matrix-token-file FILE"),
        ] {
            missing.extend((!is_there).then_some(flag));
        }
    }
    if on_discord {
        let token = has(given.token_file.is_some(), "discord", "token_file") || paper.get("discord", "token").is_some();
        missing.extend((!token).then_some("--discord-token-file FILE"));
        let server = has(given.server.is_some(), "discord", "server");
        missing.extend((!server).then_some("--discord-server ID"));
    }
    if given.admins.is_empty() && paper.list("people", "admins").is_empty() {
        missing.push("--admin NETWORK:ACCOUNT");
    }
    let war = given.rooms_of(Audience::WarRoom).next().is_some() || !paper.list("rooms", "war_room").is_empty();
    missing.extend((!war).then_some("--room war-room=NETWORK:ROOM"));
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("nobody can be asked here, and this is missing: {}. Give it", missing.join(", ")))
}
