//! What others can bring about with the rights that a server gives them, and what Herald makes of it.

use herald_chat::{
    Arrival, Inbound, Network, Origin, Platform, Post, Posting, RoomPart, RoomRef, RoomSpec, SendError, Text, Tone,
    UserRef, Voice, What,
};
use herald_guild::permissions::{MANAGE_CHANNELS, MANAGE_ROLES, MANAGE_WEBHOOKS, VIEW_CHANNEL};
use herald_guild::{Fault, Id, Person, Rule};
use serde_json::{Value, json};

use crate::common::{Herald, INVITED, Maybe, Tested, Town, id, key, room, until, user};

pub(crate) fn spec(town: &Town) -> RoomSpec {
    RoomSpec {
        name: "INC-2 (security)".to_owned(),
        topic: "The room of an incident".to_owned(),
        members: vec![user(town.ana.id())],
        posting: Posting::Members,
    }
}

/// Somebody on the server with these rights.
pub(crate) fn with(town: &Town, name: &str, rights: u64) -> Person {
    let person = town.discord.person(name);
    town.guild.join(&person);
    let role = town.guild.role(name, rights);
    town.guild.give(person.id(), role);
    person
}

pub(crate) fn says(words: &str) -> Post {
    Post::new(Tone::Notice, Text::says(words))
}

pub(crate) fn voiced(words: &str) -> Post {
    let account = UserRef::new(&Network::new("matrix"), "@cleo:example.org");
    let text = Text::new().strong("cleo").and(": ").quote(words);
    Post { voice: Some(Voice { account, name: "cleo".to_owned() }), ..Post::new(Tone::Notice, text) }
}

/// The next part of a room that somebody tried to change, and who.
pub(crate) async fn altered(herald: &Herald, wanted: RoomPart) -> Maybe<(Origin, String)> {
    herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { by, origin, what: What::Altered { part }, .. }) if part == wanted => {
                Some((origin, by.name))
            }
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await
}

/// The next who is out of one of Herald's own rooms.
async fn shut_out(herald: &Herald) -> Maybe<(RoomRef, UserRef)> {
    herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { room, origin: Origin::Own, what: What::Left { user }, .. }) => Some((room, user)),
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await
}

/// Herald is down: nothing of it hears anything any more.
pub(crate) async fn stop(town: &Town, herald: Herald) {
    herald.discord.close();
    drop(herald);
    while town.connect().await.is_err() {
        tokio::task::yield_now().await;
    }
}

