//! What Herald says.

use jiff::Timestamp;

use super::help::{HOSTILE, ensure, key, lines, post, texts};
use super::{Harness, Outsider, Verdict};
use crate::{MessageRef, RoomRef, SendError};

/// # Errors
/// When a post is not there, is there twice, or reads differently.
pub async fn a_post_appears_once_with_its_words_and_author(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let me = harness.platform().me().await?;
    let message = harness.platform().post(&room, &post("checkout is down"), &key(&room, 1)).await?;
    let there = lines(harness, &room).await?;
    let [line] = there.as_slice() else { return ensure(false, || format!("one post made {there:?}")) };
    ensure(line.text == "checkout is down", || format!("it reads {:?}", line.text))?;
    ensure(line.author == me.id, || format!("it is by {}, and me() is {}", line.author, me.id))?;
    ensure(message.room == room && message.id == line.id, || format!("{message:?} is {line:?}"))
}

/// # Errors
/// When a repeated key makes a second post, or names another message.
pub async fn the_same_key_makes_one_post(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let first = harness.platform().post(&room, &post("once"), &key(&room, 1)).await?;
    let second = harness.platform().post(&room, &post("once"), &key(&room, 1)).await?;
    ensure(first == second, || format!("the same key gave {first:?} and {second:?}"))?;
    let there = texts(harness, &room).await?;
    ensure(there == ["once"], || format!("the same key made {there:?}"))
}

/// # Errors
/// When posts get lost, merge or change places.
pub async fn different_keys_make_posts_in_their_order(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    for (n, words) in ["one", "two", "two", "three"].into_iter().enumerate() {
        harness.platform().post(&room, &post(words), &key(&room, n)).await?;
    }
    let there = texts(harness, &room).await?;
    ensure(there == ["one", "two", "two", "three"], || format!("one, two, two, three became {there:?}"))
}

/// # Errors
/// When a post cannot be found again.
pub async fn a_post_is_found_by_its_key(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let platform = harness.platform();
    let mut made = Vec::new();
    for (n, words) in ["before", "wanted", "after"].into_iter().enumerate() {
        made.push(platform.post(&room, &post(words), &key(&room, n)).await?);
    }
    harness.settle().await;
    let found = platform.find(&room, &post("wanted"), &key(&room, 1), Timestamp::UNIX_EPOCH).await?;
    ensure(found.as_ref() == made.get(1), || format!("found {found:?}, made {made:?}"))
}

/// # Errors
/// When something else is taken for the post.
pub async fn what_was_not_posted_is_not_found(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let platform = harness.platform();
    let empty = platform.find(&room, &post("wanted"), &key(&room, 1), Timestamp::UNIX_EPOCH).await?;
    ensure(empty.is_none(), || format!("found {empty:?} in an empty room"))?;
    platform.post(&room, &post("another"), &key(&room, 2)).await?;
    harness.say(Outsider::Ana, &room, "wanted").await?;
    harness.settle().await;
    let found = platform.find(&room, &post("wanted"), &key(&room, 1), Timestamp::UNIX_EPOCH).await?;
    ensure(found.is_none(), || format!("found {found:?}, which is another's"))
}

/// # Errors
/// When the words stay, or stand elsewhere.
pub async fn an_edit_changes_a_post_in_its_place(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let platform = harness.platform();
    let message = platform.post(&room, &post("error rate 5%"), &key(&room, 1)).await?;
    platform.post(&room, &post("after"), &key(&room, 2)).await?;
    for _ in 0..2 {
        platform.edit(&message, &post("error rate 7%"), &key(&room, 3)).await?;
    }
    let there = lines(harness, &room).await?;
    let seen: Vec<(&str, &str)> = there.iter().map(|line| (line.text.as_str(), line.id.as_str())).collect();
    let changed = seen.first() == Some(&("error rate 7%", message.id.as_str()));
    ensure(changed && seen.len() == 2, || format!("the edit of {message:?} made {there:?}"))
}

/// # Errors
/// When it stays, or when removing it again fails.
pub async fn a_removed_post_is_gone_and_can_be_removed_again(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let platform = harness.platform();
    let message = platform.post(&room, &post("oops"), &key(&room, 1)).await?;
    platform.post(&room, &post("stays"), &key(&room, 2)).await?;
    for n in [3, 3, 4] {
        platform.delete(&message, &key(&room, n)).await?;
    }
    let there = texts(harness, &room).await?;
    ensure(there == ["stays"], || format!("left is {there:?}"))
}

