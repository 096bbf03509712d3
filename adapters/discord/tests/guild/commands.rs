//! Commands from menus, buttons and forms.

use herald_chat::{Button, Platform, Post, Press, Text, Tone};
use herald_guild::{Fault, Reply, Rule};
use serde_json::json;

use crate::common::{Tested, Town, key, reply, words};

#[tokio::test]
async fn a_command_is_acknowledged_once_it_is_taken_and_its_result_is_seen_by_the_room() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    let asked = town.ana.slash(town.channel, "incident declare", &[("title", json!("checkout is down"))])?;
    let (text, _, command) = herald.command().await?;
    assert_eq!(text, "!declare checkout is down");
    assert_eq!(
        town.discord.count("POST /interactions/{id}/{token}/callback").0,
        0,
        "it was told before it was durable"
    );
    let sent = herald.answers(&command, Tone::Notice, "INC-1 is declared.").await?;
    let answer = asked.message().await?;
    assert!(!answer.ephemeral && words(&answer).contains("INC-1 is declared."), "{answer:?}");
    assert_eq!(sent.id, answer.id.to_string());
    assert!(town.ben.reads(town.channel).unwrap_or_default().iter().any(|seen| seen.id == answer.id));
    Ok(())
}

#[tokio::test]
async fn a_refusal_is_seen_by_nobody_else() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    let asked = town.ana.slash(town.channel, "incident declare", &[])?;
    let (_, _, command) = herald.command().await?;
    herald.answers(&command, Tone::Answer, "An incident needs a title.").await?;
    let answer = asked.message().await?;
    assert!(answer.ephemeral && words(&answer).contains("needs a title"), "{answer:?}");
    assert!(town.ben.reads(town.channel).unwrap_or_default().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_command_without_an_answer_of_its_own_is_told_to_be_done() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    let asked = town.ana.slash(town.channel, "incident status", &[])?;
    let (_, _, command) = herald.command().await?;
    herald.discord.taken(&command, None).await;
    let answer = asked.message().await?;
    assert!(answer.ephemeral && words(&answer) == "Done.", "{answer:?}");
    Ok(())
}

#[tokio::test]
async fn whoever_is_chosen_is_mentioned_by_account() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    let options = [("role", json!("spokesperson")), ("person", json!(town.ben.id()))];
    town.ana.slash(town.channel, "incident roles assign", &options)?;
    let (text, mentions, _) = herald.command().await?;
    assert_eq!(text, format!("!assign spokesperson {}", town.ben.mention()));
    assert_eq!(mentions.len(), 1);
    assert_eq!(mentions[0].person.id.id(), town.ben.id().to_string());
    assert_eq!(mentions[0].person.name, "ben");
    Ok(())
}

