//! What is heard, and read back.

use herald_chat::{Arrival, Inbound, Platform, Post, SendError, Text, Tone, What};
use herald_guild::permissions::READ_MESSAGE_HISTORY;

use crate::common::{Herald, PATIENCE, Tested, Town, key, room, words};

fn texts(events: &[Inbound]) -> Vec<String> {
    let text = |event: &Inbound| if let What::Message { text, .. } = &event.what { Some(text.clone()) } else { None };
    events.iter().filter_map(text).collect()
}

#[tokio::test]
async fn what_was_said_while_herald_was_down_is_read_back_in_order() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    town.ana.say(town.channel, "before")?;
    let cursor = herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { cursor, what: What::Message { .. }, .. }) => cursor,
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await?;
    herald.discord.close();
    drop(herald);
    for n in 0..5 {
        town.ben.say(town.channel, &format!("while it was down {n}"))?;
    }
    let again = tokio::time::timeout(PATIENCE, async {
        loop {
            // The first one lets go of its store once its tasks have ended.
            match town.connect().await {
                Ok(discord) => break discord,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    })
    .await?;
    let first = again.read_back(&town.room(), Some(&cursor), 3).await?;
    assert!(first.more);
    assert_eq!(texts(&first.events), ["while it was down 0", "while it was down 1", "while it was down 2"]);
    let last = first.events.last().and_then(|event| event.cursor.clone());
    let rest = again.read_back(&town.room(), last.as_ref(), 3).await?;
    assert_eq!(texts(&rest.events), ["while it was down 3", "while it was down 4"]);
    assert!(!rest.more);
    Ok(())
}

#[tokio::test]
async fn what_answers_a_message_of_heralds_is_left_alone_when_that_is_changed_and_removed_after_a_start() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    let post = |words: &str| Post::new(Tone::Call, Text::says(words));
    let first = herald.discord.post(&town.room(), &post("first"), &key("first")).await?;
    let answer = Post { reply_to: Some(first.clone()), ..post("an answer") };
    herald.discord.post(&town.room(), &answer, &key("answer")).await?;
    let long = post(&"word ".repeat(1000));
    let parts = herald.discord.post(&town.room(), &long, &key("long")).await?;
    herald.discord.close();
    drop(herald);
    let again = loop {
        // The first one lets go of its store once its tasks have ended.
        match town.connect().await {
            Ok(discord) => break discord,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    let read = || -> Vec<String> { town.ana.reads(town.channel).unwrap_or_default().iter().map(words).collect() };
    assert_eq!(read().len(), 5);
    // Its further messages answer a long one as well: those go with it.
    again.edit(&parts, &post("short"), &key("edit 1")).await?;
    again.edit(&first, &post("changed"), &key("edit 2")).await?;
    assert_eq!(read(), ["changed", "an answer", "short"]);
    again.delete(&first, &key("delete")).await?;
    assert_eq!(read(), ["an answer", "short"]);
    Ok(())
}

#[tokio::test]
async fn a_history_that_herald_may_not_read_is_an_error_with_the_permission_and_not_an_empty_one() -> Tested {
    let town = Town::new().await?;
    town.guild.overwrite(town.channel, town.bot.id, 0, READ_MESSAGE_HISTORY)?;
    let herald = Herald::listening(town.connect().await?);
    let cursor = herald.discord.newest(&town.room()).await?;
    town.ana.say(town.channel, "!declare checkout is down")?;
    match herald.discord.read_back(&town.room(), Some(&cursor), 100).await {
        Err(SendError::Refused { reason }) => assert!(reason.contains("Read Message History"), "{reason}"),
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}

#[tokio::test]
async fn a_talk_of_two_is_known_after_a_restart() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    let talk = town.ana.dm(town.bot.id)?;
    town.ana.say(talk, "!ask when is it over?")?;
    let direct = herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { direct, room: at, what: What::Message { .. }, .. }) if at == room(talk) => {
                Some(direct)
            }
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await?;
    assert!(direct);
    let known = herald.discord.rooms().await?;
    assert!(known.contains(&room(talk)) && !known.contains(&town.room()), "{known:?}");
    Ok(())
}

#[tokio::test]
async fn a_mention_comes_with_the_name_on_the_server() -> Tested {
    let town = Town::new().await?;
    town.guild.nick(town.ben.id(), "Benjamin")?;
    let herald = town.herald().await?;
    herald.gap().await?;
    town.ana.say(town.channel, &format!("!assign commander {}", town.ben.mention()))?;
    let mentions = herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { what: What::Message { mentions, .. }, .. }) => Some(mentions),
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await?;
    assert_eq!(mentions.len(), 1);
    assert_eq!(
        (mentions[0].text.as_str(), mentions[0].person.name.as_str()),
        (town.ben.mention().as_str(), "Benjamin")
    );
    Ok(())
}
