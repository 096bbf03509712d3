//! What is to be done.

use herald_chat::{Person, clean_line};

use super::settle;
use crate::command::args::{Args, cut, cut_last, number};
use crate::command::verb::{Group, Places, Verb};
use crate::command::{Ask, Query};
use crate::incident::policy::TEXT_MAX;
use crate::incident::{Command, List, Refusal};

pub(super) const ROWS: &[Verb] = &[
    Verb {
        name: "task",
        aliases: &[],
        usage: "!task <text> [@who]",
        summary: "Put work on the list, for somebody or for whoever takes it. `!task <n>` takes it yourself, \
                  `!task <n> @who` gives it to somebody.",
        example: "!task roll back the payment service @ben",
        who: "the commander; anyone may add work and take it",
        group: Group::Tasks,
        places: Places::WarRoom,
        parse: task,
    },
    Verb {
        name: "done",
        aliases: &[],
        usage: "!done <n>",
        summary: "Call a task done.",
        example: "!done 1",
        who: "anyone in the war room",
        group: Group::Tasks,
        places: Places::WarRoom,
        parse: |args| settle(args, List::Task, "Say which task, by its number."),
    },
    Verb {
        name: "drop",
        aliases: &[],
        usage: "!drop <n> <why>",
        summary: "Take a task off the list undone. `!drop problem <n> <why>`, and so for `temporary` and \
                  `question`, does it to those.",
        example: "!drop 2 not needed after the rollback",
        who: "anyone in the war room",
        group: Group::Tasks,
        places: Places::WarRoom,
        parse: drop,
    },
    Verb {
        name: "tasks",
        aliases: &[],
        usage: "!tasks",
        summary: "List the tasks.",
        example: "!tasks",
        who: "anyone in the war room",
        group: Group::Tasks,
        places: Places::WarRoom,
        parse: |_| Ok(Ask::Query(Query::Tasks)),
    },
];

/// A number alone takes that task, a number and somebody gives it to them; anything else is new work.
fn task(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let (first, rest) = cut(args.rest);
    if let Some(n) = number(first) {
        let owner = if rest.is_empty() { Ok(args.by.clone()) } else { args.somebody(rest) };
        match owner {
            Ok(owner) => {
                args.all();
                return Ok(Ask::Do(Command::Own { list: List::Task, n, owner }));
            }
            Err(refusal) if is_handle(rest) && !rest.contains(char::is_whitespace) => return Err(refusal),
            Err(_) => {}
        }
    }
    let line = clean_line(std::mem::take(&mut args.rest));
    let (text, owner) = owned(args, &line)?;
    let text = args.sized(text.to_owned(), "text", TEXT_MAX, "Say what is to be done.")?;
    Ok(Ask::Do(Command::Add { list: List::Task, text, owner }))
}

/// Splits `text @who` or `@who text`. A mention that the platform resolved may be any words, as may quoted ones.
fn owned<'a>(args: &Args<'_>, line: &'a str) -> Result<(&'a str, Option<Person>), Refusal> {
    for mention in args.mentions {
        let words = clean_line(&mention.text);
        let last = line.trim_end_matches(['.', ',', '!']).strip_suffix(&words).filter(|text| text.ends_with(' '));
        let first = line.strip_prefix(&words).filter(|text| text.starts_with([' ', ':', ',']));
        if let Some(text) = last.or(first).filter(|_| !words.is_empty()) {
            return Ok((text.trim_matches([' ', ':', ',']), Some(args.somebody(&words)?)));
        }
    }
    let quoted = line.ends_with(['"', '”']).then(|| line.rfind("@\"").or_else(|| line.rfind("@“"))).flatten();
    let (before, last) = quoted.map_or_else(|| cut_last(line), |at| line.split_at(at));
    let (first, after) = cut(line);
    for (text, word) in [(before, last), (after, first)] {
        match args.somebody(word) {
            Ok(person) if word.starts_with(['@', '＠']) => return Ok((text.trim_end(), Some(person))),
            Err(refusal) if is_handle(word) => return Err(refusal),
            Ok(_) | Err(_) => {}
        }
    }
    Ok((line, None))
}

/// Something of the form `@ben`. `@room` and its like were made harmless before, and are nobody.
fn is_handle(word: &str) -> bool {
    word.len() > 1 && word.starts_with('@')
}

fn drop(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let (first, rest) = cut(args.rest);
    let list = match first.to_lowercase().as_str() {
        "task" => Some(List::Task),
        "problem" => Some(List::Problem),
        "temporary" => Some(List::Temporary),
        "question" => Some(List::Question),
        _ => None,
    };
    if list.is_some() {
        args.rest = rest;
    }
    let n = args.number("Say what to drop, by its number.")?;
    let why = args.line("Say why.")?;
    Ok(Ask::Do(Command::Drop { list: list.unwrap_or(List::Task), n, why }))
}
