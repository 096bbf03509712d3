//! What has to change in a channel so that Herald alone writes there, and what Discord cannot hold. Pure.

use herald_chat::{Posting, clean_line};

use crate::permissions::{
    ADD_REACTIONS, ADMINISTRATOR, CREATE_PRIVATE_THREADS, CREATE_PUBLIC_THREADS, Channel, EMBED_LINKS, Guild, Kind,
    MANAGE_CHANNELS, MANAGE_MESSAGES, MANAGE_ROLES, MANAGE_THREADS, MANAGE_WEBHOOKS, MENTION_EVERYONE, Member,
    Overwrite, PIN_MESSAGES, Permissions, READ_MESSAGE_HISTORY, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS,
    USE_EXTERNAL_APPS, VIEW_AUDIT_LOG, VIEW_CHANNEL, in_channel, list, on_server,
};
use crate::rooms::{READ, RoomKind};

/// What nobody but Herald may do where only Herald writes. Whoever may read may still react.
pub(crate) const LINE: Permissions = SEND_MESSAGES
    .and(SEND_MESSAGES_IN_THREADS)
    .and(CREATE_PUBLIC_THREADS)
    .and(CREATE_PRIVATE_THREADS)
    .and(MENTION_EVERYONE)
    .and(USE_EXTERNAL_APPS);
/// What Herald does in every channel that it works in.
pub(crate) const WORK: Permissions =
    VIEW_CHANNEL.and(SEND_MESSAGES).and(EMBED_LINKS).and(ADD_REACTIONS).and(READ_MESSAGE_HISTORY).and(MANAGE_MESSAGES);
/// What it does in those of the people who respond.
const INSIDE: Permissions = PIN_MESSAGES.and(CREATE_PUBLIC_THREADS).and(SEND_MESSAGES_IN_THREADS);

/// What Herald needs on the whole server, and no more than that. It has to have what it denies to others, but for
/// calling everybody: whoever cannot write cannot do that either.
pub(crate) const LEAST: Permissions = WORK
    .and(INSIDE)
    .and(CREATE_PRIVATE_THREADS)
    .and(USE_EXTERNAL_APPS)
    .and(MANAGE_CHANNELS)
    .and(MANAGE_ROLES)
    .and(MANAGE_THREADS);

/// What the link asks for that invites Herald: who deletes a message is worth knowing, and nothing fails without it.
pub(crate) const INVITED: Permissions = LEAST.and(VIEW_AUDIT_LOG);

/// See the module's words.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Plan {
    /// The rules to be set, in this order: Herald's own before everybody's, so that it never locks itself out.
    pub(crate) rules: Vec<Overwrite>,
    /// Why they cannot be set, and what to do about it, in one sentence.
    pub(crate) obstacle: Option<String>,
    /// What an admin has to know, a sentence each.
    pub(crate) says: Vec<String>,
}

/// What makes Discord hold who may write in `channel`.
pub(crate) fn plan(guild: &Guild, channel: &Channel, me: &Member, posting: Posting) -> Plan {
    let rules = match posting {
        Posting::HeraldOnly => closed(guild, channel, me, true),
        Posting::Members => opened(guild, channel),
    };
    let obstacle = obstacle(guild, channel, me, !rules.is_empty());
    let mut says = Vec::new();
    if posting == Posting::HeraldOnly && obstacle.is_none() {
        let after = rules.iter().fold(channel.clone(), |channel, rule| channel.with(*rule));
        says.extend(taken_back(guild, channel, &rules));
        says.extend(holes(guild, &after, me));
        says.extend(lacking(guild, &after, me, WORK));
    }
    Plan { rules, obstacle, says }
}

/// What closes a channel for good: to everybody, Herald included.
pub(crate) fn archive(guild: &Guild, channel: &Channel, me: &Member) -> Plan {
    let mut rules = closed(guild, channel, me, false);
    let own = channel.rule(Kind::Member, me.user);
    let write = SEND_MESSAGES | SEND_MESSAGES_IN_THREADS;
    let stays = (VIEW_CHANNEL | READ_MESSAGE_HISTORY) & allowable(guild, channel, me);
    let shut = Overwrite { allow: (own.allow | stays) - write, deny: (own.deny - stays) | write, ..own };
    if shut != own {
        // At last: what Herald may not do, it cannot deny to others either.
        rules.push(shut);
    }
    let obstacle = obstacle(guild, channel, me, !rules.is_empty());
    Plan { rules, obstacle, says: Vec::new() }
}

/// Whether Herald has closed the channel for good.
pub(crate) fn is_archived(channel: &Channel, me: u64) -> bool {
    channel.rule(Kind::Member, me).deny.has(SEND_MESSAGES)
}

/// The rules by which roles could read or were kept from reading.
pub(crate) fn readers(channel: &Channel) -> Vec<Overwrite> {
    let roles = channel.overwrites.iter().filter(|it| it.kind == Kind::Role);
    let reading = roles.map(|it| Overwrite { allow: it.allow & READ, deny: it.deny & READ, ..*it });
    reading.filter(|it| !(it.allow | it.deny).is_empty()).collect()
}

