//! What was said elsewhere, under the name of whoever said it.

use herald_chat::{
    Arrival, Inbound, MessageRef, Network, Origin, Platform, Post, Posting, SendError, Text, Tone, UserRef, Voice, What,
};
use herald_guild::permissions::MANAGE_WEBHOOKS;
use herald_guild::{Fault, Rule, Seen};

use crate::common::{Herald, INVITED, Maybe, Tested, Town, key, words};
use crate::files::{content, from_matrix};

async fn town(may: u64) -> Maybe<(Town, Herald)> {
    let mut town = Town::new().await?;
    town.settings.webhooks = true;
    town.guild.permit(town.role, INVITED | may);
    let herald = town.herald().await?;
    herald.gap().await?;
    Ok((town, herald))
}

fn said(name: &str, said: &str) -> Post {
    let account = UserRef::new(&Network::new("matrix"), "@cleo:example.org");
    let text = Text::new().strong(name).and(": ").quote(said);
    let text = if said.is_empty() { Text::new().strong(name) } else { text };
    Post { voice: Some(Voice { account, name: name.to_owned() }), ..Post::new(Tone::Notice, text) }
}

fn seen(town: &Town) -> Vec<Seen> {
    town.ana.reads(town.channel).unwrap_or_default()
}

#[tokio::test]
async fn what_somebody_said_is_posted_under_their_name_edited_and_removed() -> Tested {
    let (town, herald) = town(MANAGE_WEBHOOKS).await?;
    let room = town.room();
    let first = herald.discord.post(&room, &said("cleo · Matrix", "it is *down* @everyone"), &key("a")).await?;
    let again = herald.discord.post(&room, &said("cleo · Matrix", "it is *down* @everyone"), &key("a")).await?;
    assert_eq!(first, again);
    herald.discord.post(&room, &said("dan · Discord", "really"), &key("b")).await?;
    let all = seen(&town);
    let shown: Vec<(&str, String)> = all.iter().map(|it| (it.name.as_str(), words(it))).collect();
    let expected = [("cleo · Matrix", "it is *down* ＠everyone".to_owned()), ("dan · Dis·cord", "really".to_owned())];
    assert_eq!(shown, expected);
    assert!(all.iter().all(|it| it.pinged.is_empty()));
    assert_eq!(town.discord.count("POST /channels/{id}/webhooks").0, 1);

    herald.discord.edit(&first, &said("cleo · Matrix", "it is up"), &key("c")).await?;
    assert_eq!(words(&seen(&town)[0]), "it is up");
    herald.discord.delete(&first, &key("d")).await?;
    herald.discord.delete(&first, &key("d")).await?;
    assert_eq!(seen(&town).len(), 1);
    Ok(())
}

#[tokio::test]
async fn an_answer_links_to_what_it_answers_and_a_file_goes_along() -> Tested {
    let (town, herald) = town(MANAGE_WEBHOOKS).await?;
    let asked = town.ana.say(town.channel, "is it down?")?;
    let mut post = said("cleo · Matrix", "yes");
    post.reply_to = Some(MessageRef { room: town.room(), id: asked.to_string() });
    herald.discord.post(&town.room(), &post, &key("a")).await?;
    let (guild, channel) = (town.guild.id(), town.channel);
    let expected = format!("-# [↪ in answer to this](<https://discord.com/channels/{guild}/{channel}/{asked}>)\nyes");
    assert_eq!(seen(&town)[1].content, expected);
    let it = from_matrix("graph.png", false);
    herald.discord.post_file(&town.room(), &said("cleo · Matrix", ""), &it, content(b"png")?, &key("b")).await?;
    let last = seen(&town).pop().ok_or("nothing came")?;
    assert_eq!((last.name.as_str(), last.content.as_str()), ("cleo · Matrix", ""));
    assert_eq!(last.files, [("graph.png".to_owned(), b"png".to_vec())]);
    Ok(())
}

#[tokio::test]
async fn updates_and_herald_itself_speak_as_herald() -> Tested {
    let (town, herald) = town(MANAGE_WEBHOOKS).await?;
    let mut update = said("cleo · Matrix", "we are on it");
    update.tone = Tone::Update;
    herald.discord.post(&town.room(), &update, &key("a")).await?;
    herald.discord.post(&town.room(), &Post::new(Tone::Notice, Text::says("noted")), &key("b")).await?;
    let company = town.guild.channel("company")?;
    herald.discord.restrict(&crate::common::room(company), Posting::HeraldOnly).await?;
    herald.discord.post(&crate::common::room(company), &said("cleo · Matrix", "hello"), &key("c")).await?;
    let all = seen(&town).into_iter().chain(town.ana.reads(company).unwrap_or_default());
    let shown: Vec<(String, String)> = all.map(|it| (it.name.clone(), it.content)).collect();
    let own = |words: &str| ("Herald".to_owned(), words.to_owned());
    assert_eq!(shown, [own("**cleo · Matrix**: we are on it"), own("noted"), own("**cleo · Matrix**: hello")]);
    Ok(())
}

