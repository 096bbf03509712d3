//! Whole incidents as people see them. Each script in `tests/transcripts/` is played on the real engine and the real
//! journal, and everything that its rooms show is compared with the file of the same name that ends in `.expected`.
//!
//! `HERALD_ACCEPT=1 make test ONLY='binary(transcripts)'` writes what is shown now over what was expected: read the difference
//! before it is committed. A file of the same name that ends in `.toml` is the script's configuration.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a helper of tests fails the test")]

#[path = "transcripts/coverage.rs"]
mod coverage;
#[path = "transcripts/diff.rs"]
mod diff;
#[path = "transcripts/outside.rs"]
mod outside;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use herald::config::Config;
use herald::engine::Tally;
use herald::journal::{Journal, Options, SledJournal};
use herald::practice;

/// One test for each script.
macro_rules! transcripts {
    ($($name:ident)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];
        $(#[test] fn $name() { check(stringify!($name)); })*
    };
}

transcripts! {
    administration
    boards
    bridge
    bridge_answers
    bridge_away
    bridge_boards
    bridge_command
    bridge_files
    bridge_long
    bridge_off
    bridge_order
    bridge_own_room
    bridge_reactions
    bridge_security
    security_board
    call_for_help
    cancel
    cancel_after_an_update
    close_refused
    corrections
    crash_before_delivery
    critical_incident
    customers
    dead_ends
    drafts
    drafts_of_one_person
    drill
    edits_are_no_commands
    duplicate
    final_update
    handoff_unanswered
    help
    help_on_one_command
    hostile_text
    late_update
    leak_guard
    limits_told
    linked
    lists
    lost_answer
    many_in_one
    meant_to_be_secret
    minor_incident
    moved
    names
    names_outside
    no_admins
    nobody_to_speak
    nothing_open
    offline
    offline_war_room
    one_screen
    order_of_delivery
    other_words
    outsiders
    outsiders_after
    own_room
    pinned
    pinned_files
    promise_across_clocks
    promises_kept
    promises_refused
    questions
    release
    reminders
    reminders_after_a_crash
    reminders_without_spokesperson
    reopen
    roles_refused
    secret_among_others
    secret_figures
    secret_numbers
    secret_slips
    security_end
    security_room
    security_incident
    settings
    severity
    sitreps
    slips
    somebody_leaves
    spokespersons
    stats
    stray_posts
    strays_in_one_line
    stuck
    stuck_invitation
    stuck_invitations
    take_over
    taken_down
    tasks
    teams
    too_fast
    two_incidents
    undelivered_at_the_end
    who_leaves
    words_as_they_are
    words_behind_a_name
    words_corrections
    words_edits
    words_in_a_crowd
    words_in_code
    words_final
    words_late
    words_leaks
    words_left_over
    words_names
    words_near_secrets
    words_of_several_lines
    words_of_two_incidents
    words_options
    words_placeholders
    words_promises
    words_promises_apart
    words_secrets
    words_stray_options
    words_times
    words_two_commands
    words_when
    wrong_room
}

fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts")
}

fn script(name: &str) -> String {
    let path = dir().join(format!("{name}.herald"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Plays a script. Returns what the rooms showed and what was counted.
fn play(name: &str) -> (String, Tally) {
    let settings = dir().join(format!("{name}.toml"));
    let config = Config::load(settings.exists().then_some(settings.as_path()), []).unwrap();
    play_text(name, &script(name), &config)
}

fn play_text(name: &str, script: &str, config: &Config) -> (String, Tally) {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().to_owned();
    let open = move || -> Result<Box<dyn Journal>, _> { Ok(Box::new(SledJournal::open(&place, Options::new(0))?)) };
    let mut shown = Vec::new();
    let tally = practice::play(script, Some(home.path()), practice::setup(config), Box::new(open), &mut shown)
        .unwrap_or_else(|error| panic!("{name}.herald: {error}"));
    (String::from_utf8(shown).unwrap(), tally)
}

fn check(name: &str) {
    let (shown, _) = play(name);
    let expectation = dir().join(format!("{name}.expected"));
    if std::env::var_os("HERALD_ACCEPT").is_some() {
        fs::write(&expectation, shown).unwrap();
        return;
    }
    let expected = fs::read_to_string(&expectation).unwrap_or_default();
    assert!(
        shown == expected,
        "{name}.herald shows something else than {name}.expected (- expected, + shown):\n\n{}\n\
         If this is right: HERALD_ACCEPT=1 make test ONLY='binary(transcripts)'",
        diff::diff(&expected, &shown)
    );
}

#[test]
fn every_script_is_played_and_says_what_it_shows() {
    let names = fs::read_dir(dir()).unwrap().filter_map(|entry| {
        let path = entry.unwrap().path();
        let is_script = path.extension().is_some_and(|extension| extension == "herald");
        is_script.then(|| path.file_stem().unwrap().to_string_lossy().into_owned())
    });
    let names: BTreeSet<String> = names.collect();
    let listed: BTreeSet<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(names, listed, "list every script in tests/transcripts.rs");
    for name in NAMES {
        let script = script(name);
        let first = script.lines().next().unwrap_or_default();
        assert!(first.starts_with("# ") && first.ends_with('.'), "{name}.herald: begin with `# ` and a sentence");
    }
}
