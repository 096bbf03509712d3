//! What an admin reads when a configuration cannot be used, and what comes of one that can.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may say: this cannot be")]

use std::ffi::OsString;
use std::fs;

use herald::config::{Config, ConfigError, LogFormat, Proof, RoomVersion};
use herald::incident::{Audience, Severity};
use herald_chat::{Network, RoomRef};
use jiff::SignedDuration;
use secrecy::ExposeSecret;

mod leaks;
mod places;
mod refused;

const MATRIX: &str = "[matrix]\nhomeserver = \"https://example.org\"\nuser = \"@herald:example.org\"\n";

/// Loads `file` under `variables`.
fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("herald.toml");
    fs::write(&path, file).unwrap();
    let variables = variables.iter().map(|(name, text)| (OsString::from(name), OsString::from(text)));
    Config::load(Some(&path), variables)
}

/// What is said of `file`, with the directory cut off its name.
fn refusal(file: &str, variables: &[(&str, &str)]) -> String {
    let said = load(file, variables).expect_err(file).to_string();
    said.split_once("herald.toml").map_or(said.clone(), |(_, rest)| format!("herald.toml{rest}"))
}

#[test]
fn without_a_file_everything_is_as_built_in() {
    let config = Config::load(None, []).unwrap();
    assert_eq!(config, Config::default());
    assert_eq!(config.promises.of(Severity::Critical).first, Some(SignedDuration::from_mins(10)));
    assert_eq!(config.promises.of(Severity::Minor).first, None);
    assert_eq!(config.promises.of(Severity::Major).usual, SignedDuration::from_mins(60));
    assert_eq!(config.journal.keep_free, 64 * 1024 * 1024);
}

#[test]
fn a_file_changes_what_it_names_and_nothing_else() {
    let config = load(
        r#"
        [herald]
        zone = "Europe/Prague"
        [promises.critical]
        limit = "5m"
        [promises.major]
        first = "never"
        usual = "20m"
        [guard]
        defaults = false
        [[guard.patterns]]
        name = "a customer number"
        regex = "CUST-[0-9]+"
        [rooms]
        company = ["matrix:!all:example.org", "discord:77"]
        "#,
        &[],
    )
    .unwrap();
    assert_eq!(config.herald.zone.iana_name(), Some("Europe/Prague"));
    let critical = config.promises.of(Severity::Critical);
    assert_eq!((critical.limit, critical.usual), (SignedDuration::from_mins(5), SignedDuration::from_mins(5)));
    assert_eq!(critical.first, Some(SignedDuration::from_mins(5)), "the default is later than the new limit");
    let major = config.promises.of(Severity::Major);
    assert_eq!((major.first, major.usual), (None, SignedDuration::from_mins(20)));
    let guard = config.guard.in_force();
    assert_eq!(guard.len(), 1);
    assert_eq!(guard[0].name, "a customer number");
    let company: Vec<&str> = config.rooms.of(Audience::Company).iter().map(RoomRef::as_str).collect();
    assert_eq!(company, ["matrix:!all:example.org", "discord:77"]);
    assert_eq!(config.delivery, Config::default().delivery);
}

#[test]
fn matrix_is_on_once_server_and_account_are_set() {
    assert_eq!(load("[matrix]\ndevice_name = \"Herald\"", &[]).unwrap().matrix, None);
    let config = load(
        r##"
        [health]
        listen = "[::1]:9000"
        [matrix]
        homeserver = "https://matrix.example.org/"
        user = "@herald:example.org"
        invite = ["@ana:example.org"]
        space = "#incidents:example.org"
        room_version = "12"
        [people]
        admins = ["matrix:@ana:example.org"]
        [rooms]
        war_room = ["matrix:!v12idwithoutserver"]
        engineering = ["matrix:!abc:example.org"]
        company = ["matrix:#company:example.org"]
        "##,
        &[("HERALD__MATRIX__PASSWORD", "hunter2"), ("HERALD__MATRIX__CREATE_ROOMS", "true")],
    )
    .unwrap();
    assert_eq!(config.health.listen, Some("[::1]:9000".parse().unwrap()));
    let matrix = config.matrix.as_ref().unwrap();
    assert_eq!(
        (matrix.homeserver.as_str(), matrix.user.as_str()),
        ("https://matrix.example.org", "@herald:example.org")
    );
    assert_eq!(matrix.room_version, Some(RoomVersion::V12));
    assert!(matrix.create_rooms);
    let Some(Proof::Password(password)) = matrix.proof().unwrap() else { panic!("no password") };
    assert_eq!(password.expose_secret(), "hunter2");
    assert!(!format!("{config:?}").contains("hunter2"));
    let network = Network::new("matrix");
    let keys: Vec<String> = config.places_on(&network).map(|(key, ..)| key).collect();
    assert_eq!(keys, ["rooms.war_room[0]", "rooms.engineering[0]", "rooms.company[0]"]);
    assert_eq!(load("health.listen = \"off\"", &[]).unwrap().health.listen, None);
}

#[test]
fn a_secret_in_a_file_is_read_when_it_is_needed() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("secret");
    let with = |key: &str| {
        let text = format!("{MATRIX}{key} = \"{}\"", file.display());
        load(&text, &[]).unwrap().matrix.unwrap()
    };
    let said = with("password_file").proof().unwrap_err().to_string();
    let wanted = |key: &str, reason: &str| {
        let file = file.display();
        format!("{key} is {file}, which cannot be used: {reason}; write the secret into it, or name another file")
    };
    assert_eq!(said, wanted("matrix.password_file", "there is no such file"));
    fs::write(&file, "\n").unwrap();
    let said = with("recovery_key_file").recovery_key().unwrap_err().to_string();
    assert_eq!(said, wanted("matrix.recovery_key_file", "it is empty"));
    fs::write(&file, "  hunter2 \r\n").unwrap();
    let Some(Proof::Token(token)) = with("access_token_file").proof().unwrap() else { panic!("no token") };
    assert_eq!(token.expose_secret(), "  hunter2 ", "only the line break is not part of it");
    assert!(with("device_name").proof().unwrap().is_none());
}

