//! What others want to know.

use super::settle;
use crate::command::verb::{Group, Places, Verb};
use crate::command::{Ask, Query};
use crate::incident::{Command, List};

pub(super) const ROWS: &[Verb] = &[
    Verb {
        name: "ask",
        aliases: &[],
        usage: "!ask <question>",
        summary: "Ask those who respond. You are told when the next update is due; the answer is an update.",
        example: "!ask Are refunds affected too?",
        who: "anyone",
        group: Group::Questions,
        places: Places::Direct,
        parse: |args| Ok(Ask::Do(Command::Ask { text: args.line("Say what you want to know.")? })),
    },
    Verb {
        name: "questions",
        aliases: &[],
        usage: "!questions",
        summary: "List what was asked from outside.",
        example: "!questions",
        who: "anyone in the war room",
        group: Group::Questions,
        places: Places::WarRoom,
        parse: |_| Ok(Ask::Query(Query::Questions)),
    },
    Verb {
        name: "answered",
        aliases: &[],
        usage: "!answered <n>",
        summary: "Call a question answered.",
        example: "!answered 1",
        who: "anyone in the war room",
        group: Group::Questions,
        places: Places::WarRoom,
        parse: |args| settle(args, List::Question, "Say which question, by its number."),
    },
];
