//! What the program says about itself: completions and manual pages, made from the definition of its command line.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

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

#[test]
fn what_nobody_takes_changes_no_exit_status() {
    let herald = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
        command.args(args);
        command
    };
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let refused = herald(&["verify", "--data", "/no/such/directory"]).stderr(full).status().unwrap();
    assert_eq!(refused.code(), Some(2));

    let mut check = herald(&["check", "--config", "/no/such/file"]);
    let mut gone = check.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop((gone.stdout.take(), gone.stderr.take()));
    assert_eq!(gone.wait().unwrap().code(), Some(1));

    let mut practice = herald(&["practice", "--script", "-"]);
    let mut gone = practice.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop((gone.stdout.take(), gone.stderr.take()));
    gone.stdin.take().unwrap().write_all(b"ana: !declare checkout is down\n").unwrap();
    assert_eq!(gone.wait().unwrap().code(), Some(0));
}
