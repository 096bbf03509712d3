//! What the cases have in common.

use super::{Broken, Harness, Line, Outsider, Verdict};
use crate::{Arrival, Inbound, Origin, Post, RoomRef, SendKey, Text, Tone, What};

/// Words that tend to be taken for something else: markup, mentions, code, or nothing at all.
pub(super) const HOSTILE: [&str; 16] = [
    "**bold** _it_ __under__ ~~gone~~ `code` ||spoiler||",
    "[a link](https://example.org/a_b_c) and https://example.org/x_y_z and <https://example.org>",
    "<b>bold</b> <script>alert(1)</script> <!-- gone --> &amp; &#42; &nbsp;",
    "@everyone @here @room @channel @Everyone",
    "<@1> <@&2> <#3> <t:0:R> :smile: <:x:4>",
    "# not a heading",
    "> not a quote",
    "- not a list",
    "1. not a list",
    "```\nnot a block\n```",
    "| not | a table |\n|-----|---------|",
    "back\\slash \\* \\\\",
    "zero\u{200b}width \u{202e}turned\u{202c} \u{feff}marks",
    "👩\u{200d}🚒 ❤\u{fe0f} 日本語 ශ්\u{200d}රී é",
    "first line\nsecond line\n\nfourth line",
    "  'quoted\" $HOME {{x}} %s; DROP TABLE rooms; --",
];

pub(super) fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(Broken::Promise(otherwise())) }
}

pub(super) fn post(words: &str) -> Post {
    Post::new(Tone::Notice, Text::new().typed(words))
}

/// The `n`-th key of a case: nobody else's, as its room is nobody else's.
pub(super) fn key(room: &RoomRef, n: usize) -> SendKey {
    SendKey::derive(room.as_str(), "contract", n)
}

/// What Ana reads in a room that she is in.
pub(super) async fn lines(harness: &dyn Harness, room: &RoomRef) -> Result<Vec<Line>, Broken> {
    harness.settle().await;
    let lines = harness.reads(Outsider::Ana, room).await?;
    lines.ok_or_else(|| Broken::Promise(format!("{room} cannot be read by somebody who is in it")))
}

/// What Ana reads there, words only.
pub(super) async fn texts(harness: &dyn Harness, room: &RoomRef) -> Result<Vec<String>, Broken> {
    Ok(lines(harness, room).await?.into_iter().map(|line| line.text).collect())
}

/// The next `count` things that people do in a room, each once.
pub(super) async fn heard(harness: &dyn Harness, room: &RoomRef, count: usize) -> Result<Vec<Inbound>, Broken> {
    let mut heard: Vec<Inbound> = Vec::new();
    while heard.len() < count {
        let Some(arrival) = harness.next_arrival().await else {
            return Err(Broken::Promise(format!("{} of {count} arrived: {heard:?}", heard.len())));
        };
        if let Arrival::Event(inbound) = arrival
            && inbound.room == *room
            && is_done_by_somebody(&inbound)
            && heard.iter().all(|before| before.id != inbound.id)
        {
            heard.push(inbound);
        }
    }
    Ok(heard)
}

/// Whether this is neither about members nor Herald's own.
pub(super) fn is_done_by_somebody(inbound: &Inbound) -> bool {
    inbound.origin != Origin::Own && !matches!(inbound.what, What::Joined { .. } | What::Left { .. })
}

/// The words of those that are messages.
pub(super) fn said(events: &[Inbound]) -> Vec<&str> {
    events
        .iter()
        .filter_map(|event| if let What::Message { text, .. } = &event.what { Some(text.as_str()) } else { None })
        .collect()
}
