//! Discord's rule for permissions, case by case.

use serde_json::json;

use super::*;

const EVERYBODY: u64 = 1;
const OPS: u64 = 3;
const SUPPORT: u64 = 4;
const ANA: u64 = 30;
const OWNER: u64 = 10;

fn guild(everybody: Permissions, ops: Permissions) -> Guild {
    let role = |id, name: &str, permissions| Role {
        id,
        name: name.to_owned(),
        permissions,
        managed: false,
        mentionable: false,
    };
    let roles = vec![
        role(EVERYBODY, "@everyone", everybody),
        role(OPS, "Ops", ops),
        role(SUPPORT, "Support", Permissions::NONE),
    ];
    Guild { id: EVERYBODY, owner: OWNER, roles }
}

fn channel(rules: &[(Kind, u64, Permissions, Permissions)]) -> Channel {
    let rule = |&(kind, id, allow, deny): &(Kind, u64, Permissions, Permissions)| Overwrite { id, kind, allow, deny };
    Channel {
        id: 100,
        kind: 0,
        guild: Some(EVERYBODY),
        parent: None,
        owner: None,
        name: Some("status".to_owned()),
        topic: None,
        nsfw: false,
        slow: 0,
        last_message: None,
        overwrites: rules.iter().map(rule).collect(),
        thread: None,
    }
}

fn member(user: u64, roles: &[u64]) -> Member {
    Member { user, roles: roles.to_vec(), is_timed_out: false }
}

const NO: Permissions = Permissions::NONE;
const TALK: Permissions = VIEW_CHANNEL.and(SEND_MESSAGES).and(READ_MESSAGE_HISTORY);

#[test]
fn a_role_adds_to_what_everybody_has() {
    let guild = guild(VIEW_CHANNEL, SEND_MESSAGES);
    assert_eq!(on_server(&guild, &member(ANA, &[])), VIEW_CHANNEL);
    assert_eq!(on_server(&guild, &member(ANA, &[OPS])), VIEW_CHANNEL | SEND_MESSAGES);
    assert_eq!(on_server(&guild, &member(ANA, &[99])), VIEW_CHANNEL, "a role that is gone gives nothing");
}

#[test]
fn owners_and_administrators_may_do_everything_everywhere() {
    let guild = guild(NO, ADMINISTRATOR);
    let shut = channel(&[(Kind::Role, EVERYBODY, NO, Permissions::ALL), (Kind::Member, ANA, NO, Permissions::ALL)]);
    assert_eq!(in_channel(&guild, &shut, &member(OWNER, &[])), Permissions::ALL);
    assert_eq!(in_channel(&guild, &shut, &member(ANA, &[OPS])), Permissions::ALL);
    assert_eq!(in_channel(&guild, &shut, &member(ANA, &[])), NO);
}

#[test]
fn a_channel_rules_everybody_then_roles_then_the_member() {
    let guild = guild(TALK, NO);
    let may = |rules: &[_], roles: &[u64]| in_channel(&guild, &channel(rules), &member(ANA, roles)).has(SEND_MESSAGES);
    let shut = (Kind::Role, EVERYBODY, NO, SEND_MESSAGES);
    assert!(!may(&[shut], &[OPS]));
    assert!(may(&[shut, (Kind::Role, OPS, SEND_MESSAGES, NO)], &[OPS]));
    assert!(!may(&[shut, (Kind::Role, OPS, SEND_MESSAGES, NO)], &[SUPPORT]));
    // What one role is allowed beats what another is denied, in whatever order they stand.
    let both = [(Kind::Role, OPS, SEND_MESSAGES, NO), (Kind::Role, SUPPORT, NO, SEND_MESSAGES)];
    assert!(may(&both, &[OPS, SUPPORT]) && may(&both, &[SUPPORT, OPS]));
    assert!(!may(&both, &[SUPPORT]));
    // The member's own rule is the last.
    assert!(!may(&[both[0], (Kind::Member, ANA, NO, SEND_MESSAGES)], &[OPS]));
    assert!(may(&[shut, both[1], (Kind::Member, ANA, SEND_MESSAGES, NO)], &[SUPPORT]));
    // A role and a member can have the same number.
    assert!(may(&[(Kind::Role, ANA, NO, SEND_MESSAGES)], &[]));
}

