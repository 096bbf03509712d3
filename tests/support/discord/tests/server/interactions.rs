//! Interactions: three seconds, fifteen minutes, once, and for whom.

use std::time::Duration;

use herald_guild::{Echo, Reply, transcript};
use serde_json::{Value, json};

use crate::raw::{Answer, Gateway, World};

async fn ready() -> (World, Gateway) {
    let world = World::new().await;
    let path = format!("/applications/{}/guilds/{}/commands", world.app.id, world.guild.id());
    let commands = json!([
        { "name": "update", "description": "Publish" },
        { "name": "incident", "description": "Incidents", "options": [
            { "type": 2, "name": "role", "description": "Roles", "options": [
                { "type": 1, "name": "take", "description": "Take one", "options": [
                    { "type": 3, "name": "role", "description": "Which", "required": true,
                      "choices": [{ "name": "Commander", "value": "commander" }] },
                    { "type": 6, "name": "from", "description": "Whose" },
                    { "type": 4, "name": "count", "description": "How many", "min_value": 1, "max_value": 3 },
                ] },
            ] },
            { "type": 1, "name": "show", "description": "Show one", "options": [
                { "type": 3, "name": "incident", "description": "Which", "autocomplete": true },
            ] },
        ] },
        { "name": "admin", "description": "For few", "default_member_permissions": "8" },
    ]);
    let answered = world.bot.ask("PUT", &path, commands).await.unwrap();
    assert_eq!(answered.status, 200, "{}", answered.text);
    let gateway = world.session(0).await;
    (world, gateway)
}

async fn answer(world: &World, event: &Value, body: Value) -> Answer {
    let (id, token) = (event["id"].as_str().unwrap(), event["token"].as_str().unwrap());
    world.bot.post(&format!("/interactions/{id}/{token}/callback"), body).await
}

fn hook(world: &World, event: &Value, rest: &str) -> String {
    format!("/webhooks/{}/{}{rest}", world.app.id, event["token"].as_str().unwrap())
}

#[tokio::test]
async fn a_command_is_answered_once_and_in_time() {
    let (world, mut gateway) = ready().await;
    let asked = world.ana.slash(world.channel, "update", &[]).unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(event["data"]["name"], "update");
    assert_eq!(event["member"]["user"]["id"], json!(world.ana.id()));
    let message = json!({ "type": 4, "data": { "content": "done", "flags": 64 } });
    assert_eq!(answer(&world, &event, message.clone()).await.status, 204);
    assert_eq!(answer(&world, &event, message.clone()).await.code(), (400, 40060));
    let Reply::Message(seen) = asked.reply().await else { panic!("no message") };
    assert_eq!((seen.content.as_str(), seen.ephemeral), ("done", true));
    assert_eq!(transcript(&world.ben.reads(world.channel).unwrap()), "");
    assert_eq!(world.bot.get(&format!("/channels/{}/messages/{}", world.channel, seen.id)).await.code(), (404, 10008));
    let (told, answered) = asked.times().unwrap();
    assert!(told <= answered);

    let late = world.ana.slash(world.channel, "update", &[]).unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    world.discord.advance(Duration::from_secs(4));
    assert_eq!(answer(&world, &event, message).await.code(), (404, 10062));
    assert_eq!(late.reply().await, Reply::Silence);
    let early = world.bot.post(&hook(&world, &event, ""), json!({ "content": "x" })).await;
    assert_eq!(early.code(), (404, 10015), "there is nothing to follow");
}

