//! What the program says about itself: completions and manual pages, made from the definition of its command line.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]

use std::fs;
use std::process::{Command, Output};

use clap::CommandFactory;
use herald::cli::Cli;

/// With a configuration that cannot be read: these are about the program alone.
fn herald(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_herald")).args(args).env("HERALD__NO__SUCH", "key").output().unwrap()
}

fn printed(args: &[&str]) -> String {
    let done = herald(args);
    let err = String::from_utf8(done.stderr).unwrap();
    assert!(done.status.success() && err.is_empty(), "{args:?}: {err}");
    String::from_utf8(done.stdout).unwrap()
}

fn subcommands() -> Vec<String> {
    Cli::command().get_subcommands().map(|it| it.get_name().to_owned()).collect()
}

#[test]
fn every_shell_learns_of_every_subcommand() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = printed(&["completions", shell]);
        for name in subcommands() {
            assert!(script.contains(&name), "{shell}: {name}");
        }
        assert!(script.contains("log-format"), "{shell}");
    }
    assert_eq!(herald(&["completions", "teletype"]).status.code(), Some(2));
}

#[test]
fn bash_completes_what_is_typed() {
    let script = printed(&["completions", "bash"]);
    let asks = "\nCOMP_WORDS=(herald ver); COMP_CWORD=1; _herald herald ver herald; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let done = Command::new("bash").args(["--norc", "-c", &(script + asks)]).output().unwrap();
    assert_eq!(String::from_utf8(done.stdout).unwrap(), "verify\n", "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn the_manual_has_a_page_for_each_subcommand() {
    let page = printed(&["man"]);
    assert!(page.contains(".TH herald 1"), "{page}");
    let home = tempfile::tempdir().unwrap();
    assert_eq!(printed(&["man", "--dir", home.path().to_str().unwrap()]), "");
    for name in subcommands() {
        let page = fs::read_to_string(home.path().join(format!("herald-{name}.1"))).unwrap();
        assert!(page.contains("SYNOPSIS"), "{page}");
    }
    let done = herald(&["man", "--dir", "/nowhere/at/all"]);
    let err = String::from_utf8(done.stderr).unwrap();
    assert!(done.status.code() == Some(2) && err.contains("Name a directory"), "{err}");
}
