//! Rooms that Herald opens, and who is in them.

use super::help::{ensure, key, post, texts};
use super::{Broken, Harness, Outsider, Verdict};
use crate::{Posting, RoomRef, RoomSpec, SendError};

/// # Errors
/// When a member cannot read it, or another can.
pub async fn an_opened_room_is_for_its_members_alone(harness: &dyn Harness) -> Verdict {
    let room = open(harness, 1).await?;
    harness.platform().post(&room, &post("found it"), &key(&room, 1)).await?;
    let there = texts(harness, &room).await?;
    ensure(there == ["found it"], || format!("a member reads {there:?}"))?;
    let outside = harness.reads(Outsider::Ben, &room).await?;
    ensure(outside.is_none(), || format!("somebody outside reads {outside:?}"))
}

/// # Errors
/// When a repeated key opens a second room, or a new key does not.
pub async fn the_same_key_opens_the_same_room(harness: &dyn Harness) -> Verdict {
    let place = harness.fresh_room().await?;
    let (first, again) = (open_as(harness, &place, 1).await?, open_as(harness, &place, 1).await?);
    ensure(first == again, || format!("the same key opened {first} and {again}"))?;
    let other = open_as(harness, &place, 2).await?;
    ensure(first != other, || format!("two keys opened {first}"))
}

/// # Errors
/// When they cannot, or when inviting a member fails.
pub async fn whoever_is_invited_can_read(harness: &dyn Harness) -> Verdict {
    let room = open(harness, 1).await?;
    let ben = harness.outsider(Outsider::Ben).id;
    harness.platform().invite(&room, &ben).await?;
    harness.settle().await;
    let inside = harness.reads(Outsider::Ben, &room).await?;
    ensure(inside.is_some(), || "somebody invited cannot read".to_owned())?;
    harness.platform().invite(&room, &ben).await?;
    harness.platform().post(&room, &post("welcome"), &key(&room, 1)).await?;
    harness.settle().await;
    let seen = harness.reads(Outsider::Ben, &room).await?.unwrap_or_default();
    ensure(seen.last().is_some_and(|line| line.text == "welcome"), || format!("they read {seen:?}"))
}

/// # Errors
/// When they can read what is said after that, or when taking somebody out who is not in it fails.
pub async fn whoever_is_taken_out_reads_no_more(harness: &dyn Harness) -> Verdict {
    let (room, platform) = (open(harness, 1).await?, harness.platform());
    let ben = harness.outsider(Outsider::Ben).id;
    platform.exclude(&room, &ben).await?;
    platform.invite(&room, &ben).await?;
    harness.settle().await;
    let inside = harness.reads(Outsider::Ben, &room).await?;
    ensure(inside.is_some(), || "somebody invited cannot read".to_owned())?;
    for _ in 0..2 {
        platform.exclude(&room, &ben).await?;
    }
    platform.post(&room, &post("among us"), &key(&room, 1)).await?;
    harness.settle().await;
    let seen = harness.reads(Outsider::Ben, &room).await?.unwrap_or_default();
    ensure(seen.iter().all(|line| line.text != "among us"), || format!("somebody taken out reads {seen:?}"))?;
    let there = texts(harness, &room).await?;
    ensure(there == ["among us"], || format!("a member reads {there:?}"))
}

/// # Errors
/// When somebody is said to be where they are not, or not to be where they are; when a room that nobody knows is no reason to
/// leave it out.
pub async fn only_whoever_can_read_a_room_is_present_there(harness: &dyn Harness) -> Verdict {
    let (shared, own) = (harness.fresh_room().await?, open(harness, 1).await?);
    let nowhere = RoomRef::new(&shared.network(), "1");
    let rooms = [shared.clone(), nowhere, own.clone()];
    let (ana, ben) = (harness.outsider(Outsider::Ana).id, harness.outsider(Outsider::Ben).id);
    let platform = harness.platform();
    let (there, here) = (platform.present(&ana, &rooms).await?, platform.present(&ben, &rooms).await?);
    ensure(there == [shared.clone(), own.clone()].into(), || format!("a member of two is in {there:?}"))?;
    ensure(here == [shared.clone()].into(), || format!("a member of one is in {here:?}"))?;
    harness.leave(Outsider::Ben, &shared).await?;
    let left = platform.present(&ben, &rooms).await?;
    ensure(left.is_empty(), || format!("whoever left is in {left:?}"))?;
    let none = platform.present(&ana, &[]).await?;
    ensure(none.is_empty(), || format!("of no rooms somebody is in {none:?}"))
}

