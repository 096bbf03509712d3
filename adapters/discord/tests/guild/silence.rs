//! A gateway that does what a well-behaved one does not.

mod gateway;

use std::time::Duration;

use gateway::{Act, Gateway};
use herald_chat::{Arrival, Inbound, What};
use serde_json::json;

use crate::common::Tested;

#[tokio::test]
async fn a_gateway_that_falls_silent_is_noticed_and_the_session_taken_up() -> Tested {
    // A hundred times as fast.
    let gateway = Gateway::start(vec![vec![Act::Ready, Act::Silence], vec![Act::Resumed, Act::Beat]]).await?;
    let herald = gateway.herald(100).await?;
    herald.gap().await?;
    gateway.opened(2).await;
    assert_eq!(gateway.openings(), ["2", "6 s-1 1"]);
    Ok(())
}

#[tokio::test]
async fn a_gateway_that_never_says_hello_is_given_up() -> Tested {
    let gateway = Gateway::start(vec![vec![Act::NoHello], vec![Act::Ready, Act::Beat]]).await?;
    let herald = gateway.herald(100).await?;
    herald.gap().await?;
    assert_eq!(gateway.openings(), ["2"]);
    Ok(())
}

#[tokio::test]
async fn an_invalid_session_is_followed_by_a_new_one_and_a_gap() -> Tested {
    let gateway = Gateway::start(vec![
        vec![Act::Ready, Act::Say(json!({ "op": 9, "d": false })), Act::Beat],
        vec![Act::Ready, Act::Beat],
    ])
    .await?;
    let herald = gateway.herald(100).await?;
    herald.gap().await?;
    herald.gap().await?;
    assert_eq!(gateway.openings(), ["2", "2"]);
    Ok(())
}

#[tokio::test]
async fn a_gateway_that_asks_to_connect_anew_is_taken_up_where_it_was() -> Tested {
    let gateway = Gateway::start(vec![
        vec![Act::Ready, Act::Say(json!({ "op": 7, "d": null })), Act::Beat],
        vec![Act::Resumed, Act::Beat],
    ])
    .await?;
    let herald = gateway.herald(100).await?;
    herald.gap().await?;
    gateway.opened(2).await;
    assert_eq!(gateway.openings(), ["2", "6 s-1 1"]);
    Ok(())
}

#[tokio::test]
async fn a_closing_that_an_admin_has_to_act_on_is_not_hammered() -> Tested {
    let gateway = Gateway::start(vec![vec![Act::Ready, Act::Close(4014)], vec![Act::Ready, Act::Beat]]).await?;
    let herald = gateway.herald(1).await?;
    herald.gap().await?;
    let second = tokio::time::timeout(Duration::from_secs(3), gateway.opened(2)).await;
    assert!(second.is_err(), "it came back at once");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_read_is_no_silent_loss() -> Tested {
    let unreadable = json!({ "op": 0, "t": "MESSAGE_CREATE", "s": 2, "d": { "id": 5, "content": "!declare" } });
    let message = json!({ "op": 0, "t": "MESSAGE_CREATE", "s": 3, "d": {
        "id": "900", "channel_id": "50", "guild_id": "1", "type": 0, "content": "still here", "new_field": { "a": [1] },
        "author": { "id": "77", "username": "ana", "global_name": null }, "mentions": [], "timestamp": "soon",
    } });
    let gateway = Gateway::start(vec![vec![Act::Ready, Act::Say(unreadable), Act::Say(message), Act::Beat]]).await?;
    let herald = gateway.herald(1).await?;
    herald.gap().await?;
    herald.gap().await?;
    assert_eq!(herald.words().await?, "still here");
    Ok(())
}

#[tokio::test]
async fn an_interaction_that_comes_twice_is_one_command() -> Tested {
    let pressed = |id: &str| {
        json!({ "op": 0, "t": "INTERACTION_CREATE", "s": 2, "d": {
            "id": id, "application_id": "10", "type": 3, "token": "door", "guild_id": "1", "channel_id": "50", "version": 1,
            "member": { "nick": null, "user": { "id": "77", "username": "ana" } }, "data": { "custom_id": "say:!accept" },
        } })
    };
    let says =
        vec![Act::Ready, Act::Say(pressed("901")), Act::Say(pressed("901")), Act::Say(pressed("902")), Act::Beat];
    let gateway = Gateway::start(vec![says]).await?;
    let herald = gateway.herald(1).await?;
    let mut ids = Vec::new();
    while ids.len() < 2 {
        ids.push(
            herald
                .hears(|arrival| match arrival {
                    Arrival::Event(Inbound { id, what: What::Command { .. }, .. }) => Some(id),
                    Arrival::Event(_) | Arrival::Gap => None,
                })
                .await?,
        );
    }
    assert_eq!(ids, ["interaction:901:77", "interaction:902:77"]);
    Ok(())
}
