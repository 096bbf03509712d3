//! The connection to the gateway.

use herald_chat::Platform;

use crate::common::{Herald, Tested, Town};

#[tokio::test]
async fn a_session_is_taken_up_again_and_nothing_is_missed() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    town.ana.say(town.channel, "before")?;
    assert_eq!(herald.words().await?, "before");
    town.discord.stop();
    herald.is_cut_off().await?;
    town.ana.say(town.channel, "meanwhile")?;
    town.comes_back().await;
    assert_eq!(herald.words().await?, "meanwhile");
    let connections = town.discord.connections();
    assert_eq!((connections.identified, connections.resumed), (1, 1));
    Ok(())
}

#[tokio::test]
async fn a_session_that_cannot_be_taken_up_is_begun_anew_and_what_was_missed_is_read_back() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    town.ana.say(town.channel, "before")?;
    assert_eq!(herald.words().await?, "before");
    let cursor = herald.discord.newest(&town.room()).await?;
    town.discord.stop();
    herald.is_cut_off().await?;
    town.discord.refuse_resumes(true);
    for n in 0..3 {
        town.ben.say(town.channel, &format!("meanwhile {n}"))?;
    }
    town.comes_back().await;
    herald.gap().await?;
    let page = herald.discord.read_back(&town.room(), Some(&cursor), 100).await?;
    assert_eq!((page.events.len(), page.more), (3, false));
    town.ana.say(town.channel, "after")?;
    assert_eq!(herald.words().await?, "after");
    assert_eq!(town.discord.connections().identified, 2);
    Ok(())
}

#[tokio::test]
async fn the_days_sessions_are_not_used_up_and_what_herald_waits_for_is_remembered() -> Tested {
    let town = Town::new().await?;
    town.discord.sessions_left(town.bot.id, 1);
    let herald = Herald::listening(town.connect().await?);
    town.discord.until(|requests, _| requests.iter().find(|it| it.path == "/gateway/bot").map(drop)).await;
    herald.discord.close();
    drop(herald);
    let asked = |requests: &[herald_guild::Request]| requests.iter().filter(|it| it.path == "/gateway/bot").count();
    let again = loop {
        match town.connect().await {
            Ok(discord) => break Herald::listening(discord),
            Err(_) => tokio::task::yield_now().await,
        }
    };
    town.discord.until(|requests, _| (asked(requests) >= 2).then_some(())).await;
    assert_eq!(town.discord.connections().opened, 0);
    assert!(!again.discord.is_ready());
    Ok(())
}

#[tokio::test]
async fn messages_that_come_twice_or_late_are_in_the_order_of_their_channel() -> Tested {
    let town = Town::new().await?;
    let herald = town.slow_herald(100).await?;
    herald.gap().await?;
    town.discord.seed(7);
    town.discord.jumble(0.2, 0.3);
    let said: Vec<String> = (0..60).map(|n| format!("message {n:02}")).collect();
    for words in &said {
        town.ana.say(town.channel, words)?;
    }
    town.discord.jumble(0.0, 0.0);
    town.ana.say(town.channel, "the end")?;
    let mut heard = Vec::new();
    while heard.last().is_none_or(|last| last != "the end") {
        heard.push(herald.words().await?);
    }
    heard.pop();
    heard.dedup();
    assert_eq!(heard, said);
    Ok(())
}