/// # Errors
/// When it takes a post, cannot be read, or cannot be archived again.
pub async fn an_archived_room_is_read_and_takes_no_posts(harness: &dyn Harness) -> Verdict {
    let room = open(harness, 1).await?;
    let platform = harness.platform();
    platform.post(&room, &post("before"), &key(&room, 1)).await?;
    for _ in 0..2 {
        platform.archive(&room).await?;
    }
    let answer = platform.post(&room, &post("after"), &key(&room, 2)).await;
    ensure(matches!(answer, Err(SendError::Refused { .. })), || format!("a post there gave {answer:?}"))?;
    let said = harness.say(Outsider::Ana, &room, "me too").await;
    ensure(said.is_err(), || "a member can still write".to_owned())?;
    let there = texts(harness, &room).await?;
    ensure(there == ["before"], || format!("it holds {there:?}"))
}

/// # Errors
/// When Herald has to wait until it may.
pub async fn a_room_just_opened_can_be_restricted_and_archived(harness: &dyn Harness) -> Verdict {
    let room = open(harness, 1).await?;
    harness.platform().restrict(&room, Posting::HeraldOnly).await?;
    let room = open(harness, 2).await?;
    harness.platform().archive(&room).await?;
    Ok(())
}

/// # Errors
/// When it is another each time, or not theirs alone.
pub async fn a_direct_room_is_always_the_same(harness: &dyn Harness) -> Verdict {
    let platform = harness.platform();
    let (ana, ben) = (harness.outsider(Outsider::Ana).id, harness.outsider(Outsider::Ben).id);
    let (first, again, other) =
        (platform.direct(&ana).await?, platform.direct(&ana).await?, platform.direct(&ben).await?);
    ensure(first == again, || format!("one person has {first} and {again}"))?;
    ensure(first != other, || format!("two people share {first}"))?;
    // The room outlives the case, so the words and the key are taken from one that does not.
    let place = harness.fresh_room().await?;
    platform.post(&first, &post(place.as_str()), &key(&place, 1)).await?;
    let there = texts(harness, &first).await?;
    ensure(there.last().is_some_and(|text| text == place.as_str()), || format!("they read {there:?}"))?;
    let outside = harness.reads(Outsider::Ben, &first).await?;
    ensure(outside.is_none(), || format!("somebody else reads {outside:?}"))
}

/// Whether the platform then holds people back is for each adapter's own tests: the practice platform does not.
///
/// # Errors
/// When Herald, or afterwards a person, can no longer write.
pub async fn restricting_a_room_again_changes_nothing(harness: &dyn Harness) -> Verdict {
    let room = harness.fresh_room().await?;
    let platform = harness.platform();
    for _ in 0..2 {
        platform.restrict(&room, Posting::HeraldOnly).await?;
    }
    platform.post(&room, &post("update 1"), &key(&room, 1)).await?;
    for _ in 0..2 {
        platform.restrict(&room, Posting::Members).await?;
    }
    harness.say(Outsider::Ana, &room, "thanks").await?;
    let there = texts(harness, &room).await?;
    ensure(there == ["update 1", "thanks"], || format!("it holds {there:?}"))
}

/// Opens a room with Ana in it.
async fn open(harness: &dyn Harness, n: usize) -> Result<RoomRef, Broken> {
    let place = harness.fresh_room().await?;
    open_as(harness, &place, n).await
}

async fn open_as(harness: &dyn Harness, place: &RoomRef, n: usize) -> Result<RoomRef, Broken> {
    let spec = RoomSpec {
        name: "INC-2 (security)".to_owned(),
        topic: "The room of an incident".to_owned(),
        members: vec![harness.outsider(Outsider::Ana).id],
        posting: Posting::Members,
    };
    Ok(harness.platform().open_room(&spec, &key(place, n)).await?)
}
