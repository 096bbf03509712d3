//! Holds the map of `docs/architecture.md`: which room may name which, and how long a file may be.
//!
//! Names are found in the source as paths (`crate::journal::Journal`, `use crate::{engine, outbox::Entry}`,
//! `super::super::cli`), in macros too; items under `#[cfg(test)]` are left out.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]

#[path = "architecture/paths.rs"]
mod paths;
#[path = "architecture/picked.rs"]
mod picked;
#[path = "architecture/planted.rs"]
mod planted;

use std::fs;
use std::path::{Path, PathBuf};

use paths::paths;

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
    Some(&["std", "core", "serde", "jiff", "strum", "thiserror", "regex", "strsim", "unicode_security", "herald_chat"]);

/// From the bottom of the house to its top.
const ROOMS: [Room; 12] = [
    Room { name: "incident", rooms: &[], crates: PURE },
    Room { name: "command", rooms: &["incident"], crates: PURE },
    Room { name: "announce", rooms: &["incident", "command"], crates: PURE },
    Room { name: "relay", rooms: &["incident", "command", "announce"], crates: PURE },
    Room { name: "config", rooms: &["incident"], crates: None },
    Room { name: "journal", rooms: &["incident", "relay", "outbox"], crates: None },
    Room { name: "outbox", rooms: &["incident", "announce", "relay", "journal"], crates: None },
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
        name: "service",
        rooms: &["incident", "command", "announce", "relay", "config", "journal", "outbox", "engine"],
        crates: None,
    },
    Room { name: "setup", rooms: &["incident", "config", "journal", "service"], crates: None },
    Room {
        name: "cli",
        rooms: &[
            "incident", "command", "announce", "relay", "config", "journal", "outbox", "engine", "practice", "service",
            "setup",
        ],
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
const RESERVED: [(&str, &[&str], &str); 8] = [
    ("sled", &["journal"], "go through the trait `Journal`"),
    ("clap", &["cli"], "take the values that the command line was read into"),
    ("axum", &["service"], "say how things stand; only service answers over HTTP"),
    ("prometheus_client", &["service"], "count in a plain value, such as `Tally`; only service writes it out"),
    (
        "tokio",
        &["journal", "outbox", "practice", "service", "cli"],
        "be driven: take what arrived and say when to be woken",
    ),
    ("crossterm", &["practice", "setup"], "say what is to be shown; only practice and setup have a terminal"),
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
    for file in ["src", "adapters", "tests/support"].into_iter().flat_map(sources) {
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
    if whole.ends_with("Config::load") && !["config", "practice", "cli"].contains(&name) {
        return Some("Only practice and cli read the configuration: take the section that is needed".to_owned());
    }
    let first = path.first()?.as_str();
    if first == "crate" {
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
