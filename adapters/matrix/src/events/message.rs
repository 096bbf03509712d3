//! What people say.

use herald_chat::{Kind, Line, Mention, Person, SendError, Shown, Span, Style, Text, What};
use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::ruma::events::room::message::{MessageType, OriginalSyncRoomMessageEvent, Relation, sanitize};
use matrix_sdk::ruma::events::room::redaction::SyncRoomRedactionEvent;
use matrix_sdk::ruma::events::sticker::StickerEventContent;
use matrix_sdk::ruma::events::{AnySyncMessageLikeEvent, MessageLikeEventType, SyncMessageLikeEvent};
use matrix_sdk::ruma::{EventId, OwnedEventId, UserId};
use serde_json::{Map, Value};
use tracing::warn;

use super::files::{self, SPOILER};
use super::mend::without_call;
use crate::Inner;
use crate::mentions::mentions;
use crate::names::message_ref;
use crate::read::{Read, read};

/// What a message comes to.
pub(super) struct Said {
    /// What was typed.
    pub(super) text: String,
    pub(super) shown: Shown,
    read: Read,
}

impl Inner {
    pub(super) async fn message_like(
        &self,
        room: &Room,
        event: AnySyncMessageLikeEvent,
        raw: &TimelineEvent,
    ) -> Result<Option<What>, SendError> {
        Ok(match event {
            AnySyncMessageLikeEvent::RoomMessage(SyncMessageLikeEvent::Original(message)) => {
                self.message(room, message, raw).await?
            }
            AnySyncMessageLikeEvent::RoomRedaction(SyncRoomRedactionEvent::Original(redaction)) => {
                let of = redaction.content.redacts.or(redaction.redacts);
                of.map(|of| What::Delete { of: of.to_string() })
            }
            AnySyncMessageLikeEvent::Reaction(SyncMessageLikeEvent::Original(reaction)) => {
                self.reaction(room, reaction.content.relates_to).await?
            }
            // Where only Herald writes, whatever shows has been dealt with before.
            _ if self.is_guarded(room.room_id()) => None,
            AnySyncMessageLikeEvent::Sticker(SyncMessageLikeEvent::Original(sticker)) => {
                Some(self.sticker(room, &sticker.event_id, sticker.content, raw))
            }
            // Nothing follows one that was taken off but that it was.
            AnySyncMessageLikeEvent::Reaction(SyncMessageLikeEvent::Redacted(_)) => None,
            // Edits of it may follow: whoever hears of them knows by this what became of it.
            removed if removed.is_redacted() && removed.sender() != self.me => {
                Some(What::Delete { of: removed.event_id().to_string() })
            }
            other if is_poll(&other.event_type()) => self.poll(room, other.sender(), &content(raw)).await?,
            _ => None,
        })
    }

    async fn message(
        &self,
        room: &Room,
        message: OriginalSyncRoomMessageEvent,
        raw: &TimelineEvent,
    ) -> Result<Option<What>, SendError> {
        let (sender, body) = (&message.sender, message.content);
        Ok(Some(match body.relates_to {
            Some(Relation::Replacement(replacement)) => {
                if !self.is_theirs(room, &replacement.event_id, sender).await? {
                    return Ok(None);
                }
                let content = content(raw).remove("m.new_content").unwrap_or_default();
                let new = &replacement.new_content.msgtype;
                let Said { text, shown, .. } = self.said(room, sender, new, false, is_spoiler(&content)).await;
                What::Edit { of: replacement.event_id.to_string(), text, shown }
            }
            relation => {
                let answers = self.answered(&message.event_id, relation);
                let hidden = is_spoiler(&content(raw).into());
                let said = self.said(room, sender, &body.msgtype, answers.is_some(), hidden).await;
                let mut called = Vec::new();
                for (words, user) in mentions(&said.text, &said.read.pills) {
                    called.push(Mention { text: words, person: self.person(room, &user).await });
                }
                let own = said.read.pills.iter().filter(|pill| pill.user == self.me);
                let own: Vec<String> = own.flat_map(crate::read::Pill::written).collect();
                What::Message {
                    text: without_call(&said.text, &own, &self.me).to_owned(),
                    reply_to: answers.map(|id| message_ref(room.room_id(), &id)),
                    mentions: called,
                    shown: said.shown,
                }
            }
        }))
    }

    /// What a poll asks. That is no command.
    async fn poll(&self, room: &Room, by: &UserId, content: &Map<String, Value>) -> Result<Option<What>, SendError> {
        let relation = content.get("m.relates_to").filter(|relation| relation["rel_type"] == "m.replace");
        let Some(relation) = relation else {
            return Ok(question(content).map(|question| silent(None, Shown::plain(&question))));
        };
        let of = relation["event_id"].as_str().and_then(|of| EventId::parse(of).ok());
        let new = content.get("m.new_content").and_then(Value::as_object).and_then(question);
        let (Some(of), Some(new)) = (of, new) else { return Ok(None) };
        let theirs = self.is_theirs(room, &of, by).await?;
        Ok(theirs.then(|| What::Edit { of: of.to_string(), shown: Shown::plain(&new), text: new }))
    }