#[tokio::test]
async fn a_deferred_answer_is_filled_in_for_a_quarter_of_an_hour() {
    let (world, mut gateway) = ready().await;
    let asked = world.ana.slash(world.channel, "update", &[]).unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    let full = answer(&world, &event, json!({ "type": 5 })).await;
    assert_eq!(full.status, 204);
    let Reply::Message(seen) = asked.reply().await else { panic!("no message") };
    assert!(seen.thinking);
    let original = hook(&world, &event, "/messages/@original");
    let edited = world.bot.ask("PATCH", &original, json!({ "content": "whole" })).await.unwrap();
    assert_eq!((edited.status, edited.id()), (200, seen.id));
    assert_eq!(asked.message().await.unwrap().content, "whole");
    // What takes the place of "is thinking" is an edit, which notifies nobody; what follows it is a message.
    let calling = json!({ "content": world.ben.mention(), "allowed_mentions": { "users": [world.ben.id()] } });
    world.bot.ask("PATCH", &original, calling.clone()).await.unwrap();
    assert_eq!(asked.message().await.unwrap().pinged, []);
    world.bot.post(&hook(&world, &event, ""), calling).await;
    assert_eq!(world.ana.reads(world.channel).unwrap().last().unwrap().pinged, [world.ben.id()]);
    let metadata = world.ana.shown(world.channel, seen.id).unwrap()["interaction_metadata"].clone();
    assert_eq!((metadata["type"].as_u64(), metadata["user"]["username"].as_str()), (Some(2), Some("ana")));
    let more = world.bot.post(&hook(&world, &event, "?wait=true"), json!({ "content": "only you", "flags": 64 })).await;
    assert_eq!(world.ana.whispers(world.channel)[0].id, more.id());
    let gone = hook(&world, &event, &format!("/messages/{}", more.id()));
    assert_eq!(world.bot.ask("DELETE", &gone, Value::Null).await.unwrap().status, 204);
    assert_eq!(world.ana.whispers(world.channel), []);
    world.discord.advance(Duration::from_mins(16));
    let late = world.bot.ask("PATCH", &original, json!({ "content": "x" })).await.unwrap();
    assert_eq!(late.code(), (401, 50027));
}

#[tokio::test]
async fn a_form_is_shown_filled_in_and_answered() {
    let (world, mut gateway) = ready().await;
    let field = |id: &str, label: &str, more: Value| {
        let mut field = json!({ "type": 4, "custom_id": id, "label": label, "style": 1 });
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "type": 1, "components": [field] })
    };
    let rows =
        json!([field("text", "Text", json!({ "max_length": 5 })), field("next", "Next", json!({ "value": "30m" }))]);
    let modal =
        |rows: &Value| json!({ "type": 9, "data": { "custom_id": "m", "title": "Update", "components": rows } });
    let asked = world.ana.slash(world.channel, "update", &[]).unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    let unlabelled = json!([{ "type": 1, "components": [{ "type": 4, "custom_id": "t", "style": 1 }] }]);
    let twice = json!([{ "type": 18, "label": "Text", "component": field("t", "T", json!({}))["components"][0] }]);
    for wrong in [twice, json!([]), json!(vec![rows[0].clone(); 6]), json!(vec![rows[0].clone(); 2]), unlabelled] {
        assert_eq!(answer(&world, &event, modal(&wrong)).await.code(), (400, 50035), "{wrong}");
    }
    assert_eq!(answer(&world, &event, modal(&rows)).await.status, 204);
    let form = asked.modal().await.unwrap();
    assert_eq!(form.title, "Update");
    assert_eq!(world.ana.submit(&form, &[("Text", "too long")]).unwrap_err().status, 0);
    let sent = world.ana.submit(&form, &[("Text", "short")]).unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(event["type"], 5);
    assert_eq!(event["data"]["components"][0]["components"][0]["value"], "short");
    assert_eq!(event["data"]["components"][1]["components"][0]["value"], "30m");
    assert_eq!(answer(&world, &event, modal(&rows)).await.code(), (400, 50035), "no form answers a form");
    let message = json!({ "type": 4, "data": { "content": "x".repeat(2_001) } });
    let refused = answer(&world, &event, message).await;
    assert!(refused.json()["errors"]["data"]["content"]["_errors"][0]["code"].is_string(), "{}", refused.text);
    answer(&world, &event, json!({ "type": 4, "data": { "content": "published" } })).await;
    assert_eq!(sent.message().await.unwrap().content, "published");
}

