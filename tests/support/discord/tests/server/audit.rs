//! Who did what: the audit log, webhooks that are moved, threads that are shut, and rules taken over from a category.

use herald_guild::permissions::{
    EVERYONE, MANAGE_CHANNELS, MANAGE_MESSAGES, MANAGE_ROLES, MANAGE_THREADS, MANAGE_WEBHOOKS, SEND_MESSAGES,
    VIEW_AUDIT_LOG, VIEW_CHANNEL,
};
use serde_json::{Value, json};

use crate::raw::{ENOUGH, World};

const GUILDS: u64 = 1;
const WEBHOOKS: u64 = 1 << 5;
const MESSAGES: u64 = 1 << 9;

#[tokio::test]
async fn a_moderators_deletions_make_one_entry_that_counts_and_the_authors_own_and_a_bots_make_none() {
    let world = World::new().await;
    let moderator = world.guild.role("moderator", MANAGE_MESSAGES);
    world.guild.give(world.ben.id(), moderator);
    let path = format!("/guilds/{}/audit-logs?action_type=72", world.guild.id());
    assert_eq!(world.bot.get(&path).await.code(), (403, 50013));
    world.guild.permit(world.role, ENOUGH | VIEW_AUDIT_LOG | MANAGE_MESSAGES);
    let said: Vec<_> = (0..6).map(|n| world.ana.say(world.channel, &format!("{n}")).unwrap()).collect();
    world.ana.delete(world.channel, said[0]).unwrap();
    let by_bot = format!("/channels/{}/messages/{}", world.channel, said[5]);
    assert_eq!(world.bot.ask("DELETE", &by_bot, Value::Null).await.unwrap().status, 204);
    assert_eq!(world.bot.get(&path).await.json()["audit_log_entries"], json!([]));
    world.ben.delete(world.channel, said[1]).unwrap();
    world.ben.delete(world.channel, said[2]).unwrap();
    // The second is in the same entry.
    let log = world.bot.get(&path).await.json();
    assert_eq!(log["audit_log_entries"].as_array().unwrap().len(), 1);
    let entry = &log["audit_log_entries"][0];
    assert_eq!((&entry["user_id"], &entry["target_id"]), (&json!(world.ben.id()), &json!(world.ana.id())));
    assert_eq!(entry["options"], json!({ "count": "2", "channel_id": world.channel.to_string() }));
    assert_eq!(log["users"][0]["id"], json!(world.ben.id()));
    // Of what is taken away at once, one may be gone already.
    let mut session = world.session(GUILDS | MESSAGES).await;
    let both = json!({ "messages": [said[3], said[0]] });
    world.ben.call("POST", &format!("/channels/{}/messages/bulk-delete", world.channel), both).unwrap();
    assert_eq!(session.event("MESSAGE_DELETE_BULK").await["ids"], json!([said[3]]));
    let path = format!("/guilds/{}/audit-logs?action_type=73", world.guild.id());
    let log = world.bot.get(&path).await.json();
    assert_eq!(log["audit_log_entries"][0]["options"], json!({ "count": "1" }));
}

#[tokio::test]
async fn rules_of_a_channel_have_entries_of_their_own_and_its_place_has_none() {
    let world = World::new().await;
    world.guild.permit(world.role, ENOUGH | VIEW_AUDIT_LOG);
    let actions = async || -> Vec<u64> {
        let log = world.bot.get(&format!("/guilds/{}/audit-logs", world.guild.id())).await.json();
        let all = log["audit_log_entries"].as_array().unwrap();
        let here = all.iter().filter(|it| it["target_id"] == json!(world.channel));
        here.filter_map(|it| it["action_type"].as_u64()).filter(|it| *it != 10).collect()
    };
    let path = format!("/channels/{}", world.channel);
    world.guild.overwrite(world.channel, world.ben.id(), SEND_MESSAGES, 0).unwrap();
    world.guild.overwrite(world.channel, world.ben.id(), 0, SEND_MESSAGES).unwrap();
    world.guild.clear_overwrite(world.channel, world.ben.id()).unwrap();
    assert_eq!(actions().await, [15, 14, 13]);
    world.guild.owner().call("PATCH", &path, json!({ "position": 3 })).unwrap();
    assert_eq!(actions().await.len(), 3);
    world.guild.owner().call("PATCH", &path, json!({ "topic": "new", "permission_overwrites": [] })).unwrap();
    assert_eq!(actions().await, [11, 15, 14, 13]);
}

