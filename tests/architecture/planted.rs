//! The tests of the map can fail: violations that they must find.

use std::path::Path;

use super::{ROOMS, length, violations};

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
    assert_eq!(said("engine", "fn f() { crate::config::Config::load(None, []) }").len(), 1);
    assert_eq!(said("engine", "use crate::config::Config;"), [""; 0]);
    assert_eq!(said("engine", "use crate::cli;").len(), 1);
    assert_eq!(said("cli", "use herald_console::Console;").len(), 1);
    assert_eq!(said("practice", "use herald_matrix::Matrix;").len(), 1);
    assert_eq!(said("practice", "use herald_console::Console;"), [""; 0]);
    assert_eq!(said("service", "use herald_matrix::Matrix;").len(), 1);
    assert_eq!(said("service", "use crate::practice::Live;").len(), 1);
    assert_eq!(said("service", "use axum::Router; use prometheus_client::registry::Registry;"), [""; 0]);
    assert_eq!(said("engine", "use axum::Router;").len(), 1);
    assert_eq!(said("journal", "use sled::Db; use crate::outbox::Entry;"), [""; 0]);
    assert_eq!(said("outbox", "use crate::engine::Engine;").len(), 1);
}

#[test]
fn tests_at_the_end_do_not_make_a_file_long() {
    assert_eq!(length("fn a() {}\n\n#[cfg(test)]\nmod tests {\n}\n"), 2);
    assert_eq!(length("#[cfg(test)]\nmod tests;\nfn a() {}\n"), 3);
}