#[test]
fn without_seeing_or_writing_other_rights_are_worth_nothing() {
    let guild = guild(TALK | MANAGE_MESSAGES | EMBED_LINKS | ATTACH_FILES | MENTION_EVERYONE | ADD_REACTIONS, NO);
    let may = |rules: &[_]| in_channel(&guild, &channel(rules), &member(ANA, &[]));
    assert_eq!(may(&[(Kind::Role, EVERYBODY, NO, VIEW_CHANNEL)]), NO);
    let mute = may(&[(Kind::Role, EVERYBODY, NO, SEND_MESSAGES)]);
    assert_eq!(mute, VIEW_CHANNEL | READ_MESSAGE_HISTORY | MANAGE_MESSAGES | ADD_REACTIONS);
}

#[test]
fn a_thread_has_a_right_to_write_of_its_own_and_its_channels_rules() {
    let guild = guild(TALK | SEND_MESSAGES_IN_THREADS, MANAGE_THREADS);
    let may =
        |rules: &[_], kind, is_in, roles: &[u64]| in_thread(&guild, &channel(rules), kind, is_in, &member(ANA, roles));
    let mute = [(Kind::Role, EVERYBODY, NO, SEND_MESSAGES)];
    assert!(may(&mute, 11, false, &[]).has(SEND_MESSAGES), "the channel's own right says nothing of threads");
    let mute = [(Kind::Role, EVERYBODY, NO, SEND_MESSAGES_IN_THREADS)];
    assert!(!may(&mute, 11, true, &[]).has(SEND_MESSAGES));
    assert_eq!(may(&[], 12, false, &[]), NO);
    assert!(may(&[], 12, true, &[]).has(SEND_MESSAGES));
    assert!(may(&[], 12, false, &[OPS]).has(VIEW_CHANNEL));
    assert_eq!(may(&[(Kind::Role, EVERYBODY, NO, VIEW_CHANNEL)], 11, true, &[]), NO);
}

#[test]
fn whoever_has_a_time_out_only_reads() {
    let guild = guild(TALK | ADD_REACTIONS, ADMINISTRATOR);
    let muted = |roles: &[u64]| Member { is_timed_out: true, ..member(ANA, roles) };
    assert_eq!(in_channel(&guild, &channel(&[]), &muted(&[])), VIEW_CHANNEL | READ_MESSAGE_HISTORY);
    assert_eq!(in_channel(&guild, &channel(&[]), &muted(&[OPS])), Permissions::ALL);
}

#[test]
fn what_discord_tells_is_read() {
    let told = json!({
        "id": "100", "type": 0, "guild_id": "1", "parent_id": null, "name": "status", "topic": null, "position": 3,
        "permission_overwrites": [{ "id": "3", "type": 0, "allow": "2048", "deny": "2251799813685248" }],
    });
    let read: Channel = serde_json::from_value(told).unwrap();
    assert_eq!(read, channel(&[(Kind::Role, OPS, SEND_MESSAGES, PIN_MESSAGES)]));
    let written = serde_json::to_value(read.overwrites[0]).unwrap();
    assert_eq!(written, json!({ "id": "3", "type": 0, "allow": "2048", "deny": "2251799813685248" }));
}

#[test]
fn permissions_are_named_as_the_client_names_them() {
    assert_eq!((VIEW_CHANNEL | MANAGE_ROLES).to_string(), "View Channels and Manage Roles");
    let three = SEND_MESSAGES | VIEW_CHANNEL | MANAGE_ROLES;
    assert_eq!(three.in_a_channel(), "View Channel, Send Messages and Manage Permissions");
}
