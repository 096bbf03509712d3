//! What Herald reads back.

use super::help::{ensure, heard, is_done_by_somebody, said};
use super::{Broken, Harness, Outsider, Verdict};
use crate::{Cursor, Inbound, RoomRef, What};

/// # Errors
/// When something is missing, comes twice or in another order, or pages are too long or never end.
pub async fn reading_back_gives_what_came_after_the_cursor_in_pages(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let words = say_seven(harness, &room).await?;
    let heard = heard(harness, &room, words.len()).await?;
    for (n, inbound) in heard.iter().enumerate() {
        let (_, after) = words.split_at(n + 1);
        let read = read_all(harness, &room, inbound.cursor.clone(), 2).await?;
        ensure(said(&read) == after, || format!("after message {n} come {:?}", said(&read)))?;
    }
    Ok(())
}

/// # Errors
/// When something is missing.
pub async fn reading_back_without_a_cursor_gives_the_whole_room(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let words = say_seven(harness, &room).await?;
    harness.settle().await;
    for limit in [1, 3, 100] {
        let read = read_all(harness, &room, None, limit).await?;
        ensure(said(&read) == words, || format!("by {limit} it is {:?}", said(&read)))?;
    }
    Ok(())
}

/// # Errors
/// When the same message has another id, author, time or text.
pub async fn reading_back_gives_what_the_stream_gave(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let words = say_seven(harness, &room).await?;
    let heard = heard(harness, &room, words.len()).await?;
    let read = read_all(harness, &room, None, 100).await?;
    for (live, back) in heard.iter().zip(&read) {
        let same = (&live.id, &live.by, live.at, live.origin) == (&back.id, &back.by, back.at, back.origin);
        ensure(same && live.what == back.what, || format!("{live:?} was read back as {back:?}"))?;
    }
    ensure(heard.len() == read.len(), || format!("{} arrived, {} are read back", heard.len(), read.len()))
}

async fn say_seven(harness: &dyn Harness, room: &RoomRef) -> Result<Vec<String>, Broken> {
    let words: Vec<String> = (0..7).map(|n| format!("message {n}")).collect();
    for (n, text) in words.iter().enumerate() {
        let who = if n % 2 == 0 { Outsider::Ana } else { Outsider::Ben };
        harness.say(who, room, text).await?;
    }
    Ok(words)
}

/// All that people did after `since`, read page by page as the engine does.
async fn read_all(
    harness: &dyn Harness,
    room: &RoomRef,
    mut since: Option<Cursor>,
    limit: usize,
) -> Result<Vec<Inbound>, Broken> {
    const MOST_PAGES: usize = 100;
    let mut all = Vec::new();
    for _ in 0..MOST_PAGES {
        let page = harness.platform().read_back(room, since.as_ref(), limit).await?;
        ensure(page.events.len() <= limit, || format!("a page of {limit} holds {}", page.events.len()))?;
        if let Some(cursor) = page.events.iter().rev().find_map(|event| event.cursor.clone()) {
            since = Some(cursor);
        } else {
            ensure(!page.more, || "there is more, and no cursor to go on from".to_owned())?;
        }
        all.extend(page.events.into_iter().filter(is_done_by_somebody));
        if !page.more {
            return Ok(all);
        }
    }
    Err(Broken::Promise(format!("after {MOST_PAGES} pages there is still more")))
}

/// # Errors
/// When a change is read back of a message of which nothing was told before, not even that it is gone.
pub async fn no_change_is_read_back_of_a_message_that_nothing_is_told_of(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let message = harness.say(Outsider::Ana, &room, "never mind").await?;
    harness.edit(Outsider::Ana, &message, "never mind me").await?;
    harness.delete(Outsider::Ana, &message).await?;
    harness.say(Outsider::Ben, &room, "what stays").await?;
    harness.settle().await;
    let read = read_all(harness, &room, None, 100).await?;
    let tells = |inbound: &Inbound| {
        inbound.id == message.id || matches!(&inbound.what, What::Delete { of } if *of == message.id)
    };
    let change = read.iter().position(|it| matches!(&it.what, What::Edit { of, .. } if *of == message.id));
    let told = read.iter().position(tells);
    ensure(change.is_none_or(|change| told.is_some_and(|told| told < change)), || {
        format!("a change comes out of nowhere: {read:?}")
    })?;
    ensure(said(&read).last() == Some(&"what stays"), || format!("the room ends with {:?}", said(&read)))
}
