//! What the company is told.

use crate::command::args::{Args, cut_last};
use crate::command::flags::Flag;
use crate::command::verb::{Group, Places, Verb};
use crate::command::{Ask, Query, promise};
use crate::incident::policy::TEXT_MAX;
use crate::incident::{Command, Next, Refusal};

pub(super) const ROWS: &[Verb] = &[
    Verb {
        name: "update",
        aliases: &["say"],
        usage: "!update <text> next <when> [--customers]",
        summary: "Tell the company how things stand, and when it hears from you next. `final` in place of `next \
                  <when>` says that this is the last. From anyone but the spokesperson it becomes a draft.",
        example: "!update Checkout is down, we are rolling back. next 30m",
        who: "the spokesperson; from anyone else it becomes a draft",
        group: Group::Updates,
        places: Places::Engineers,
        parse: |args| {
            let (text, next, customers) = statement(args)?;
            Ok(Ask::Do(Command::Update { text, next, customers }))
        },
    },
    Verb {
        name: "draft",
        aliases: &[],
        usage: "!draft <text> [next <when>] [--customers]",
        summary: "Propose an update. Only the spokesperson can publish it.",
        example: "!draft Checkout works again for most. next 30m",
        who: "anyone in the war room or engineering",
        group: Group::Updates,
        places: Places::Engineers,
        parse: |args| {
            let (text, next, customers) = statement(args)?;
            Ok(Ask::Do(Command::Draft { text, next, customers }))
        },
    },
    Verb {
        name: "drafts",
        aliases: &[],
        usage: "!drafts",
        summary: "Show the updates that are proposed.",
        example: "!drafts",
        who: "anyone in the war room",
        group: Group::Updates,
        places: Places::WarRoom,
        parse: |_| Ok(Ask::Query(Query::Drafts)),
    },
    Verb {
        name: "publish",
        aliases: &[],
        usage: "!publish <n> [next <when>]",
        summary: "Publish a draft. `final` in place of `next <when>` says that it is the last update; without \
                  either, the draft's own promise holds.",
        example: "!publish 2 next 30m",
        who: "the spokesperson",
        group: Group::Updates,
        places: Places::WarRoom,
        parse: publish,
    },
    Verb {
        name: "redraft",
        aliases: &[],
        usage: "!redraft <n> <text> [next <when>] [--customers]",
        summary: "Put another draft in the place of one.",
        example: "!redraft 2 Checkout works again for all. next 30m",
        who: "the spokesperson, or whoever proposed it",
        group: Group::Updates,
        places: Places::WarRoom,
        parse: |args| {
            let n = args.number("Say which draft, by its number.")?;
            let (text, next, customers) = statement(args)?;
            Ok(Ask::Do(Command::Redraft { n, text, next, customers }))
        },
    },
    Verb {
        name: "discard",
        aliases: &[],
        usage: "!discard <n>",
        summary: "Throw a draft away.",
        example: "!discard 2",
        who: "the spokesperson",
        group: Group::Updates,
        places: Places::WarRoom,
        parse: |args| Ok(Ask::Do(Command::Discard { n: args.only_number("Say which draft, by its number.")? })),
    },
    Verb {
        name: "correct",
        aliases: &[],
        usage: "!correct <update> <text>",
        summary: "Set an update right. The correction is a message of its own; the update stays as it was.",
        example: "!correct 3 Card payments were affected too, from 12:10 on.",
        who: "the spokesperson",
        group: Group::Updates,
        places: Places::WarRoom,
        parse: correct,
    },
];

/// The text of a statement, its promise, and whether it is for customers too. The option stands at either end, or
/// before the promise; anywhere else it is text.
fn statement(args: &mut Args<'_>) -> Result<(String, Option<Next>, bool), Refusal> {
    let first = args.leading_switch("customers")?;
    let (rest, last) = without_trailing_switch(args.rest, "customers");
    let (text, next) = promise::split(rest)?;
    let (text, inner) = without_trailing_switch(&text, "customers");
    let text = args.sized(text.to_owned(), "text", TEXT_MAX, "Say how things stand.")?;
    Ok((text, next, first || last || inner))
}

fn without_trailing_switch<'a>(text: &'a str, name: &str) -> (&'a str, bool) {
    let (before, word) = cut_last(text);
    let is = Flag::read(word).is_some_and(|flag| flag.is_switch(name));
    (if is { before } else { text }, is)
}

fn publish(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let n = args.number("Say which draft, by its number.")?;
    let next = promise::alone(args.rest)?;
    Ok(Ask::Do(Command::Publish { n, next }))
}

fn correct(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let update = args.number("Say which update, by its number.")?;
    let text = args.text("Say what is right.")?;
    Ok(Ask::Do(Command::Correct { update, text }))
}
