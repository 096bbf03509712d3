//! How an incident begins.

use herald_chat::clean_line;

use crate::command::Ask;
use crate::command::args::{Args, severity};
use crate::command::flags::Flag;
use crate::command::verb::{Group, Places, Verb};
use crate::incident::policy::TITLE_MAX;
use crate::incident::{Declaration, Refusal};

pub(super) const ROWS: &[Verb] = &[Verb {
    name: "declare",
    aliases: &["incident", "new", "open"],
    usage: "!declare <title> [--severity minor/major/critical] [--security] [--public] [--drill]",
    summary: "Open an incident. You are its commander until you hand that over.",
    example: "!declare checkout is down --severity critical",
    who: "anyone in the war room or engineering",
    group: Group::Begin,
    places: Places::Engineers,
    parse: declare,
}];

/// Options stand anywhere: what is left is the title.
fn declare(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    if let Some(no) = args.incident {
        return Err(args.misused(format!("`!declare` opens a new incident; `!show {no}` shows that one.")));
    }
    let line = clean_line(args.all());
    let mut declared =
        Declaration { title: String::new(), severity: None, security: false, drill: false, public: false };
    let mut title = Vec::new();
    let mut words = line.split_whitespace();
    while let Some(word) = words.next() {
        match Flag::read(word) {
            Some(flag) if flag.is("severity") || flag.is("sev") => {
                let level = flag.value.filter(|value| !value.is_empty()).or_else(|| words.next());
                let level = level.ok_or_else(|| args.misused("Say which severity: `minor`, `major` or `critical`."))?;
                declared.severity = Some(severity(level)?);
            }
            Some(flag) if flag.is_switch("security") => declared.security = true,
            Some(flag) if flag.is_switch("public") => declared.public = true,
            Some(flag) if flag.is_switch("drill") => declared.drill = true,
            Some(flag) if flag.plain => return Err(args.unknown_flag(word)),
            Some(_) | None => title.push(word),
        }
    }
    if declared.security && declared.public {
        return Err(args.misused("`--security` and `--public` cannot both be meant."));
    }
    let title = title.join(" ");
    let unquoted = title.strip_prefix(['"', '“']).and_then(|title| title.strip_suffix(['"', '”']));
    let title = unquoted.unwrap_or(&title).trim().to_owned();
    declared.title = args.sized(title, "title", TITLE_MAX, "Say what is wrong.")?;
    Ok(Ask::Declare(declared))
}