    /// Whether whoever changes a message has written it. A homeserver passes an edit of anybody's message on; only clients
    /// do not show it.
    async fn is_theirs(&self, room: &Room, of: &EventId, by: &UserId) -> Result<bool, SendError> {
        let author = match self.author(of) {
            Some(author) => Some(author),
            None => self.fetched(room, of).await?.and_then(|event| event.sender()),
        };
        let theirs = author.as_deref() == Some(by);
        if !theirs {
            warn!(room = %room.room_id(), %of, %by, "passed over a change of a message that somebody else wrote, or nobody");
        }
        Ok(theirs)
    }

    fn sticker(&self, room: &Room, id: &OwnedEventId, sticker: StickerEventContent, raw: &TimelineEvent) -> What {
        let spoiler = is_spoiler(&content(raw).into());
        let files = files::sticker(&sticker).map(|file| herald_chat::Attachment { spoiler, ..file });
        let answers = self.answered(id, sticker.relates_to);
        silent(
            answers.map(|id| message_ref(room.room_id(), &id)),
            Shown { text: Text::new(), files: files.into_iter().collect() },
        )
    }

    /// The message that a message answers. Remembers the thread it stands in.
    fn answered<C>(&self, id: &OwnedEventId, relation: Option<Relation<C>>) -> Option<OwnedEventId> {
        let (answers, thread) = match relation {
            Some(Relation::Reply(reply)) => (Some(reply.in_reply_to.event_id), None),
            Some(Relation::Thread(thread)) => {
                let real = thread.in_reply_to.filter(|_| !thread.is_falling_back);
                (real.map(|it| it.event_id), Some(thread.event_id))
            }
            _ => (None, None),
        };
        if let Some(root) = thread {
            self.note_thread(id, root);
        }
        answers
    }

    /// What a message says and shows.
    async fn said(&self, room: &Room, by: &UserId, message: &MessageType, answers: bool, spoiler: bool) -> Said {
        let ((body, formatted), file) = files::parts(message);
        let typed = if answers { sanitize::remove_plain_reply_fallback(body) } else { body };
        let read = formatted.filter(|it| it.format.as_str() == HTML).map(|it| read(&it.body)).unwrap_or_default();
        let mut text =
            if read.text.is_empty() { Shown::plain(typed).text } else { self.named(room, read.text.clone()).await };
        if let MessageType::Emote(_) = message {
            text = done(&self.person(room, by).await, text);
        }
        let files = file.map(|file| herald_chat::Attachment { spoiler, ..file }).into_iter().collect();
        Said { text: typed.to_owned(), shown: Shown { text, files }, read }
    }

    /// With people under the names that they have in the room.
    async fn named(&self, room: &Room, text: Text) -> Text {
        let mut lines: Vec<Line> = text.into_iter().collect();
        for span in lines.iter_mut().flat_map(|line| &mut line.spans) {
            if let Span::Person(person) = span
                && let Ok(user) = UserId::parse(person.id.id())
                && (user == self.me || room.get_member_no_sync(&user).await.ok().flatten().is_some())
            {
                *person = self.person(room, &user).await;
            }
        }
        Text::from(lines)
    }
}

const HTML: &str = "org.matrix.custom.html";

/// What somebody does, in the words that a client shows: `ana waves`.
fn done(person: &Person, text: Text) -> Text {
    let slanted = |style: Style| Style { italic: true, ..style };
    let mut lines: Vec<Line> = text.into_iter().collect();
    for line in lines.iter_mut().filter(|line| !matches!(line.kind, Kind::Code { .. })) {
        for span in &mut line.spans {
            *span = match std::mem::replace(span, Span::Plain(String::new())) {
                Span::Plain(text) => Span::Styled { text, style: slanted(Style::default()) },
                Span::Styled { text, style } => Span::Styled { text, style: slanted(style) },
                other => other,
            };
        }
    }
    let name = |end: &str| Span::Styled { text: format!("{}{end}", person.name), style: slanted(Style::default()) };
    match lines.first_mut() {
        Some(first) if first.kind == Kind::Words && first.quoted == 0 => first.spans.insert(0, name(" ")),
        _ => lines.insert(0, Line { spans: vec![name("")], ..Line::default() }),
    }
    Text::from(lines)
}

/// A message without words that anybody typed.
fn silent(reply_to: Option<herald_chat::MessageRef>, shown: Shown) -> What {
    What::Message { text: String::new(), reply_to, mentions: Vec::new(), shown }
}

/// An event's content, as it was sent.
fn content(event: &TimelineEvent) -> Map<String, Value> {
    event.raw().get_field("content").ok().flatten().unwrap_or_default()
}

fn is_spoiler(content: &Value) -> bool {
    content.get(SPOILER).is_some_and(|value| *value == true)
}

pub(super) fn is_poll(kind: &MessageLikeEventType) -> bool {
    matches!(kind.to_string().as_str(), "m.poll.start" | "org.matrix.msc3381.poll.start")
}

/// What clients without polls show of one.
fn question(content: &Map<String, Value>) -> Option<String> {
    let stable = content.get("m.text").and_then(|texts| texts.get(0)?.get("body"));
    let words = stable.or_else(|| content.get("org.matrix.msc1767.text")).or_else(|| content.get("body"));
    words?.as_str().map(str::to_owned)
}