#[tokio::test]
async fn closed_threads_come_in_pages_and_what_discord_notes_of_a_new_name_stays() {
    let world = World::new().await;
    let path = format!("/channels/{}/threads/archived/public", world.channel);
    let mut made = Vec::new();
    for n in 0..3 {
        let message = world.ana.say(world.channel, "talk about this").unwrap();
        let thread = world.ana.thread(world.channel, message, &format!("talk {n}")).unwrap();
        world.ana.call("PATCH", &format!("/channels/{thread}"), json!({ "name": "other" })).unwrap();
        let note = world.ana.reads(thread).unwrap().into_iter().find(|it| it.kind == 4).unwrap();
        assert_eq!(note.content, "other");
        assert_eq!(world.guild.owner().delete(thread, note.id).unwrap_err().code, 50021);
        world.ana.call("PATCH", &format!("/channels/{thread}"), json!({ "archived": true })).unwrap();
        world.discord.advance(std::time::Duration::from_secs(1));
        made.push(json!(thread));
    }
    let page = world.bot.get(&format!("{path}?limit=2")).await.json();
    let ids = |page: &Value| -> Vec<Value> {
        page["threads"].as_array().into_iter().flatten().map(|it| it["id"].clone()).collect()
    };
    assert_eq!((ids(&page), &page["has_more"]), (vec![made[2].clone(), made[1].clone()], &json!(true)));
    let last = page["threads"][1]["thread_metadata"]["archive_timestamp"].as_str().unwrap().replace('+', "%2B");
    let page = world.bot.get(&format!("{path}?limit=2&before={last}")).await.json();
    assert_eq!((ids(&page), &page["has_more"]), (vec![made[0].clone()], &json!(false)));
}

#[tokio::test]
async fn a_webhook_is_moved_by_whoever_manages_webhooks_and_speaks_where_it_is_then() {
    let world = World::new().await;
    let company = world.guild.channel("company").unwrap();
    world.guild.permit(world.role, ENOUGH | MANAGE_WEBHOOKS);
    let manager = world.guild.role("integrations", MANAGE_WEBHOOKS);
    let mut session = world.session(GUILDS | WEBHOOKS).await;
    let hook =
        world.bot.post(&format!("/channels/{}/webhooks", world.channel), json!({ "name": "relay" })).await.json();
    session.event("WEBHOOKS_UPDATE").await;
    let path = format!("/webhooks/{}", hook["id"].as_str().unwrap());
    let to = json!({ "channel_id": company });
    assert_eq!(world.ben.call("PATCH", &path, to.clone()).unwrap_err().code, 50013);
    world.guild.give(world.ben.id(), manager);
    world.ben.call("PATCH", &path, to.clone()).unwrap();
    assert_eq!(session.event("WEBHOOKS_UPDATE").await["channel_id"], json!(company));
    // The token alone moves nothing.
    let with_token = format!("{path}/{}", hook["token"].as_str().unwrap());
    let back = world.bot.ask("PATCH", &with_token, json!({ "channel_id": world.channel })).await.unwrap();
    assert_eq!(back.json()["channel_id"], json!(company));
    let said = world.bot.post(&format!("{with_token}?wait=true"), json!({ "content": "it is down" })).await.json();
    assert_eq!(said["channel_id"], json!(company));
}

#[tokio::test]
async fn a_closed_and_locked_thread_is_changed_by_those_alone_who_manage_threads() {
    let world = World::new().await;
    let message = world.ana.say(world.channel, "talk about this").unwrap();
    let thread = world.ana.thread(world.channel, message, "talk").unwrap();
    let path = format!("/channels/{thread}");
    world.ana.call("PATCH", &path, json!({ "name": "our talk" })).unwrap();
    let manager = world.guild.role("moderator", MANAGE_THREADS);
    world.guild.give(world.ben.id(), manager);
    world.ben.call("PATCH", &path, json!({ "archived": true, "locked": true })).unwrap();
    for body in [json!({ "archived": false }), json!({ "archived": false, "name": "mine" })] {
        assert_eq!(world.ana.call("PATCH", &path, body).unwrap_err().code, 50013);
    }
    assert!(world.ana.say(thread, "hello").is_err());
    world.ben.call("PATCH", &path, json!({ "archived": false, "name": "theirs" })).unwrap();
}

#[tokio::test]
async fn a_channel_takes_over_the_rules_of_a_category_when_it_is_told_to() {
    let world = World::new().await;
    let category = world.guild.create(json!({ "name": "open", "type": 4 })).unwrap();
    let room = world.guild.private("secret", &[]).unwrap();
    world.guild.permit(world.guild.id(), EVERYONE);
    let path = format!("/guilds/{}/channels", world.guild.id());
    let places = json!([{ "id": room, "parent_id": category, "lock_permissions": true }]);
    let manager = world.guild.role("manager", MANAGE_CHANNELS);
    world.guild.give(world.ben.id(), manager);
    assert_eq!(world.ben.call("PATCH", &path, places.clone()).unwrap_err().code, 50013);
    world.guild.permit(manager, MANAGE_CHANNELS | MANAGE_ROLES);
    assert_eq!(world.ana.rights(room) & VIEW_CHANNEL, 0);
    world.ben.call("PATCH", &path, places).unwrap();
    assert_ne!(world.ana.rights(room) & (VIEW_CHANNEL | SEND_MESSAGES), 0);
    assert_eq!(world.guild.shown(room).unwrap()["permission_overwrites"], Value::Array(Vec::new()));
}
