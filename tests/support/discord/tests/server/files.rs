//! Files, stickers, emojis, forwarded messages and webhooks.

use std::time::Duration;

use crate::raw::{Answer, ENOUGH, World};
use herald_guild::permissions::{ATTACH_FILES, MANAGE_WEBHOOKS};
use herald_guild::{Limits, NewFile};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

async fn upload(world: &World, said: &Value, parts: Vec<(&'static str, Vec<u8>)>) -> Answer {
    let form = Form::new().part("payload_json", Part::text(said.to_string()).mime_str("application/json").unwrap());
    let form = parts.into_iter().fold(form, |form, (name, bytes)| {
        form.part(name, Part::bytes(bytes).file_name("a b.txt").mime_str("text/plain").unwrap())
    });
    let url = format!("{}/api/v10/channels/{}/messages", world.bot.address, world.channel);
    let request = world.bot.http.post(url).header("authorization", format!("Bot {}", world.bot.token));
    let response = request.multipart(form).send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

async fn read(world: &World, url: &str) -> (u16, Vec<u8>) {
    let response = world.bot.http.get(url).send().await.unwrap();
    (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn a_file_is_given_out_to_whoever_has_its_address_while_that_is_good() {
    let world = World::new().await;
    world.guild.permit(world.role, ENOUGH | ATTACH_FILES);
    let made = upload(&world, &json!({ "content": "see" }), vec![("files[0]", b"words".to_vec())]).await.json();
    let file = &made["attachments"][0];
    assert_eq!(
        (&file["filename"], &file["size"], &file["content_type"]),
        (&json!("a b.txt"), &json!(5), &json!("text/plain"))
    );
    let url = file["url"].as_str().unwrap().to_owned();
    assert_eq!(read(&world, &url).await, (200, b"words".to_vec()));
    assert_eq!(read(&world, &url.replace("&hm=", "&hm=1")).await.0, 404);
    assert_eq!(read(&world, url.split('?').next().unwrap()).await.0, 404);
    world.discord.advance(Duration::from_hours(25));
    assert_eq!(read(&world, &url).await.0, 404);
    let path = format!("/channels/{}/messages/{}", world.channel, made["id"].as_str().unwrap());
    let again = world.bot.get(&path).await.json()["attachments"][0]["url"].as_str().unwrap().to_owned();
    assert_eq!(read(&world, &again).await.0, 200);
    world.bot.ask("DELETE", &path, Value::Null).await.unwrap();
    assert_eq!(read(&world, &again).await.0, 404);
}

#[tokio::test]
async fn what_discord_does_not_take_is_refused() {
    let world = World::new().await;
    world.discord.limits(Limits::off());
    world.guild.permit(world.role, ENOUGH | ATTACH_FILES);
    let said = json!({ "content": "see" });
    assert_eq!(upload(&world, &said, vec![("files[0]", vec![0; (10 << 20) + 1])]).await.code(), (413, 40005));
    assert_eq!(upload(&world, &said, vec![("unknown", b"x".to_vec())]).await.status, 400);
    assert_eq!(
        upload(&world, &json!({ "content": "x".repeat(2001) }), vec![("files[0]", b"x".to_vec())]).await.code(),
        (400, 50035)
    );
    let many = ["files[0]", "files[1]", "files[2]"].map(|name| (name, vec![0; 9 << 20])).to_vec();
    assert_eq!(upload(&world, &said, many).await.code(), (413, 40005));
    world.guild.boost(2);
    assert_eq!(upload(&world, &said, vec![("files[0]", vec![0; (10 << 20) + 1])]).await.status, 200);
    world.guild.overwrite(world.channel, world.app.id, 0, ATTACH_FILES).unwrap();
    assert_eq!(upload(&world, &said, vec![("files[0]", b"x".to_vec())]).await.code(), (403, 50013));
}

#[tokio::test]
async fn stickers_emojis_and_forwarded_messages_are_shown_as_discord_shows_them() {
    let world = World::new().await;
    let sticker = world.guild.sticker("wave", 4, b"gif");
    let said = world.ana.send_sticker(world.channel, sticker).unwrap();
    let shown = world.ana.shown(world.channel, said).unwrap();
    assert_eq!(shown["sticker_items"], json!([{ "id": sticker, "name": "wave", "format_type": 4 }]));
    assert_eq!(read(&world, &format!("{}/stickers/{sticker}.gif", world.bot.address)).await, (200, b"gif".to_vec()));
    assert_eq!(world.ana.send_sticker(world.channel, world.channel).unwrap_err().code, 10060);

    let blob = world.guild.emoji("blob");
    world.ben.react(world.channel, said, &blob).unwrap();
    assert_eq!(world.ben.react(world.channel, said, "blob:1").unwrap_err().code, 10014);
    let shown = world.ana.shown(world.channel, said).unwrap();
    assert_eq!(shown["reactions"][0]["emoji"]["name"], "blob");

    let file = NewFile { name: "a.txt".to_owned(), mime: None, pixels: None, flags: 0, bytes: b"words".to_vec() };
    let first = world.ana.send_files(world.channel, "see", &[file]).unwrap();
    let other = world.guild.channel("other").unwrap();
    let passed = world.ben.forward(world.channel, first, other).unwrap();
    let shown = world.ana.shown(other, passed).unwrap();
    let inner = &shown["message_snapshots"][0]["message"];
    assert_eq!(
        (&shown["content"], &inner["content"], &shown["message_reference"]["type"]),
        (&json!(""), &json!("see"), &json!(1))
    );
    assert_eq!(read(&world, inner["attachments"][0]["url"].as_str().unwrap()).await, (200, b"words".to_vec()));
}

#[tokio::test]
async fn a_webhook_speaks_under_any_name_but_some() {
    let world = World::new().await;
    world.guild.permit(world.role, ENOUGH | MANAGE_WEBHOOKS);
    let hook =
        world.bot.post(&format!("/channels/{}/webhooks", world.channel), json!({ "name": "Herald" })).await.json();
    let path = format!("/webhooks/{}/{}?wait=true", hook["id"].as_str().unwrap(), hook["token"].as_str().unwrap());
    let said = world.bot.post(&path, json!({ "content": "hi", "username": "ana · Matrix" })).await.json();
    assert_eq!((&said["author"]["username"], &said["application_id"]), (&json!("ana · Matrix"), &json!(world.app.id)));
    for name in ["Discord", "xclydex", ""] {
        assert_eq!(
            world.bot.post(&path, json!({ "content": "hi", "username": name })).await.code(),
            (400, 50035),
            "{name}"
        );
    }
    assert_eq!(world.bot.post(&path, json!({ "content": "x".repeat(2001) })).await.code(), (400, 50035));
}
