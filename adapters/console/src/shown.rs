//! What a reader of the rooms sees.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// One thing that a reader of a room sees happen.
///
/// Its `Display` is one line for each line of a post, every one beginning `HH:MM room author: ` in UTC. Characters that
/// would move a terminal's cursor are shown as `�`, and blanks at the end of a line are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// When.
    pub at: Timestamp,
    /// The room's name.
    pub room: String,
    /// Who did it.
    pub author: String,
    /// Its id in the room. For a post, the message's.
    pub id: String,
    /// The words that a post answers.
    pub answers: Option<String>,
    /// What it was.
    pub what: Sight,
}

/// What can be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// A message with this text.
    Posted(String),
    /// A message now has this text.
    Edited(String),
    /// A message by this person is gone.
    Deleted(String),
    /// An emoji was put on a message.
    Reacted {
        /// The emoji.
        emoji: String,
        /// The message's text.
        to: String,
    },
    /// An emoji was taken off a message.
    Unreacted {
        /// The emoji.
        emoji: String,
        /// The message's text.
        from: String,
    },
    /// The file of this name cannot be read any more.
    Expired(String),
    /// A message that begins so is pinned now.
    Pinned(String),
    /// A message that begins so is not pinned any more.
    Unpinned(String),
    /// The room was opened, with these people in it.
    RoomOpened(Vec<String>),
    /// This person was let in.
    Invited(String),
    /// This person was taken out.
    TakenOut(String),
    /// The room was closed.
    Archived,
}

/// How much of a message a reaction or a pin names, in characters.
const EXCERPT: usize = 40;

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.to_zoned(TimeZone::UTC);
        let head = format!("{:02}:{:02} {} {}:", at.hour(), at.minute(), self.room, self.author);
        for (i, line) in self.words().split('\n').enumerate() {
            let line: String = line.trim_end().chars().map(|c| if c.is_control() { '�' } else { c }).collect();
            let gap = if line.is_empty() { "" } else { " " };
            write!(f, "{}{head}{gap}{line}", if i > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl Shown {
    /// With the words that it answers before its own.
    #[must_use]
    pub fn with_answered(mut self) -> Self {
        if let (Some(answered), Sight::Posted(text)) = (&self.answers, &mut self.what) {
            *text = format!("(answers \"{}\") {text}", excerpt(answered));
        }
        self
    }

    /// What a reader sees after the author's name, as it was written: it may hold any characters.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.what {
            Sight::Posted(text) => text.clone(),
            Sight::Edited(text) => format!("(edited) {text}"),
            Sight::Deleted(author) => format!("(removed a message of {author})"),
            Sight::Reacted { emoji, to } => format!("reacts {emoji} to \"{}\"", excerpt(to)),
            Sight::Unreacted { emoji, from } => format!("takes {emoji} off \"{}\"", excerpt(from)),
            Sight::Expired(name) => format!("({name} is gone)"),
            Sight::Pinned(text) => format!("(pinned \"{}\")", excerpt(text)),
            Sight::Unpinned(text) => format!("(unpinned \"{}\")", excerpt(text)),
            Sight::RoomOpened(people) if people.is_empty() => "(opened the room)".to_owned(),
            Sight::RoomOpened(people) => format!("(opened the room; {})", people.join(", ")),
            Sight::Invited(person) => format!("(let {person} in)"),
            Sight::TakenOut(person) => format!("(took {person} out)"),
            Sight::Archived => "(closed the room)".to_owned(),
        }
    }
}

/// What of a message names it.
fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", line.split_at(end).0.trim_end()),
        None => line,
    }
}
