//! What there is to see.

use herald_chat::clean_line;

use crate::command::args::{Args, cut, number, unended};
use crate::command::verb::{Group, Places, Verb};
use crate::command::{ADMIN, Ask, Link, Query, Topic, incident_no, verb, when};
use crate::incident::{Excerpt, IncidentNo, Refusal};

/// How much of a code is read, in characters. None is longer.
const CODE_READ: usize = 64;

pub(super) const ROWS: &[Verb] = &[
    Verb {
        name: "incidents",
        aliases: &[],
        usage: "!incidents",
        summary: "List the incidents, open ones first.",
        example: "!incidents",
        who: "anyone",
        group: Group::Look,
        places: Places::Everywhere,
        parse: |_| Ok(Ask::Query(Query::Incidents)),
    },
    Verb {
        name: "show",
        aliases: &[],
        usage: "!show INC-<n>",
        summary: "Show an incident, open or over.",
        example: "!show INC-3",
        who: "anyone",
        group: Group::Look,
        places: Places::Everywhere,
        parse: show,
    },
    Verb {
        name: "stats",
        aliases: &[],
        usage: "!stats [30d]",
        summary: "Show how many incidents there were, how fast they were handled, and how many promises were kept. \
                  Drills do not count, nor do security incidents outside their own rooms.",
        example: "!stats 30d",
        who: "anyone",
        group: Group::Look,
        places: Places::Everywhere,
        parse: stats,
    },
    Verb {
        name: "link",
        aliases: &[],
        usage: "!link [code]",
        summary: "Be one person with two accounts, such as one on each network. Ask for a code with one of them, and \
                  send it from the other.",
        example: "!link 7K3M9PQX",
        who: "anyone, by direct message",
        group: Group::Look,
        places: Places::Direct,
        parse: |args| Ok(link(args)),
    },
    Verb {
        name: "unlink",
        aliases: &[],
        usage: "!unlink",
        summary: "Undo `!link`. What you had stays with the account that had asked for the code.",
        example: "!unlink",
        who: "anyone, by direct message",
        group: Group::Look,
        places: Places::Direct,
        parse: |_| Ok(Ask::Link(Link::Undo)),
    },
    Verb {
        name: "help",
        aliases: &[],
        usage: "!help [command]",
        summary: "Show what matters now. `!help <command>` explains one, `!help severity` the levels, `!help times` how \
                  to say when the next update comes, `!help all` lists everything.",
        example: "!help update",
        who: "anyone",
        group: Group::Look,
        places: Places::Everywhere,
        parse: help,
    },
];

fn show(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    if args.incident.is_none()
        && let Some(word) = args.word()
    {
        args.incident = incident_no(word).or_else(|| number(word).map(IncidentNo));
    }
    match args.incident {
        Some(_) => Ok(Ask::Query(Query::Board)),
        None => Err(args.misused("Say which incident.")),
    }
}

/// A code is read however it is spaced.
fn link(args: &mut Args<'_>) -> Ask {
    let code: String = args.all().chars().filter(|c| !c.is_whitespace() && *c != '-').take(CODE_READ).collect();
    // The cut may leave half an emoji behind.
    let code = clean_line(&code);
    Ask::Link(if code.is_empty() { Link::Offer } else { Link::Prove(code) })
}

fn stats(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let text = args.all().trim_end_matches(['.', '!', '?', ',']);
    if text.is_empty() {
        return Ok(Ask::Query(Query::Stats(None)));
    }
    let period = when::period(text);
    let unread = || args.misused(format!("I can't read `{}` as a number of days.", Excerpt::of(text)));
    Ok(Ask::Query(Query::Stats(Some(period.ok_or_else(unread)?))))
}

fn help(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let (word, more) = cut(args.rest);
    let (what, after) = cut(more);
    args.rest = more;
    if word.trim_start_matches('!').eq_ignore_ascii_case("admin")
        && let Some(row) = verb::named_in(ADMIN, &format!("admin {}", unended(what)))
    {
        args.rest = after;
        return Ok(Ask::Help(Topic::Verb(row)));
    }
    let topic = match unended(word).to_lowercase().as_str() {
        "" => Topic::Now,
        "all" => Topic::All,
        "severity" | "sev" => Topic::Severity,
        "times" | "time" => Topic::Times,
        name => {
            let name = name.trim_start_matches('!');
            let unknown = || Refusal::UnknownTopic { word: Excerpt::of(word), like: verb::like(name) };
            Topic::Verb(verb::named(name).ok_or_else(unknown)?)
        }
    };
    Ok(Ask::Help(topic))
}
