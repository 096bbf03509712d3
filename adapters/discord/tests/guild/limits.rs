//! Discord's limits.

use std::time::Duration;

use futures::future::try_join_all;
use herald_chat::{Platform, Post, SendError, Text, Tone};
use herald_guild::permissions::MANAGE_MESSAGES;
use herald_guild::{Fault, Rule, Scope};

use crate::common::{Tested, Town, key, room};

fn says(n: usize) -> Post {
    Post::new(Tone::Notice, Text::says(&format!("post {n}")))
}

#[tokio::test]
async fn no_post_is_ever_answered_with_429_however_fast_they_come() -> Tested {
    let town = Town::new().await?;
    let herald = town.connect().await?;
    let channels = [town.channel, town.guild.channel("second")?, town.guild.channel("third")?];
    let posts = (0..24).map(|n| {
        let (herald, room) = (herald.clone(), room(channels[n % 3]));
        async move { herald.post(&room, &says(n), &key(&n.to_string())).await }
    });
    try_join_all(posts).await?;
    assert_eq!(town.discord.count("POST /channels/{id}/messages"), (24, 0));
    Ok(())
}

#[tokio::test]
async fn a_channel_that_has_to_wait_does_not_hold_up_another() -> Tested {
    let town = Town::new().await?;
    let herald = town.connect().await?;
    let other = town.guild.channel("other")?;
    let slow = town.channel.to_string();
    let limited =
        Fault::Limited { scope: Scope::Shared, retry_after: Duration::from_mins(10), headers: true, body: true };
    town.discord.fault(Rule::new(limited).on(move |method, path| method == "POST" && path.contains(&slow)));
    match herald.post(&town.room(), &says(0), &key("slow")).await {
        Err(SendError::Retry { after: Some(after), .. }) => assert!(after > Duration::from_secs(500), "{after:?}"),
        answer => return Err(format!("{answer:?}").into()),
    }
    herald.post(&room(other), &says(1), &key("fast")).await?;
    // It is not asked again before its time.
    herald.post(&town.room(), &says(0), &key("slow")).await.err().ok_or("it was sent")?;
    assert_eq!(town.discord.count("POST /channels/{id}/messages"), (2, 1));
    Ok(())
}

#[tokio::test]
async fn a_short_429_is_waited_for_and_nothing_is_asked_meanwhile() -> Tested {
    for (scope, headers, body) in [
        (Scope::User, true, true),
        (Scope::Global, true, true),
        (Scope::Global, false, true),
        (Scope::Shared, true, true),
        (Scope::User, true, false),
    ] {
        let town = Town::new().await?;
        let herald = town.connect().await?;
        let limited = Fault::Limited { scope, retry_after: Duration::from_millis(700), headers, body };
        town.discord
            .fault(Rule::new(limited).on(|method, path| method == "POST" && path.contains("messages")).times(1));
        herald.post(&town.room(), &says(0), &key("once")).await?;
        assert_eq!(town.discord.count("POST /channels/{id}/messages"), (2, 1), "{scope:?} {headers} {body}");
        let times: Vec<_> = town
            .discord
            .requests()
            .into_iter()
            .filter(|it| it.route == "POST /channels/{id}/messages")
            .map(|it| it.at)
            .collect();
        assert!(times[1] - times[0] >= Duration::from_millis(700), "{scope:?} {headers} {body}");
    }
    Ok(())
}

#[tokio::test]
async fn a_page_in_html_is_survived_and_nobody_takes_it_for_a_no() -> Tested {
    let town = Town::new().await?;
    let herald = town.connect().await?;
    for status in [500, 502, 520] {
        town.discord.heal();
        town.discord.fault(Rule::new(Fault::Page(status)).on(|method, _| method == "POST").times(1));
        let fault = herald.post(&town.room(), &says(1), &key("page")).await.err().ok_or("it was sent")?;
        assert!(matches!(fault, SendError::Unknown { .. }), "{status}: {fault:?}");
    }
    herald.post(&town.room(), &says(1), &key("page")).await?;
    Ok(())
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_the_same_key_makes_no_second_post() -> Tested {
    let town = Town::new().await?;
    let herald = town.connect().await?;
    town.discord.fault(Rule::new(Fault::LoseAnswer).on(|method, _| method == "POST").times(1));
    let fault = herald.post(&town.room(), &says(1), &key("lost")).await.err().ok_or("it was answered")?;
    assert!(matches!(fault, SendError::Unknown { .. }), "{fault:?}");
    herald.post(&town.room(), &says(1), &key("lost")).await?;
    assert_eq!(town.ana.reads(town.channel).unwrap_or_default().len(), 1);
    Ok(())
}

#[tokio::test]
async fn what_was_posted_and_deleted_before_it_is_tried_again_is_told_as_that() -> Tested {
    let town = Town::new().await?;
    let herald = town.connect().await?;
    town.discord.fault(Rule::new(Fault::LoseAnswer).on(|method, _| method == "POST").times(1));
    let fault = herald.post(&town.room(), &says(1), &key("gone")).await.err().ok_or("it was answered")?;
    assert!(matches!(fault, SendError::Unknown { .. }), "{fault:?}");
    let all = town.ana.reads(town.channel).unwrap_or_default();
    town.guild.give(town.ana.id(), town.guild.role("moderators", MANAGE_MESSAGES));
    town.ana.delete(town.channel, all[0].id)?;
    match herald.post(&town.room(), &says(1), &key("gone")).await {
        Err(SendError::Refused { reason }) => {
            assert!(reason.contains("was posted, and somebody deleted it"), "{reason}");
        }
        answer => return Err(format!("{answer:?}").into()),
    }
    assert!(town.ana.reads(town.channel).unwrap_or_default().is_empty());
    Ok(())
}
