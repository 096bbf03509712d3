//! Answers to questions that change nothing.

use herald_chat::{Person, Text};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{board, mark, names, screen};
use crate::incident::sight::{Detail, Viewer, see};
use crate::incident::words::{clock_time, span};
use crate::incident::{Audience, Incident, IncidentNo, List, Proposed, Refusal, Summary};

/// Whether what is told to the people who respond is read from there.
pub(super) fn hears_war(incident: &Incident, from: Viewer) -> bool {
    match from {
        Viewer::Own(no) => no == incident.no,
        Viewer::Audience(Audience::WarRoom) => !incident.own_room,
        Viewer::Audience(Audience::Engineering | Audience::Admin | Audience::Company | Audience::Customers) => false,
    }
}

/// Why something was not done.
#[must_use]
pub fn refusal(refusal: &Refusal) -> Text {
    screen(refusal.to_string().lines().fold(Text::new(), Text::line), "")
}

/// The same, about one incident of several that are worked on in the room: what to type says which.
#[must_use]
pub fn refusal_about(refusal: &Refusal, no: IncidentNo) -> Text {
    let words = refusal.to_string();
    let piece = |(i, piece): (usize, &str)| match piece.strip_prefix('!') {
        Some(command) if i % 2 == 1 && !piece.contains("INC-") => {
            let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
            let is_of_one = crate::command::is_about_one(verb);
            if is_of_one { format!("!{verb} {no} {rest}").trim_end().to_owned() } else { piece.to_owned() }
        }
        Some(_) | None => piece.to_owned(),
    };
    let words: Vec<String> = words.split('`').enumerate().map(piece).collect();
    screen(words.join("`").lines().fold(Text::new(), Text::line), "")
}

/// What somebody asked for is done, and told where the incident is worked on.
#[must_use]
pub fn done(no: IncidentNo, drill: bool) -> Text {
    let mark = if drill { "(drill) " } else { "" };
    Text::says(&format!("{mark}Done. What follows from it is told where {no} is worked on."))
}

/// So many files came with words for the company or for customers.
#[must_use]
pub fn files_stay(count: usize) -> Text {
    let files = if count == 1 { "The file that came with it stays" } else { "The files that came with it stay" };
    Text::says(&format!("{files} here: an update is words alone. Say in words what it shows."))
}

/// Somebody wrote where only Herald speaks: what they are told, and what the people who respond are told. `can_ask`: there is
/// something that they can ask about.
#[must_use]
pub fn stray(by: &Person, is_machine: bool, room: &str, can_ask: bool) -> (Text, Text) {
    let text = format!("Only updates stand in {room}, so that nobody misses one; I remove your message.");
    let ask = " Ask here and the people who work on it see it: `!ask <question>`.";
    let to_them = Text::says(&text).and(if can_ask { ask } else { "" });
    let to_us = if is_machine {
        let (posted, owner) =
            (format!(", a bot or a webhook, posted in {room}"), "Whoever runs it: let it post elsewhere.");
        Text::new().exact(&by.name).and(&format!("{posted}. I remove that. {owner}"))
    } else {
        Text::new().person(by).and(&format!(" wrote in {room}. I remove it and tell them how to ask."))
    };
    (to_them, to_us)
}

/// The same where it could not be removed, and why.
#[must_use]
pub fn stray_stands(by: &Person, is_machine: bool, room: &str, can_ask: bool, why: &str) -> (Text, Text) {
    let text = format!(
        "Only updates stand in {room}, so that nobody misses one, and I could not remove your message: please remove it \
         yourself."
    );
    let ask = " Ask here and the people who work on it see it: `!ask <question>`.";
    let to_them = Text::says(&text).and(if can_ask { ask } else { "" });
    let to_us = if is_machine {
        Text::new().exact(&by.name).and(&format!(", a bot or a webhook, posted in {room}"))
    } else {
        Text::new().person(by).and(&format!(" wrote in {room}"))
    };
    let to_us = to_us.and(", and it stands there: ").exact(why.trim_end_matches('.'));
    (to_them, to_us.and(". Remove it by hand, and give me what I need to do that."))
}

/// The same again, for whoever was told a moment ago.
#[must_use]
pub fn stray_again(room: &str) -> Text {
    Text::says(&format!("I have removed that from {room}, too."))
}

/// The words of somebody whose message was removed, so that they are not lost.
#[must_use]
pub fn with_words(text: Text, typed: &str) -> Text {
    text.line("You wrote: ").quote(typed)
}

/// How much more was removed from a room after somebody was told of the first, and whose it was: some of them by name, and
/// how many there are.
#[must_use]
pub fn strays((count, stand): (u32, u32), (some, all): (&[Person], usize), room: &str, within: &str) -> Text {
    let messages = |count: u32| {
        if count == 1 { "1 more message".to_owned() } else { format!("{count} more messages") }
    };
    let removed = format!("I removed {} from {room}", messages(count));
    let stands = format!("I could not remove {} in {room}", messages(stand));
    let did = match (count, stand) {
        (_, 0) => removed,
        (0, _) => stands,
        (_, _) => format!("{removed} and could not remove {}", messages(stand)),
    };
    let mut text = Text::says(&format!("In the last {within} {did}, of "));
    let more = all.saturating_sub(some.len());
    if more == 0 {
        return text.join(names(some)).and(".");
    }
    for person in some {
        text = text.person(person).and(", ");
    }
    text.and(&format!("and {more} more."))
}

/// Somebody writes to Herald who is in no room of its at all.
#[must_use]
pub fn stranger() -> Text {
    Text::says(
        "You are in none of the rooms that I work in, so I can do nothing for you. Whoever looks after one of them can let \
         you in.",
    )
}

