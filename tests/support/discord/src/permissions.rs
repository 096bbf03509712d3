//! Permission bits, and who has which where.

use std::collections::BTreeMap;

use crate::id::Id;
use crate::state::{Channel, Guild, Overwrite, State};

macro_rules! permissions {
    ($($name:ident $bit:literal;)*) => {
        $(#[doc = concat!("`", stringify!($name), "`: bit ", stringify!($bit), ".")] pub const $name: u64 = 1 << $bit;)*
        /// Each by its name.
        pub const NAMES: &[(&str, u64)] = &[$((stringify!($name), $name)),*];
        /// All of them: what an owner or administrator has.
        pub const ALL: u64 = 0 $(| $name)*;
    };
}

permissions! {
    CREATE_INSTANT_INVITE 0; KICK_MEMBERS 1; BAN_MEMBERS 2; ADMINISTRATOR 3; MANAGE_CHANNELS 4; MANAGE_GUILD 5;
    ADD_REACTIONS 6; VIEW_AUDIT_LOG 7; PRIORITY_SPEAKER 8; STREAM 9; VIEW_CHANNEL 10; SEND_MESSAGES 11;
    SEND_TTS_MESSAGES 12; MANAGE_MESSAGES 13; EMBED_LINKS 14; ATTACH_FILES 15; READ_MESSAGE_HISTORY 16;
    MENTION_EVERYONE 17; USE_EXTERNAL_EMOJIS 18; VIEW_GUILD_INSIGHTS 19; CONNECT 20; SPEAK 21; MUTE_MEMBERS 22;
    DEAFEN_MEMBERS 23; MOVE_MEMBERS 24; USE_VAD 25; CHANGE_NICKNAME 26; MANAGE_NICKNAMES 27; MANAGE_ROLES 28;
    MANAGE_WEBHOOKS 29; MANAGE_GUILD_EXPRESSIONS 30; USE_APPLICATION_COMMANDS 31; REQUEST_TO_SPEAK 32;
    MANAGE_EVENTS 33; MANAGE_THREADS 34; CREATE_PUBLIC_THREADS 35; CREATE_PRIVATE_THREADS 36;
    USE_EXTERNAL_STICKERS 37; SEND_MESSAGES_IN_THREADS 38; USE_EMBEDDED_ACTIVITIES 39; MODERATE_MEMBERS 40;
    VIEW_CREATOR_MONETIZATION_ANALYTICS 41; USE_SOUNDBOARD 42; CREATE_GUILD_EXPRESSIONS 43; CREATE_EVENTS 44;
    USE_EXTERNAL_SOUNDS 45; SEND_VOICE_MESSAGES 46; SEND_POLLS 49; USE_EXTERNAL_APPS 50; PIN_MESSAGES 51;
    BYPASS_SLOWMODE 52;
}

/// What `@everyone` has in a new guild.
pub const EVERYONE: u64 = CREATE_INSTANT_INVITE
    | ADD_REACTIONS
    | STREAM
    | VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | MENTION_EVERYONE
    | USE_EXTERNAL_EMOJIS
    | CONNECT
    | SPEAK
    | USE_VAD
    | CHANGE_NICKNAME
    | USE_APPLICATION_COMMANDS
    | REQUEST_TO_SPEAK
    | CREATE_PUBLIC_THREADS
    | CREATE_PRIVATE_THREADS
    | USE_EXTERNAL_STICKERS
    | SEND_MESSAGES_IN_THREADS
    | USE_EMBEDDED_ACTIVITIES
    | USE_SOUNDBOARD
    | CREATE_GUILD_EXPRESSIONS
    | CREATE_EVENTS
    | USE_EXTERNAL_SOUNDS
    | SEND_VOICE_MESSAGES
    | SEND_POLLS
    | USE_EXTERNAL_APPS;

/// What both have in a direct conversation.
const DIRECT: u64 = ADD_REACTIONS
    | VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | USE_EXTERNAL_EMOJIS
    | USE_APPLICATION_COMMANDS
    | PIN_MESSAGES;

/// What a member may do in a guild, channels aside. Nothing for anybody else.
pub(crate) fn in_guild(guild: &Guild, user: Id) -> u64 {
    let Some(member) = guild.members.get(&user) else { return 0 };
    if guild.owner == user {
        return ALL;
    }
    let roles = member.roles.iter().chain([&guild.id]).filter_map(|it| guild.roles.get(it));
    let granted = roles.fold(0, |all, role| all | role.permissions);
    if granted & ADMINISTRATOR != 0 { ALL } else { granted }
}

/// What somebody may do in a channel, thread or conversation.
pub(crate) fn in_channel(state: &State, channel: &Channel, user: Id) -> u64 {
    let Some(guild) = channel.guild.and_then(|it| state.guilds.get(&it)) else {
        return if channel.recipients.contains(&user) { DIRECT } else { 0 };
    };
    // A thread has no overwrites of its own.
    let ruled = channel.thread.as_ref().and(channel.parent).and_then(|it| state.channels.get(&it)).unwrap_or(channel);
    let mut granted = with_overwrites(guild, &ruled.overwrites, user);
    if let Some(thread) = &channel.thread {
        let told = thread.members.contains_key(&user) || granted & MANAGE_THREADS != 0;
        if channel.kind == super::state::kind::PRIVATE_THREAD && !told {
            return 0;
        }
        // In a thread, the right to speak is the thread's.
        granted &= !SEND_MESSAGES;
        if granted & SEND_MESSAGES_IN_THREADS != 0 {
            granted |= SEND_MESSAGES;
        }
    }
    implied(granted)
}

fn with_overwrites(guild: &Guild, overwrites: &BTreeMap<Id, Overwrite>, user: Id) -> u64 {
    let base = in_guild(guild, user);
    let Some(member) = guild.members.get(&user) else { return 0 };
    if base & ADMINISTRATOR != 0 {
        return ALL;
    }
    let mut granted = base;
    let mut apply = |allow: u64, deny: u64| granted = granted & !deny | allow;
    if let Some(everyone) = overwrites.get(&guild.id) {
        apply(everyone.allow, everyone.deny);
    }
    let roles = || member.roles.iter().filter_map(|it| overwrites.get(it)).filter(|it| !it.member);
    apply(roles().fold(0, |all, it| all | it.allow), roles().fold(0, |all, it| all | it.deny));
    if let Some(own) = overwrites.get(&user).filter(|it| it.member) {
        apply(own.allow, own.deny);
    }
    granted
}

/// Some rights are worth nothing without others.
const fn implied(granted: u64) -> u64 {
    if granted & VIEW_CHANNEL == 0 {
        return 0;
    }
    if granted & SEND_MESSAGES == 0 {
        return granted & !(MENTION_EVERYONE | SEND_TTS_MESSAGES | ATTACH_FILES | EMBED_LINKS);
    }
    granted
}

/// The highest position among a member's roles; an owner stands above all.
pub(crate) fn rank(guild: &Guild, user: Id) -> i64 {
    if guild.owner == user {
        return i64::MAX;
    }
    let roles = guild.members.get(&user).map(|it| &it.roles).into_iter().flatten();
    roles.filter_map(|it| guild.roles.get(it)).map(|it| it.position).max().unwrap_or(0)
}
