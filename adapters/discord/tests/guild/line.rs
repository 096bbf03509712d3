//! Who may write where only Herald does, on a server that really holds people back.

use herald_chat::{Platform, Posting, SendError};
use herald_discord::RoomKind;
use herald_guild::permissions::{
    CREATE_PUBLIC_THREADS, MANAGE_ROLES, MANAGE_WEBHOOKS, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS, VIEW_CHANNEL,
};

use crate::common::{INVITED, Maybe, Tested, Town, id, key, reply, room};

async fn says(town: &Town) -> Maybe<Vec<String>> {
    let discord = town.connect().await?;
    discord.restrict(&town.room(), Posting::HeraldOnly).await?;
    Ok(discord.news().await)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_herald_writes_in_the_companys_channel() -> Tested {
    let town = Town::new().await?;
    let ops = town.guild.role("Ops", 0);
    town.guild.give(town.ana.id(), ops);
    town.guild.overwrite(town.channel, ops, SEND_MESSAGES | CREATE_PUBLIC_THREADS, 0)?;
    town.guild.overwrite(town.channel, town.ben.id(), SEND_MESSAGES, 0)?;
    let asked = town.ana.say(town.channel, "a thread begins here")?;

    let news = says(&town).await?;

    for person in [&town.ana, &town.ben] {
        assert!(person.say(town.channel, "me too").is_err(), "{} writes", person.name());
        assert!(person.thread(town.channel, asked, "talk").is_err(), "{} begins a thread", person.name());
        person.react(town.channel, asked, "👍")?;
    }
    assert_eq!(news.len(), 3, "{news:#?}");
    assert!(news.iter().any(|line| line.contains("the role Ops had been allowed")), "{news:#?}");
    assert!(news.iter().any(|line| line.contains(&format!("the member {}", town.ben.id()))), "{news:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn herald_says_who_gets_past_the_line() -> Tested {
    let town = Town::new().await?;
    let ops = town.guild.role("Ops", MANAGE_WEBHOOKS | MANAGE_ROLES);
    let news = says(&town).await?;
    assert!(news.iter().any(|line| line.contains("the role Ops can write through a webhook")), "{news:#?}");
    assert!(news.iter().any(|line| line.contains("the role Ops can allow themselves")), "{news:#?}");
    town.guild.permit(ops, 0);
    assert!(says(&town).await?.iter().all(|line| !line.contains("Ops")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn herald_names_the_permission_that_it_lacks() -> Tested {
    let town = Town::new().await?;
    town.guild.permit(town.role, INVITED & !MANAGE_ROLES);
    let discord = town.connect().await?;
    let answer = discord.restrict(&town.room(), Posting::HeraldOnly).await;
    let Err(SendError::Refused { reason }) = answer else { return Err(format!("{answer:?}").into()) };
    assert!(reason.contains("`Manage Roles`") && reason.contains("#war-room"), "{reason}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_opens_again_is_closed_again() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    town.discord.connected(town.bot.id).await;
    herald.discord.restrict(&town.room(), Posting::HeraldOnly).await?;
    town.guild.overwrite(town.channel, town.ana.id(), SEND_MESSAGES | SEND_MESSAGES_IN_THREADS, 0)?;
    let path = format!("/permissions/{}", town.ana.id());
    let closed = town.discord.until(|requests, _| requests.iter().any(|it| it.path.ends_with(&path)).then_some(()));
    tokio::time::timeout(crate::common::PATIENCE, closed).await?;
    assert_eq!(town.ana.rights(town.channel) & SEND_MESSAGES, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_war_room_is_made_for_a_role_and_an_open_one_is_named() -> Tested {
    let town = Town::new().await?;
    let ops = town.guild.role("Ops", 0);
    town.guild.give(town.ana.id(), ops);
    let mut settings = town.settings.clone();
    settings.responders = Some(ops.0.into());
    let discord = herald_discord::Discord::connect(
        settings,
        crate::common::FastClock::new(1),
        std::sync::Arc::new(crate::common::Counter),
    )
    .await?;
    let made = discord.create("#Incident Room", RoomKind::Private).await?;
    assert_eq!(discord.create("incident-room", RoomKind::Private).await?, made);
    assert_eq!(discord.resolve("#incident-room").await?, Some(made.clone()));
    assert_eq!(discord.resolve("#nowhere").await?, None);
    let channel = id(made.id());
    assert!(town.ana.sees(channel) && !town.ben.sees(channel));
    assert_eq!(discord.news().await, [""; 0]);

    town.guild.overwrite(channel, town.guild.id(), VIEW_CHANNEL, 0)?;
    drop(discord);
    let discord = town.connect().await?;
    discord.mapped(&made, RoomKind::Private)?;
    let news = discord.news().await;
    assert!(news.iter().any(|line| line.starts_with("Everybody on the server can read #incident-room")), "{news:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_of_several_messages_grows_and_shrinks_in_its_place() -> Tested {
    let town = Town::new().await?;
    let discord = town.connect().await?;
    let asked = town.ana.say(town.channel, "!board")?;
    let asked = herald_chat::MessageRef { room: town.room(), id: asked.to_string() };
    let long = |parts: usize| "word ".repeat(parts * 400 - 10);
    let post = |words: &str| reply(&asked, herald_chat::Tone::Notice, words);
    let first = discord.post(&town.room(), &post(&long(2)), &key("board")).await?;
    let said = || town.ana.reads(town.channel).unwrap_or_default();
    assert_eq!(said().len(), 3);
    // A new start knows nothing of the parts.
    drop(discord);
    let discord = town.connect().await?;
    discord.edit(&first, &post(&long(4)), &key("more")).await?;
    assert_eq!(said().len(), 5);
    discord.edit(&first, &post("short"), &key("less")).await?;
    let left: Vec<String> = said().into_iter().map(|it| it.content).collect();
    assert_eq!(left, ["!board", "short"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_found_after_a_restart_and_completed_if_it_broke_off() -> Tested {
    let town = Town::new().await?;
    let post = |words: &str| herald_chat::Post::new(herald_chat::Tone::Update, herald_chat::Text::says(words));
    let long = post(&"word ".repeat(900));
    let begun = town.discord.now();
    let discord = town.connect().await?;
    let whole = discord.post(&town.room(), &long, &key("long")).await?;
    let parts = town.ana.reads(town.channel).unwrap_or_default();
    assert_eq!(parts.len(), 3);
    for part in &parts[1..] {
        town.guild.owner().delete(town.channel, part.id)?;
    }
    // Discord knows no key any more.
    town.discord.advance(herald_guild::NONCE_WINDOW * 2);
    drop(discord);
    let discord = town.connect().await?;
    assert_eq!(discord.find(&town.room(), &post("other words"), &key("x"), begun).await?, None);
    assert_eq!(discord.find(&town.room(), &long, &key("long"), begun).await?, Some(whole));
    let again: Vec<String> =
        town.ana.reads(town.channel).unwrap_or_default().into_iter().map(|it| it.content).collect();
    assert_eq!(again, parts.iter().map(|it| it.content.clone()).collect::<Vec<_>>());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_in_a_thread_is_said_in_one() -> Tested {
    let town = Town::new().await?;
    let post = |n: usize| {
        let text = herald_chat::Text::says(&format!("step {n}"));
        herald_chat::Post::new(herald_chat::Tone::Notice, text).in_thread("INC-1 checkout")
    };
    let mut places = Vec::new();
    for n in 0..3 {
        // Each of them a new start.
        let discord = town.connect().await?;
        places.push(discord.post(&town.room(), &post(n), &key(&n.to_string())).await?.room);
    }
    assert!(places.iter().all(|it| *it == places[0]) && places[0] != room(town.channel), "{places:?}");
    let said: Vec<String> =
        town.ana.reads(id(places[0].id())).unwrap_or_default().into_iter().map(|it| it.content).collect();
    assert_eq!(said, ["step 0", "step 1", "step 2"]);
    Ok(())
}