/// It cannot be known now in which rooms somebody is who writes to Herald alone.
#[must_use]
pub fn unseen() -> Text {
    Text::says(
        "I cannot see right now which rooms you are in, so I have not done that. Send it again in a minute; in the room \
         itself I hear you as ever.",
    )
}

/// Somebody says something to Herald alone that is no command.
#[must_use]
pub fn outside_talk() -> Text {
    Text::says("To ask the people who work on an incident: `!ask <question>`. What is open: `!incidents`.")
}

/// What somebody wrote cannot be read yet.
#[must_use]
pub fn unreadable(by: &Person) -> Text {
    Text::new().person(by).and(
        ", I cannot read your message yet: the key for it has not come. I handle it as soon as it does. \
         If nothing happens within a minute, say it again.",
    )
}

/// What somebody wrote came in the clear where messages are encrypted.
#[must_use]
pub fn unencrypted(by: &Person) -> Text {
    Text::new().person(by).and(
        ", your message came unencrypted, and this room is encrypted: I cannot tell whether it is yours, so I did nothing \
         with it. Send it again from a client that encrypts.",
    )
}

/// Open incidents and, for engineers, the newest that are over.
#[must_use]
pub fn incidents<'a>(
    open: impl Iterator<Item = &'a Incident>,
    over: impl Iterator<Item = &'a Summary>,
    viewer: Viewer,
    now: Timestamp,
) -> Text {
    let mut text = Text::new();
    for incident in open {
        let seen = incident.seen_by(viewer);
        if seen.detail == Detail::Nothing {
            continue;
        }
        let open = opened(now.duration_since(incident.times.declared));
        text = text.line(mark_of(seen.detail, incident)).and(" ").strong(&seen.label);
        text = match seen.detail {
            // Since when is for its own room.
            Detail::Nothing | Detail::Name => text,
            Detail::Sent => incident.sent().next_back().map_or(text.clone(), |last| {
                text.and(&format!(" · {} · {}", last.update.severity(), last.update.status()))
            }),
            Detail::Public | Detail::Full => {
                text.and(&format!(" · {} · {} · {open}", incident.severity, incident.status))
            }
        };
    }
    if text.is_empty() {
        text = Text::says(match viewer {
            Viewer::Audience(Audience::Customers) => "There is nothing that I could tell you of.",
            Viewer::Own(_)
            | Viewer::Audience(Audience::WarRoom | Audience::Engineering | Audience::Admin | Audience::Company) => {
                "No incident is open."
            }
        });
    }
    for summary in over {
        let seen = see(summary.face(), viewer);
        // How a security incident ended is for its own room.
        let how = if seen.detail > Detail::Name { summary.status.to_string() } else { "over".to_owned() };
        text = text.line("").exact(&seen.label).and(&format!(" · {how}"));
    }
    text
}

fn opened(passed: jiff::SignedDuration) -> String {
    if passed.as_mins() < 1 { "just opened".to_owned() } else { format!("open for {}", span(passed)) }
}

fn mark_of(detail: Detail, incident: &Incident) -> &'static str {
    match detail {
        Detail::Nothing | Detail::Name => "🔒",
        Detail::Sent => incident.sent().next_back().map_or("", |last| mark(last.update.severity())),
        Detail::Public | Detail::Full => mark(incident.severity),
    }
}

/// Who has which role.
#[must_use]
pub fn who(incident: &Incident, viewer: Viewer) -> Text {
    let situation = incident.situation();
    Text::new()
        .strong(&incident.seen_by(viewer).label)
        .append(board::who(&situation, !incident.is_over() && hears_war(incident, viewer)))
}

/// Proposed statements.
#[must_use]
pub fn drafts(incident: &Incident, now: Timestamp, zone: &TimeZone) -> Text {
    let mut text = Text::new();
    for (n, draft) in incident.open_drafts() {
        text = text.line(&format!("Draft {n}"));
        text = draft.by.as_ref().map_or(text.clone(), |by| text.and(" from ").person(by));
        text = match draft.next {
            Some(Proposed::Minutes(minutes)) => text.and(&format!(" (next in {})", super::minutes(minutes))),
            Some(Proposed::At(at)) => text.and(" (next by ").time(at, clock_time(at, now, zone)).and(")"),
            Some(Proposed::Final) => text.and(" (the last update)"),
            None => text.and(" (no time for the next one yet)"),
        };
        text = text.and(": ").quote(&draft.text);
    }
    if text.is_empty() {
        return Text::says("No drafts. `!draft <text>` proposes an update.");
    }
    text.line("`!publish <n> next <when>` publishes one, `!discard <n>` throws it away.")
}

/// Which situation reports there are.
#[must_use]
pub fn sitreps(incident: &Incident, now: Timestamp, zone: &TimeZone) -> Text {
    let mut text = Text::new();
    for (n, sitrep) in (1..).zip(&incident.sitreps) {
        text = text.line(&format!("Sitrep {n}, ")).time(sitrep.at, clock_time(sitrep.at, now, zone));
        text = sitrep.by.as_ref().map_or(text.clone(), |by| text.and(", ").person(by)).and(": ");
        text = text.exact(sitrep.text.lines().next().unwrap_or_default());
    }
    if text.is_empty() { Text::says("No sitrep yet. The commander writes one: `!sitrep <text>`.") } else { text }
}

/// What is open on a list.
#[must_use]
pub fn items(incident: &Incident, list: List) -> Text {
    let open: Vec<_> = incident.open_items(list).collect();
    match open.as_slice() {
        [] => Text::says(&format!("No {list} is open.")),
        open => open.iter().fold(Text::new(), |text, (n, item)| text.append(board::line(list, *n, item))),
    }
}
