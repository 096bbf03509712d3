//! Registration of commands, and its limits.

use serde_json::{Value, json};

use crate::raw::World;

#[expect(clippy::needless_pass_by_value, reason = "so that a case is one line")]
fn command(name: &str, options: Value) -> Value {
    json!({ "name": name, "description": "d", "options": options })
}

#[tokio::test]
async fn commands_are_kept_per_guild_and_change_their_version_only_when_they_change() {
    let world = World::new().await;
    let path = format!("/applications/{}/guilds/{}/commands", world.app.id, world.guild.id());
    let put = async |body: Value| world.bot.ask("PUT", &path, body).await.unwrap();
    let first = put(json!([command("a", json!([])), command("b", json!([]))])).await.json();
    assert_eq!(first[0]["guild_id"], json!(world.guild.id()));
    assert_eq!(world.bot.get(&path).await.json(), first);
    let changed = json!({ "name": "b", "description": "other" });
    let second = put(json!([command("a", json!([])), changed])).await.json();
    assert_eq!(first[0], second[0]);
    assert_eq!(first[1]["id"], second[1]["id"]);
    assert_ne!(first[1]["version"], second[1]["version"]);
    assert_eq!(world.guild.commands(world.app.id).len(), 2);
    let one = format!("{path}/{}", second[0]["id"].as_str().unwrap());
    assert_eq!(world.bot.ask("DELETE", &one, Value::Null).await.unwrap().status, 204);
    assert_eq!(world.bot.get(&one).await.code(), (404, 10063));
    let elsewhere = format!("/applications/{}/guilds/1/commands", world.app.id);
    assert_eq!(world.bot.get(&elsewhere).await.code(), (403, 50001));
    let other = format!("/applications/1/guilds/{}/commands", world.guild.id());
    assert_eq!(world.bot.get(&other).await.code(), (403, 50001));
}

#[tokio::test]
async fn what_no_client_could_show_is_refused() {
    let world = World::new().await;
    world.discord.limits(herald_guild::Limits::off());
    let path = format!("/applications/{}/guilds/{}/commands", world.app.id, world.guild.id());
    let text = |name: &str| json!({ "type": 3, "name": name, "description": "d" });
    let sub = |name: &str, options: Value| json!({ "type": 1, "name": name, "description": "d", "options": options });
    let group = |name: &str, options: Value| json!({ "type": 2, "name": name, "description": "d", "options": options });
    let many = |count: usize| Value::from((0..count).map(|it| text(&format!("o{it}"))).collect::<Vec<_>>());
    let required = json!({ "type": 3, "name": "r", "description": "d", "required": true });
    let choices = json!({ "type": 3, "name": "c", "description": "d",
        "choices": (0..26).map(|it| json!({ "name": it.to_string(), "value": it.to_string() })).collect::<Vec<_>>() });
    let both = json!({ "type": 3, "name": "c", "description": "d", "autocomplete": true,
        "choices": [{ "name": "a", "value": "a" }] });
    let wrong = [
        command("Upper", json!([])),
        command("with space", json!([])),
        command(&"x".repeat(33), json!([])),
        json!({ "name": "a" }),
        json!({ "name": "a", "description": "x".repeat(101) }),
        command("a", many(26)),
        command("a", json!([text("o"), required])),
        command("a", json!([text("o"), text("o")])),
        command("a", json!([text("o"), sub("s", json!([]))])),
        command("a", json!([group("g", json!([group("h", json!([]))]))])),
        command("a", json!([group("g", json!([sub("s", json!([sub("t", json!([]))]))]))])),
        command("a", json!([choices])),
        command("a", json!([both])),
        command("a", json!([{ "type": 3, "name": "o" }])),
        command("a", json!([{ "type": 99, "name": "o", "description": "d" }])),
    ];
    for body in wrong {
        let refused = world.bot.ask("PUT", &path, json!([body])).await.unwrap();
        assert_eq!(refused.code(), (400, 50035), "{body}");
        assert_eq!(world.bot.post(&path, body.clone()).await.code(), (400, 50035), "{body}");
    }
    let long = json!({ "name": "a", "description": "d", "options": (0..25).map(|at| json!({
        "type": 3, "name": format!("o{at}"), "description": "d",
        "choices": (0..25).map(|it| json!({ "name": format!("{it:020}"), "value": it.to_string() })).collect::<Vec<_>>(),
    })).collect::<Vec<_>>() });
    assert_eq!(world.bot.ask("PUT", &path, json!([long])).await.unwrap().code(), (400, 50035), "more than 8,000");
    let same = json!([command("a", json!([])), command("a", json!([]))]);
    assert_eq!(world.bot.ask("PUT", &path, same).await.unwrap().code(), (400, 50035));
    let all = |from: usize, to: usize| {
        Value::from((from..to).map(|it| command(&format!("c{it}"), json!([]))).collect::<Vec<_>>())
    };
    assert_eq!(world.bot.ask("PUT", &path, all(0, 101)).await.unwrap().code(), (400, 30032));
    assert_eq!(world.bot.ask("PUT", &path, all(0, 100)).await.unwrap().status, 200);
    assert_eq!(world.bot.ask("PUT", &path, all(100, 200)).await.unwrap().status, 200);
    assert_eq!(world.bot.ask("PUT", &path, all(0, 1)).await.unwrap().code(), (400, 30034), "200 a day");
    assert_eq!(world.guild.commands(world.app.id).len(), 100);
}
