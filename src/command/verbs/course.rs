//! How far it has come.

use crate::command::Ask;
use crate::command::args::{Args, number};
use crate::command::incident_no;
use crate::command::verb::{Group, Places, Verb};
use crate::incident::{Command, Excerpt, IncidentNo, Refusal};

pub(super) const ROWS: &[Verb] = &[
    Verb {
        name: "severity",
        aliases: &["sev"],
        usage: "!severity <level> [why]",
        summary: "Say how bad it is: `minor`, `major` or `critical`. `!help severity` tells them apart.",
        example: "!severity major only card payments fail",
        who: "the commander",
        group: Group::Course,
        places: Places::WarRoom,
        parse: severity,
    },
    Verb {
        name: "identified",
        aliases: &[],
        usage: "!identified <cause>",
        summary: "Say what causes it.",
        example: "!identified a bad deploy of the payment service",
        who: "the commander",
        group: Group::Course,
        places: Places::WarRoom,
        parse: |args| Ok(Ask::Do(Command::Identified { cause: args.line("Say what the cause is.")? })),
    },
    Verb {
        name: "mitigated",
        aliases: &[],
        usage: "!mitigated <how>",
        summary: "Say that users are no longer affected, and how that was done.",
        example: "!mitigated traffic is on the standby region",
        who: "the commander",
        group: Group::Course,
        places: Places::WarRoom,
        parse: |args| Ok(Ask::Do(Command::Mitigated { how: args.line("Say how users were freed of it.")? })),
    },
    Verb {
        name: "resolve",
        aliases: &["resolved"],
        usage: "!resolve <summary>",
        summary: "Say that it is over, and what it was.",
        example: "!resolve rolled back the deploy, checkout works again",
        who: "the commander",
        group: Group::Course,
        places: Places::WarRoom,
        parse: |args| Ok(Ask::Do(Command::Resolve { summary: args.text("Say in a sentence what it was.")? })),
    },
    Verb {
        name: "reopen",
        aliases: &[],
        usage: "!reopen <why>",
        summary: "Say that it is not over after all.",
        example: "!reopen errors are back at 5%",
        who: "the commander",
        group: Group::Course,
        places: Places::WarRoom,
        parse: |args| Ok(Ask::Do(Command::Reopen { why: args.line("Say why.")? })),
    },
    Verb {
        name: "close",
        aliases: &[],
        usage: "!close",
        summary: "End the incident. Names what is still owed, and ends nothing until that is done or dropped.",
        example: "!close",
        who: "the commander",
        group: Group::Course,
        places: Places::WarRoom,
        parse: |_| Ok(Ask::Do(Command::Close)),
    },
    Verb {
        name: "cancel",
        aliases: &[],
        usage: "!cancel <why>",
        summary: "Call it off: it was no incident.",
        example: "!cancel false alarm, the probe was broken",
        who: "the commander",
        group: Group::Course,
        places: Places::WarRoom,
        parse: |args| Ok(Ask::Do(Command::Cancel { why: args.line("Say why.")? })),
    },
    Verb {
        name: "duplicate",
        aliases: &[],
        usage: "!duplicate INC-<n>",
        summary: "Call it a part of another incident, and end it.",
        example: "!duplicate INC-2",
        who: "the commander",
        group: Group::Course,
        places: Places::WarRoom,
        parse: duplicate,
    },
];

fn severity(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let level = args.severity()?;
    let why = if args.rest.is_empty() { None } else { Some(args.line("")?) };
    Ok(Ask::Do(Command::Severity { level, why }))
}

/// The only incident that is named is the other one. Of two, the first is the one that ends.
fn duplicate(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let named = match args.word() {
        Some(word) => Some(
            incident_no(word)
                .or_else(|| number(word).map(IncidentNo))
                .ok_or_else(|| args.misused(format!("`{}` is not the number of an incident.", Excerpt::of(word))))?,
        ),
        None => args.incident.take(),
    };
    let of = named.ok_or_else(|| args.misused("Say of which incident."))?;
    Ok(Ask::Do(Command::Duplicate { of }))
}