/// A server where Herald listens, with these rights on top, and the company's channel.
pub(crate) async fn guarded(more: u64) -> Maybe<(Town, Herald, Id)> {
    let mut town = Town::new().await?;
    town.guild.permit(town.role, INVITED | more);
    let company = town.guild.channel("company")?;
    town.company.push(company);
    let herald = town.herald().await?;
    herald.gap().await?;
    Ok((town, herald, company))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_follows_from_public_data_makes_no_channel_heralds() -> Tested {
    let town = Town::new().await?;
    let mal = with(&town, "mal", MANAGE_CHANNELS);
    let public = town.guild.channel("lunch")?;
    let topic = json!({ "topic": format!("herald:{}", key("open")) });
    mal.call("PATCH", &format!("/channels/{public}"), topic)?;
    let discord = town.connect().await?;
    let opened = discord.open_room(&spec(&town), &key("open")).await?;
    assert_ne!(id(opened.id()), public);
    assert!(!mal.sees(id(opened.id())));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_mark_makes_no_channel_heralds_that_others_see_or_that_serves_something_else() -> Tested {
    for rights in [MANAGE_CHANNELS, MANAGE_CHANNELS | MANAGE_ROLES] {
        let town = Town::new().await?;
        let mal = with(&town, "mal", rights);
        let lunch = town.guild.channel("lunch")?;
        let hall = town.guild.channel("hall")?;
        town.discord.fault(
            Rule::new(Fault::LoseAnswer).on(|method, path| method == "POST" && path.ends_with("/channels")).times(1),
        );
        let discord = town.connect().await?;
        discord.restrict(&room(hall), Posting::HeraldOnly).await?;
        let lost = discord.open_room(&spec(&town), &key("open")).await;
        assert!(matches!(lost, Err(SendError::Unknown { .. })), "{lost:?}");
        let (made, _) = town.guild.channels().pop().ok_or("no channel")?;
        // Channels tell their topics to every client, also to those who may not read there.
        let topic = town.guild.shown(made).unwrap_or_default()["topic"].clone();
        assert!(topic.as_str().is_some_and(|topic| topic.contains("herald:")), "{topic}");
        for channel in [lunch, hall] {
            mal.call("PATCH", &format!("/channels/{channel}"), json!({ "topic": topic }))?;
        }
        let body = json!({ "name": "inc-2-security", "topic": topic });
        mal.call("POST", &format!("/guilds/{}/channels", town.guild.id()), body)?;
        drop(discord);
        let discord = town.connect().await?;
        let opened = discord.open_room(&spec(&town), &key("open")).await?;
        assert_eq!(id(opened.id()), made, "its own is found again");
        assert!(!mal.sees(made));
        // What is on record needs no topic.
        town.guild.owner().call("PATCH", &format!("/channels/{made}"), json!({ "topic": "" }))?;
        drop(discord);
        let discord = town.connect().await?;
        assert_eq!(discord.open_room(&spec(&town), &key("open")).await?, opened);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_of_heralds_that_somebody_opens_to_others_is_closed_again_and_told() -> Tested {
    let (town, herald, _) = guarded(0).await?;
    let open = town.guild.create(json!({ "name": "open", "type": 4 }))?;
    let opened = herald.discord.open_room(&spec(&town), &key("open")).await?;
    let own = id(opened.id());
    let mal = with(&town, "mal", MANAGE_CHANNELS | MANAGE_ROLES);
    let places = json!([{ "id": own, "parent_id": open, "lock_permissions": true }]);
    mal.call("PATCH", &format!("/guilds/{}/channels", town.guild.id()), places)?;
    // Its members' rules were gone with all others: they are put back.
    assert_eq!(altered(&herald, RoomPart::Members).await?, (Origin::Human, "mal".to_owned()));
    assert!(!town.ben.sees(own) && !mal.sees(own) && town.ana.sees(own));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_comes_back_or_responds_no_more_is_in_no_room_of_heralds_by_that() -> Tested {
    let mut town = Town::new().await?;
    let responders = town.guild.role("responders", 0);
    town.settings.responders = Some(responders.0.into());
    let cy = with(&town, "cy", 0);
    for person in [&town.ana, &town.ben] {
        town.guild.give(person.id(), responders);
    }
    let herald = town.herald().await?;
    herald.gap().await?;
    let opened = herald.discord.open_room(&spec(&town), &key("open")).await?;
    let own = id(opened.id());
    herald.discord.invite(&opened, &user(town.ben.id())).await?;
    herald.discord.invite(&opened, &user(cy.id())).await?;
    assert!(town.ana.sees(own) && town.ben.sees(own) && cy.sees(own));
    town.guild.take(town.ana.id(), responders);
    assert_eq!(shut_out(&herald).await?, (opened.clone(), user(town.ana.id())));
    assert!(!town.ana.sees(own) && town.ben.sees(own) && cy.sees(own));
    town.guild.remove(town.ben.id());
    assert_eq!(shut_out(&herald).await?, (opened.clone(), user(town.ben.id())));
    town.guild.join(&town.ben);
    town.guild.give(town.ben.id(), responders);
    town.guild.give(town.ana.id(), responders);
    assert!(!town.ben.sees(own) && !town.ana.sees(own), "nothing comes back by itself");
    // While Herald is down.
    stop(&town, herald).await;
    town.guild.remove(cy.id());
    town.guild.join(&cy);
    assert!(cy.sees(own), "Discord keeps a rule for who left");
    let herald = town.herald().await?;
    assert_eq!(shut_out(&herald).await?, (opened.clone(), user(cy.id())));
    assert!(!cy.sees(own));
    herald.discord.invite(&opened, &user(cy.id())).await?;
    assert!(cy.sees(own));
    herald.discord.exclude(&opened, &user(cy.id())).await?;
    herald.discord.exclude(&opened, &user(cy.id())).await?;
    assert!(!cy.sees(own));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_of_heralds_that_somebody_moves_carries_nothing_to_the_company() -> Tested {
    let mut town = Town::new().await?;
    town.settings.webhooks = true;
    town.guild.permit(town.role, INVITED | MANAGE_WEBHOOKS);
    let company = town.guild.channel("company")?;
    let mal = with(&town, "mal", MANAGE_WEBHOOKS);
    let herald = town.herald().await?;
    herald.gap().await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    // Nobody hears of webhooks: the gateway is silent.
    town.discord.stall(true);
    herald.discord.post(&town.room(), &voiced("one"), &key("a")).await?;
    let moves = || -> Tested {
        let path = format!("/channels/{}/webhooks", town.channel);
        let hooks = town.guild.owner().call("GET", &path, Value::Null)?;
        let hook = hooks[0]["id"].as_str().unwrap_or_default().to_owned();
        mal.call("PATCH", &format!("/webhooks/{hook}"), json!({ "channel_id": company }))?;
        Ok(())
    };
    // Just as something is said by it.
    let is_said = |method: &str, path: &str| method == "POST" && path.starts_with("/webhooks/");
    town.discord.fault(Rule::new(Fault::Hold).on(is_said).times(1));
    let (war, secret, again) = (town.room(), voiced("a secret"), key("b"));
    let saying = herald.discord.post(&war, &secret, &again);
    let (answer, done) = tokio::join!(saying, async {
        town.discord.held(1).await;
        let done = moves();
        town.discord.release();
        done
    });
    done?;
    assert!(matches!(answer, Err(SendError::Retry { .. })), "{answer:?}");
    assert_eq!(town.ana.reads(company).unwrap_or_default(), []);
    assert_eq!(altered(&herald, RoomPart::Webhook).await?, (Origin::Human, "mal".to_owned()));
    // Herald says it itself then: another webhook would be moved as well.
    herald.discord.post(&town.room(), &voiced("a secret"), &key("b")).await?;
    let said = || -> Vec<(String, bool)> {
        let seen = town.ana.reads(town.channel).unwrap_or_default();
        seen.iter().map(|it| (crate::common::words(it), it.author == town.bot.id)).collect()
    };
    assert_eq!(said(), [("one".to_owned(), false), ("**cleo**: a secret".to_owned(), true)]);
    let left = town.guild.owner().call("GET", &format!("/channels/{company}/webhooks"), Value::Null)?;
    assert_eq!(left, json!([]), "what was moved is gone");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_by_a_webhook_that_stands_elsewhere_by_now() -> Tested {
    let mut town = Town::new().await?;
    town.settings.webhooks = true;
    town.guild.permit(town.role, INVITED | MANAGE_WEBHOOKS);
    let lunch = town.guild.channel("lunch")?;
    let herald = town.herald().await?;
    herald.gap().await?;
    // Nobody hears of webhooks: the gateway is silent.
    town.discord.stall(true);
    herald.discord.post(&town.room(), &voiced("one"), &key("a")).await?;
    let hooks = town.guild.owner().call("GET", &format!("/channels/{}/webhooks", town.channel), Value::Null)?;
    let hook = hooks[0]["id"].as_str().unwrap_or_default().to_owned();
    town.guild.owner().call("PATCH", &format!("/webhooks/{hook}"), json!({ "channel_id": lunch }))?;
    herald.discord.post(&town.room(), &voiced("a secret"), &key("b")).await?;
    assert_eq!(town.discord.count("POST /webhooks/{id}/{token}").0, 1);
    assert_eq!(altered(&herald, RoomPart::Webhook).await?, (Origin::Human, "olga".to_owned()));
    let left = town.guild.owner().call("GET", &format!("/channels/{lunch}/webhooks"), Value::Null)?;
    assert_eq!(left, json!([]), "what was moved is gone");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_a_room_of_heralds_by_a_rule_that_was_put_there() -> Tested {
    let (town, herald, _) = guarded(0).await?;
    let opened = herald.discord.open_room(&spec(&town), &key("open")).await?;
    let own = id(opened.id());
    let by_owner = (Origin::Human, "olga".to_owned());
    let all = town.guild.role("everybody-else", 0);
    town.guild.give(town.ben.id(), all);
    town.guild.overwrite(own, all, VIEW_CHANNEL, 0)?;
    assert_eq!(altered(&herald, RoomPart::Access).await?, by_owner);
    assert!(!town.ben.sees(own) && town.ana.sees(own));
    // For one person alone.
    let cy = with(&town, "cy", 0);
    town.guild.overwrite(own, cy.id(), VIEW_CHANNEL, 0)?;
    town.discord.eventually(|| (!cy.sees(own)).then_some(())).await?;
    // Whom Herald lets in stays, however often it looks.
    herald.discord.invite(&opened, &user(town.ben.id())).await?;
    town.guild.overwrite(own, all, VIEW_CHANNEL, 0)?;
    let is_shut = || {
        town.guild.shown(own)?["permission_overwrites"].as_array()?.iter().find(|it| it["id"] == json!(all)).cloned()
    };
    town.discord.eventually(|| is_shut().filter(|it| it["allow"] == "0")).await?;
    assert!(town.ben.sees(own) && town.ana.sees(own));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_of_heralds_is_closed_again_although_discord_fails_at_first() -> Tested {
    let town = Town::new().await?;
    let herald = Herald::listening(town.connect_at(60).await?);
    herald.gap().await?;
    let opened = herald.discord.open_room(&spec(&town), &key("open")).await?;
    let own = id(opened.id());
    let is_rule = |method: &str, path: &str| method == "PUT" && path.contains("/permissions/");
    town.discord.fault(Rule::new(Fault::Error(500)).on(is_rule).times(2));
    town.guild.overwrite(own, town.ben.id(), VIEW_CHANNEL, 0)?;
    town.discord.eventually(|| (!town.ben.sees(own)).then_some(())).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_is_forgotten_and_no_alarm_is_given_for_it() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    let opened = herald.discord.open_room(&spec(&town), &key("open")).await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let kept = |file: &str| std::fs::read_to_string(town.settings.store.join(file)).unwrap_or_default();
    let (rooms, guarded) = (|| kept("rooms.json"), || kept("guarded.json"));
    assert!(rooms().contains(opened.id()) && guarded().contains(&company.to_string()));
    town.guild.delete(company)?;
    until(|| !guarded().contains(&company.to_string())).await?;
    assert!(!herald.discord.news().await.join("\n").contains("Somebody changed"));
    // While Herald is down.
    stop(&town, herald).await;
    town.guild.delete(id(opened.id()))?;
    let _herald = town.herald().await?;
    until(|| !rooms().contains(opened.id())).await
}
