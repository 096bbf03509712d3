//! What the company is told.

use crate::command::args::{Args, cut, cut_last};
use crate::command::flags::{self, Flag};
use crate::command::lines::{is_in, quotations};
use crate::command::verb::{Group, Places, Verb};
use crate::command::{Ask, Query, promise};
use crate::incident::policy::TEXT_MAX;
use crate::incident::{Again, Command, Excerpt, Next, Refusal};

pub(super) const ROWS: &[Verb] = &[
    Verb {
        name: "update",
        aliases: &["say"],
        usage: "!update <text> next <when> [--customers] [--anyway]",
        summary: "Tell the company how things stand, and when it hears from you next. A full stop and `final` in place \
                  of `next <when>` say that this is the last. From anyone but the spokesperson it becomes a draft. `--anyway` \
                  at the end sends what only looks like a secret.",
        example: "!update Checkout is down, we are rolling back. next 30m",
        who: "the spokesperson; from anyone else it becomes a draft",
        group: Group::Updates,
        places: Places::Engineers,
        parse: |args| {
            let Statement { text, next, customers, anyway } = statement(args, "Say how things stand.")?;
            Ok(Ask::Do(Command::Update { text, next, customers, anyway }))
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
            let Statement { text, next, customers, anyway } = statement(args, "Say how things stand.")?;
            without(args, anyway, OVERRULED_LATER)?;
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
        usage: "!publish <n> [next <when>] [--anyway]",
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
            let Statement { text, next, customers, anyway } = statement(args, "Say how things stand.")?;
            without(args, anyway, OVERRULED_LATER)?;
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
        parse: |args| Ok(Ask::Do(Command::Discard { n: args.number("Say which draft, by its number.")? })),
    },
    Verb {
        name: "correct",
        aliases: &[],
        usage: "!correct <update> <text> [next <when>] [--anyway]",
        summary: "Set an update right. The correction is a message of its own; the update stays as it was. When the next \
                  update is late, or none is promised, it needs `next <when>` too.",
        example: "!correct 3 Card payments were affected too, from 12:10 on.",
        who: "the spokesperson",
        group: Group::Updates,
        places: Places::WarRoom,
        parse: correct,
    },
];

/// What somebody wants to have said.
struct Statement {
    text: String,
    next: Option<Next>,
    customers: bool,
    anyway: bool,
}

/// What an option before a promise may stand behind: it is no part of a sentence there.
const ENDS: [char; 15] = ['.', '!', '?', '…', '。', ',', ';', ':', ')', ']', '"', '”', '-', '–', '—'];

/// The text of a statement, its promise, and what is said with options. Those stand at either end, or before the promise
/// where they are no part of a sentence; anywhere else they are text.
fn statement(args: &mut Args<'_>, missing: &str) -> Result<Statement, Refusal> {
    let line = args.taken();
    let mut found = leading_options(args)?;
    let all = args.all();
    let rest = found.trailing(all);
    let (text, next) = match flags::last(rest) {
        // It stands behind the promise, if there is one.
        Some(_) => (rest.to_owned(), None),
        None => promise::split(rest)?,
    };
    let body = found.trailing(&text);
    let takes = |name: &str| args.verb.usage.contains(&format!("[--{name}]"));
    let options = Again::options(found.customers && takes("customers"), found.anyway && takes("anyway"));
    if let Some(typed) = flags::last(body) {
        let bare = flags::without(body, flags::last);
        let (bare, end) = match (next, promise::split(bare)) {
            (Some(_), _) => (bare.to_owned(), behind(rest, &text)),
            (None, Ok((text, Some(_)))) => {
                let end = behind(bare, &text);
                (text, end)
            }
            (None, Ok((_, None)) | Err(_)) => (bare.to_owned(), ""),
        };
        let meant = flags::meant(cut(typed).0).filter(|name| takes(name) && !options.contains(name));
        let options = meant.map_or(options.clone(), |name| format!("{options} --{name}"));
        let line = format!("{line}{options}");
        let again = match end {
            // An update without a promise is no line to send.
            "" if args.verb.name == "update" => Again::default(),
            "" => Again::line(&line, &args.named(&bare)),
            end => Again::of(&line, &args.named(&bare), end),
        };
        return Err(stray(typed, format!("is no option of `!{}`", args.verb.name), again));
    }
    let (_, before) = cut_last(body);
    let inner = &text[body.len()..];
    let leads_on = if next.is_some() {
        let is_ended = body.is_empty() || before.ends_with(ENDS) || inner.trim_start_matches(' ').starts_with('\n');
        !inner.trim().is_empty() && !is_ended
    } else {
        rest.len() < all.trim_end().len() && promise::leads_on(before)
    };
    if leads_on {
        let typed = if next.is_some() { inner } else { &all[rest.len()..] };
        // Which of the two it is only its author knows: a line would decide for them who reads it.
        let what = "stands in a sentence, so it is not clear whether it is meant".to_owned();
        return Err(stray(typed.trim(), what, Again::default()));
    }
    // Names come last: nobody's is read as a promise.
    let sized = |text: &str| args.sized(text.to_owned(), "text", TEXT_MAX, missing);
    if let Some((text, end)) = promise::in_sentence(body).filter(|_| next.is_none()) {
        let again = Again::of(&format!("{line}{options}"), &sized(text)?, end);
        return Err(Refusal::UpdateWithoutPromise { again });
    }
    let text = sized(body)?;
    let Options { customers, anyway } = found;
    Ok(Statement { text, next, customers, anyway })
}

/// What was typed behind a statement's text: its promise.
fn behind<'a>(rest: &'a str, text: &str) -> &'a str {
    rest.strip_prefix(text).unwrap_or_default().trim_start_matches([' ', ',', ';', '-', '–', '—', '\n'])
}