/// What lets those read again who did when the rules for readers were such, as far as it was taken from them.
pub(crate) fn shown_again(guild: &Guild, channel: &Channel, before: &[Overwrite]) -> Vec<Overwrite> {
    let again = guild.roles.iter().filter_map(|role| {
        let now = channel.rule(Kind::Role, role.id);
        let was = before.iter().find(|it| it.id == role.id);
        let (allowed, denied) = was.map_or((Permissions::NONE, Permissions::NONE), |it| (it.allow, it.deny));
        let then = Overwrite { allow: now.allow | allowed, deny: now.deny - ((now.deny & READ) - denied), ..now };
        (then != now).then_some(then)
    });
    again.collect()
}

/// What is wrong with a channel that is there for `kind`, a sentence each.
/// `called` is the role that is called there as one.
pub(crate) fn faults(
    guild: &Guild,
    channel: &Channel,
    me: &Member,
    kind: RoomKind,
    called: Option<u64>,
) -> Vec<String> {
    let mut faults = Vec::new();
    let shown = channel.shown();
    if kind == RoomKind::Private && in_channel(guild, channel, &nobody()).has(VIEW_CHANNEL) {
        faults.push(format!(
            "Everybody on the server can read {shown}, which is for those who respond. Deny `View Channel` to @everyone and \
             allow it for their role ({shown}, Edit Channel, Permissions)."
        ));
    }
    let needed = match kind {
        RoomKind::Private | RoomKind::Internal => WORK | INSIDE,
        RoomKind::Announcements => WORK,
    };
    faults.extend(lacking(guild, channel, me, needed));
    let role = called.filter(|_| kind == RoomKind::Private).and_then(|id| guild.roles.iter().find(|it| it.id == id));
    if let Some(role) = role.filter(|it| !it.mentionable && !in_channel(guild, channel, me).has(MENTION_EVERYONE)) {
        let name = clean_line(&role.name);
        faults.push(format!(
            "Herald cannot call the role {name} in {shown} when something is critical. Switch on `Allow anyone to @mention this role` for it \
             (Server Settings, Roles, {name}, Display), or set call_responders = \"never\" in [incidents]."
        ));
    }
    faults
}

/// What Herald may not do in a channel although it should, and where to allow it.
pub(crate) fn lacking(guild: &Guild, channel: &Channel, me: &Member, needed: Permissions) -> Option<String> {
    let missing = needed - in_channel(guild, channel, me);
    // Without the first, Discord shows nothing of the others.
    let missing =
        if missing.has(VIEW_CHANNEL) { VIEW_CHANNEL | missing & (needed - on_server(guild, me)) } else { missing };
    let shown = channel.shown();
    (!missing.is_empty()).then(|| {
        format!(
            "Herald lacks `{}` in {shown}. Allow it for Herald there ({shown}, Edit Channel, Permissions), or for its role \
             if nothing in the channel denies it (Server Settings, Roles).",
            missing.in_a_channel()
        )
    })
}

/// What Herald has to have in a channel to say who may do what there.
pub(crate) fn ruling(guild: &Guild, me: &Member) -> Permissions {
    MANAGE_ROLES | ((WORK | LINE) & on_server(guild, me))
}

/// The rules that leave writing to Herald, as far as they are not so already.
fn closed(guild: &Guild, channel: &Channel, me: &Member, herald_writes: bool) -> Vec<Overwrite> {
    let allowable = allowable(guild, channel, me);
    let mut rules = Vec::new();
    let own = channel.rule(Kind::Member, me.user);
    if herald_writes && on_server(guild, me) != Permissions::ALL {
        // With all that it denies to others, since Discord lets it change only what it may do there itself.
        let work = (WORK | LINE) & allowable;
        rules.push((own, Overwrite { allow: own.allow | work, deny: own.deny - work, ..own }));
    }
    let everybody = channel.rule(Kind::Role, guild.id);
    let shut = Overwrite { allow: everybody.allow - LINE, deny: everybody.deny | (LINE & allowable), ..everybody };
    rules.push((everybody, shut));
    let others = channel.overwrites.iter().filter(|it| **it != own && **it != everybody);
    // What is allowed to one role beats what is denied to another.
    rules.extend(others.map(|it| (*it, Overwrite { allow: it.allow - LINE, ..*it })));
    rules.into_iter().filter(|(before, after)| before != after).map(|(_, after)| after).collect()
}

/// The rules that let everybody write again where Herald alone did.
fn opened(guild: &Guild, channel: &Channel) -> Vec<Overwrite> {
    let everybody = channel.rule(Kind::Role, guild.id);
    if !everybody.deny.has(SEND_MESSAGES) {
        // What else is denied is an admin's own decision.
        return Vec::new();
    }
    vec![Overwrite { deny: everybody.deny - LINE, ..everybody }]
}

/// What Herald can allow and deny in a channel: what it may do on the server, or anything where the channel itself lets it
/// manage permissions.
pub(crate) fn allowable(guild: &Guild, channel: &Channel, me: &Member) -> Permissions {
    let (server, here) = (on_server(guild, me), in_channel(guild, channel, me));
    if here.has(MANAGE_ROLES) && !server.has(MANAGE_ROLES) { Permissions::ALL } else { server }
}