/// # Errors
/// When what somebody else said stays.
pub async fn what_others_say_can_be_removed(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let message = harness.say(Outsider::Ben, &room, "not here").await?;
    harness.platform().delete(&message, &key(&room, 1)).await?;
    let there = texts(harness, &room).await?;
    ensure(there.is_empty(), || format!("left is {there:?}"))
}

/// # Errors
/// When it is not there, or there twice.
pub async fn a_reaction_is_put_on_a_message(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let message = harness.say(Outsider::Ana, &room, "error rate 5%").await?;
    for _ in 0..2 {
        harness.platform().react(&message, "📌", &key(&room, 1)).await?;
    }
    let there = lines(harness, &room).await?;
    let reactions: Vec<&String> = there.iter().flat_map(|line| &line.reactions).collect();
    ensure(reactions == ["📌"], || format!("the reactions are {reactions:?}"))
}

/// # Errors
/// When it is not pinned, cannot be pinned or unpinned again, or another pin changes with it. A platform that keeps no
/// boards has nothing to show here.
pub async fn a_board_is_pinned_edited_and_unpinned_in_its_place(harness: &dyn Harness) -> Verdict {
    let platform = harness.platform();
    if !platform.boards() {
        return Ok(());
    }
    let room = harness.fresh_room().await?;
    let first = platform.post(&room, &post("board of INC-1"), &key(&room, 1)).await?;
    let second = platform.post(&room, &post("board of INC-2"), &key(&room, 2)).await?;
    for message in [&first, &second, &first] {
        platform.pin(message, true).await?;
    }
    pinned_are(harness, &room, &[&first, &second]).await?;
    platform.edit(&first, &post("board of INC-1: mitigated"), &key(&room, 3)).await?;
    pinned_are(harness, &room, &[&first, &second]).await?;
    for _ in 0..2 {
        platform.pin(&first, false).await?;
    }
    pinned_are(harness, &room, &[&second]).await?;
    let there = texts(harness, &room).await?;
    ensure(there == ["board of INC-1: mitigated", "board of INC-2"], || format!("the room holds {there:?}"))?;
    platform.delete(&second, &key(&room, 4)).await?;
    platform.pin(&second, false).await?;
    pinned_are(harness, &room, &[]).await
}

async fn pinned_are(harness: &dyn Harness, room: &RoomRef, messages: &[&MessageRef]) -> Verdict {
    harness.settle().await;
    let mut there = harness.pinned(room).await?;
    there.sort();
    let mut wanted: Vec<&String> = messages.iter().map(|message| &message.id).collect();
    wanted.sort();
    ensure(there.iter().eq(wanted.iter().copied()), || format!("{there:?} are pinned, not {wanted:?}"))
}

/// # Errors
/// When a reader sees other words than were meant.
pub async fn posted_words_read_as_they_were_meant(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let posts = HOSTILE.map(post);
    for (n, post) in posts.iter().enumerate() {
        harness.platform().post(&room, post, &key(&room, n)).await?;
    }
    let there = texts(harness, &room).await?;
    let meant = posts.map(|post| post.text.to_string());
    for (i, meant) in meant.iter().enumerate() {
        ensure(there.get(i) == Some(meant), || format!("{meant:?} reads {:?}", there.get(i)))?;
    }
    ensure(there.len() == meant.len(), || format!("{} posts made {} messages", meant.len(), there.len()))
}

/// As one message or as several, one after another.
///
/// # Errors
/// When it is cut, or fails in another way than by a refusal.
pub async fn a_very_long_post_appears_whole_or_is_refused(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let words = "long ".repeat(13_000);
    let answer = harness.platform().post(&room, &post(&words), &key(&room, 1)).await;
    let there = texts(harness, &room).await?;
    match answer {
        Ok(_) => {
            let whole: Vec<&str> = there.iter().flat_map(|part| part.split_whitespace()).collect();
            let meant: Vec<&str> = words.split_whitespace().collect();
            ensure(whole == meant, || format!("{} words became {} in {} parts", meant.len(), whole.len(), there.len()))
        }
        Err(SendError::Refused { .. }) => ensure(there.is_empty(), || "it was refused, and is there".to_owned()),
        Err(other) => Err(other.into()),
    }
}
