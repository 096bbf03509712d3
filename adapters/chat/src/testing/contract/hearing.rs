//! What Herald hears.

use super::help::{HOSTILE, ensure, heard, key, post, said};
use super::{Broken, Harness, Outsider, Verdict};
use crate::{Inbound, Origin, RoomRef, Shown, What};

/// # Errors
/// When it does not, or says something else.
pub async fn a_message_arrives_with_its_words_author_and_ids(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let message = harness.say(Outsider::Ana, &room, "!declare checkout is down").await?;
    let inbound = one(harness, &room).await?;
    ensure(said(std::slice::from_ref(&inbound)) == ["!declare checkout is down"], || format!("{inbound:?}"))?;
    ensure(inbound.id == message.id && inbound.room == message.room, || format!("{message:?} came as {inbound:?}"))?;
    ensure(inbound.by == harness.outsider(Outsider::Ana), || format!("it is by {:?}", inbound.by))?;
    ensure(inbound.origin == Origin::Human, || format!("a person came as {:?}", inbound.origin))?;
    ensure(!inbound.direct, || "a room of three came as direct".to_owned())?;
    ensure(inbound.cursor.is_some(), || "it has no cursor".to_owned())
}

/// # Errors
/// When they do not.
pub async fn messages_arrive_in_the_order_of_the_room(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let words: Vec<String> = (0..10).map(|n| format!("message {n}")).collect();
    for (n, text) in words.iter().enumerate() {
        let who = if n % 3 == 0 { Outsider::Ben } else { Outsider::Ana };
        harness.say(who, &room, text).await?;
    }
    let heard = heard(harness, &room, words.len()).await?;
    ensure(said(&heard) == words, || format!("they arrived as {:?}", said(&heard)))
}

/// # Errors
/// When it does not, or names another message.
pub async fn an_edit_arrives(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let message = harness.say(Outsider::Ana, &room, "error rate 5%").await?;
    harness.edit(Outsider::Ana, &message, "error rate 7%").await?;
    let heard = heard(harness, &room, 2).await?;
    let shown = Shown::plain("error rate 7%");
    let expected = What::Edit { of: message.id, text: "error rate 7%".to_owned(), shown };
    ensure(heard.get(1).is_some_and(|edit| edit.what == expected), || format!("{heard:?}"))
}

/// # Errors
/// When it does not, or names another message.
pub async fn a_deletion_arrives(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let message = harness.say(Outsider::Ana, &room, "oops").await?;
    // A server need not tell of what is gone before anybody has heard it.
    one(harness, &room).await?;
    harness.delete(Outsider::Ana, &message).await?;
    let mut deletion = one(harness, &room).await?;
    // What was heard may come again.
    while deletion.id == message.id {
        deletion = one(harness, &room).await?;
    }
    let expected = What::Delete { of: message.id };
    ensure(deletion.what == expected, || format!("{deletion:?}"))
}

/// # Errors
/// When it does not, or comes without what it is on.
pub async fn a_reaction_arrives_with_what_it_is_on(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let message = harness.say(Outsider::Ana, &room, "error rate 5%").await?;
    harness.react(Outsider::Ben, &message, "📌").await?;
    let heard = heard(harness, &room, 2).await?;
    let author = harness.outsider(Outsider::Ana);
    let text = "error rate 5%".to_owned();
    let expected = What::Reaction { to: message.id, emoji: "📌".to_owned(), text, author };
    let by = harness.outsider(Outsider::Ben);
    ensure(heard.get(1).is_some_and(|pin| pin.what == expected && pin.by == by), || format!("{heard:?}"))
}

/// Words that the server itself takes from nobody are left out.
///
/// # Errors
/// When they do not.
pub async fn words_arrive_exactly_as_typed(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let long = "long ".repeat(13_000) + "end";
    let mut typed = Vec::new();
    let plain = HOSTILE.map(str::trim).into_iter().filter(|text| !(harness.reads_numbers() && text.contains("<@")));
    for text in plain.chain([long.as_str()]) {
        if harness.say(Outsider::Ana, &room, text).await.is_ok() {
            typed.push(text);
        }
    }
    ensure(!typed.is_empty(), || "the server took nothing".to_owned())?;
    let heard = heard(harness, &room, typed.len()).await?;
    for (typed, arrived) in typed.iter().zip(said(&heard)) {
        ensure(*typed == arrived, || format!("{typed:?} arrived as {arrived:?}"))?;
    }
    Ok(())
}

/// # Errors
/// When Herald's own post comes back as something that could command.
pub async fn herald_is_never_taken_for_a_person(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    harness.platform().post(&room, &post("!close"), &key(&room, 1)).await?;
    harness.say(Outsider::Ana, &room, "after").await?;
    let inbound = one(harness, &room).await?;
    ensure(said(std::slice::from_ref(&inbound)) == ["after"], || format!("heard {inbound:?}"))?;
    harness.settle().await;
    let page = harness.platform().read_back(&room, None, 100).await?;
    let me = harness.platform().me().await?;
    let mine = page.events.iter().find(|event| event.by == me && event.origin != Origin::Own);
    ensure(mine.is_none(), || format!("read back {mine:?}"))
}

/// # Errors
/// When it is not.
pub async fn a_direct_message_is_marked_as_direct(harness: &dyn Harness) -> Verdict {
    let room = harness.platform().direct(&harness.outsider(Outsider::Ana).id).await?;
    harness.say(Outsider::Ana, &room, "!ask when is it over?").await?;
    let inbound = one(harness, &room).await?;
    ensure(inbound.direct, || format!("it came as {inbound:?}"))
}

async fn one(harness: &dyn Harness, room: &RoomRef) -> Result<Inbound, Broken> {
    let heard = heard(harness, room, 1).await?;
    heard.into_iter().next().ok_or_else(|| Broken::Promise("nothing arrived".to_owned()))
}
