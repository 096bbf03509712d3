//! Who may do what where: the whole algorithm, case by case.

use crate::raw::World;
use herald_guild::permissions::{
    ADMINISTRATOR, ALL, EMBED_LINKS, EVERYONE, MANAGE_CHANNELS, MANAGE_ROLES, MANAGE_THREADS, MENTION_EVERYONE,
    READ_MESSAGE_HISTORY, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS, VIEW_CHANNEL,
};
use herald_guild::{Discord, Guild, Id, Person};
use serde_json::{Value, json};

const TALK: u64 = VIEW_CHANNEL | SEND_MESSAGES;

/// Whose overwrite.
#[derive(Clone, Copy)]
enum Of {
    Everyone,
    First,
    Second,
    Member,
}

/// What the roles may do in the guild, and the overwrites of the channel: allowed, denied. What comes out.
struct Case {
    name: &'static str,
    everyone: u64,
    first: u64,
    overwrites: &'static [(Of, u64, u64)],
    rights: u64,
}

const CASES: &[Case] = &[
    Case { name: "nothing", everyone: 0, first: 0, overwrites: &[], rights: 0 },
    Case { name: "from @everyone", everyone: TALK, first: 0, overwrites: &[], rights: TALK },
    Case { name: "from a role", everyone: 0, first: TALK, overwrites: &[], rights: TALK },
    Case { name: "roles add up", everyone: VIEW_CHANNEL, first: SEND_MESSAGES, overwrites: &[], rights: TALK },
    Case { name: "no view, no rights", everyone: SEND_MESSAGES, first: 0, overwrites: &[], rights: 0 },
    Case {
        name: "no sending, none of what goes with it",
        everyone: VIEW_CHANNEL | EMBED_LINKS | MENTION_EVERYONE | READ_MESSAGE_HISTORY,
        first: 0,
        overwrites: &[],
        rights: VIEW_CHANNEL | READ_MESSAGE_HISTORY,
    },
    Case { name: "an administrator has all", everyone: 0, first: ADMINISTRATOR, overwrites: &[], rights: ALL },
    Case {
        name: "no overwrite holds an administrator",
        everyone: 0,
        first: ADMINISTRATOR,
        overwrites: &[(Of::Everyone, 0, TALK), (Of::Member, 0, TALK)],
        rights: ALL,
    },
    Case {
        name: "@everyone is denied",
        everyone: TALK,
        first: 0,
        overwrites: &[(Of::Everyone, 0, VIEW_CHANNEL)],
        rights: 0,
    },
    Case {
        name: "a denied @everyone is stronger than a role's right in the guild",
        everyone: 0,
        first: TALK,
        overwrites: &[(Of::Everyone, 0, SEND_MESSAGES)],
        rights: VIEW_CHANNEL,
    },
    Case {
        name: "@everyone is allowed",
        everyone: VIEW_CHANNEL,
        first: 0,
        overwrites: &[(Of::Everyone, SEND_MESSAGES, 0)],
        rights: TALK,
    },
    Case {
        name: "a role's allow beats @everyone's deny",
        everyone: TALK,
        first: 0,
        overwrites: &[(Of::Everyone, 0, VIEW_CHANNEL), (Of::First, VIEW_CHANNEL, 0)],
        rights: TALK,
    },
    Case {
        name: "a role's deny beats @everyone's allow",
        everyone: VIEW_CHANNEL,
        first: 0,
        overwrites: &[(Of::Everyone, SEND_MESSAGES, 0), (Of::First, 0, SEND_MESSAGES)],
        rights: VIEW_CHANNEL,
    },
    Case {
        name: "one role's allow beats another's deny",
        everyone: TALK,
        first: 0,
        overwrites: &[(Of::First, 0, SEND_MESSAGES), (Of::Second, SEND_MESSAGES, 0)],
        rights: TALK,
    },
    Case {
        name: "whichever of the roles is higher",
        everyone: TALK,
        first: 0,
        overwrites: &[(Of::Second, 0, SEND_MESSAGES), (Of::First, SEND_MESSAGES, 0)],
        rights: TALK,
    },
    Case {
        name: "the member's deny beats the roles' allow",
        everyone: TALK,
        first: 0,
        overwrites: &[(Of::First, SEND_MESSAGES, 0), (Of::Member, 0, SEND_MESSAGES)],
        rights: VIEW_CHANNEL,
    },
    Case {
        name: "the member's allow beats the roles' deny",
        everyone: TALK,
        first: 0,
        overwrites: &[(Of::First, 0, SEND_MESSAGES), (Of::Member, SEND_MESSAGES, 0)],
        rights: TALK,
    },
    Case {
        name: "the member's allow beats @everyone's deny of the view",
        everyone: 0,
        first: 0,
        overwrites: &[(Of::Everyone, 0, VIEW_CHANNEL), (Of::Member, VIEW_CHANNEL, 0)],
        rights: VIEW_CHANNEL,
    },
    Case {
        name: "in one overwrite, allow beats deny",
        everyone: VIEW_CHANNEL,
        first: 0,
        overwrites: &[(Of::First, SEND_MESSAGES, SEND_MESSAGES)],
        rights: TALK,
    },
    Case {
        name: "to be allowed to administrate a channel means nothing",
        everyone: VIEW_CHANNEL,
        first: 0,
        overwrites: &[(Of::Member, ADMINISTRATOR, 0)],
        rights: VIEW_CHANNEL | ADMINISTRATOR,
    },
];

