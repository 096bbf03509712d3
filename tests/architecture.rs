//! Holds the map of `docs/architecture.md`: which room may name which, and how long a file may be.
//!
//! Names are found in the source as paths (`crate::journal::Journal`, `use crate::{engine, outbox::Entry}`,
//! `super::super::cli`), in macros too; items under `#[cfg(test)]` are left out.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A room of `src/`, and what it may name.
struct Room {
    name: &'static str,
    /// Other rooms.
    rooms: &'static [&'static str],
    /// Crates. `None`: all but those of [`RESERVED`].
    crates: Option<&'static [&'static str]>,
}

/// What a pure room works with: values and time as a value. No runtime, no disk, no network, no clock, no log.
const PURE: Option<&[&str]> =
    Some(&["std", "core", "serde", "jiff", "strum", "thiserror", "regex", "unicode_security", "herald_chat"]);

/// From the bottom of the house to its top.
const ROOMS: [Room; 10] = [
    Room { name: "incident", rooms: &[], crates: PURE },
    Room { name: "command", rooms: &["incident"], crates: PURE },
    Room { name: "announce", rooms: &["incident", "command"], crates: PURE },
    Room { name: "relay", rooms: &["incident", "command", "announce"], crates: PURE },
    Room { name: "config", rooms: &["incident"], crates: None },
    Room { name: "journal", rooms: &["incident", "outbox"], crates: None },
    Room { name: "outbox", rooms: &["incident", "journal"], crates: None },
    Room {
        name: "engine",
        rooms: &["incident", "command", "announce", "relay", "config", "journal", "outbox"],
        crates: None,
    },
    Room {
        name: "practice",
        rooms: &["incident", "command", "announce", "relay", "config", "journal", "outbox", "engine"],
        crates: None,
    },
    Room {
        name: "cli",
        rooms: &["incident", "command", "announce", "relay", "config", "journal", "outbox", "engine", "practice"],
        crates: None,
    },
];

/// What a pure room does not name although its crate is allowed.
const IMPURE: [&str; 12] = [
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "std::time::*",
    "herald_chat::Platform",
    "herald_chat::testing",
];

/// What only some rooms name, and what the others do instead. Adapters, the crates `herald_…` but for the port, are
/// named in main.rs only, where this says nothing else.
const RESERVED: [(&str, &[&str], &str); 6] = [
    ("sled", &["journal"], "go through the trait `Journal`"),
    ("clap", &["cli"], "take the values that the command line was read into"),
    ("tokio", &["journal", "outbox", "practice", "cli"], "be driven: take what arrived and say when to be woken"),
    ("crossterm", &["practice"], "say what is to be shown; only practice has a screen"),
    ("ratatui_core", &["practice"], "say what is to be shown; only practice has a screen"),
    ("herald_console", &["practice"], "take a `Platform`; main.rs hands it over"),
];

/// Lines, without the tests at the end.
const LONGEST: usize = 400;

/// Files that may be longer, and why.
const LONG: [(&str, &str); 0] = [];

