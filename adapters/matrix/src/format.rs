//! Herald's posts as the content of Matrix messages.
//!
//! `body` says what a terminal shows. `formatted_body` says the same with markup, and is there only if there is some:
//! what people typed is escaped in it, and no element stands in it but those that `blocks` and `marks` write.

mod blocks;
mod file;
mod html;
mod marks;
#[cfg(test)]
mod rich;
mod split;
#[cfg(test)]
mod tests;

use herald_chat::{Post, SendKey, Text, Tone};
use matrix_sdk::ruma::events::Mentions;
use matrix_sdk::ruma::events::relation::{InReplyTo, Replacement, Reply, Thread};
use matrix_sdk::ruma::events::room::message::{
    FormattedBody, MessageType, NoticeMessageEventContent, Relation, RoomMessageEventContent, TextMessageEventContent,
};
use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedUserId, UserId};
use serde_json::{Value, json};

pub(crate) use blocks::is_of_language;
pub(crate) use file::{File, with_file};
pub(crate) use split::{parts, shown_parts};

/// The network's name in references.
const NETWORK: &str = "matrix";

/// The type of the events whose contents these are.
pub(crate) const EVENT_TYPE: &str = "m.room.message";

/// Where a content holds the [`SendKey`] it was sent with, so that the message can be found in the room's history.
pub(crate) const KEY: &str = "im.herald.key";

/// Where a content says whose words it holds (MSC4144).
const PROFILE: &str = "com.beeper.per_message_profile";

/// The content of a message, whose text must be one of [`parts`]. In the thread that begins with `thread_root`, if any.
///
/// # Errors
/// When it cannot be written as JSON, which no text is known to bring about.
pub(crate) fn message(post: &Post, key: &SendKey, thread_root: Option<&EventId>) -> serde_json::Result<Value> {
    let content = related(RoomMessageEventContent::new(words(post)), post, thread_root);
    keyed(content, post, key)
}

/// `content`, with whom the post calls and what it answers.
pub(crate) fn related(
    mut content: RoomMessageEventContent,
    post: &Post,
    thread_root: Option<&EventId>,
) -> RoomMessageEventContent {
    let mut mentions = Mentions::with_user_ids(post.calls.iter().filter_map(user));
    mentions.room = post.calls_all;
    content.mentions = Some(mentions);
    content.relates_to = relation(answered(post), thread_root);
    content
}

/// The content that replaces what the message `of` says. Calls nobody.
///
/// # Errors
/// As [`message`].
pub(crate) fn edit(post: &Post, key: &SendKey, of: &EventId) -> serde_json::Result<Value> {
    let mut after = RoomMessageEventContent::new(words(post));
    after.mentions = Some(Mentions::new());
    // What a client without edits shows: the words alone, which keeps the event small. (`make_replacement` would add
    // an empty `formatted_body`, and such a client would show nothing.)
    let mut content = RoomMessageEventContent::new(kind(post.tone, format!("* {}", plain(&post.text)), None));
    content.mentions = Some(Mentions::new());
    content.relates_to = Some(Relation::Replacement(Replacement::new(of.to_owned(), after.into())));
    let mut content = keyed(content, post, key)?;
    if let Some(profile) = profile(post) {
        content["m.new_content"][PROFILE] = profile;
    }
    Ok(content)
}

/// The account on Matrix, if it is one.
pub(crate) fn user(user: &herald_chat::UserRef) -> Option<OwnedUserId> {
    (user.network().as_str() == NETWORK).then(|| UserId::parse(user.id()).ok()).flatten()
}

fn words(post: &Post) -> MessageType {
    kind(post.tone, plain(&post.text), formatted(post))
}

/// The words of a post with markup, if there is some.
pub(crate) fn formatted(post: &Post) -> Option<FormattedBody> {
    html::write(&post.text, post.voice.is_some()).map(FormattedBody::html)
}

/// Notices notify nobody.
fn kind(tone: Tone, body: String, formatted: Option<FormattedBody>) -> MessageType {
    match tone {
        Tone::Update | Tone::Call => {
            let mut text = TextMessageEventContent::plain(body);
            text.formatted = formatted;
            MessageType::Text(text)
        }
        Tone::Notice | Tone::Answer => {
            let mut notice = NoticeMessageEventContent::plain(body);
            notice.formatted = formatted;
            MessageType::Notice(notice)
        }
    }
}

/// What a terminal shows. A control character, which no cleaned text has, becomes a space.
pub(crate) fn plain(text: &Text) -> String {
    text.to_string().chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

fn answered(post: &Post) -> Option<OwnedEventId> {
    let message = post.reply_to.as_ref().filter(|message| message.room.network().as_str() == NETWORK)?;
    EventId::parse(&message.id).ok()
}

fn relation<C>(answered: Option<OwnedEventId>, thread_root: Option<&EventId>) -> Option<Relation<C>> {
    match (answered, thread_root.map(EventId::to_owned)) {
        (Some(answered), Some(root)) => Some(Relation::Thread(Thread::reply(root, answered))),
        (None, Some(root)) => Some(Relation::Thread(Thread::plain(root.clone(), root))),
        (Some(answered), None) => Some(Relation::Reply(Reply::new(InReplyTo::new(answered)))),
        (None, None) => None,
    }
}

/// Whose words they are, as clients show it.
fn profile(post: &Post) -> Option<Value> {
    let voice = post.voice.as_ref()?;
    let (id, displayname) = (voice.account.as_str(), &voice.name);
    Some(json!({ "id": id, "displayname": displayname, "has_fallback": html::names(&post.text) }))
}

/// `content` as JSON, with what no type of the SDK's knows of.
///
/// # Errors
/// As [`message`].
pub(crate) fn keyed(content: RoomMessageEventContent, post: &Post, key: &SendKey) -> serde_json::Result<Value> {
    let mut content = serde_json::to_value(content)?;
    content[KEY] = json!(key.as_str());
    if let Some(profile) = profile(post) {
        content[PROFILE] = profile;
    }
    Ok(content)
}
