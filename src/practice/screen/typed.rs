//! What a line asks for, once it is entered.

use crate::practice::script::{self, Action, Line};

/// What a line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// Nothing.
    Nothing,
    /// Somebody does something.
    Play(Action),
    /// Somebody else speaks from now on.
    As(String),
    /// In another room from now on.
    In(String),
    /// To leave.
    Quit,
    /// It cannot be done; why, and what can.
    Wrong(String),
}

/// Reads a line that `who` enters in `room`. It can name somebody else at its beginning: one of `people`, or whoever is
/// given a command.
pub(super) fn read(line: &str, who: &str, room: &str, people: &[String]) -> Typed {
    let text = line.trim();
    if text.is_empty() {
        return Typed::Nothing;
    }
    if let Some(command) = text.strip_prefix('/') {
        return slash(command);
    }
    if names_somebody(text, people) {
        return match script::one(text, 1) {
            Ok(Some(Line { action, .. })) => Typed::Play(action),
            Ok(None) => Typed::Nothing,
            Err(why) => Typed::Wrong(why.what),
        };
    }
    Typed::Play(Action::Say { who: who.to_owned(), room: room.to_owned(), text: text.to_owned() })
}

fn slash(command: &str) -> Typed {
    let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
    match (verb, rest.trim()) {
        ("quit" | "q" | "exit", _) => Typed::Quit,
        ("as", name) if !name.is_empty() => Typed::As(name.to_owned()),
        ("in", room) if !room.is_empty() => Typed::In(room.to_owned()),
        _ => Typed::Wrong(
            "There are `/as NAME`, `/in ROOM` and `/quit`. Herald's own commands begin with `!`.".to_owned(),
        ),
    }
}

/// Whether a line begins as one of a script does, and means it.
fn names_somebody(text: &str, people: &[String]) -> bool {
    let Some((name, rest)) = text.split_once([' ', ':']) else { return false };
    let said_to_all = text.as_bytes().get(name.len()) == Some(&b':');
    let known = people.iter().any(|person| person == name);
    if said_to_all {
        return known || rest.trim_start().starts_with('!');
    }
    let verb = rest.split(' ').next().unwrap_or_default();
    match verb {
        "in" => known && rest.contains(':'),
        "reacts" | "edits" | "deletes" => known && rest.contains('"'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana(line: &str) -> Typed {
        read(line, "ana", "war-room", &["ana".to_owned(), "bob".to_owned()])
    }

    fn say(who: &str, room: &str, text: &str) -> Typed {
        Typed::Play(Action::Say { who: who.to_owned(), room: room.to_owned(), text: text.to_owned() })
    }

    #[test]
    fn a_plain_line_is_said_by_whoever_speaks() {
        for line in ["!help", "note: it is slow", "bob is here", "bob in the kitchen", "16:30 it began", "ana"] {
            assert_eq!(ana(line), say("ana", "war-room", line));
        }
    }

    #[test]
    fn a_line_can_name_who_says_it_and_where() {
        assert_eq!(ana("bob: hello"), say("bob", "war-room", "hello"));
        assert_eq!(ana("bob in company: hello"), say("bob", "company", "hello"));
        assert_eq!(ana("dora: !take spokesperson"), say("dora", "war-room", "!take spokesperson"));
        assert!(matches!(ana("bob reacts ✅ to \"Draft 1\""), Typed::Play(Action::React { .. })));
        assert!(matches!(ana("bob in kitchen: hello"), Typed::Wrong(_)));
    }

    #[test]
    fn a_slash_is_for_the_screen_itself() {
        assert_eq!(ana("/as ben"), Typed::As("ben".to_owned()));
        assert_eq!(ana("/in company"), Typed::In("company".to_owned()));
        assert_eq!(ana(" /quit"), Typed::Quit);
        assert!(matches!(ana("/as"), Typed::Wrong(_)));
        assert!(matches!(ana("/dance"), Typed::Wrong(_)));
    }
}
