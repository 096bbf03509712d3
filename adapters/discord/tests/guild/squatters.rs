//! What others can bring about with the rights that a server gives them, and what Herald makes of it.

use herald_chat::{
    Arrival, Inbound, Network, Origin, Platform, Post, Posting, RoomPart, RoomRef, RoomSpec, SendError, Text, Tone,
    UserRef, Voice, What,
};
use herald_guild::permissions::{
    MANAGE_CHANNELS, MANAGE_MESSAGES, MANAGE_ROLES, MANAGE_WEBHOOKS, VIEW_AUDIT_LOG, VIEW_CHANNEL,
};
use herald_guild::{Fault, Id, Person, Rule};
use serde_json::{Value, json};

use crate::common::{Herald, INVITED, Maybe, Tested, Town, id, key, room, user};

fn spec(town: &Town) -> RoomSpec {
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

/// The next message that was removed, and by whom, by which kind of sender.
async fn removed(herald: &Herald) -> Maybe<(Origin, String)> {
    herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { by, origin, what: What::Delete { .. }, .. }) => Some((origin, by.name)),
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await
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
    let town = Town::new().await?;
    town.guild.permit(town.role, INVITED | more);
    let company = town.guild.channel("company")?;
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
    let (town, herald, _) = guarded(VIEW_AUDIT_LOG).await?;
    let open = town.guild.create(json!({ "name": "open", "type": 4 }))?;
    let opened = herald.discord.open_room(&spec(&town), &key("open")).await?;
    let own = id(opened.id());
    let mal = with(&town, "mal", MANAGE_CHANNELS | MANAGE_ROLES);
    let places = json!([{ "id": own, "parent_id": open, "lock_permissions": true }]);
    mal.call("PATCH", &format!("/guilds/{}/channels", town.guild.id()), places)?;
    assert_eq!(altered(&herald, RoomPart::Access).await?, (Origin::Human, "mal".to_owned()));
    assert!(!town.ben.sees(own) && !mal.sees(own));
    // Its members' rules are gone with all others: whoever leads says who is in it.
    assert_eq!(shut_out(&herald).await?, (opened, user(town.ana.id())));
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
    town.guild.permit(town.role, INVITED | MANAGE_WEBHOOKS | VIEW_AUDIT_LOG);
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
    moves()?;
    let answer = herald.discord.post(&town.room(), &voiced("a secret"), &key("b")).await;
    assert!(matches!(answer, Err(SendError::Retry { .. })), "{answer:?}");
    town.discord.stall(false);
    assert_eq!(town.ana.reads(company).unwrap_or_default(), []);
    assert_eq!(altered(&herald, RoomPart::Webhook).await?, (Origin::Human, "mal".to_owned()));
    herald.discord.post(&town.room(), &voiced("a secret"), &key("b")).await?;
    let said: Vec<String> = town.ana.reads(town.channel).unwrap_or_default().iter().map(crate::common::words).collect();
    assert_eq!(said, ["one", "a secret"]);
    let left = town.guild.owner().call("GET", &format!("/channels/{company}/webhooks"), Value::Null)?;
    assert_eq!(left, json!([]), "what was moved is gone");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_took_a_message_away_is_said_as_far_as_discord_tells() -> Tested {
    let (town, herald, _) = guarded(VIEW_AUDIT_LOG).await?;
    let mal = with(&town, "mal", MANAGE_MESSAGES);
    let said: Vec<Id> = (0..5).map(|n| town.ana.say(town.channel, &format!("{n}"))).collect::<Result<_, _>>()?;
    // Twice: the second is in the same entry of the log.
    for message in &said[..2] {
        mal.delete(town.channel, *message)?;
        assert_eq!(removed(&herald).await?, (Origin::Human, "mal".to_owned()));
    }
    town.ana.delete(town.channel, said[2])?;
    assert_eq!(removed(&herald).await?, (Origin::Human, "ana".to_owned()));
    let both = json!({ "messages": [said[3], said[4]] });
    mal.call("POST", &format!("/channels/{}/messages/bulk-delete", town.channel), both)?;
    for _ in 0..2 {
        assert_eq!(removed(&herald).await?, (Origin::Human, "mal".to_owned()));
    }
    let own = herald.discord.post(&town.room(), &says("update 1"), &key("u")).await?;
    mal.delete(town.channel, id(&own.id))?;
    assert_eq!(removed(&herald).await?, (Origin::Human, "mal".to_owned()));
    // Without the right to look, nobody is said to have done it.
    town.guild.permit(town.role, INVITED);
    let last = town.ana.say(town.channel, "last")?;
    town.discord.eventually(|| town.ana.shown(town.channel, last)).await?;
    let own = herald.discord.post(&town.room(), &says("update 2"), &key("v")).await?;
    mal.delete(town.channel, id(&own.id))?;
    assert_eq!(removed(&herald).await?, (Origin::Unknown, "somebody".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_a_room_of_heralds_by_a_role_that_was_put_there() -> Tested {
    let (town, herald, _) = guarded(0).await?;
    let opened = herald.discord.open_room(&spec(&town), &key("open")).await?;
    let own = id(opened.id());
    let all = town.guild.role("everybody-else", 0);
    town.guild.give(town.ben.id(), all);
    town.guild.overwrite(own, all, VIEW_CHANNEL, 0)?;
    assert_eq!(altered(&herald, RoomPart::Access).await?.0, Origin::Unknown);
    assert!(!town.ben.sees(own) && town.ana.sees(own));
    Ok(())
}
