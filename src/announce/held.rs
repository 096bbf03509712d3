//! What may have been meant to be secret, and stood where others read.

use herald_chat::Text;

use crate::incident::{IncidentNo, Refusal};

/// Where something stood that was held back.
#[derive(Debug, Clone, Copy)]
pub enum Stood<'a> {
    /// Nowhere: it was chosen from a menu.
    Nowhere,
    /// In this room, from which it was removed.
    Removed(&'a str),
    /// In this room, where it still is: it could not be removed.
    Stays(&'a str),
}

/// For whoever wrote it, alone: it was held back.
#[must_use]
pub fn held_back(why: &Refusal, typed: &str, stood: Stood<'_>) -> Text {
    let next = "A security incident: `!declare <title> --security`. An incident that everybody may read: \
                `!declare <title> --public`. Nothing was opened.";
    held(why, next, typed, stood)
}

/// The same for what was said of a security incident outside its own room. `entry` says who lets people in.
#[must_use]
pub fn held_back_about(no: IncidentNo, entry: &str, why: &Refusal, typed: &str, stood: Stood<'_>) -> Text {
    // Some say it already.
    let is_said = matches!(why, Refusal::OwnRoomOnly { .. });
    let next = format!("What is about {no} is for its own room only. {entry}");
    held(why, if is_said { "" } else { &next }, typed, stood)
}

fn held(why: &Refusal, next: &str, typed: &str, stood: Stood<'_>) -> Text {
    let begins = match stood {
        Stood::Removed(room) => format!(
            "That may have been meant to be secret, so I have removed your message from {room} and passed it on to nobody."
        ),
        Stood::Stays(room) => format!(
            "That may have been meant to be secret, and I could not remove your message from {room}: remove it yourself \
             now. I have passed it on to nobody."
        ),
        Stood::Nowhere => "That may have been meant to be secret, so I have shown it to nobody.".to_owned(),
    };
    let text = Text::says(&begins).append(super::refusal(why));
    let text = if next.is_empty() { text } else { text.line(next) };
    super::with_words(text, typed)
}

/// An incident is a security incident because of where it was declared.
#[must_use]
pub fn declared_secret(no: IncidentNo) -> Text {
    Text::says(&format!(
        "{no} was declared in the room of a security incident, so it is one too. If everybody may read it: `!cancel` it \
         in its own room, and `!declare <title> --public`."
    ))
}
