//! Members, roles and accounts, and what only people do.

use herald_guild::permissions::{ADMINISTRATOR, CHANGE_NICKNAME, EVERYONE};
use herald_guild::{Id, Reply, transcript};
use serde_json::{Value, json};

use crate::raw::World;

#[tokio::test]
async fn roles_are_made_given_changed_and_removed() {
    let world = World::new().await;
    let roles = format!("/guilds/{}/roles", world.guild.id());
    assert_eq!(world.bot.post(&roles, json!({ "name": "x" })).await.code(), (403, 50013));
    world.guild.permit(world.role, ADMINISTRATOR);
    world.guild.rank(world.role, 5);
    let made = world.bot.post(&roles, json!({ "name": "engineers", "permissions": "0", "color": 255 })).await;
    assert_eq!((made.status, made.json()["position"].as_i64()), (200, Some(1)));
    assert_eq!(world.bot.post(&roles, json!({ "name": "x".repeat(101) })).await.code(), (400, 50035));
    let ana = format!("/guilds/{}/members/{}", world.guild.id(), world.ana.id());
    let given = world.bot.ask("PUT", &format!("{ana}/roles/{}", made.id()), Value::Null).await.unwrap();
    assert_eq!(given.status, 204);
    assert_eq!(world.bot.get(&ana).await.json()["roles"], json!([made.id()]));
    let path = format!("{roles}/{}", made.id());
    let edited = world.bot.ask("PATCH", &path, json!({ "mentionable": true })).await.unwrap();
    assert_eq!(edited.json()["mentionable"], true);
    let called = format!("<@&{}>", made.id());
    let said = world.bot.say(world.channel, &called).await.id();
    let seen = world.ana.reads(world.channel).unwrap();
    assert_eq!((seen[0].id, seen[0].pinged.clone()), (said, vec![world.ana.id()]));
    assert_eq!(world.bot.ask("DELETE", &path, Value::Null).await.unwrap().status, 204);
    assert_eq!(world.bot.get(&path).await.code(), (404, 10011));
    assert_eq!(world.bot.get(&ana).await.json()["roles"], json!([]));
    assert_eq!(world.bot.get(&roles).await.json().as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn members_are_found_renamed_and_shown_the_door() {
    let world = World::new().await;
    let members = format!("/guilds/{}/members", world.guild.id());
    let all = world.bot.get(&format!("{members}?limit=10")).await.json();
    assert_eq!(all.as_array().unwrap().len(), 4);
    world.discord.allow_intents(world.app.id, 0);
    assert_eq!(world.bot.get(&format!("{members}?limit=10")).await.code(), (403, 50001));
    let me = format!("{members}/@me");
    let rename = json!({ "nick": "Herald (staging)" });
    assert_eq!(world.bot.ask("PATCH", &me, rename.clone()).await.unwrap().json()["nick"], "Herald (staging)");
    world.guild.permit(world.guild.id(), EVERYONE & !CHANGE_NICKNAME);
    assert_eq!(world.bot.ask("PATCH", &me, rename).await.unwrap().code(), (403, 50013));
    let ana = format!("{members}/{}", world.ana.id());
    assert_eq!(world.bot.ask("DELETE", &ana, Value::Null).await.unwrap().code(), (403, 50013));
    world.olga.call("DELETE", &ana, Value::Null).unwrap();
    assert_eq!(world.bot.get(&ana).await.code(), (404, 10007));
    assert_eq!(world.ana.say(world.channel, "still here?").unwrap_err().code, 50001);
    assert_eq!(world.bot.get("/users/@me/guilds").await.json()[0]["owner"], false);
    let about = world.bot.get("/oauth2/applications/@me").await.json();
    assert_eq!((about["owner"]["username"].as_str(), about["flags"].as_u64()), (Some("olga"), Some(0)));
}

#[tokio::test]
async fn a_menu_is_chosen_from() {
    let world = World::new().await;
    let mut gateway = world.session(0).await;
    let options = json!([{ "label": "Minor", "value": "minor" }, { "label": "Major", "value": "major" }]);
    let menu = json!([{ "type": 1, "components": [{ "type": 3, "custom_id": "severity", "options": options }] }]);
    let path = format!("/channels/{}/messages", world.channel);
    let asks = world.bot.post(&path, json!({ "content": "How bad?", "components": menu })).await.id();
    assert_eq!(world.ana.choose(asks, "severity", &["awful"]).unwrap_err().status, 0);
    assert_eq!(world.ana.choose(asks, "severity", &["minor", "major"]).unwrap_err().status, 0);
    let chosen = world.ana.choose(asks, "severity", &["major"]).unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(event["data"]["values"], json!(["major"]));
    let (id, token) = (event["id"].as_str().unwrap(), event["token"].as_str().unwrap());
    let update = json!({ "type": 7, "data": { "content": "Major it is.", "components": [] } });
    assert_eq!(world.bot.post(&format!("/interactions/{id}/{token}/callback"), update).await.status, 204);
    assert!(matches!(chosen.reply().await, Reply::Update(_)));
    assert_eq!(transcript(&world.ben.reads(world.channel).unwrap()), "Herald: Major it is.");
}

#[tokio::test]
async fn a_test_waits_for_anything() {
    let world = World::new().await;
    world.guild.permit(world.role, ADMINISTRATOR);
    let (bot, guild) = (world.bot.clone(), world.guild.clone());
    let path = format!("/guilds/{}/channels", guild.id());
    let made = tokio::spawn(async move { bot.post(&path, json!({ "name": "inc-1" })).await.id() });
    let named = || guild.channels().into_iter().find(|(_, name)| name == "inc-1").map(|(id, _)| id);
    let found: Id = world.discord.eventually(named).await.unwrap();
    assert_eq!(made.await.unwrap(), found);
    let quick = world.ana.patient(std::time::Duration::from_millis(1));
    world.ana.say(world.channel, "hello").unwrap();
    let never = quick.wait_for(world.channel, |_| None::<()>).await.unwrap_err();
    assert!(never.to_string().ends_with("ana: hello"), "{never}");
}
