//! Rooms that Herald opens and closes.

use herald_chat::{Platform, Posting, RoomSpec, SendError};
use herald_guild::{Fault, Rule};
use serde_json::json;

use crate::common::{Counter, FastClock, Tested, Town, id, key, user};

fn spec(town: &Town) -> RoomSpec {
    RoomSpec {
        name: "INC-2 (security)".to_owned(),
        topic: "The room of an incident".to_owned(),
        members: vec![user(town.ana.id())],
        posting: Posting::Members,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_whose_answer_was_lost_is_found_again_also_after_a_restart() -> Tested {
    let town = Town::new().await?;
    let made = |_: &str, path: &str| path.ends_with("/channels");
    town.discord
        .fault(Rule::new(Fault::LoseAnswer).on(move |method, path| method == "POST" && made(method, path)).times(1));
    let before = town.guild.channels().len();
    let discord = town.connect().await?;
    let answer = discord.open_room(&spec(&town), &key("open")).await;
    assert!(matches!(answer, Err(SendError::Unknown { .. })), "{answer:?}");
    drop(discord);
    let discord = town.connect().await?;
    let room = discord.open_room(&spec(&town), &key("open")).await?;
    assert_eq!(town.guild.channels().len(), before + 1);
    assert!(town.ana.sees(id(room.id())) && !town.ben.sees(id(room.id())));
    let shown = town.guild.shown(id(room.id())).unwrap_or_default();
    assert_eq!(shown["name"], "inc-2-security");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_room_moves_to_its_category_and_stays_closed_after_a_restart() -> Tested {
    let town = Town::new().await?;
    let open = town.guild.create(json!({ "name": "incidents", "type": 4 }))?;
    let closed = town.guild.create(json!({ "name": "archive", "type": 4 }))?;
    let mut settings = town.settings.clone();
    settings.category = Some(open.0.into());
    settings.archive = Some(closed.0.into());
    let connect = async || {
        herald_discord::Discord::connect(settings.clone(), FastClock::new(1), std::sync::Arc::new(Counter)).await
    };
    let parent = |room| town.guild.shown(id(room)).unwrap_or_default()["parent_id"].clone();

    let discord = connect().await?;
    let room = discord.open_room(&spec(&town), &key("open")).await?;
    assert_eq!(parent(room.id()), open.to_string());
    discord.archive(&room).await?;
    assert_eq!(parent(room.id()), closed.to_string());
    drop(discord);

    let discord = connect().await?;
    let post = herald_chat::Post::new(herald_chat::Tone::Notice, herald_chat::Text::says("late"));
    let answer = discord.post(&room, &post, &key("late")).await;
    assert!(matches!(answer, Err(SendError::Refused { .. })), "{answer:?}");
    assert!(town.ana.sees(id(room.id())) && town.ana.say(id(room.id()), "me too").is_err());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_on_the_server_is_not_let_in() -> Tested {
    let town = Town::new().await?;
    let stranger = town.discord.person("cy");
    let discord = town.connect().await?;
    let room = discord.open_room(&spec(&town), &key("open")).await?;
    let answer = discord.invite(&room, &user(stranger.id())).await;
    let Err(SendError::Refused { reason }) = answer else { return Err(format!("{answer:?}").into()) };
    assert!(reason.contains("is not on the server"), "{reason}");
    Ok(())
}