#[tokio::test]
async fn a_long_answer_that_nobody_else_may_see_comes_whole() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    let asked = town.ana.slash(town.channel, "incident status", &[])?;
    let (_, _, command) = herald.command().await?;
    let long = format!("{} end", "a line of help. ".repeat(250));
    herald.answers(&command, Tone::Answer, &long).await?;
    let (first, rest) = (asked.message().await?, asked.followups());
    assert!(first.ephemeral && rest.iter().all(|part| part.ephemeral) && !rest.is_empty());
    let whole: String = std::iter::once(&first).chain(&rest).map(words).collect();
    // What goes on with another message ends with a sign that nobody sees.
    assert!(whole.trim_end_matches('\u{200b}').ends_with("end"), "{whole}");
    assert!(town.ben.reads(town.channel).unwrap_or_default().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_command_of_an_earlier_life_is_answered_by_direct_message_or_in_the_room() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    town.ana.slash(town.channel, "incident status", &[])?;
    let (_, _, command) = herald.command().await?;
    herald.discord.close();
    drop(herald);
    let again = loop {
        match town.connect().await {
            Ok(discord) => break discord,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    again.taken(&command, Some(Tone::Answer)).await;
    again.post(&town.room(), &reply(&command, Tone::Answer, "There is no such incident."), &key("a")).await?;
    let talk = town.ana.dm(town.bot.id)?;
    let told = town.ana.reads(talk).unwrap_or_default();
    assert!(told.iter().any(|seen| words(seen).contains("no such incident")), "{told:?}");
    again.post(&town.room(), &reply(&command, Tone::Notice, "INC-1 is resolved."), &key("b")).await?;
    let room = town.ben.reads(town.channel).unwrap_or_default();
    assert!(room.iter().any(|seen| words(seen).contains("INC-1 is resolved")), "{room:?}");
    Ok(())
}

#[tokio::test]
async fn an_update_opens_a_form_and_what_was_typed_is_kept_when_it_is_refused() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    let form = town.ana.slash(town.channel, "update", &[("incident", json!("INC-7"))])?.modal().await?;
    assert_eq!(form.title, "Update");
    let typed = "Half of all payments\nfail ``` since 12:00";
    let asked = town.ana.submit(&form, &[("What is known", typed), ("Next update in", "3d")])?;
    let (text, _, command) = herald.command().await?;
    assert_eq!(text, format!("!update INC-7 {typed} 3d"));
    herald.answers(&command, Tone::Answer, "The next update is due within 30 min.").await?;
    let mut parts = vec![asked.message().await?];
    parts.extend(asked.followups());
    let whole: String = parts.iter().map(|part| part.content.replace('\u{200b}', "")).collect();
    assert!(whole.contains("within 30 min") && whole.contains(typed) && whole.contains("3d"), "{whole}");
    assert!(parts.iter().all(|part| part.ephemeral));
    Ok(())
}

#[tokio::test]
async fn what_stands_in_the_way_of_a_form_is_said_to_whoever_asked() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    let asked = town.ana.slash(town.channel, "update", &[("incident", json!("INC-9"))])?;
    let answer = asked.message().await?;
    assert!(answer.ephemeral && words(&answer).contains("There is no incident INC-9"), "{answer:?}");
    Ok(())
}

#[tokio::test]
async fn buttons_give_commands_and_open_forms() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    let buttons = [
        Button { label: "Publish".to_owned(), press: Press::Says("!publish 1".to_owned()) },
        Button { label: "Edit".to_owned(), press: Press::Opens("update INC-7".to_owned()) },
    ];
    let draft = Post { buttons: buttons.into(), ..Post::new(Tone::Notice, Text::says("Draft 1 from ben")) };
    let sent = herald.discord.post(&town.room(), &draft, &key("draft")).await?;
    let draft =
        town.ana.wait_for(town.channel, |seen| seen.iter().find(|it| it.id.to_string() == sent.id).cloned()).await?;
    town.ben.press(draft.id, "Publish")?;
    let (text, _, command) = herald.command().await?;
    assert_eq!(text, "!publish 1");
    assert!(command.id.ends_with(&town.ben.id().to_string()));
    match town.ana.press(draft.id, "Edit")?.reply().await {
        Reply::Modal(form) => assert_eq!(form.title, "Update"),
        other @ (Reply::Message(_) | Reply::Update(_) | Reply::Choices(_) | Reply::Silence) => {
            return Err(format!("{other:?}").into());
        }
    }
    Ok(())
}

#[tokio::test]
async fn suggestions_come_from_herald() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    let asked = town.ana.autocomplete(town.channel, "incident status", ("incident", "che"), &[])?;
    match asked.reply().await {
        Reply::Choices(choices) => {
            assert_eq!(choices, [("status incident che in discord".to_owned(), json!("INC-7"))]);
        }
        other @ (Reply::Message(_) | Reply::Update(_) | Reply::Modal(_) | Reply::Silence) => {
            return Err(format!("{other:?}").into());
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_acknowledgement_whose_answer_is_lost_is_no_failure() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    town.discord.fault(Rule::new(Fault::LoseAnswer).on(|_, path| path.ends_with("/callback")).times(1));
    let asked = town.ana.slash(town.channel, "incident status", &[])?;
    let (_, _, command) = herald.command().await?;
    herald.answers(&command, Tone::Notice, "All is well.").await?;
    assert!(words(&asked.message().await?).contains("All is well."));
    assert_eq!(town.ben.reads(town.channel).unwrap_or_default().len(), 1);
    Ok(())
}