#[tokio::test]
async fn a_lost_answer_makes_one_message_and_it_is_found_after_a_restart() -> Tested {
    let (town, herald) = town(MANAGE_WEBHOOKS).await?;
    let room = town.room();
    let since = town.discord.now();
    let post = said("cleo · Matrix", "it is down");
    town.discord.fault(
        Rule::new(Fault::LoseAnswer).on(|method, path| method == "POST" && path.starts_with("/webhooks")).times(1),
    );
    let lost = herald.discord.post(&room, &post, &key("a")).await;
    assert!(matches!(lost, Err(SendError::Unknown { .. })), "{lost:?}");
    let made = herald.discord.post(&room, &post, &key("a")).await?;
    assert_eq!(seen(&town).len(), 1);
    herald.discord.post(&room, &post, &key("b")).await?;
    assert_eq!(seen(&town).len(), 2, "the same words once more are another message");
    assert_eq!(herald.discord.find(&room, &post, &key("a"), since).await?, Some(made.clone()));
    assert_eq!(herald.discord.find(&room, &said("cleo · Matrix", "other"), &key("c"), since).await?, None);
    herald.discord.close();
    drop(herald);
    let again = loop {
        match town.connect().await {
            Ok(discord) => break discord,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    assert_eq!(again.find(&room, &post, &key("a"), since).await?, Some(made.clone()));
    again.edit(&made, &said("cleo · Matrix", "it is up"), &key("d")).await?;
    assert_eq!(words(&seen(&town)[0]), "it is up");
    assert_eq!(town.discord.count("POST /channels/{id}/webhooks").0, 1, "the webhook is found again");
    Ok(())
}

#[tokio::test]
async fn without_the_permission_herald_says_it_itself_and_names_what_is_missing() -> Tested {
    let (town, herald) = town(0).await?;
    herald.discord.post(&town.room(), &said("cleo · Matrix", "it is down"), &key("a")).await?;
    assert_eq!(seen(&town)[0].content, "**cleo · Matrix**: it is down");
    let news = herald.discord.news().await;
    assert!(news.iter().any(|line| line.contains("Manage Webhooks")), "{news:?}");
    Ok(())
}

#[tokio::test]
async fn a_webhook_that_somebody_deleted_is_made_anew() -> Tested {
    let (town, herald) = town(MANAGE_WEBHOOKS).await?;
    herald.discord.post(&town.room(), &said("cleo · Matrix", "one"), &key("a")).await?;
    let hooks =
        town.guild.owner().call("GET", &format!("/channels/{}/webhooks", town.channel), serde_json::Value::Null)?;
    let hook = hooks[0]["id"].as_str().unwrap_or_default().to_owned();
    town.guild.owner().call("DELETE", &format!("/webhooks/{hook}"), serde_json::Value::Null)?;
    herald.discord.post(&town.room(), &said("cleo · Matrix", "two"), &key("b")).await?;
    assert_eq!(seen(&town).iter().map(words).collect::<Vec<_>>(), ["one", "two"]);
    Ok(())
}

#[tokio::test]
async fn what_the_webhook_says_is_not_heard_and_is_read_back_as_heralds_own() -> Tested {
    let (town, herald) = town(MANAGE_WEBHOOKS).await?;
    herald.discord.post(&town.room(), &said("cleo · Matrix", "it is down"), &key("a")).await?;
    town.ana.say(town.channel, "thanks")?;
    assert_eq!(herald.words().await?, "thanks");
    let page = herald.discord.read_back(&town.room(), None, 10).await?;
    let all: Vec<(Origin, bool)> =
        page.events.iter().map(|it| (it.origin, matches!(it.what, What::Message { .. }))).collect();
    assert_eq!(all, [(Origin::Own, true), (Origin::Human, true)]);
    town.ben.react(town.channel, seen(&town)[0].id, "👍")?;
    let author = herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { what: What::Reaction { author, .. }, .. }) => Some(author),
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await?;
    assert_eq!(author, herald.discord.me().await?);
    Ok(())
}
