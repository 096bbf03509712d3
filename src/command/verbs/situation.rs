//! How things stand.

use super::settle;
use crate::command::args::{Args, cut, number};
use crate::command::verb::{Group, Places, Verb};
use crate::command::{Ask, Query};
use crate::incident::{Command, List, Refusal};

pub(super) const ROWS: &[Verb] = &[
    Verb {
        name: "status",
        aliases: &[],
        usage: "!status",
        summary: "Show where the incident stands.",
        example: "!status",
        who: "anyone",
        group: Group::Situation,
        places: Places::Everywhere,
        parse: status,
    },
    Verb {
        name: "sitrep",
        aliases: &[],
        usage: "!sitrep [text]",
        summary: "Show the situation report, or write one. War room and engineering see it, a new version each time. \
                  Without a text it shows the newest, with a number an old one.",
        example: "!sitrep Rollback runs, 3 of 8 hosts done. Nobody is stuck.",
        who: "the commander; to see one, anyone",
        group: Group::Situation,
        places: Places::Engineers,
        parse: sitrep,
    },
    Verb {
        name: "sitreps",
        aliases: &[],
        usage: "!sitreps",
        summary: "List the situation reports.",
        example: "!sitreps",
        who: "anyone in the war room or engineering",
        group: Group::Situation,
        places: Places::Engineers,
        parse: |_| Ok(Ask::Query(Query::Sitreps)),
    },
    Verb {
        name: "impact",
        aliases: &[],
        usage: "!impact <text>",
        summary: "Say who is affected, and how.",
        example: "!impact all customers in Europe, checkout fails",
        who: "anyone in the war room",
        group: Group::Situation,
        places: Places::WarRoom,
        parse: |args| Ok(Ask::Do(Command::Impact { text: args.line("Say who is affected, and how.")? })),
    },
    Verb {
        name: "workaround",
        aliases: &[],
        usage: "!workaround <text>",
        summary: "Say what those affected can do until it is over.",
        example: "!workaround pay by invoice",
        who: "anyone in the war room",
        group: Group::Situation,
        places: Places::WarRoom,
        parse: |args| Ok(Ask::Do(Command::Workaround { text: args.line("Say what those affected can do.")? })),
    },
    Verb {
        name: "trying",
        aliases: &[],
        usage: "!trying <text>",
        summary: "Say what is being attempted right now.",
        example: "!trying rollback to the build of Friday",
        who: "anyone in the war room",
        group: Group::Situation,
        places: Places::WarRoom,
        parse: |args| Ok(Ask::Do(Command::Trying { text: args.line("Say what is being attempted.")? })),
    },
    Verb {
        name: "problem",
        aliases: &[],
        usage: "!problem <text>",
        summary: "Put something that is wrong on the list of open problems.",
        example: "!problem the queue of payments does not drain",
        who: "anyone in the war room",
        group: Group::Situation,
        places: Places::WarRoom,
        parse: |args| add(args, List::Problem, "Say what is wrong."),
    },
    Verb {
        name: "solved",
        aliases: &[],
        usage: "!solved <n>",
        summary: "Call a problem solved.",
        example: "!solved 1",
        who: "anyone in the war room",
        group: Group::Situation,
        places: Places::WarRoom,
        parse: |args| settle(args, List::Problem, "Say which problem, by its number."),
    },
    Verb {
        name: "problems",
        aliases: &[],
        usage: "!problems",
        summary: "List the problems.",
        example: "!problems",
        who: "anyone in the war room",
        group: Group::Situation,
        places: Places::WarRoom,
        parse: |_| Ok(Ask::Query(Query::Problems)),
    },
    Verb {
        name: "temporary",
        aliases: &[],
        usage: "!temporary <change>",
        summary: "Note a change made for the response only, so that it is not forgotten afterwards.",
        example: "!temporary alerts of checkout are silenced",
        who: "anyone in the war room",
        group: Group::Situation,
        places: Places::WarRoom,
        parse: |args| add(args, List::Temporary, "Say what was changed."),
    },
    Verb {
        name: "undone",
        aliases: &[],
        usage: "!undone <n>",
        summary: "Call a temporary change undone.",
        example: "!undone 1",
        who: "anyone in the war room",
        group: Group::Situation,
        places: Places::WarRoom,
        parse: |args| settle(args, List::Temporary, "Say which temporary change, by its number."),
    },
    Verb {
        name: "temporaries",
        aliases: &[],
        usage: "!temporaries",
        summary: "List the temporary changes.",
        example: "!temporaries",
        who: "anyone in the war room",
        group: Group::Situation,
        places: Places::WarRoom,
        parse: |_| Ok(Ask::Query(Query::Temporaries)),
    },
    Verb {
        name: "need",
        aliases: &[],
        usage: "!need <text>",
        summary: "Call for help in engineering.",
        example: "!need somebody who knows the payment database",
        who: "anyone in the war room",
        group: Group::Situation,
        places: Places::WarRoom,
        parse: |args| Ok(Ask::Do(Command::Need { text: args.text("Say what or whom you need.")? })),
    },
];

fn status(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    if args.rest.chars().any(char::is_alphanumeric) {
        return Err(args.misused(
            "`!status` only shows the board. To change the status, write `!identified <cause>`, `!mitigated <how>` or \
             `!resolve <summary>`.",
        ));
    }
    Ok(Ask::Query(Query::Board))
}

/// A text is a new version; none, or a number alone, asks to see one.
fn sitrep(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    match cut(args.rest) {
        ("", _) => Ok(Ask::Query(Query::Sitrep(None))),
        (word, "") if number(word).is_some() => {
            args.all();
            Ok(Ask::Query(Query::Sitrep(number(word))))
        }
        _ => Ok(Ask::Do(Command::Sitrep { text: args.text("")? })),
    }
}

fn add(args: &mut Args<'_>, list: List, missing: &str) -> Result<Ask, Refusal> {
    Ok(Ask::Do(Command::Add { list, text: args.line(missing)?, owner: None }))
}
