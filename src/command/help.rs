//! Help, made of the table: short, for somebody who has no time.

use std::collections::BTreeSet;

use herald_chat::Text;
use strum::IntoEnumIterator as _;

use crate::incident::{Severity, Status};

use super::verb::named;
use super::{ADMIN, Group, TIMES, Topic, VERBS, Verb};

/// How many commands are shown at once.
const MOST: usize = 8;

/// Where somebody asks for help, and how things stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Situation {
    /// In the war room, and no incident is open.
    NothingOpen,
    /// Where an incident is worked on.
    Open(Standing),
    /// In a direct message, inside the company.
    Outside,
    /// In a direct message of a customer.
    Customer,
    /// In engineering.
    Reader,
    /// Where whoever runs Herald is.
    Admin,
}

/// How an open incident stands, as far as help goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Somebody commands.
    pub commander: bool,
    /// Somebody speaks to the company.
    pub spokesperson: bool,
    /// Whoever asks commands.
    pub you_command: bool,
    /// Whoever asks speaks to the company.
    pub you_speak: bool,
    /// How many drafts wait.
    pub drafts: u32,
    /// How far it has come.
    pub status: Status,
}

/// The page on `topic`, for somebody in `situation`.
#[must_use]
pub fn help(topic: Topic, situation: Situation) -> Text {
    let topic = match topic {
        // What is for others is not explained.
        Topic::Verb(verb) if situation == Situation::Customer && !verb.is_for_customers() => Topic::Now,
        Topic::All | Topic::Severity | Topic::Times if situation == Situation::Customer => Topic::Now,
        topic @ (Topic::Now | Topic::All | Topic::Verb(_) | Topic::Severity | Topic::Times) => topic,
    };
    match topic {
        Topic::Now => help_now(situation),
        Topic::All => help_all(),
        Topic::Verb(verb) => help_verb(verb),
        Topic::Severity => help_severity(),
        Topic::Times => help_times(),
    }
}

/// The few commands that matter now and here.
#[must_use]
pub fn help_now(situation: Situation) -> Text {
    let (heading, names) = match situation {
        Situation::NothingOpen => ("No incident is open here.", vec!["declare", "incidents", "show", "stats"]),
        Situation::Outside => ("You can ask, and look.", vec!["ask", "status", "incidents", "show", "stats"]),
        Situation::Customer => ("You can ask, and look.", vec!["ask", "status", "incidents", "show"]),
        Situation::Reader => {
            ("You can follow, and help.", vec!["status", "sitrep", "draft", "incidents", "show", "declare"])
        }
        Situation::Admin => ("You can look, and administer.", vec!["admin", "status", "incidents", "show", "stats"]),
        Situation::Open(standing) => (heading(standing), open(standing)),
    };
    let mut text = Text::says(heading);
    for verb in names.into_iter().filter_map(named).take(MOST) {
        text = text.line("").code(verb.usage).and("  ").and(first_sentence(verb.summary));
    }
    match situation {
        Situation::Customer => text.line("`!help <command>` explains one."),
        Situation::NothingOpen | Situation::Open(_) | Situation::Outside | Situation::Reader | Situation::Admin => {
            text.line("`!help <command>` explains one. `!help all` lists them all.")
        }
    }
}

/// Everything about one command.
#[must_use]
pub fn help_verb(verb: &Verb) -> Text {
    let mut text = Text::new().line("").code(verb.usage).line(verb.summary);
    text = text.line("Example: ").code(verb.example).line(&format!("For {}.", verb.who));
    if !verb.aliases.is_empty() {
        let names: Vec<String> = verb.aliases.iter().map(|alias| format!("`!{alias}`")).collect();
        text = text.line(&format!("The same as {}.", names.join(", ")));
    }
    if verb.name == "admin" {
        for part in ADMIN {
            text = text.line("").code(part.usage).and("  ").and(first_sentence(part.summary));
        }
    }
    text
}

/// Every command, by group.
#[must_use]
pub fn help_all() -> Text {
    let mut text = Text::new();
    for group in Group::iter() {
        text = text.line("").strong(group.title()).and(":");
        for verb in VERBS.iter().filter(|verb| verb.group == group) {
            text = text.and(" ").code(&format!("!{}", verb.name));
        }
    }
    text.line("`!help <command>` explains one. After the command, `INC-3` says which incident you mean.")
}

/// How to tell the levels apart.
#[must_use]
pub fn help_severity() -> Text {
    let mut text = Text::says("How bad is it?");
    for level in Severity::iter() {
        text = text.line("").code(level.word()).and(match level {
            Severity::Minor => "  It works, but worse than it should. Also `sev3`.",
            Severity::Major => "  A major feature fails. No data is lost. Also `sev2`.",
            Severity::Critical => "  It is down, or data is lost. Also `sev1`.",
        });
    }
    text = text.line("In doubt take the worse one: it is easily lowered.");
    match named("severity") {
        Some(verb) => text.line("").code(verb.usage).and("  changes it. For ").and(verb.who).and("."),
        None => text,
    }
}

/// How to say when the next update comes.
#[must_use]
pub fn help_times() -> Text {
    let mut text = Text::says("When does the company hear from you next? That ends an update:");
    for (form, means) in TIMES {
        text = text.line("").code(form).and("  ").and(means);
    }
    text.line(
        "It stands on a line of its own, after a mark of punctuation, or as plain `next 20m` at the end. Where it could \
         be a part of the sentence, as in `within the next 20 minutes`, it is left in the text.",
    )
}

fn heading(standing: Standing) -> &'static str {
    match (standing.commander, standing.spokesperson) {
        (false, _) => "Nobody commands yet.",
        (true, false) => "Nobody speaks to the company yet.",
        (true, true) => match (standing.you_command, standing.you_speak) {
            (true, true) => "You command, and you speak to the company.",
            (true, false) => "You command.",
            (false, true) => "You speak to the company.",
            (false, false) => "What you can do now:",
        },
    }
}

/// What matters in an open incident, what matters most first.
fn open(standing: Standing) -> Vec<&'static str> {
    let mut names = Vec::new();
    if !standing.commander {
        names.push("ack");
    }
    if !standing.spokesperson {
        names.push(if standing.you_command { "assign" } else { "take" });
    }
    if standing.you_speak {
        names.push("update");
        if standing.drafts > 0 {
            names.extend(["drafts", "publish"]);
        }
    }
    if standing.you_command {
        names.extend(match standing.status {
            Status::Investigating => &["identified", "mitigated", "severity", "task", "sitrep"][..],
            Status::Identified => &["mitigated", "resolve", "severity", "task", "sitrep"],
            Status::Mitigated => &["resolve", "sitrep", "task", "handoff"],
            Status::Resolved => &["close", "reopen", "tasks", "temporaries"],
            Status::Closed | Status::Cancelled => &["incidents", "declare"],
        });
    }
    names.extend(["status", "log", "finding", "draft", "problem", "tasks", "need"]);
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    names
}

fn first_sentence(summary: &str) -> &str {
    summary.find(". ").map_or(summary, |end| &summary[..=end])
}
