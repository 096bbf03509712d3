//! What admins do: one row, and under it one for each thing that can be done.

use herald_chat::{RoomRef, UserRef, clean_line};

use crate::command::args::{Args, number};
use crate::command::flags::Flag;
use crate::command::verb::{Group, Places, Verb, like_in, named_in};
use crate::command::{Admin, Ask, Topic, Where};
use crate::incident::policy::is_team;
use crate::incident::{Audience, CHANGES_KEPT, Excerpt, Purpose, Refusal, Setting};

/// How many changes are shown unless somebody asks for more.
const AUDIT_LINES: usize = 10;
/// How much of a code is read, in characters.
const CODE_READ: usize = 16;

pub(super) const ROWS: &[Verb] = &[Verb {
    name: "admin",
    aliases: &[],
    usage: "!admin <what> [words]",
    summary: "Administer Herald. `!admin` alone lists what there is.",
    example: "!admin",
    who: "admins, in an admin room or by direct message",
    group: Group::Admin,
    places: Places::Admins,
    parse: admin,
}];

const fn row(
    name: &'static str,
    usage: &'static str,
    summary: &'static str,
    example: &'static str,
    parse: fn(&mut Args<'_>) -> Result<Ask, Refusal>,
) -> Verb {
    let (who, group, places) = ("admins", Group::Admin, Places::Admins);
    Verb { name, aliases: &[], usage, summary, example, who, group, places, parse }
}

/// What stands after `!admin`, in the order of showing.
pub static ADMIN: &[Verb] = &[
    row(
        "admin channels",
        "!admin channels",
        "List the rooms, whom each is for, and where that is said.",
        "!admin channels",
        |_| Ok(Ask::Admin(Admin::Channels)),
    ),
    row(
        "admin map",
        "!admin map <audience> <room> [--team <team>]",
        "Have a room be for somebody, at once: `war-room`, `engineering`, `company`, `customers` or `admin`. A room is \
         `here`, or its network and id or name. With a team, it is for that team's incidents.",
        "!admin map company discord:#status --team payments",
        map,
    ),
    row("admin unmap", "!admin unmap <room>", "Have a room be for nobody any more.", "!admin unmap here", |args| {
        Ok(Ask::Admin(Admin::Unmap { room: only_room(args)? }))
    }),
    row(
        "admin test",
        "!admin test <room>",
        "Post a message there that calls itself a test.",
        "!admin test discord:#status",
        |args| Ok(Ask::Admin(Admin::Test { room: only_room(args)? })),
    ),
    row(
        "admin settings",
        "!admin settings",
        "Show what can be set in chat, and who set what.",
        "!admin settings",
        |args| if args.rest.is_empty() { Ok(Ask::Admin(Admin::Settings)) } else { set(args) },
    ),
    row(
        "admin set",
        "!admin set <key> <value>",
        "Set something, from now on. The value `config` takes what the configuration says.",
        "!admin set promises.critical.limit 20m",
        set,
    ),
    row("admin people", "!admin people", "List the admins, and whose accounts are linked.", "!admin people", |_| {
        Ok(Ask::Admin(Admin::People))
    }),
    row(
        "admin link",
        "!admin link <account> <account>",
        "Have two accounts be one person's. The first stands for the person.",
        "!admin link matrix:@ana:example.org discord:80351110224678912",
        link,
    ),
    row(
        "admin unlink",
        "!admin unlink <account>",
        "Have an account apart from others again.",
        "!admin unlink discord:80351110224678912",
        |args| {
            let account = account(args)?;
            Ok(Ask::Admin(Admin::Unlink { account }))
        },
    ),
    row(
        "admin remove",
        "!admin remove <person>",
        "Take somebody off who leaves: their roles, offers and tasks in all open incidents are free.",
        "!admin remove @ben",
        |args| Ok(Ask::Admin(Admin::Remove { person: args.person()? })),
    ),
    row("admin audit", "!admin audit [n]", "Show the last administrative changes.", "!admin audit 20", audit),
    row(
        "admin confirm",
        "!admin confirm <code>",
        "Do what was previewed, within 5 minutes.",
        "!admin confirm 7K3M",
        confirm,
    ),
];

fn admin(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let Some(word) = args.word() else { return Ok(Ask::Help(Topic::Verb(args.verb))) };
    if word.eq_ignore_ascii_case("help") {
        return Ok(Ask::Help(Topic::Verb(args.verb)));
    }
    let whole = format!("admin {word}");
    let Some(row) = named_in(ADMIN, &whole) else {
        let near = like_in(ADMIN, &whole).0.and_then(|name| named_in(ADMIN, name));
        let near = near.map(|row| format!(" Did you mean `{}`?", row.usage)).unwrap_or_default();
        return Err(args.misused(format!("`{}` is nothing that `!admin` does.{near}", Excerpt::of(word))));
    };
    args.verb = row;
    if args.rest == "--help" {
        args.all();
        return Ok(Ask::Help(Topic::Verb(row)));
    }
    (row.parse)(args)
}

fn map(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let line = clean_line(args.all());
    let (mut team, mut plain) = (None, Vec::new());
    let mut words = line.split_whitespace();
    while let Some(word) = words.next() {
        match Flag::read(word) {
            Some(flag) if flag.is("team") => {
                let name = flag.value.filter(|value| !value.is_empty()).or_else(|| words.next());
                let name = name.map(str::to_lowercase).filter(|name| is_team(name));
                team =
                    Some(name.ok_or_else(|| {
                        args.misused("A team is called by up to 32 small letters, digits and hyphens.")
                    })?);
            }
            Some(flag) if flag.plain => return Err(args.unknown_flag(word)),
            Some(_) | None => plain.push(word),
        }
    }
    let [audience, room] = plain.as_slice() else {
        return Err(args.misused("Say whom it is for, and which room."));
    };
    let audience = self::audience(audience)
        .ok_or_else(|| args.misused("It is for `war-room`, `engineering`, `company`, `customers` or `admin`."))?;
    if team.is_some() && audience == Audience::Admin {
        return Err(args.misused("An admin room is no team's."));
    }
    Ok(Ask::Admin(Admin::Map { to: Purpose { audience, team }, room: room_of(args, room)? }))
}

fn audience(word: &str) -> Option<Audience> {
    let word = word.to_lowercase().replace('_', "-");
    let all = [Audience::WarRoom, Audience::Engineering, Audience::Company, Audience::Customers, Audience::Admin];
    all.into_iter().find(|it| it.word() == word)
}

fn room_of(args: &Args<'_>, word: &str) -> Result<Where, Refusal> {
    let word = word.trim_matches('`');
    if word.eq_ignore_ascii_case("here") {
        return Ok(Where::Here);
    }
    if word.len() > 1 && word.starts_with(['#', '!']) {
        return Ok(Where::Nearby(word.to_owned()));
    }
    let room = RoomRef::try_from(word.to_owned());
    room.map(Where::Named).map_err(|_| {
        args.misused(format!(
            "`{}` is no room: write `here`, or a network, a colon, and its id or name there.",
            Excerpt::of(word)
        ))
    })
}

fn only_room(args: &mut Args<'_>) -> Result<Where, Refusal> {
    let word = args.word().ok_or_else(|| args.misused("Say which room."))?;
    room_of(args, word)
}

fn set(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let key = args.word().ok_or_else(|| args.misused("Say what to set."))?.trim_matches('`');
    let key = Setting::named(key).ok_or_else(|| Refusal::UnknownSetting { word: Excerpt::of(key) })?;
    let word = clean_line(args.all());
    let takes =
        || args.misused(format!("`{}` takes {}; `config` takes what the configuration says.", key.key(), key.takes()));
    let value = match word.as_str() {
        "config" => None,
        word => Some(key.read(word).ok_or_else(takes)?),
    };
    Ok(Ask::Admin(Admin::Set { key, value }))
}

/// The next word, or the account that a mention stands for.
fn account(args: &mut Args<'_>) -> Result<UserRef, Refusal> {
    let word = args.word().ok_or_else(|| args.misused("Say which account."))?.trim_matches('`');
    let mentioned = args.mentions.iter().find(|it| it.text.trim_start_matches('@') == word.trim_start_matches('@'));
    if let Some(mention) = mentioned {
        return Ok(mention.person.id.clone());
    }
    UserRef::try_from(word.to_owned()).map_err(|_| {
        args.misused(format!(
            "`{}` is no account: write a network, a colon, and the id there, or mention them.",
            Excerpt::of(word)
        ))
    })
}

fn link(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let (to, other) = (account(args)?, account(args)?);
    Ok(Ask::Admin(Admin::Link { account: other, to }))
}

fn audit(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let Some(word) = args.word() else { return Ok(Ask::Admin(Admin::Audit { most: AUDIT_LINES })) };
    let most = number(word).and_then(|n| usize::try_from(n).ok());
    let most = most.ok_or_else(|| args.misused("Say how many."))?.min(CHANGES_KEPT);
    Ok(Ask::Admin(Admin::Audit { most }))
}

fn confirm(args: &mut Args<'_>) -> Result<Ask, Refusal> {
    let code: String = args.all().chars().filter(|c| !c.is_whitespace()).take(CODE_READ).collect();
    let code = clean_line(&code);
    if code.is_empty() { Err(args.misused("Say which code.")) } else { Ok(Ask::Admin(Admin::Confirm { code })) }
}