async fn guild() -> (Discord, Guild, Person, Id, Id) {
    let discord = Discord::start().await.unwrap();
    let (olga, ana) = (discord.person("olga"), discord.person("ana"));
    let guild = discord.guild("Acme", &olga);
    guild.join(&ana);
    let (first, second) = (guild.role("first", 0), guild.role("second", 0));
    guild.give(ana.id(), first);
    guild.give(ana.id(), second);
    (discord, guild, ana, first, second)
}

#[tokio::test]
async fn rights_come_from_roles_and_overwrites() {
    let (_discord, guild, ana, first, second) = guild().await;
    for case in CASES {
        let channel = guild.channel("general").unwrap();
        guild.permit(guild.id(), case.everyone);
        guild.permit(first, case.first);
        for (of, allow, deny) in case.overwrites {
            let target = match of {
                Of::Everyone => guild.id(),
                Of::First => first,
                Of::Second => second,
                Of::Member => ana.id(),
            };
            guild.overwrite(channel, target, *allow, *deny).unwrap();
        }
        assert_eq!(ana.rights(channel), case.rights, "{}", case.name);
        assert_eq!(guild.owner().rights(channel), ALL, "the owner has all: {}", case.name);
        assert_eq!(ana.sees(channel), case.rights & VIEW_CHANNEL != 0, "{}", case.name);
        assert_eq!(ana.reads(channel).is_some(), case.rights & VIEW_CHANNEL != 0, "{}", case.name);
        let said = ana.say(channel, "hello").map(drop).map_err(|it| it.code);
        let expected = match (case.rights & VIEW_CHANNEL != 0, case.rights & SEND_MESSAGES != 0) {
            (_, true) => Ok(()),
            (true, false) => Err(50013),
            (false, false) => Err(50001),
        };
        assert_eq!(said, expected, "{}", case.name);
    }
}

