//! What admins read about rooms.

use herald_chat::{Person, RoomRef, Text};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::source;
use crate::incident::{Mapping, Moved, Purpose};

/// Which room is for whom, and where that is said.
#[must_use]
pub fn channels<'a>(rooms: impl Iterator<Item = (&'a RoomRef, &'a Mapping)>, now: Timestamp, zone: &TimeZone) -> Text {
    let mut rooms: Vec<_> = rooms.collect();
    rooms.sort_by_key(|(room, it)| (it.purpose.audience, &it.purpose.team, *room));
    let mut text = Text::says("Which room is for whom. What the configuration says cannot be changed here.");
    for (room, it) in rooms {
        text = text.line("").strong(&it.purpose.to_string()).and(" ").code(room.as_str());
        if let Some(written) = &it.written {
            text = text.and(", written ").code(written.as_str());
        }
        text = text.and(" · ").join(source(&it.source, now, zone));
    }
    text.line("`!admin map <audience> <room>` adds one, `!admin unmap <room>` takes one away.")
}

/// A room has to be looked for first.
#[must_use]
pub fn looking(room: &RoomRef) -> Text {
    Text::says("I look at ").code(room.as_str()).and(" and tell you here.")
}

/// What a change would do, before it is made.
#[must_use]
pub fn preview(room: &RoomRef, to: Option<&Purpose>, effects: &[String], code: &str, minutes: i64) -> Text {
    let text = Text::says("Not done yet. This would have ").code(room.as_str()).and(&match to {
        Some(to) => format!(" be for {to}:"),
        None => " be for nobody any more:".to_owned(),
    });
    let text = effects.iter().fold(text, |text, effect| text.line("- ").and(effect));
    text.line(&format!("`!admin confirm {code}` does it, within {minutes} min."))
}

/// A room is for somebody else from now on, and so many statements that had not arrived go there too.
#[must_use]
pub fn remapped(room: &RoomRef, to: Option<&Purpose>, followed: usize) -> Text {
    let Some(to) = to else {
        return Text::says("Done: ")
            .code(room.as_str())
            .and(" is for nobody any more. What was on its way there still arrives.");
    };
    let text = Text::says("Done: ").code(room.as_str()).and(&format!(" is for {to} from now on."));
    match followed {
        0 => text,
        1 => text.and(" One update that had not arrived elsewhere goes there too."),
        n => text.and(&format!(" {n} updates that had not arrived elsewhere go there too.")),
    }
}

/// For the people who respond: where it is told has changed.
#[must_use]
pub fn rerouted(room: &RoomRef, was: Option<&Purpose>, is: Option<&Purpose>, by: &Person) -> Text {
    let text = Text::new().code(room.as_str()).and(&match (was, is) {
        (Some(was), Some(is)) => format!(" is for {is} from now on and no longer for {was}"),
        (None, Some(is)) => format!(" is for {is} from now on"),
        (Some(was), None) => format!(" is no longer for {was}"),
        (None, None) => " is for nobody".to_owned(),
    });
    text.and(", says ").person(by).and(", an admin.")
}

/// A test is on its way.
#[must_use]
pub fn testing(room: &RoomRef) -> Text {
    Text::says("A test is on its way to ").code(room.as_str()).and(". I tell you what becomes of it.")
}

/// It arrived.
#[must_use]
pub fn tested(room: &RoomRef) -> Text {
    Text::says("✔ The test stands in ").code(room.as_str()).and(".")
}

/// It never will.
#[must_use]
pub fn untested(room: &RoomRef, reason: &str) -> Text {
    Text::says("✘ The test does not get to ").code(room.as_str()).and(": ").exact(reason)
}

/// A name of the configuration leads elsewhere than it did: what Herald does about it, and what an admin can type.
#[must_use]
pub fn name_moved(moved: &Moved) -> Text {
    let text = Text::says(&format!("⚠ {} is ", moved.key)).code(moved.written.as_str());
    let text = text.and(", which was found to be ").code(moved.was.as_str()).and(" and leads ");
    let text = match &moved.now {
        Some(now) => text.and("to ").code(now.as_str()).and(" now. Whoever can move a name can do that. "),
        None => text.and("to no room now. "),
    };
    let text = match &moved.gone {
        None => text.and("I go on in the room of before. "),
        Some(why) => text
            .and("The room of before cannot be used any more: ")
            .quote(why.trim_end_matches('.'))
            .and(". What is published is held until I know where it goes. "),
    };
    match &moved.now {
        Some(now) => {
            let text =
                text.and("If the new room is the right one, an admin says ").code(&moved.confirmation(now.as_str()));
            text.and("; if not, give the name back to the room of before")
        }
        None if moved.gone.is_some() => text
            .and("Choose another room, and say ")
            .code(&moved.confirmation(&format!("{}:<its id>", moved.was.network()))),
        None => {
            text.and("Give it that name again, or write ").code(moved.was.as_str()).and(&format!(" as {}", moved.key))
        }
    }
    .and(".")
}

/// For the people who respond: a name of the configuration means another room from now on.
#[must_use]
pub fn followed(moved: &Moved, room: &RoomRef, by: &Person) -> Text {
    let text = Text::new().code(moved.written.as_str()).and(" is ").code(room.as_str());
    text.and(&format!(" from now on, for {}, says ", moved.purpose)).person(by).and(", an admin.")
}
