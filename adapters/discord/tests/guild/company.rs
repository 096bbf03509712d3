//! A channel where only Herald writes, in the hands of those whom no rule of the server holds back.

use herald_chat::{Arrival, Inbound, MessageRef, Origin, Platform, Posting, RoomPart, What};
use herald_guild::Limits;
use herald_guild::permissions::{MANAGE_CHANNELS, MANAGE_THREADS, MANAGE_WEBHOOKS};
use serde_json::{Value, json};

use crate::common::{INVITED, Tested, Town, id, key, room};
use crate::squatters::{altered, guarded, says, stop, voiced, with};

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_by_any_webhook_where_only_herald_writes_is_a_machines() -> Tested {
    let mut town = Town::new().await?;
    town.settings.webhooks = true;
    town.guild.permit(town.role, INVITED | MANAGE_WEBHOOKS);
    let herald = town.herald().await?;
    herald.gap().await?;
    herald.discord.post(&town.room(), &voiced("one"), &key("a")).await?;
    // Herald's own, and not used by Herald: the room is the company's now.
    herald.discord.restrict(&town.room(), Posting::HeraldOnly).await?;
    let hooks = town.guild.owner().call("GET", &format!("/channels/{}/webhooks", town.channel), Value::Null)?;
    let text = |field: &str| hooks[0][field].as_str().unwrap_or_default().to_owned();
    town.guild.owner().call(
        "POST",
        &format!("/webhooks/{}/{}", text("id"), text("token")),
        json!({ "content": "buy" }),
    )?;
    let heard = herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { origin, what: What::Message { text, .. }, .. }) if text == "buy" => {
                Some((origin, text))
            }
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await?;
    assert_eq!(heard, (Origin::Machine, "buy".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_where_only_herald_writes_is_told_and_can_be_removed() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    let old = town.ana.say(company, "lunch at noon")?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    town.discord.advance(std::time::Duration::from_secs(10));
    town.ana.edit(company, old, "the company is bankrupt")?;
    let edit = herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { room, id, what: What::Edit { .. }, .. }) => Some(MessageRef { room, id }),
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await?;
    herald.discord.delete(&edit, &key("stray")).await?;
    assert_eq!(town.ana.reads(company).unwrap_or_default(), []);
    // What was changed while nobody listened is told at the next start.
    let other = town.guild.owner().say(company, "old")?;
    stop(&town, herald).await;
    town.guild.owner().edit(company, other, "new words")?;
    let herald = town.herald().await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let told = herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { direct, what: What::Edit { of, .. }, .. }) => Some((direct, of)),
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await?;
    assert_eq!(told, (false, other.to_string()), "a channel of the server is no talk of two");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn threads_of_before_are_shut_and_their_names_put_back_and_new_ones_are_removed() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    let started = town.ana.say(company, "lunch?")?;
    let thread = town.ana.thread(company, started, "lunch")?;
    town.ben.say(thread, "pizza")?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let shown = || town.guild.shown(thread).unwrap_or_default();
    let shut =
        |shown: &Value| shown["thread_metadata"]["archived"] == true && shown["thread_metadata"]["locked"] == true;
    assert!(shut(&shown()), "{}", shown());
    let rename = json!({ "archived": false, "name": "we are bankrupt" });
    assert!(town.ana.call("PATCH", &format!("/channels/{thread}"), rename.clone()).is_err());
    // A moderator can.
    let mal = with(&town, "mal", MANAGE_THREADS);
    mal.call("PATCH", &format!("/channels/{thread}"), rename)?;
    assert_eq!(altered(&herald, RoomPart::Thread).await?, (Origin::Human, "mal".to_owned()));
    assert_eq!(shown()["name"], "lunch");
    town.discord.eventually(|| shut(&shown()).then_some(())).await?;
    // A webhook writes in any thread.
    town.discord.advance(std::time::Duration::from_mins(15));
    let hook = town.guild.owner().call("POST", &format!("/channels/{company}/webhooks"), json!({ "name": "spam" }))?;
    let text = |field: &str| hook[field].as_str().unwrap_or_default().to_owned();
    let path = format!("/webhooks/{}/{}?wait=true&thread_id={thread}", text("id"), text("token"));
    town.guild.owner().call("POST", &path, json!({ "content": "buy gold" }))?;
    let words = || -> Vec<String> {
        let read = town.ana.reads(thread).unwrap_or_default();
        read.into_iter().filter(|it| it.kind == 0).map(|it| it.content).collect()
    };
    town.discord.eventually(|| (words() == ["pizza"] && shut(&shown())).then_some(())).await?;
    // The owner can begin a new one.
    let body = json!({ "name": "gold", "type": 11 });
    let new = town.guild.owner().call("POST", &format!("/channels/{company}/threads"), body)?;
    let new = id(new["id"].as_str().unwrap_or_default());
    town.discord.eventually(|| town.guild.shown(new).is_none().then_some(())).await?;
    // What Discord itself notes of a new name cannot be taken away, and is left.
    assert!(town.discord.requests().iter().all(|it| it.code != Some(50021)));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_was_closed_long_before_is_locked_too() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    town.discord.limits(Limits::off());
    let mut oldest = None;
    for n in 0..=100 {
        let started = town.ana.say(company, "lunch?")?;
        let thread = town.ana.thread(company, started, "lunch")?;
        let body = json!({ "archived": true, "locked": oldest.is_some() });
        town.guild.owner().call("PATCH", &format!("/channels/{thread}"), body)?;
        town.discord.advance(std::time::Duration::from_millis(n));
        oldest.get_or_insert(thread);
    }
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let shown = town.guild.shown(oldest.unwrap_or_default()).unwrap_or_default();
    assert_eq!(
        (&shown["thread_metadata"]["archived"], &shown["thread_metadata"]["locked"]),
        (&json!(true), &json!(true))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_in_a_thread_before_the_channel_was_heralds_stays() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    let started = town.ana.say(company, "lunch?")?;
    let thread = town.ana.thread(company, started, "lunch")?;
    let old = town.ben.say(thread, "pitza")?;
    town.ben.edit(thread, old, "pizza")?;
    town.discord.advance(std::time::Duration::from_secs(10));
    town.ana.say(company, "what is on the menu?")?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    town.discord.advance(std::time::Duration::from_secs(10));
    // Discord tells of a pin as of a change. The note about it is removed, and so is what is said after it.
    let owner = town.guild.owner();
    owner.call("PATCH", &format!("/channels/{thread}"), json!({ "archived": false }))?;
    owner.pin(thread, old)?;
    owner.say(thread, "gold")?;
    let left = || -> Vec<String> {
        let seen = town.ana.reads(thread).unwrap_or_default();
        seen.into_iter().filter(|it| it.kind != 21).map(|it| it.content).collect()
    };
    town.discord.eventually(|| (left() == ["pizza"]).then_some(())).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn how_a_channel_was_is_forgotten_once_it_is_not_the_companys_any_more() -> Tested {
    let (mut town, herald, company) = guarded(0).await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    stop(&town, herald).await;
    // The configuration does not name it any more.
    town.company.clear();
    let herald = town.herald().await?;
    herald.gap().await?;
    let topic = json!({ "topic": "lunch" });
    town.guild.owner().call("PATCH", &format!("/channels/{company}"), topic)?;
    stop(&town, herald).await;
    town.company.push(company);
    let herald = town.herald().await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    // What is changed from now on is put back to what it is now.
    town.guild.owner().call("PATCH", &format!("/channels/{company}"), json!({ "topic": "sell now" }))?;
    town.discord.eventually(|| (town.guild.shown(company)?["topic"] == "lunch").then_some(())).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn name_topic_and_settings_where_only_herald_writes_are_put_back_and_told() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    town.guild.owner().call("PATCH", &format!("/channels/{company}"), json!({ "topic": "What is out of order" }))?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let mal = with(&town, "mal", MANAGE_CHANNELS);
    let before = town.guild.shown(company).unwrap_or_default();
    let body = json!({ "name": "we-are-bankrupt", "topic": "sell now", "nsfw": true, "type": 5 });
    mal.call("PATCH", &format!("/channels/{company}"), body.clone())?;
    let mut parts = Vec::new();
    while parts.len() < 3 {
        let told = herald.hears(|arrival| match arrival {
            Arrival::Event(Inbound { by, what: What::Altered { part }, .. }) => Some((part, by.name)),
            Arrival::Event(_) | Arrival::Gap => None,
        });
        let (part, by) = told.await?;
        assert_eq!(by, "mal");
        parts.push(part);
    }
    parts.sort_unstable();
    assert_eq!(parts, [RoomPart::Name, RoomPart::Topic, RoomPart::Settings]);
    let same = |a: &Value, b: &Value| ["name", "topic", "nsfw", "type"].iter().all(|field| a[field] == b[field]);
    assert!(same(&town.guild.shown(company).unwrap_or_default(), &before));
    // While Herald is down.
    stop(&town, herald).await;
    mal.call("PATCH", &format!("/channels/{company}"), body.clone())?;
    let herald = town.herald().await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    altered(&herald, RoomPart::Name).await?;
    let is_back = || same(&town.guild.shown(company).unwrap_or_default(), &before);
    town.discord.eventually(|| is_back().then_some(())).await?;
    // Once it is no channel of the company's any more, it is anybody's again.
    herald.discord.restrict(&room(company), Posting::Members).await?;
    mal.call("PATCH", &format!("/channels/{company}"), json!({ "topic": "lunch" }))?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    herald.discord.post(&room(company), &says("update 1"), &key("u")).await?;
    assert_eq!(town.guild.shown(company).unwrap_or_default()["topic"], "lunch");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_somebody_puts_under_an_update_is_taken_off() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let post = herald.discord.post(&room(company), &says("update 1"), &key("u")).await?;
    let emoji = town.guild.emoji("we_are_bankrupt");
    town.ana.react(company, id(&post.id), "👍")?;
    town.ana.react(company, id(&post.id), &emoji)?;
    let left = || -> Vec<String> {
        let seen = town.ana.reads(company).unwrap_or_default();
        seen.iter().flat_map(|it| &it.reactions).map(|(emoji, _)| emoji.clone()).collect()
    };
    town.discord.eventually(|| (left() == ["👍"]).then_some(())).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_kind_of_message_stands_where_only_herald_writes_is_heard_so_that_it_can_be_removed() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let update = herald.discord.post(&room(company), &says("update 1"), &key("u")).await?;
    let owner = town.guild.owner();
    let other = town.discord.application("Other", owner);
    town.guild.add(other.id, herald_guild::permissions::ADMINISTRATOR);
    let bot = town.discord.acting_as(&other);
    let elsewhere = owner.say(town.channel, "sell now")?;
    let path = format!("/channels/{company}/messages");
    let passed = json!({ "message_reference": { "type": 1, "message_id": elsewhere, "channel_id": town.channel } });
    let sticker = town.guild.sticker("sell now", 1, b"png");
    owner.pin(company, id(&update.id))?;
    for (who, body) in
        [(owner, passed), (owner, json!({ "sticker_ids": [sticker] })), (&bot, json!({ "content": "sell" }))]
    {
        who.call("POST", &path, body)?;
    }
    // The note about the pin, what is passed on, a picture, and another bot's words.
    for _ in 0..4 {
        let message = herald
            .hears(|arrival| match arrival {
                Arrival::Event(Inbound { room: at, id, what: What::Message { .. }, .. }) if at == room(company) => {
                    Some(MessageRef { room: at, id })
                }
                Arrival::Event(_) | Arrival::Gap => None,
            })
            .await?;
        herald.discord.delete(&message, &key("stray")).await?;
    }
    let left: Vec<String> = town.ana.reads(company).unwrap_or_default().into_iter().map(|it| it.content).collect();
    assert_eq!(left, ["update 1"]);
    Ok(())
}
