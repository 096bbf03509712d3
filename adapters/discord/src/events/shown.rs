//! A message as it shows.

use herald_chat::{Attachment, FileKind, Kind, Line, Person, Shown, Span, Style, Text};

use super::wire::{File, Message, Poll, PollWords, Sticker};
use crate::Inner;
use crate::files::Source;
use crate::names::{network, person};
use crate::read::{self, Names, People};

/// What the name of a file begins with that is hidden until somebody wants to see it.
const SPOILER: &str = "SPOILER_";
/// The flag of such a file, which clients set today.
const IS_SPOILER: u64 = 1 << 3;
/// Discord's number for a sticker that is a drawing for clients to move, and no picture; and for one that is a GIF.
const DRAWN: u8 = 3;
const GIF: u8 = 4;

/// The names behind the numbers of a message.
struct Known<'a> {
    inner: &'a Inner,
    message: &'a Message,
}

impl Names for Known<'_> {
    fn person(&self, user: u64) -> Person {
        let mentioned = self.message.mentions.iter().find(|it| it.id.0 == user);
        match mentioned {
            Some(it) => self.inner.known(it, it.member.as_ref().and_then(|member| member.nick.as_deref())),
            None => self.inner.called(user).unwrap_or_else(|| person(user, &[])),
        }
    }

    fn role(&self, role: u64) -> Option<String> {
        self.inner.name_of(role)
    }

    fn channel(&self, channel: u64) -> Option<String> {
        self.inner.name_of(channel)
    }
}

impl Inner {
    /// Its words and files, those of what it passes on among them. What other bots embed is not shown.
    pub(super) fn shown(&self, message: &Message) -> Shown {
        let names = Known { inner: self, message };
        let mut text = read::text(&message.content, &names);
        let mut files: Vec<Attachment> = Vec::new();
        self.take(message, &message.attachments, &message.sticker_items, &mut text, &mut files);
        for snapshot in &message.passed_on {
            let passed = &snapshot.message;
            let mut words = read::text(&passed.content, &names);
            self.take(message, &passed.attachments, &passed.sticker_items, &mut words, &mut files);
            let quoted = words.into_iter().map(|line| Line { quoted: line.quoted + 1, ..line });
            text = text.append(Text::from(quoted.collect::<Vec<_>>()));
        }
        if let Some(poll) = &message.poll {
            text = text.append(asked(poll));
        }
        Shown { text, files }
    }

    /// What it is known by: its words as they were typed, or what it shows without any, and the names of its files.
    pub(super) fn known_by(&self, message: &Message) -> String {
        let (typed, shown) = (self.typed(message, People::ByName), self.shown(message));
        let words = if typed.trim().is_empty() { shown.text.to_string() } else { typed };
        Attachment::named_after(&words, &shown.files)
    }

    /// Its words as they were typed.
    pub(super) fn typed(&self, message: &Message, people: People) -> String {
        read::typed(&message.content, &Known { inner: self, message }, people)
    }

    /// A line of a form or a menu, as it was typed.
    pub(crate) fn typed_line(&self, line: &str) -> String {
        struct Numbered<'a>(&'a Inner);
        impl Names for Numbered<'_> {
            fn person(&self, user: u64) -> Person {
                person(user, &[])
            }

            fn role(&self, role: u64) -> Option<String> {
                self.0.name_of(role)
            }

            fn channel(&self, channel: u64) -> Option<String> {
                self.0.name_of(channel)
            }
        }
        read::typed(line, &Numbered(self), People::ByNumber)
    }

    fn take(
        &self,
        message: &Message,
        all: &[File],
        stickers: &[Sticker],
        text: &mut Text,
        files: &mut Vec<Attachment>,
    ) {
        files.extend(all.iter().map(|file| attachment(message, file)));
        for sticker in stickers {
            if sticker.format_type == DRAWN {
                let named = format!(":{}:", herald_chat::clean_line(&sticker.name));
                *text = std::mem::take(text).push(Line { spans: vec![Span::Plain(named)], ..Line::default() });
            } else {
                files.push(self.sticker(sticker));
            }
        }
    }

    fn sticker(&self, sticker: &Sticker) -> Attachment {
        let (kind, mime) = if sticker.format_type == GIF { ("gif", "image/gif") } else { ("png", "image/png") };
        Attachment {
            name: format!("{}.{kind}", sticker.name),
            kind: FileKind::Sticker,
            mime: Some(mime.to_owned()),
            size: None,
            pixels: None,
            spoiler: false,
            network: network(),
            source: Source::lasting(self.hosts.sticker(sticker.id.0, kind)).to_string(),
        }
    }
}

fn attachment(message: &Message, file: &File) -> Attachment {
    let mime = file.content_type.clone();
    let is = |kind: &str| mime.as_deref().is_some_and(|mime| mime.starts_with(kind));
    let kind = if is("image/") {
        FileKind::Image
    } else if is("video/") {
        FileKind::Video
    } else if is("audio/") {
        FileKind::Audio
    } else {
        FileKind::File
    };
    let name = file.filename.strip_prefix(SPOILER);
    Attachment {
        name: name.unwrap_or(&file.filename).to_owned(),
        kind,
        mime,
        size: file.size,
        pixels: file.width.zip(file.height),
        spoiler: name.is_some() || file.flags & IS_SPOILER != 0,
        network: network(),
        source: Source::of(message.channel_id.0, message.id.0, file.id.0, &file.url).to_string(),
    }
}

/// A question and its answers.
fn asked(poll: &Poll) -> Text {
    let words = |words: &PollWords| {
        let emoji = words.emoji.as_ref().and_then(super::wire::Emoji::shown);
        let all: Vec<String> = emoji.into_iter().chain(words.text.clone()).collect();
        herald_chat::clean_line(&all.join(" "))
    };
    let bold = Style { bold: true, ..Style::default() };
    let question = Span::Styled { text: words(&poll.question), style: bold };
    let mut lines = vec![Line { spans: vec![question], ..Line::default() }];
    lines.extend(poll.answers.iter().map(|answer| Line {
        kind: Kind::Item { depth: 0, number: None },
        spans: vec![Span::Plain(words(&answer.poll_media))],
        ..Line::default()
    }));
    Text::from(lines)
}