#[tokio::test]
async fn a_button_changes_its_message() {
    let (world, mut gateway) = ready().await;
    let button = |disabled: bool| {
        let button = json!({ "type": 2, "style": 3, "label": "Publish", "custom_id": "p:1", "disabled": disabled });
        json!([{ "type": 1, "components": [button] }])
    };
    let path = format!("/channels/{}/messages", world.channel);
    let draft = world.bot.post(&path, json!({ "content": "draft", "components": button(false) })).await.id();
    let pressed = world.ben.press(draft, "Publish").unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    assert_eq!((event["type"].as_u64(), event["data"]["custom_id"].as_str()), (Some(3), Some("p:1")));
    assert_eq!(event["message"]["content"], "draft");
    let update = json!({ "type": 7, "data": { "content": "out", "components": button(true) } });
    assert_eq!(answer(&world, &event, update).await.status, 204);
    let Reply::Update(seen) = pressed.reply().await else { panic!("no update") };
    assert_eq!((seen.content.as_str(), seen.button("p:1").unwrap().disabled), ("out", true));
    assert_eq!(world.ben.press(draft, "Publish").unwrap_err().status, 0);
    assert_eq!(world.ben.press(draft, "Discard").unwrap_err().status, 0);
}

#[tokio::test]
async fn a_client_lets_people_ask_only_what_is_offered() {
    let (world, mut gateway) = ready().await;
    let (ana, here) = (&world.ana, world.channel);
    assert_eq!(ana.commands(here), ["update", "incident role take", "incident show"]);
    assert!(world.olga.commands(here).contains(&"admin".to_owned()));
    let refused = |command: &str, options: &[(&str, Value)]| ana.slash(here, command, options).unwrap_err().status;
    assert_eq!(refused("nothing", &[]), 0);
    assert_eq!(refused("admin", &[]), 0);
    assert_eq!(refused("incident", &[]), 0);
    assert_eq!(refused("incident role take", &[]), 0);
    assert_eq!(refused("incident role take", &[("role", json!("king"))]), 0);
    assert_eq!(refused("incident role take", &[("role", json!("commander")), ("count", json!(4))]), 0);
    assert_eq!(refused("incident role take", &[("role", json!("commander")), ("from", json!("1"))]), 0);
    let given = [("role", json!("commander")), ("from", json!(world.ben.id()))];
    ana.slash(here, "incident role take", &given).unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    let group = &event["data"]["options"][0];
    assert_eq!((group["name"].as_str(), group["options"][0]["name"].as_str()), (Some("role"), Some("take")));
    assert_eq!(group["options"][0]["options"][1]["value"], json!(world.ben.id()));
    assert_eq!(event["data"]["resolved"]["users"][world.ben.id().to_string()]["username"], "ben");

    let typed = ana.autocomplete(here, "incident show", ("incident", "IN"), &[]).unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(event["data"]["options"][0]["options"][0]["focused"], true);
    let choices = |count: usize| json!({ "type": 8, "data": { "choices": vec![json!({ "name": "INC-1", "value": "1" }); count] } });
    assert_eq!(answer(&world, &event, json!({ "type": 4, "data": { "content": "x" } })).await.code(), (400, 50035));
    assert_eq!(answer(&world, &event, choices(26)).await.code(), (400, 50035));
    answer(&world, &event, choices(1)).await;
    assert_eq!(typed.reply().await, Reply::Choices(vec![("INC-1".to_owned(), json!("1"))]));
}

#[tokio::test]
async fn an_echo_acknowledges_whatever_is_asked() {
    let (world, gateway) = ready().await;
    drop(gateway);
    let echo = Echo::start(&world.discord, &world.app).await.unwrap();
    for _ in 0..3 {
        let asked = world.ana.slash(world.channel, "update", &[]).unwrap();
        let Reply::Message(seen) = asked.reply().await else { panic!("no answer") };
        assert!(seen.thinking);
    }
    drop(echo);
    assert_eq!(world.discord.count("POST /interactions/{id}/{token}/callback"), (3, 0));
}