#[tokio::test]
async fn threads_follow_their_channel_and_have_a_right_of_their_own() {
    let (discord, guild, ana, first, _) = guild().await;
    let ben = discord.person("ben");
    guild.join(&ben);
    let channel = guild.channel("general").unwrap();
    let start = ana.say(channel, "let us talk").unwrap();
    let thread = ana.thread(channel, start, "talk").unwrap();
    assert_eq!(ana.rights(thread) & SEND_MESSAGES, SEND_MESSAGES);
    guild.overwrite(channel, first, 0, SEND_MESSAGES).unwrap();
    assert_eq!(ana.say(channel, "no").unwrap_err().code, 50013);
    ana.say(thread, "yes: the channel's deny does not reach here").unwrap();
    guild.overwrite(channel, first, 0, SEND_MESSAGES_IN_THREADS).unwrap();
    ana.say(channel, "yes").unwrap();
    assert_eq!(ana.say(thread, "no").unwrap_err().code, 50013);
    guild.overwrite(channel, first, 0, VIEW_CHANNEL).unwrap();
    assert!(!ana.sees(thread));

    guild.clear_overwrite(channel, first).unwrap();
    let made = ana.call("POST", &format!("/channels/{channel}/threads"), json!({ "name": "secret" })).unwrap();
    let secret: Id = made["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(made["type"], 12);
    assert!(ana.sees(secret));
    assert!(!ben.sees(secret));
    assert!(guild.owner().sees(secret));
    guild.permit(guild.id(), EVERYONE | MANAGE_THREADS);
    assert!(ben.sees(secret));
    guild.permit(guild.id(), EVERYONE);
    ana.call("PUT", &format!("/channels/{secret}/thread-members/{}", ben.id()), Value::Null).unwrap();
    ben.say(secret, "thanks").unwrap();
}

#[tokio::test]
async fn nobody_gives_what_they_have_not() {
    let world = World::new().await;
    let World { guild, bot, channel, role, ana, .. } = &world;
    let path = format!("/channels/{channel}/permissions/{}", ana.id());
    let allow = |bits: u64| json!({ "type": 1, "allow": bits.to_string() });
    let put = |body| async { bot.ask("PUT", &path, body).await.unwrap().code() };
    assert_eq!(put(allow(SEND_MESSAGES)).await, (403, 50013), "it may not manage roles");
    guild.permit(*role, VIEW_CHANNEL | SEND_MESSAGES | MANAGE_ROLES);
    assert_eq!(put(allow(SEND_MESSAGES)).await, (204, 0));
    assert_eq!(put(allow(MANAGE_CHANNELS)).await, (403, 50013), "it does not have that right itself");
    assert_eq!(put(json!({ "type": 1, "deny": MANAGE_CHANNELS.to_string() })).await, (403, 50013));
    // What counts is what it may on the server: a channel's rule that takes it from it there does not.
    guild.overwrite(*channel, guild.id(), 0, SEND_MESSAGES).unwrap();
    assert_eq!(put(json!({ "type": 1, "deny": SEND_MESSAGES.to_string() })).await, (204, 0));

    let create = format!("/guilds/{}/channels", guild.id());
    assert_eq!(bot.post(&create, json!({ "name": "new" })).await.code(), (403, 50013));
    guild.permit(*role, VIEW_CHANNEL | SEND_MESSAGES | MANAGE_ROLES | MANAGE_CHANNELS);
    let deny = |bits: u64| json!([{ "id": guild.id(), "type": 0, "deny": bits.to_string() }]);
    let body = json!({ "name": "New Room", "permission_overwrites": deny(VIEW_CHANNEL) });
    let made = bot.post(&create, body).await;
    assert_eq!((made.status, made.json()["name"].clone()), (201, json!("new-room")));
    let body = json!({ "name": "new", "permission_overwrites": deny(MANAGE_ROLES) });
    assert_eq!(bot.post(&create, body).await.code(), (403, 50013), "only an administrator may");
    // What it made, it cannot see: it forgot itself.
    assert_eq!(bot.get(&format!("/channels/{}", made.id())).await.code(), (403, 50001));

    let high = guild.role("high", 0);
    guild.rank(high, 9);
    let give = |role: Id| format!("/guilds/{}/members/{}/roles/{role}", guild.id(), ana.id());
    assert_eq!(bot.ask("PUT", &give(high), Value::Null).await.unwrap().code(), (403, 50013), "a role above its own");
    let low = guild.role("low", 0);
    assert_eq!(bot.ask("PUT", &give(low), Value::Null).await.unwrap().status, 204);
    assert_eq!(bot.ask("PUT", &give(*role), Value::Null).await.unwrap().code(), (403, 50013), "a bot's role");
}
