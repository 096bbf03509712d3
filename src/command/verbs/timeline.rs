//! What happened.

use crate::command::args::Args;
use crate::command::verb::{Group, Places, Verb};
use crate::command::{Ask, Query};
use crate::incident::{Command, LogKind, Refusal};

pub(super) const ROWS: &[Verb] = &[
    Verb {
        name: "log",
        aliases: &["note"],
        usage: "!log <text>",
        summary: "Put something on the timeline. A reaction with 📌 does the same for somebody's message.",
        example: "!log restarted the first payment host",
        who: "anyone in the war room",
        group: Group::Timeline,
        places: Places::WarRoom,
        parse: |args| log(args, LogKind::Note, "Say what happened."),
    },
    Verb {
        name: "finding",
        aliases: &[],
        usage: "!finding <text>",
        summary: "Put something that was seen on the timeline.",
        example: "!finding errors began with the deploy of 12:04",
        who: "anyone in the war room",
        group: Group::Timeline,
        places: Places::WarRoom,
        parse: |args| log(args, LogKind::Finding, "Say what was seen."),
    },
    Verb {
        name: "decision",
        aliases: &[],
        usage: "!decision <text>",
        summary: "Put something that was decided on the timeline.",
        example: "!decision we roll back rather than fix forward",
        who: "anyone in the war room",
        group: Group::Timeline,
        places: Places::WarRoom,
        parse: |args| log(args, LogKind::Decision, "Say what was decided."),
    },
    Verb {
        name: "timeline",
        aliases: &[],
        usage: "!timeline [n]",
        summary: "Show what happened, in order: all of it, or the newest entries only.",
        example: "!timeline 10",
        who: "anyone in the war room",
        group: Group::Timeline,
        places: Places::WarRoom,
        parse: timeline,
    },
];

fn log(args: &mut Args<'_>, kind: LogKind, missing: &str) -> Result<Ask, Refusal> {
    Ok(Ask::Do(Command::Log { kind, text: args.text(missing)?, source: None }))
}

fn timeline(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let newest = if args.rest.is_empty() { None } else { Some(args.number("")?) };
    Ok(Ask::Query(Query::Timeline(newest)))
}