#[test]
fn no_refusal_repeats_a_secret() {
    for (file, said) in [
        ("password = 70112", "matrix.password is set; write it as a text that is not empty"),
        (
            "password_file = \"a\"\npassword = \"70112\"",
            "matrix.password_file is \"a\"; write that or matrix.password, not both",
        ),
        (
            "password = \"70112\"\naccess_token = \"70112\"",
            "matrix.access_token is set; write that or matrix.password, not both",
        ),
    ] {
        assert_eq!(refusal(&format!("{MATRIX}{file}"), &[]), format!("herald.toml: {said}"));
    }
    let said = refusal(MATRIX, &[("HERALD__MATRIX__ACCESS_TOKEN", "")]);
    assert!(said.ends_with("matrix.access_token is set; write it as a text that is not empty"), "{said}");
}

#[test]
fn no_refusal_repeats_a_secret_whatever_its_type_and_wherever_it_was_put() {
    // Made up for this test, in the shape of Discord's, of a homeserver's and of a recovery key.
    let discord = ["MTk4NjIyNDgzNDcxOTI1MjQ4", "Cl2FMQ", "ZnCjm1XVW7vRze4b7Cq4se7kKWs"].join(".");
    let matrix = ["syt", "aGVyYWxk", "VqRyxNePcOAbcdefXYZ0", "1a2b3c"].join("_");
    let written = |secret: &str| {
        [
            format!("[discord]\nserver = \"1\"\ntoken = {}", secret.len()),
            format!("[discord]\nserver = \"1\"\ntoken = [\"{secret}\"]"),
            format!("[discord]\nserver = \"1\"\ntoken = {{ value = \"{secret}\" }}"),
            format!("[discord]\nserver = \"{secret}\""),
            format!("discord = \"{secret}\""),
            format!("matrix = \"{secret}\""),
            format!(
                "[discord]\nserver = \"1\"\ntoken_file = \"t\"\napi = \"https://herald:{secret}@proxy.example.org\""
            ),
            format!("[matrix]\nuser = \"@herald:example.org\"\nhomeserver = \"https://herald:{secret}@example.org\""),
            format!("[matrix]\nhomeserver = \"https://example.org\"\nuser = \"{secret}\""),
            format!("[people]\nadmins = [\"{secret}\"]"),
            format!("[log]\nformat = \"{secret}\""),
            format!("[herald]\nzone = \"{secret}\""),
        ]
    };
    let recovery_key = "EsTc LW2K PAiF wKEA 6WE9 3b2j hCXP t2mw s8rT nQ4v 7dXk Zp3M";
    for secret in [discord.as_str(), matrix.as_str(), recovery_key] {
        for file in written(secret) {
            let said = refusal(&file, &[]);
            assert!(!said.contains(secret) && !said.contains(&secret[..12]), "{file}\n{said}");
        }
        for variable in
            ["HERALD__DISCORD__SERVER", "HERALD__MATRIX__HOMESERVER", "HERALD__PROMISES__EVERY", "HERALD__DISCORD"]
        {
            let said = refusal("", &[(variable, secret)]);
            assert!(!said.contains(&secret[..12]), "{said}");
        }
        let text = format!("[discord]\nserver = \"1\"\ntoken_file = \"{secret}\"");
        let said = load(&text, &[]).unwrap().discord.unwrap().token().unwrap_err().to_string();
        assert!(!said.contains(&secret[..12]) && said.contains("there is no such file"), "{said}");
    }
    let said = refusal("[discord]\nserver = \"1\"\ntoken = 70112", &[]);
    assert_eq!(said, "herald.toml: discord.token is set; write it as a text that is not empty");
    let said = refusal("[matrix]\nuser = \"@h:x\"\nhomeserver = \"https://ben:hunter2@x.org\"", &[]);
    assert!(said.contains(r#"matrix.homeserver is "https://…@x.org"; write the address"#), "{said}");
    let short = refusal("[discord]\nserver = \"1\"\ntoken_file = \"t\"\napi = \"https://ben:hunter2@x.org\"", &[]);
    assert!(short.contains("discord.api") && !short.contains("hunter2"), "{short}");
}

#[test]
fn a_variable_wins_over_the_file() {
    let config = load(
        "[incidents]\nsilence = \"1h\"\nhandoff = \"1m\"\n[log]\nformat = \"text\"",
        &[
            ("HERALD__INCIDENTS__SILENCE", "20m"),
            ("HERALD__INCIDENTS__OWN_ROOM", "true"),
            ("HERALD__INCIDENTS__DEFAULT_SEVERITY", "critical"),
            ("HERALD__PROMISES__MOST", "0"),
            ("HERALD__LOG__FORMAT", "json"),
            ("HERALD__ROOMS__WAR_ROOM", "matrix:!war:example.org, discord:5"),
            ("HERALD__PEOPLE__ADMINS", ""),
            ("HERALD_CONFIG", "not ours"),
            ("PATH", "not ours"),
        ],
    )
    .unwrap();
    assert_eq!(config.incidents.silence, SignedDuration::from_mins(20));
    assert_eq!(config.incidents.handoff, SignedDuration::from_mins(1));
    assert!(config.incidents.own_room);
    assert_eq!(config.incidents.default_severity, Severity::Critical);
    assert_eq!(config.promises.most, 0);
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.rooms.war_room.len(), 2);
    assert_eq!(config.people.admins, []);
}
