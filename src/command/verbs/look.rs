//! What there is to see.

use herald_chat::clean_line;

use crate::command::args::{Args, cut, number};
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
                  Drills do not count.",
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
        parse: |args| args.nothing("takes no words").map(|()| Ask::Link(Link::Undo)),
    },
    Verb {
        name: "help",
        aliases: &[],
        usage: "!help [command]",
        summary: "Show what matters now. `!help <command>` explains one, `!help severity` the levels, `!help all` \
                  lists everything.",
        example: "!help update",
        who: "anyone",
        group: Group::Look,
        places: Places::Everywhere,
        parse: help,
    },
];

fn show(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    if let Some(word) = args.word() {
        let no = incident_no(word).or_else(|| number(word).map(IncidentNo));
        args.incident = args.incident.or(no);
    }
    match args.incident {
        Some(_) => Ok(Ask::Query(Query::Board)),
        None => Err(args.misused("Say which incident.")),
    }
}

/// A code is read however it is spaced.
fn link(args: &Args<'_>) -> Ask {
    let code: String = args.rest.chars().filter(|c| !c.is_whitespace() && *c != '-').take(CODE_READ).collect();
    // The cut may leave half an emoji behind.
    let code = clean_line(&code);
    Ask::Link(if code.is_empty() { Link::Offer } else { Link::Prove(code) })
}

fn stats(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    if args.rest.is_empty() {
        return Ok(Ask::Query(Query::Stats(None)));
    }
    let period = when::period(args.rest);
    let unread = || args.misused(format!("I can't read `{}` as a number of days.", Excerpt::of(args.rest)));
    Ok(Ask::Query(Query::Stats(Some(period.ok_or_else(unread)?))))
}

fn help(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let (word, more) = cut(args.rest);
    let part = format!("admin {}", cut(more).0);
    if word.trim_start_matches('!').eq_ignore_ascii_case("admin")
        && let Some(row) = verb::named_in(ADMIN, &part)
    {
        return Ok(Ask::Help(Topic::Verb(row)));
    }
    let topic = match word.to_lowercase().as_str() {
        "" => Topic::Now,
        "all" => Topic::All,
        "severity" | "sev" => Topic::Severity,
        name => {
            let name = name.trim_start_matches('!');
            let unknown = || Refusal::UnknownTopic { word: Excerpt::of(word), like: verb::like(name) };
            Topic::Verb(verb::named(name).ok_or_else(unknown)?)
        }
    };
    Ok(Ask::Help(topic))
}