/// The refusal of an option that is none, or may be none.
fn stray(typed: &str, what: String, again: Again) -> Refusal {
    let again = again.or("Send it again without, or with the option before the text.");
    Refusal::StrayOption { flag: Excerpt::of(typed), what, again }
}

/// The options that what is left begins with.
fn leading_options(args: &mut Args<'_>) -> Result<Options, Refusal> {
    let mut found = Options::default();
    while let Some(option) = leading(args)? {
        found.note(option);
    }
    Ok(found)
}

/// Why a draft takes no `--anyway`.
const OVERRULED_LATER: &str =
    "A draft is looked at when it is published: `!publish <n> --anyway` is the place for that.";

/// Refuses an option that was typed and counts elsewhere.
fn without(args: &Args<'_>, is_set: bool, why: &str) -> Result<(), Refusal> {
    if is_set { Err(args.misused(why)) } else { Ok(()) }
}

/// What is said with options.
#[derive(Default)]
struct Options {
    customers: bool,
    anyway: bool,
}

/// Their names.
const OPTIONS: [&str; 2] = ["customers", "anyway"];

impl Options {
    fn note(&mut self, name: &str) {
        match name {
            "customers" => self.customers = true,
            _ => self.anyway = true,
        }
    }

    /// `text` without those that it ends with.
    fn trailing<'a>(&mut self, mut text: &'a str) -> &'a str {
        let quoted = quotations(text);
        loop {
            let (before, word) = cut_last(text);
            let flag = Flag::read(word).filter(|_| !is_in(&quoted, text.trim_end().len() - word.len()));
            let Some(name) = OPTIONS.into_iter().find(|name| flag.as_ref().is_some_and(|flag| flag.is_switch(name)))
            else {
                return text;
            };
            self.note(name);
            text = before;
        }
    }
}

/// Drops a leading option and says which. One that there is not is refused.
fn leading(args: &mut Args<'_>) -> Result<Option<&'static str>, Refusal> {
    let (word, after) = cut(args.rest);
    let Some(flag) = Flag::read(word) else { return Ok(None) };
    match OPTIONS.into_iter().find(|name| flag.is_switch(name)) {
        Some(name) => {
            args.rest = after;
            Ok(Some(name))
        }
        None if flag.plain => Err(args.unknown_flag(word)),
        None => Ok(None),
    }
}

fn publish(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let n = args.number("Say which draft, by its number.")?;
    let mut found = leading_options(args)?;
    let rest = found.trailing(args.all());
    let Options { customers, anyway } = found;
    without(args, customers, "A draft says itself whom it is for: `!redraft <n> <text> --customers` changes that.")?;
    let next = promise::alone(rest)?;
    Ok(Ask::Do(Command::Publish { n, next, anyway }))
}

fn correct(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let update = args.number("Say which update, by its number.")?;
    let Statement { text, next, customers, anyway } = statement(args, "Say what is right.")?;
    without(args, customers, "A correction goes to whoever had the update, customers or not.")?;
    if next == Some(Next::Final) {
        return Err(args.misused("A correction is never the last word, so it ends with no `final`."));
    }
    Ok(Ask::Do(Command::Correct { update, text, next, anyway }))
}