/// Why Herald cannot see to a channel, if it cannot.
fn obstacle(guild: &Guild, channel: &Channel, me: &Member, changes: bool) -> Option<String> {
    let shown = channel.shown();
    let may = in_channel(guild, channel, me);
    if !may.has(VIEW_CHANNEL) {
        return Some(format!(
            "Herald cannot see {shown}. Allow `View Channel` for Herald there ({shown}, Edit Channel, Permissions)."
        ));
    }
    if changes && !may.has(MANAGE_ROLES) {
        return Some(format!(
            "Herald may not say who writes in {shown}. Allow `Manage Roles` for its role (Server Settings, Roles), or \
             `Manage Permissions` for Herald in the channel ({shown}, Edit Channel, Permissions)."
        ));
    }
    if changes && !allowable(guild, channel, me).has(SEND_MESSAGES) {
        return Some(format!(
            "Herald cannot keep others from writing in {shown}, since Discord lets it deny only what it may do itself. Allow \
             `Send Messages` for its role (Server Settings, Roles)."
        ));
    }
    None
}

/// Whom the new rules take something from that they were allowed by name.
fn taken_back(guild: &Guild, channel: &Channel, rules: &[Overwrite]) -> Vec<String> {
    let shown = channel.shown();
    let lost = rules.iter().filter_map(|rule| {
        let taken = channel.rule(rule.kind, rule.id).allow - rule.allow;
        (!taken.is_empty()).then(|| {
            let who = whose(guild, rule);
            format!(
                "In {shown}, {who} had been allowed `{}`. Herald has taken that back: it alone writes there.",
                taken.in_a_channel()
            )
        })
    });
    lost.collect()
}

/// Who gets past the line, and how.
fn holes(guild: &Guild, channel: &Channel, me: &Member) -> Vec<String> {
    let shown = channel.shown();
    let mut says = Vec::new();
    let everybody = in_channel(guild, channel, &nobody()) & LINE;
    if !everybody.is_empty() && !on_server(guild, &nobody()).has(ADMINISTRATOR) {
        says.push(format!(
            "In {shown}, everybody still has `{0}`: Discord lets Herald deny only what it may do itself. Deny it to @everyone \
             there ({shown}, Edit Channel, Permissions), or allow it for Herald's role (Server Settings, Roles).",
            everybody.in_a_channel()
        ));
    }
    let admins = roles_with(guild, me, |role| on_server(guild, role).has(ADMINISTRATOR));
    let mut above = vec!["the owner of the server".to_owned()];
    above.extend((!admins.is_empty()).then(|| format!("{} with `Administrator`", roles(&admins))));
    let above: Vec<&str> = above.iter().map(String::as_str).collect();
    says.push(format!("In {shown}, nothing keeps {} from writing. What they write is removed.", list(&above)));

    let others = |wanted: Permissions| {
        let here = |role: &Member| in_channel(guild, channel, role);
        let mut names =
            roles_with(guild, me, |role| on_server(guild, role) != Permissions::ALL && here(role).has(wanted));
        let members = channel.overwrites.iter().filter(|it| it.kind == Kind::Member && it.id != me.user);
        names.extend(members.filter(|it| it.allow.has(wanted)).map(|it| whose(guild, it)));
        names
    };
    for (wanted, so) in [
        (MANAGE_WEBHOOKS, "can write through a webhook"),
        (MANAGE_ROLES, "can allow themselves to write"),
        (MANAGE_CHANNELS, "can change the channel"),
    ] {
        let names = others(wanted);
        if !names.is_empty() {
            let permission = wanted.in_a_channel();
            says.push(format!(
                "In {shown}, {} {so} (`{permission}`). Deny it to them there ({shown}, Edit Channel, Permissions); until then, \
                 what comes that way is removed.",
                roles(&names)
            ));
        }
    }
    says
}

/// The names of the roles that `is`, of a member with that role alone. Herald's own that came with it is left out.
fn roles_with(guild: &Guild, me: &Member, is: impl Fn(&Member) -> bool) -> Vec<String> {
    let others = guild.roles.iter().filter(|role| !(role.managed && me.roles.contains(&role.id)));
    let alone = |id: u64| Member { roles: vec![id], ..nobody() };
    // Who has what everybody has need not be named again.
    if is(&nobody()) {
        return vec!["@everyone".to_owned()];
    }
    others.filter(|role| role.id != guild.id && is(&alone(role.id))).map(|role| role_named(guild, role.id)).collect()
}

fn roles(names: &[String]) -> String {
    list(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

fn role_named(guild: &Guild, id: u64) -> String {
    let name = guild.role_name(id);
    if name.starts_with('@') { name } else { format!("the role {name}") }
}

fn whose(guild: &Guild, rule: &Overwrite) -> String {
    match rule.kind {
        Kind::Role => role_named(guild, rule.id),
        Kind::Member => format!("the member {}", rule.id),
    }
}

/// A member without a role.
fn nobody() -> Member {
    Member { user: 0, roles: Vec::new(), is_timed_out: false }
}
