//! Holds what the README and the docs say against what there is.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]

use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use herald::command::{TIMES, markdown_table};
use herald::config::Config;
use herald::journal::{MemoryDisk, MemoryJournal};
use herald::practice::{play, setup};
use pulldown_cmark::{Event, Parser, Tag};
use regex::Regex;

const README: &str = "README.md";

/// The README and every page of the docs.
fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir("docs").unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    pages.push(README.into());
    pages.sort();
    pages
}

/// What stands between two markers of the README, and where.
fn between(readme: &str, name: &str) -> std::ops::Range<usize> {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = readme.find(&open).unwrap() + open.len();
    start..start + readme[start..].find(&close).unwrap()
}

/// All that `pattern` finds in the pages: where, and its first group.
fn named(pattern: &str) -> Vec<(String, String)> {
    let pattern = Regex::new(pattern).unwrap();
    let mut found = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        found.extend(pattern.captures_iter(&text).map(|hit| (page.display().to_string(), hit[1].to_owned())));
    }
    found
}

/// Every way to say when the next update comes.
fn table_of_times() -> String {
    let rows = TIMES.iter().map(|(form, means)| format!("| `{form}` | {means} |\n"));
    format!("| you type | which means |\n|---|---|\n{}", rows.collect::<String>())
}

#[test]
fn the_tables_of_commands_and_times_are_the_grammar() {
    let mut readme = fs::read_to_string(README).unwrap();
    for (name, table) in [("commands", markdown_table()), ("times", table_of_times())] {
        let place = between(&readme, name);
        if std::env::var_os("HERALD_ACCEPT").is_some() {
            readme.replace_range(place, &table);
            fs::write(README, &readme).unwrap();
            continue;
        }
        assert!(
            readme[place] == table,
            "the table of {name} is not the grammar's: `HERALD_ACCEPT=1 make test ONLY='binary(readme)'` writes it anew"
        );
    }
}

#[test]
fn the_picture_is_cut_from_what_its_script_shows() {
    let readme = fs::read_to_string(README).unwrap();
    let picture = &readme[between(&readme, "picture")];
    let script = fs::read_to_string("docs/picture.herald").unwrap();
    let disk = MemoryDisk::new();
    let mut shown = Vec::new();
    let open = Box::new(move || MemoryJournal::open(&disk));
    play(&script, None, setup(&Config::default()), open, &mut shown).unwrap();
    let shown = String::from_utf8(shown).unwrap();
    let mut rest = shown.lines();
    let mut lines = 0;
    for line in picture.lines().filter(|line| !line.starts_with("```")) {
        assert!(rest.any(|it| it == line), "the script does not show this, or not there: {line}");
        lines += 1;
    }
    assert!(lines > 10);
}

#[test]
fn every_link_leads_to_a_file() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for event in Parser::new(&text) {
            let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event else { continue };
            let file = dest_url.split('#').next().unwrap();
            if dest_url.contains("://") || file.is_empty() {
                continue;
            }
            if !page.parent().unwrap_or(Path::new("")).join(file).exists() {
                wrong.push(format!("{}: {dest_url}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "links that lead nowhere:\n{}", wrong.join("\n"));
}

#[test]
fn every_target_that_is_named_can_be_made() {
    let makefile = fs::read_to_string("Makefile").unwrap();
    let named = named(r"(?m)(?:^|`)make ([a-z-]+)");
    assert!(!named.is_empty());
    for (page, target) in named {
        let there = makefile.lines().any(|line| line.starts_with(&format!("{target}:")));
        assert!(there, "{page}: the Makefile has no target {target}");
    }
}

#[test]
fn every_subcommand_that_is_named_can_be_run() {
    let cli = herald::cli::Cli::command();
    let mut there: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
    there.push("help");
    let named = named(r"(?m)(?:^|`)herald ([a-z-]+)");
    assert!(!named.is_empty());
    for (page, subcommand) in named {
        let known = there.contains(&subcommand.as_str());
        assert!(known, "{page}: there is no `herald {subcommand}`");
    }
}

#[test]
fn every_file_and_every_function_that_is_named_is_there() {
    // `src/engine/step.rs` and `src/engine/step.rs::step`.
    let pattern = Regex::new(r"`((?:src|adapters|tests|config|docs|scripts)/[\w./-]+?)(?:::(\w+))?`").unwrap();
    let mut wrong = Vec::new();
    for page in pages() {
        for hit in pattern.captures_iter(&fs::read_to_string(&page).unwrap()) {
            let path = Path::new(&hit[1]);
            let word = hit.get(2).map(|word| word.as_str());
            let says = |word: &str| {
                let text = fs::read_to_string(path).unwrap_or_default();
                ["fn", "struct", "enum", "trait", "const", "type", "static"]
                    .iter()
                    .any(|kind| Regex::new(&format!(r"\b{kind} {word}\b")).unwrap().is_match(&text))
            };
            if !path.exists() || word.is_some_and(|word| !says(word)) {
                wrong.push(format!("{}: {}", page.display(), &hit[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "these are not there:\n{}", wrong.join("\n"));
}
