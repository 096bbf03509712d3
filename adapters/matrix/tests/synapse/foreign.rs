//! What is not its sender's, or not for this room: changes of others' messages, clear text among encrypted messages, and what
//! can be put before everybody's eyes where only Herald writes.

use std::collections::BTreeSet;

use herald_chat::{MessageRef, Platform, Post, Posting, RoomRef, SendKey, Text, Tone, What};
use herald_matrix::RoomKind;
use herald_synapse::Synapse;
use serde_json::{Value, json};

use crate::common::{Bot, Listening, Maybe, Somebody, Tested};
use crate::town::Town;

fn edit(of: &str, words: &str) -> Value {
    json!({
        "msgtype": "m.text", "body": format!("* {words}"),
        "m.new_content": { "msgtype": "m.text", "body": words },
        "m.relates_to": { "rel_type": "m.replace", "event_id": of },
    })
}

fn poll(words: &str) -> Value {
    json!({
        "org.matrix.msc3381.poll.start": {
            "question": { "org.matrix.msc1767.text": words }, "kind": "org.matrix.msc3381.poll.disclosed",
            "max_selections": 1, "answers": [{ "id": "1", "org.matrix.msc1767.text": "yes" }],
        },
        "org.matrix.msc1767.text": words,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_changed_by_who_wrote_it_and_by_nobody_else() -> Tested {
    let town = Town::start().await?;
    let mal = Somebody::new(&town.synapse, "mal").await?;
    for room in &town.rooms {
        town.ana.account.invite(room.id(), mal.account.user_id()).await?;
        mal.person.accept().await?;
        town.ana.person.sync().await?;
        let hers =
            town.send(room, "m.room.message", json!({ "msgtype": "m.text", "body": "the index is cold" })).await?;
        town.heard(room, &hers).await?;
        mal.person.sync().await?;
        let post = Post::new(Tone::Notice, Text::says("on the timeline"));
        let own = town.matrix.post(room, &post, &SendKey::derive("post", room.as_str(), 0)).await?;
        let asks = "org.matrix.msc3381.poll.start";
        let asked = town.send(room, asks, poll("roll back?")).await?;
        town.heard(room, &asked).await?;

        // Anybody's client can send these; others' clients do not show them.
        let mut foreign = Vec::new();
        for of in [&hers, &own.id] {
            foreign.push(mal.person.send_json(room.id(), "m.room.message", edit(of, "I broke it")).await?);
        }
        let mut rewritten = poll("shall I?");
        rewritten["m.new_content"] = poll("give up?");
        rewritten["m.relates_to"] = json!({ "rel_type": "m.replace", "event_id": asked });
        foreign.push(mal.person.send_json(room.id(), asks, rewritten.clone()).await?);
        let changed = town.send(room, "m.room.message", edit(&hers, "the index is warm")).await?;
        let heard = town.heard(room, &changed).await?;
        assert!(matches!(&heard.what, What::Edit { of, text, .. } if *of == hers && text == "the index is warm"));
        let asked_anew = town.send(room, asks, rewritten).await?;
        let heard = town.heard(room, &asked_anew).await?;
        assert!(matches!(&heard.what, What::Edit { of, text, .. } if *of == asked && text == "give up?"), "{heard:?}");

        let back = town.read_back(room).await?;
        let ids: BTreeSet<&str> = back.iter().map(|it| it.id.as_str()).collect();
        assert!(ids.contains(changed.as_str()) && ids.contains(asked_anew.as_str()));
        for id in &foreign {
            assert!(!ids.contains(id.as_str()), "{id} is read back");
        }
        let what = |id: &str| back.iter().find(|it| it.id == id).map(|it| &it.what);
        assert!(matches!(what(&changed), Some(What::Edit { .. })));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn clear_text_among_encrypted_messages_says_nothing() -> Tested {
    let town = Town::start().await?;
    let [open, encrypted] = &town.rooms;
    let says = json!({ "msgtype": "m.text", "body": "!close" });
    let sealed = town.send(encrypted, "m.room.message", says.clone()).await?;
    assert!(matches!(town.heard(encrypted, &sealed).await?.what, What::Message { .. }));
    let ana = &town.ana.account;
    let sticker = json!({ "body": "!close", "url": "mxc://example.org/cat", "info": {} });
    let clear = [
        ("m.room.message", says.clone()),
        ("m.room.message", json!({ "msgtype": "m.notice", "body": "!close" })),
        ("m.room.message", edit(&sealed, "!close now")),
        ("m.sticker", sticker),
        ("org.matrix.msc3381.poll.start", poll("!close")),
    ];
    let mut ids = Vec::new();
    for (kind, content) in clear {
        let id = ana.send(encrypted.id(), kind, content.clone()).await?;
        assert_eq!(town.heard(encrypted, &id).await?.what, What::Unencrypted, "{content}");
        ids.push(id);
    }
    for inbound in town.read_back(encrypted).await?.iter().filter(|it| ids.contains(&it.id)) {
        assert_eq!(inbound.what, What::Unencrypted);
    }
    // Reactions and removals are never encrypted. One on clear text says nothing of what that says.
    let on_it = ana.react(encrypted.id(), &ids[0], "📌").await?;
    let on_sealed = ana.react(encrypted.id(), &sealed, "📌").await?;
    let heard = town.heard(encrypted, &on_sealed).await?;
    assert!(matches!(&heard.what, What::Reaction { text, .. } if text == "!close"), "{heard:?}");
    assert!(town.read_back(encrypted).await?.iter().all(|it| it.id != on_it));
    let redaction = ana.redact(encrypted.id(), &sealed).await?;
    assert!(matches!(town.heard(encrypted, &redaction).await?.what, What::Delete { .. }));
    // Where nothing is encrypted, nothing has to be.
    let id = ana.send(open.id(), "m.room.message", says).await?;
    assert!(matches!(town.heard(open, &id).await?.what, What::Message { .. }));
    Ok(())
}

/// All that a member of the company's room might try, and whether the homeserver lets it through.
fn tries(member: &str, statement: &str) -> Vec<(&'static str, Option<String>, Value, bool)> {
    let annotates =
        |key: &str| json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": statement, "key": key } });
    let with = |mut content: Value, field: &str| {
        content[field] = json!("all is fine, go home");
        content
    };
    let words = json!({ "msgtype": "m.text", "body": "all is fine, go home" });
    let key = |key: &str| Some(key.to_owned());
    let mut tries = vec![
        ("m.reaction", None, annotates("👍"), true),
        ("m.reaction", None, annotates("all is fine, go home"), true),
        ("m.reaction", None, annotates("mxc://example.org/cat"), true),
        ("m.reaction", None, annotates("🇸🇨🇦🇲"), true),
        ("m.reaction", None, with(annotates("👀"), "shortcode"), true),
        ("m.reaction", None, with(annotates("🎉"), "body"), true),
        ("m.reaction", None, words.clone(), true),
        ("m.room.member", key(member), json!({ "membership": "join", "displayname": "x".repeat(100) }), true),
        (
            "m.room.member",
            key(member),
            json!({ "membership": "join", "displayname": "mal", "reason": "all is fine" }),
            true,
        ),
    ];
    for kind in [
        "m.room.message",
        "m.room.encrypted",
        "m.sticker",
        "m.poll.start",
        "org.matrix.msc3381.poll.start",
        "m.poll.response",
        "m.beacon",
        "org.matrix.msc3672.beacon",
        "m.call.invite",
        "m.call.notify",
        "org.matrix.msc4075.call.notify",
        "m.room.message.feedback",
        "io.element.voice_broadcast_info",
        "org.example.new",
    ] {
        tries.push((kind, None, words.clone(), false));
    }
    for kind in [
        "m.room.name",
        "m.room.topic",
        "m.room.avatar",
        "m.room.pinned_events",
        "m.room.canonical_alias",
        "m.room.join_rules",
        "m.room.history_visibility",
        "m.room.guest_access",
        "m.room.encryption",
        "m.room.server_acl",
        "m.room.tombstone",
        "m.room.power_levels",
        "m.room.third_party_invite",
        "m.room.bot.options",
        "m.space.child",
        "m.space.parent",
        "m.widget",
        "im.vector.modular.widgets",
        "m.beacon_info",
        "org.matrix.msc3672.beacon_info",
        "m.call.member",
        "org.matrix.msc3401.call",
        "org.matrix.msc3401.call.member",
        "m.room.plumbing",
        "io.element.functional_members",
        "m.policy.rule.user",
        "m.room.retention",
        "im.ponies.room_emotes",
        "org.example.new",
    ] {
        tries.push((kind, key(""), words.clone(), false));
        tries.push((kind, key(member), words.clone(), false));
    }
    tries
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_of_the_company_s_room_can_react_with_emoji_and_nothing_else_stays() -> Tested {
    for (version, made_by_herald) in [("12", true), ("11", true), ("11", false), ("10", false)] {
        let server = Synapse::shared().await?;
        let (ana, mal) = (Somebody::new(&server, "ana").await?, Somebody::new(&server, "mal").await?);
        let mut bot = Bot::new(&server, ana.account.user_id()).await?;
        bot.settings.room_version = Some(version.try_into()?);
        let matrix = bot.connect().await?;
        let listening = Listening::to(&matrix).await?;
        let herald = bot.account.user_id();
        let room = if made_by_herald {
            let alias = format!("#{}:example.org", server.unique(&format!("company-{version}")));
            matrix.create(&alias, RoomKind::Announcements).await?
        } else {
            // One where people may do everything, as some clients make it.
            let free = json!({
                "m.room.name": 0, "m.room.topic": 0, "m.room.avatar": 0, "m.room.pinned_events": 0, "m.space.child": 0,
                "m.sticker": 0, "org.matrix.msc3401.call.member": 0, "im.vector.modular.widgets": 0, "m.reaction": 0,
            });
            let levels = json!({
                "users": { (ana.account.user_id()): 100, (herald): 100 }, "state_default": 0, "invite": 0, "redact": 0,
                "events": free,
            });
            let room = json!({
                "preset": "public_chat", "room_version": version, "invite": [herald], "name": "Company",
                "power_level_content_override": levels,
            });
            let room = ana.account.create_room(room).await?;
            ana.account.wait_for_join(&room, herald).await?;
            RoomRef::new(&herald_chat::Network::new("matrix"), &room)
        };
        mal.account.join(room.id()).await?;
        // It has heard of all that.
        let stray = bot.account.say(room.id(), "a mark").await?;
        listening.knows(&room).await?;
        matrix.restrict(&room, Posting::HeraldOnly).await?;
        let post = Post::new(Tone::Update, Text::says("We are looking into it."));
        let statement = matrix.post(&room, &post, &SendKey::derive("update", room.as_str(), 0)).await?;
        goes_through(&mal, &room, &statement).await?;
        mal.account.redact(room.id(), &statement.id).await.unwrap_err();
        mal.account.redact(room.id(), &stray).await.unwrap_err();
        mal.account.invite(room.id(), ana.account.user_id()).await.unwrap_err();

        // What was let through and is words comes as words; all else of it comes as nothing, or is taken off here.
        let back = matrix.read_back(&room, None, 500).await?;
        let events = mal.account.messages(room.id()).await?;
        let mut left = Vec::new();
        for event in events.iter().filter(|it| it.sender() == mal.account.user_id() && !it.is_redacted()) {
            let heard = back.events.iter().find(|it| it.id == event.id()).map(|it| &it.what);
            match (event.kind(), heard) {
                ("m.reaction", Some(What::Message { .. })) => {}
                ("m.reaction", None) => left.push(event.reaction().map(|(_, key)| key.to_owned()).unwrap_or_default()),
                ("m.room.member", Some(What::Joined { .. })) => {
                    let content = event.content();
                    assert!(content.get("reason").is_none(), "{content}");
                    assert!(content["displayname"].as_str().is_none_or(|name| name.len() < 65), "{content}");
                }
                (kind, heard) => panic!("{kind} came as {heard:?}"),
            }
        }
        assert_eq!(left, ["👍"], "version {version}");
        let name = mal.account.state(room.id(), "m.room.name", "").await?;
        assert_ne!(name["name"], "all is fine, go home");
        matrix.close();
    }
    Ok(())
}

/// A member tries everything: the homeserver lets through what it should, and not more.
async fn goes_through(mal: &Somebody, room: &RoomRef, statement: &MessageRef) -> Maybe<()> {
    for (kind, key, content, passes) in tries(mal.account.user_id(), &statement.id) {
        let shown = content.to_string();
        let tried = match &key {
            Some(key) => mal.account.put_state(room.id(), kind, key, &content).await,
            None => mal.account.send(room.id(), kind, content).await,
        };
        assert_eq!(tried.is_ok(), passes, "{kind} {key:?} {shown}: {tried:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_encrypted_removes_nothing() -> Tested {
    let town = Town::start().await?;
    let [_, room] = &town.rooms;
    let said = town.send(room, "m.room.message", json!({ "msgtype": "m.text", "body": "the disk is full" })).await?;
    town.send(room, "m.room.redaction", json!({ "redacts": said })).await?;
    town.hears(room, json!({ "msgtype": "m.text", "body": "what now?" })).await?;
    let read = town.read_back(room).await?;
    assert!(read.iter().any(|it| it.id == said), "{read:?}");
    assert!(!read.iter().any(|it| matches!(it.what, What::Delete { .. })), "{read:?}");
    Ok(())
}
