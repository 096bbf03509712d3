//! Several incidents in one war room: what is said of one names it, and so does what it offers to type.

use herald_chat::{Span, Text};

use crate::incident::{Incident, IncidentNo};

/// Commands that take no number of an incident after the verb, or have one.
const WITHOUT: [&str; 6] = ["!declare", "!duplicate", "!incidents", "!show", "!stats", "!help"];

/// An answer about an incident, marked as one about a drill if it is, and by its number where there are several.
#[must_use]
pub fn marked(text: Text, incident: &Incident, crowded: bool) -> Text {
    let text = if crowded { named(&text, incident.no) } else { text };
    if incident.drill { drill(text) } else { text }
}

/// Marks what is said of a drill, unless its own words do.
pub(super) fn drill(text: Text) -> Text {
    if text.to_string().contains("(drill)") { text } else { Text::says("(drill) ").join(text) }
}

/// With the number of the incident in front, unless the first line has it, and in every command that is offered.
pub(super) fn named(text: &Text, no: IncidentNo) -> Text {
    let lines = text.lines().iter().map(|line| {
        line.iter().fold(Text::new().line(""), |told, span| match span {
            Span::Code(code) => told.span(Span::Code(command(code, no))),
            Span::Plain(_)
            | Span::Strong(_)
            | Span::Styled { .. }
            | Span::Person(_)
            | Span::Time { .. }
            | Span::Distance { .. } => told.span(span.clone()),
        })
    });
    let named = lines.fold(Text::new(), Text::append);
    let head = text.lines().first().cloned().unwrap_or_default();
    let head = head.into_iter().fold(Text::new(), Text::span).to_string();
    let says = head.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').any(|word| word == no.to_string());
    if says { named } else { Text::says(&format!("{no}: ")).join(named) }
}

/// `!publish 1` as `!publish INC-2 1`.
fn command(code: &str, no: IncidentNo) -> String {
    let (verb, rest) = code.split_once(' ').unwrap_or((code, ""));
    if !verb.starts_with('!') || WITHOUT.contains(&verb) || rest.starts_with("INC-") {
        return code.to_owned();
    }
    format!("{verb} {no} {rest}").trim_end().to_owned()
}
