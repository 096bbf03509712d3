//! Who may do what in which channel: Discord's own rule, worked out without asking Discord.

mod bits;
mod guild;
#[cfg(test)]
mod tests;

pub(crate) use bits::{
    ADD_REACTIONS, ADMINISTRATOR, ATTACH_FILES, CREATE_PRIVATE_THREADS, CREATE_PUBLIC_THREADS, EMBED_LINKS,
    MANAGE_CHANNELS, MANAGE_MESSAGES, MANAGE_ROLES, MANAGE_THREADS, MANAGE_WEBHOOKS, MENTION_EVERYONE, PIN_MESSAGES,
    Permissions, READ_MESSAGE_HISTORY, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS, SEND_TTS_MESSAGES, USE_EXTERNAL_APPS,
    VIEW_AUDIT_LOG, VIEW_CHANNEL, list,
};
#[cfg(test)]
pub(crate) use guild::Role;
pub(crate) use guild::{Channel, Guild, Kind, Member, Overwrite};

/// Threads that only those see who were let in.
const PRIVATE_THREAD: u8 = 12;

/// What a member may do on the server, channels aside.
pub(crate) fn on_server(guild: &Guild, member: &Member) -> Permissions {
    if guild.owner == member.user {
        return Permissions::ALL;
    }
    let granted = guild.roles.iter().filter(|role| role.id == guild.id || member.roles.contains(&role.id));
    let granted = granted.fold(Permissions::NONE, |all, role| all | role.permissions);
    if granted.has(ADMINISTRATOR) { Permissions::ALL } else { granted }
}

/// What a member may do in a channel. `channel` is the channel that a thread stands in; see [`in_thread`].
pub(crate) fn in_channel(guild: &Guild, channel: &Channel, member: &Member) -> Permissions {
    let granted = on_server(guild, member);
    if granted == Permissions::ALL {
        return granted;
    }
    implied(held_back(overwritten(guild, channel, member, granted), member))
}

/// What a member may do in a thread of `channel`. In a private one they may do nothing unless `is_in`, or unless they
/// manage threads.
pub(crate) fn in_thread(guild: &Guild, channel: &Channel, kind: u8, is_in: bool, member: &Member) -> Permissions {
    let granted = on_server(guild, member);
    if granted == Permissions::ALL {
        return granted;
    }
    let granted = overwritten(guild, channel, member, granted);
    if kind == PRIVATE_THREAD && !is_in && !granted.has(MANAGE_THREADS) {
        return Permissions::NONE;
    }
    // In a thread, the right to write is another one.
    let may = if granted.has(SEND_MESSAGES_IN_THREADS) { SEND_MESSAGES } else { Permissions::NONE };
    implied(held_back((granted - SEND_MESSAGES) | may, member))
}

/// The channel's own rules: those for everybody, then those for roles, all denials before all that is allowed, then those
/// for the member.
fn overwritten(guild: &Guild, channel: &Channel, member: &Member, granted: Permissions) -> Permissions {
    let of = |kind: Kind, id: u64| channel.overwrites.iter().find(move |it| it.kind == kind && it.id == id);
    let mut granted = granted;
    if let Some(everybody) = of(Kind::Role, guild.id) {
        granted = (granted - everybody.deny) | everybody.allow;
    }
    let roles = member.roles.iter().filter(|role| **role != guild.id).filter_map(|role| of(Kind::Role, *role));
    let (allow, deny) =
        roles.fold((Permissions::NONE, Permissions::NONE), |(allow, deny), it| (allow | it.allow, deny | it.deny));
    granted = (granted - deny) | allow;
    if let Some(own) = of(Kind::Member, member.user) {
        granted = (granted - own.deny) | own.allow;
    }
    granted
}

/// Whoever has a time-out reads, and no more.
fn held_back(granted: Permissions, member: &Member) -> Permissions {
    if member.is_timed_out { granted & (VIEW_CHANNEL | READ_MESSAGE_HISTORY) } else { granted }
}

/// Some rights are worth nothing without others.
fn implied(granted: Permissions) -> Permissions {
    if !granted.has(VIEW_CHANNEL) {
        return Permissions::NONE;
    }
    if !granted.has(SEND_MESSAGES) {
        return granted - (MENTION_EVERYONE | SEND_TTS_MESSAGES | ATTACH_FILES | EMBED_LINKS);
    }
    granted
}
