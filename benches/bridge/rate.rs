//! How fast messages go over to Synapse, which takes most of the time.

use serde_json::json;

use super::ear::Ear;
use super::report::Watch;
use super::town::{Town, room};

/// How many messages.
const MESSAGES: usize = 500;

/// The time of a bare HTTP client with one request at a time, over Herald's.
pub(crate) async fn measure(town: &Town) -> f64 {
    let equal = room(&town.mia, &[&town.me, &town.max]).await;
    town.me.join(&equal).await.unwrap();
    town.max.join(&equal).await.unwrap();
    let bare = |n: usize| {
        let words = format!("olga · Discord: b{n:04} is what I see");
        let html = format!("<strong data-mx-profile-fallback>olga · Discord: </strong>b{n:04} is what I see");
        json!({
            "msgtype": "m.text", "body": words, "format": "org.matrix.custom.html", "formatted_body": html,
            "m.mentions": {}, "im.herald.key": "0123456789012345678901234",
            "com.beeper.per_message_profile": { "id": "discord:1234567890123456789", "displayname": "olga · Discord" },
        })
    };
    let mut ear = Ear::begin(&town.max, &equal).await;
    let watch = Watch::start();
    for n in 0..MESSAGES {
        town.me.send(&equal, "m.room.message", bare(n)).await.unwrap();
    }
    let words: Vec<String> = (0..MESSAGES).map(|n| format!("olga · Discord: b{n:04} is what I see")).collect();
    ear.hears(&words).await;
    let alone = watch.read();
    let mut ear = Ear::begin(&town.max, &town.here).await;
    let watch = Watch::start();
    for n in 0..MESSAGES {
        town.olga.say(town.there, &format!("r{n:04} is what I see")).unwrap();
    }
    let words: Vec<String> = (0..MESSAGES).map(|n| format!("olga · Discord: r{n:04} is what I see")).collect();
    ear.hears(&words).await;
    let passed = watch.read();
    println!(
        "  {MESSAGES} messages: {:.2} s by a bare client, {:.2} s passed on",
        alone.as_secs_f64(),
        passed.as_secs_f64()
    );
    alone.as_secs_f64() / passed.as_secs_f64()
}