#[test]
fn rooms_import_downward_only() {
    let mut wrong = Vec::new();
    for file in sources("src") {
        let name = room_of(&file);
        if name == "main" || name == "lib" {
            continue;
        }
        match ROOMS.iter().find(|room| room.name == name) {
            Some(room) => wrong.extend(violations(room, &file, &fs::read_to_string(&file).unwrap())),
            None => wrong.push(format!(
                "{}: there is no room `{name}` on the map. Move the file into a room, or add a row for it to ROOMS in \
                 tests/architecture.rs and to docs/architecture.md",
                file.display()
            )),
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn adapters_know_the_port_and_nothing_else_of_herald() {
    let mut wrong = Vec::new();
    for file in sources("adapters") {
        let own = format!("herald_{}", file.components().nth(1).unwrap().as_os_str().display());
        for (line, path) in paths(&fs::read_to_string(&file).unwrap()) {
            let foreign = path[0] == "herald" || path[0].starts_with("herald_");
            if foreign && path[0] != "herald_chat" && path[0] != own {
                let (file, path) = (file.display(), path.join("::"));
                wrong.push(format!(
                    "{file}:{line} names {path}. An adapter speaks only the port: put what both sides need into \
                     adapters/chat"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn a_file_is_about_one_thing() {
    let mut wrong = Vec::new();
    for file in sources("src").into_iter().chain(sources("adapters")) {
        let lines = length(&fs::read_to_string(&file).unwrap());
        if lines > LONGEST && !LONG.iter().any(|(long, _)| file == Path::new(long)) {
            let file = file.display();
            wrong.push(format!(
                "{file} has {lines} lines. Past {LONGEST} a file is two things: give each one of its own, or list it \
                 in LONG in tests/architecture.rs with the reason"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The Rust files under `dir`, but for those that hold only tests.
fn sources(dir: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") {
            found.extend(sources(path.to_str().unwrap()));
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The room of a file under `src/`: its folder, or its own name.
fn room_of(file: &Path) -> String {
    let first = file.components().nth(1).unwrap();
    Path::new(first.as_os_str()).file_stem().unwrap().to_str().unwrap().to_owned()
}

/// How many lines there are before the tests.
fn length(source: &str) -> usize {
    let lines: Vec<&str> = source.lines().collect();
    let tests = lines.windows(2).position(|pair| pair[0] == "#[cfg(test)]" && pair[1].ends_with('{'));
    tests.unwrap_or(lines.len())
}

/// What `source`, a file of `room`, names and must not.
fn violations(room: &Room, file: &Path, source: &str) -> Vec<String> {
    let dependencies = dependencies(&fs::read_to_string("Cargo.toml").unwrap());
    let mut wrong = Vec::new();
    for (line, path) in paths(source) {
        let Some(advice) = advice(room, &resolve(&path, file), &dependencies) else { continue };
        wrong.push(format!("{}:{line} names {}. {advice}", file.display(), path.join("::")));
    }
    wrong
}

/// Why `room` may not name `path`, and what to do instead. `None` when it may.
fn advice(room: &Room, path: &[String], dependencies: &[String]) -> Option<String> {
    let name = room.name;
    let whole = path.join("::");
    let first = path.first().map(String::as_str);
    if first == Some("crate") {
        let other = path.get(1).map_or("*", String::as_str);
        if other == name || room.rooms.contains(&other) {
            return None;
        }
        let may = if room.rooms.is_empty() { "no other room".to_owned() } else { room.rooms.join(", ") };
        return Some(format!(
            "Rooms import downward only, and `{name}` may name {may}: pass the value in from above, or move what both \
             need further down"
        ));
    }
    if whole.ends_with("Config::load") && name != "cli" {
        return Some("Only `cli` reads the configuration: take the section that is needed".to_owned());
    }
    let first = first?;
    if let Some(allowed) = room.crates {
        let is_crate = ["std", "core", "alloc"].contains(&first) || dependencies.iter().any(|it| it == first);
        let impure = IMPURE.iter().any(|out| whole == *out || whole.starts_with(&format!("{out}::")));
        let of_time = whole == "std::time";
        return ((is_crate && !allowed.contains(&first)) || impure || of_time).then(|| {
            format!(
                "`{name}` is pure: take what it needs as an argument, or do the work in `engine`, `journal` or `outbox`"
            )
        });
    }
    match RESERVED.iter().find(|(reserved, ..)| *reserved == first) {
        Some((_, rooms, _)) if rooms.contains(&name) => None,
        Some((_, rooms, instead)) => Some(format!("Only {} may: {instead}", rooms.join(", "))),
        None if first.starts_with("herald_") && first != "herald_chat" => {
            Some("Only main.rs names an adapter: take a `Platform`".to_owned())
        }
        None => None,
    }
}

/// The crates that `manifest` depends on, as they are named in source.
fn dependencies(manifest: &str) -> Vec<String> {
    let section = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let keys = section.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split([' ', '.', '=']).next());
    keys.filter(|key| !key.is_empty() && !key.starts_with('#')).map(|key| key.replace('-', "_")).collect()
}

/// `path` as seen from the top: `super::super::cli` in `src/engine/timer.rs` is `crate::cli`.
fn resolve(path: &[String], file: &Path) -> Vec<String> {
    let mut here: Vec<String> = file.with_extension("").iter().skip(1).map(|it| it.display().to_string()).collect();
    here.retain(|part| part != "mod");
    let mut rest = path;
    while let [first, after @ ..] = rest {
        match first.as_str() {
            "super" => drop(here.pop()),
            "self" => {}
            _ if rest.len() == path.len() => return path.to_vec(),
            _ => break,
        }
        rest = after;
    }
    ["crate".to_owned()].into_iter().chain(here).chain(rest.iter().cloned()).collect()
}

/// All paths of two parts or more in `source`, and what is imported in one, each with its line.
fn paths(source: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    walk(&tokens(source.parse().unwrap()), &mut found);
    found
}

/// Finds the paths in `tokens`.
fn walk(tokens: &[TokenTree], found: &mut Vec<(usize, Vec<String>)>) {
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) if group.to_string().replace(' ', "") == "[cfg(test)]" => {
                let rest = &tokens[at..];
                at += rest.iter().position(ends_an_item).unwrap_or(rest.len()) + 1;
            }
            TokenTree::Group(group) => {
                walk(&self::tokens(group.stream()), found);
                at += 1;
            }
            TokenTree::Ident(_) => {
                let before = found.len();
                let imported = at > 0 && tokens[at - 1].to_string() == "use";
                at = path(tokens, at, &[], found);
                if !imported && found[before].1.len() == 1 {
                    found.truncate(before);
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => at += 1,
        }
    }
}

/// Reads the path that goes on from `prefix` at `tokens[at]`, all of its branches if it is a tree of imports, and says
/// where it ends.
fn path(tokens: &[TokenTree], mut at: usize, prefix: &[String], found: &mut Vec<(usize, Vec<String>)>) -> usize {
    let line = tokens[at].span().start().line;
    let mut path = prefix.to_vec();
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                for branch in self::tokens(group.stream()).split(|token| token.to_string() == ",") {
                    if !branch.is_empty() {
                        self::path(branch, 0, &path, found);
                    }
                }
                return at + 1;
            }
            TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
            TokenTree::Ident(_) => path.push(token.to_string()),
            TokenTree::Punct(star) if star.as_char() == '*' => path.push("*".to_owned()),
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => break,
        }
        at += 1;
        let goes_on = tokens.get(at..at + 2).is_some_and(|next| next.iter().all(|colon| colon.to_string() == ":"));
        if !goes_on {
            break;
        }
        at += 2;
    }
    found.push((line, path));
    at
}

fn tokens(stream: TokenStream) -> Vec<TokenTree> {
    stream.into_iter().collect()
}

fn ends_an_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(end) => end.as_char() == ';',
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    }
}

/// The tests above can fail.
mod planted {
    use super::*;

    /// What is said of `source` as a file of `room`.
    fn said(room: &str, source: &str) -> Vec<String> {
        let room = ROOMS.iter().find(|it| it.name == room).unwrap();
        violations(room, Path::new(&format!("src/{}/planted.rs", room.name)), source)
    }

    #[test]
    fn a_name_from_above_is_found_however_it_is_written() {
        for source in [
            "use crate::engine::Engine;",
            "use crate::{incident::Event, engine};",
            "use crate::{incident::{Event, Seq}, engine::{self, Timer}};",
            "use super::super::engine::Engine;",
            "use crate::*;",
            "fn go() { crate::engine::go() }",
            "fn go(it: &dyn Fn(crate::engine::Engine)) {}",
            "fn go() { println!(\"{}\", crate::engine::go()) }",
            "#[cfg(test)] mod tests { use super::*; } use crate::engine::Engine;",
        ] {
            assert!(!said("announce", source).is_empty(), "{source}");
        }
    }

    #[test]
    fn what_may_be_named_is_left_alone() {
        let source = r##"
            //! Not like crate::engine.
            use std::{collections::BTreeMap, fmt, time::Duration};
            use crate::{command::{self, Verb}, incident::*};
            use super::posts::Posts;
            const WORDS: &str = "crate::engine";
            const MORE: &str = r#"tokio::spawn"#; /* std::env */
            fn new<'a>(it: &'a str) -> Self { Self::default() }
            #[cfg(test)]
            mod tests { use crate::engine::Engine; }
        "##;
        assert_eq!(said("announce", source), [""; 0]);
    }

    #[test]
    fn a_pure_room_that_reaches_out_is_told_what_to_do_instead() {
        assert_eq!(
            said("incident", "\n\nuse std::time::{Duration, Instant};"),
            ["src/incident/planted.rs:3 names std::time::Instant. `incident` is pure: take what it needs as an \
              argument, or do the work in `engine`, `journal` or `outbox`"]
        );
        for source in [
            "use tokio::sync::mpsc;",
            "use tokio;",
            "fn f() { sled::open(\"x\"); }",
            "fn f() { std::env::var(\"X\"); }",
            "use std::fs;",
            "use std::time;",
            "fn f() { tracing::info!(\"x\"); }",
            "#[tokio::main] fn f() {}",
            "use herald_chat::{Person, Platform};",
            "use crate::command::Verb;",
        ] {
            assert_eq!(said("incident", source).len(), 1, "{source}");
        }
    }

    #[test]
    fn what_belongs_to_one_room_is_refused_to_the_others() {
        assert_eq!(
            said("engine", "use sled::Db;"),
            ["src/engine/planted.rs:1 names sled::Db. Only journal may: go through the trait `Journal`"]
        );
        assert_eq!(said("engine", "use tokio::time::Instant;").len(), 1);
        assert_eq!(said("engine", "fn f() { Config::load(None, []) }").len(), 1);
        assert_eq!(said("engine", "use crate::cli;").len(), 1);
        assert_eq!(said("cli", "use herald_console::Console;").len(), 1);
        assert_eq!(said("practice", "use herald_matrix::Matrix;").len(), 1);
        assert_eq!(said("practice", "use herald_console::Console;"), [""; 0]);
        assert_eq!(said("journal", "use sled::Db; use crate::outbox::Entry;"), [""; 0]);
        assert_eq!(said("outbox", "use crate::engine::Engine;").len(), 1);
    }

    #[test]
    fn tests_at_the_end_do_not_make_a_file_long() {
        assert_eq!(length("fn a() {}\n\n#[cfg(test)]\nmod tests {\n}\n"), 2);
        assert_eq!(length("#[cfg(test)]\nmod tests;\nfn a() {}\n"), 3);
    }
}
