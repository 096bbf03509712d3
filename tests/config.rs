//! What an admin reads when a configuration cannot be used, and what comes of one that can.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may say: this cannot be")]

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use herald::config::{Config, ConfigError, LogFormat, Origin, Proof, RoomVersion};
use herald::incident::{Audience, Severity};
use herald_chat::{Network, RoomRef};
use jiff::SignedDuration;
use secrecy::ExposeSecret;

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

#[test]
fn a_key_that_does_not_exist_is_refused_at_every_level() {
    for (file, said) in [
        (
            "[promise]\nmost = 1",
            "promise is not a key that Herald knows; write one of `herald`, `incidents`, `promises`, `delivery`, \
             `relay`, `guard`, `journal`, `timeline`, `log`, `health`, `matrix`, `discord`, `people`, `rooms`, `teams`",
        ),
        (
            "[promises]\nmots = 1",
            "promises.mots is not a key that Herald knows; write one of `before`, `after`, `every`, `most`, \
             `critical`, `major`, `minor`",
        ),
        (
            "[promises.critical]\nlimt = \"30m\"",
            "promises.critical.limt is not a key that Herald knows; write one of `limit`, `first`, `usual`",
        ),
        (
            "[[guard.patterns]]\nname = \"a\"\nregex = \"b\"\nflags = \"i\"",
            "guard.patterns[0].flags is not a key that Herald knows; write one of `name`, `regex`",
        ),
        ("[people]\nadmin = []", "people.admin is not a key that Herald knows; write one of `admins`, `linked`"),
    ] {
        assert_eq!(refusal(file, &[]), format!("herald.toml: {said}"));
    }
}

#[test]
fn a_value_that_is_not_allowed_is_refused_with_what_is() {
    for (file, said) in [
        (
            r#"promises.critical.limit = "soon""#,
            r#"promises.critical.limit is "soon"; write a duration such as "30m" or "1h15m""#,
        ),
        ("promises.every = 10", r#"promises.every is 10; write a duration such as "30m" or "1h15m""#),
        (r#"promises.every = "-5m""#, r#"promises.every is "-5m"; write a duration between "1s" and "168h""#),
        (r#"delivery.notice = "169h""#, r#"delivery.notice is "169h"; write a duration between "1s" and "168h""#),
        (
            r#"promises.minor.first = "no""#,
            r#"promises.minor.first is "no"; write a duration such as "10m", or "never""#,
        ),
        (r#"promises.major.first = "2h""#, r#"promises.major.first is "2h"; write at most the limit, which is 1h"#),
        (
            r#"promises.minor = { limit = "1h", usual = "90m" }"#,
            r#"promises.minor.usual is "90m"; write at most the limit, which is 1h"#,
        ),
        ("promises.most = 6.7", "promises.most is 6.7; write a whole number from 0 to 100"),
        (r#"promises.most = "6""#, r#"promises.most is "6"; write a whole number from 0 to 100"#),
        ("delivery.in_flight = 0", "delivery.in_flight is 0; write a whole number from 1 to 64"),
        (
            r#"journal.keep_free = "64 MB""#,
            r#"journal.keep_free is "64 MB"; write a size up to "1024GiB", such as "64MiB" or "1GiB""#,
        ),
        (
            "journal.keep_free = 64",
            r#"journal.keep_free is 64; write a size up to "1024GiB", such as "64MiB" or "1GiB""#,
        ),
        ("journal.snapshot_every = -1", "journal.snapshot_every is -1; write a whole number from 100 to 10000000"),
        (
            r#"herald.zone = "Mars/Olympus""#,
            r#"herald.zone is "Mars/Olympus"; write the IANA name of a time zone, such as "UTC" or "Europe/Prague""#,
        ),
        (r#"herald.data = """#, r#"herald.data is ""; write a path, such as "./data/herald""#),
        (
            r#"incidents.default_severity = "sev1""#,
            r#"incidents.default_severity is "sev1"; write one of `minor`, `major`, `critical`"#,
        ),
        (
            "incidents.default_severity = 1",
            "incidents.default_severity is 1; write one of `minor`, `major`, `critical`",
        ),
        (r#"incidents.own_room = "yes""#, r#"incidents.own_room is "yes"; write true or false"#),
        ("incidents.own_room = 1", "incidents.own_room is 1; write true or false"),
        (r#"log.format = "xml""#, r#"log.format is "xml"; write one of `text`, `json`"#),
        (
            r#"log.filter = "inof""#,
            r#"log.filter is "inof"; write a level such as "info" or "debug", or pairs such as "info,herald::outbox=debug""#,
        ),
        (r#"log = "debug""#, r#"log is "debug"; write a section, [log]"#),
        ("promises.minor = [1]", "promises.minor is a list; write a section, [promises.minor]"),
        (r#"guard.patterns = ["x"]"#, r#"guard.patterns[0] is "x"; write a section of its own, [[guard.patterns]]"#),
        (
            r#"people.admins = ["matrix:@ana:example.org", "ana"]"#,
            r#"people.admins[1] is "ana"; write a network and its id of the person, such as "matrix:@ana:example.org""#,
        ),
        (
            r#"rooms.company = ["general"]"#,
            r#"rooms.company[0] is "general"; write a network and its id of the room, such as "matrix:!abc:example.org""#,
        ),
        (r#"rooms.company = "discord:1""#, r#"rooms.company is "discord:1"; write a list, ["discord:1"]"#),
        (
            r#"rooms = { war_room = ["discord:1"], company = ["discord:2", "discord:1"] }"#,
            r#"rooms.company[1] is "discord:1"; write another room: that one is in rooms.war_room already"#,
        ),
        (
            r#"rooms.admin = ["matrix:general"]"#,
            r#"rooms.admin[0] is "matrix:general"; write a room's id or alias, such as "matrix:!abc:example.org" or "matrix:#company:example.org""#,
        ),
        (
            r#"people.admins = ["matrix:ana"]"#,
            r#"people.admins[0] is "matrix:ana"; write an account, such as "matrix:@ana:example.org""#,
        ),
        (
            r#"people.linked = [["matrix:@ana:example.org", "discord:ana"]]"#,
            r#"people.linked[0][1] is "discord:ana"; write the id of an account, such as "discord:80351110224678912""#,
        ),
        (
            r#"people.linked = [["matrix:@ana:example.org", "ana"]]"#,
            r#"people.linked[0][1] is "ana"; write a network and its id of the person, such as "matrix:@ana:example.org""#,
        ),
        (
            r#"people.linked = [["matrix:@ana:example.org"]]"#,
            "people.linked[0] is a list; write two accounts of one person, or more",
        ),
        (
            r#"people.linked = [["console:a", "console:b"], ["console:c", "console:a"]]"#,
            r#"people.linked[1][1] is "console:a"; write each account once: it is people.linked[0][0] already"#,
        ),
        (
            r#"health.listen = "9464""#,
            r#"health.listen is "9464"; write an address and a port such as "127.0.0.1:9464", or "off""#,
        ),
        (
            r#"health.listen = "0.0.0.0:9464""#,
            r#"health.listen is "0.0.0.0:9464"; write a loopback address such as "127.0.0.1:9464", for what it answers is for this machine alone, or "off""#,
        ),
        (
            r#"matrix.homeserver = "example.org""#,
            r#"matrix.homeserver is "example.org"; write the address of the homeserver, such as "https://matrix.example.org""#,
        ),
        (
            r#"matrix.user = "herald""#,
            r#"matrix.user is "herald"; write Herald's account, such as "@herald:example.org""#,
        ),
        (r#"matrix.invite = ["ana"]"#, r#"matrix.invite[0] is "ana"; write an account, such as "@ana:example.org""#),
        (r#"matrix.room_version = "9""#, r#"matrix.room_version is "9"; write one of `10`, `11`, `12`"#),
        (
            r#"matrix.space = "incidents""#,
            r##"matrix.space is "incidents"; write the id or the alias of a space, such as "#incidents:example.org""##,
        ),
        (
            r#"guard.patterns = [{ name = "a customer number", regex = "(" }]"#,
            r#"guard.patterns[0].regex is "("; write a regular expression that can be read (this one: unclosed group)"#,
        ),
        (
            r#"guard.patterns = [{ name = "a customer number", regex = "x*" }]"#,
            r#"guard.patterns[0].regex is "x*"; write a regular expression that does not match everything"#,
        ),
    ] {
        assert_eq!(refusal(file, &[]), format!("herald.toml: {said}"));
    }
}

#[test]
fn a_key_without_a_default_is_asked_for() {
    assert_eq!(
        refusal("[[guard.patterns]]\nname = \"a customer number\"", &[]),
        "herald.toml: guard.patterns[0].regex is missing; it has no default, so write it"
    );
    for (there, missing) in
        [("user = \"@herald:example.org\"", "homeserver"), ("homeserver = \"https://example.org\"", "user")]
    {
        assert_eq!(
            refusal(&format!("[matrix]\n{there}"), &[]),
            format!("herald.toml: matrix.{missing} is missing; it has no default, so write it")
        );
    }
}

#[test]
fn a_refusal_names_the_variable_that_set_the_value() {
    for (name, text, said) in [
        (
            "HERALD__PROMISES__CRITICAL__LIMIT",
            "soon",
            r#"promises.critical.limit is "soon"; write a duration such as "30m" or "1h15m""#,
        ),
        ("HERALD__INCIDENTS__OWN_ROOM", "1", r#"incidents.own_room is "1"; write true or false"#),
        ("HERALD__DELIVERY__IN_FLIGHT", "many", r#"delivery.in_flight is "many"; write a whole number from 1 to 64"#),
        (
            "HERALD__FOO__BAR",
            "1",
            "foo is not a key that Herald knows; write one of `herald`, `incidents`, `promises`, `delivery`, `relay`, \
             `guard`, `journal`, `timeline`, `log`, `health`, `matrix`, `discord`, `people`, `rooms`, `teams`",
        ),
        ("HERALD__LOG__LEVEL", "info", "log.level is not a key that Herald knows; write one of `filter`, `format`"),
        ("HERALD__LOG", "debug", r#"log is "debug"; write a section, [log]"#),
        (
            "HERALD__ROOMS__COMPANY",
            "discord:1,general",
            r#"rooms.company[1] is "general"; write a network and its id of the room, such as "matrix:!abc:example.org""#,
        ),
        (
            "HERALD__ROOMS__COMPANY",
            "discord:9",
            r#"rooms.company[0] is "discord:9"; write another room: that one is in rooms.war_room already"#,
        ),
    ] {
        let file = r#"rooms.war_room = ["discord:9"]"#;
        assert_eq!(refusal(file, &[(name, text)]), format!("environment variable {name}: {said}"));
    }
}

#[test]
fn the_file_is_not_blamed_for_a_variable_nor_the_variable_for_the_file() {
    let file = "[promises.critical]\nlimit = \"20m\"\nfirst = \"15m\"";
    assert_eq!(
        refusal(file, &[("HERALD__PROMISES__CRITICAL__USUAL", "25m")]),
        "environment variable HERALD__PROMISES__CRITICAL__USUAL: promises.critical.usual is \"25m\"; write at most the \
         limit, which is 20m"
    );
    assert_eq!(
        refusal(file, &[("HERALD__PROMISES__CRITICAL__LIMIT", "12m")]),
        "herald.toml: promises.critical.first is \"15m\"; write at most the limit, which is 12m"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    for (file, reason) in [("nowhere/herald.toml", "there is no such file"), ("tests", "it is a directory")] {
        let said = Config::load(Some(Path::new(file)), []).unwrap_err().to_string();
        let wanted = format!("{file} cannot be read: {reason}; name a configuration file that can with --config");
        assert_eq!(said, wanted);
    }
}

#[test]
fn a_file_that_is_not_toml_is_refused_with_the_line() {
    assert_eq!(
        refusal("[log]\nformat = \"text\"\nformat = \"json\"\n", &[]),
        "herald.toml: TOML parse error at line 3, column 1: duplicate key"
    );
    let said = refusal("[promises]\nmost = \n", &[]);
    assert!(said.starts_with("herald.toml: TOML parse error at line 2, column 8: "), "{said}");
}

#[test]
fn of_two_faults_the_same_is_told_every_time() {
    for _ in 0..20 {
        let said = refusal("[rooms]\nzz = 1\naa = 1\nmm = 1", &[]);
        assert!(said.starts_with("herald.toml: rooms.aa is not"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_named() {
    use std::os::unix::ffi::OsStringExt;

    let variable = (OsString::from("HERALD__LOG__FILTER"), OsString::from_vec(vec![0xff]));
    let ConfigError::Unfit { origin, key, wanted, .. } = Config::load(None, [variable]).unwrap_err() else {
        panic!("not refused as a value")
    };
    assert_eq!(origin, Origin::Variable("HERALD__LOG__FILTER".to_owned()));
    assert_eq!((key.as_str(), wanted.as_str()), ("log.filter", "write UTF-8 text"));
}

#[test]
fn a_long_value_is_cut_in_the_refusal() {
    let said = refusal(&format!("[log]\nformat = \"{}\"", "x".repeat(500)), &[]);
    assert!(said.len() < 200, "{said}");
}

#[test]
fn rooms_of_teams_are_places_beside_those_of_everybody() {
    let text = r#"
        rooms.war_room = ["discord:1"]
        rooms.company = ["discord:2"]
        [teams.payments]
        war_room = ["discord:3"]
        company = ["matrix:#payments:example.org"]
    "#;
    let config = load(text, &[("HERALD__TEAMS__SEARCH__WAR_ROOM", "discord:4")]).unwrap();
    let places: Vec<String> =
        config.places().map(|(key, purpose, room)| format!("{key} {room} is for {purpose}")).collect();
    assert_eq!(
        places,
        [
            "rooms.war_room[0] discord:1 is for war-room",
            "rooms.company[0] discord:2 is for company",
            "teams.payments.war_room[0] discord:3 is for war-room of payments",
            "teams.payments.company[0] matrix:#payments:example.org is for company of payments",
            "teams.search.war_room[0] discord:4 is for war-room of search",
        ]
    );
    let rows = [
        (
            r#"teams.payments.company = ["discord:1"]"#,
            r#"teams.payments.company[0] is "discord:1"; write another room: that one is in rooms.war_room already"#,
        ),
        (
            r#"teams.search.company = ["discord:3"]"#,
            r#"teams.search.company[0] is "discord:3"; write another room: that one is in teams.payments.war_room already"#,
        ),
        (
            r#"teams.payments.engineering = ["matrix:general"]"#,
            r#"teams.payments.engineering[0] is "matrix:general"; write a room's id or alias, such as "matrix:!abc:example.org" or "matrix:#company:example.org""#,
        ),
    ];
    for (line, expected) in rows {
        let others = "rooms.war_room = [\"discord:1\"]\nteams.payments.war_room = [\"discord:3\"]\n";
        assert_eq!(refusal(&format!("{others}{line}"), &[]), format!("herald.toml: {expected}"));
    }
    assert!(refusal("teams.payments.admin = []", &[]).contains("teams.payments.admin is not a key that Herald knows"));
    let said = refusal("teams.Pay_ments.war_room = []", &[]);
    assert!(said.contains("call a team by up to 32 small letters, digits and hyphens"), "{said}");
}

#[test]
fn the_accounts_of_people_are_written_in_the_file_or_in_a_variable() {
    let in_file =
        r#"people.linked = [["matrix:@ana:example.org", "discord:1"], ["discord:2", "matrix:@b:example.org"]]"#;
    let variable = "matrix:@ana:example.org discord:1, discord:2 matrix:@b:example.org";
    let read = load(in_file, &[]).unwrap().people.linked;
    let shown: Vec<Vec<&str>> =
        read.iter().map(|group| group.iter().map(herald_chat::UserRef::as_str).collect()).collect();
    assert_eq!(shown, [["matrix:@ana:example.org", "discord:1"], ["discord:2", "matrix:@b:example.org"]]);
    assert_eq!(load("", &[("HERALD__PEOPLE__LINKED", variable)]).unwrap().people.linked, read);
}

/// `config/herald.example.toml`: what people copy.
mod example {
    use super::*;

    const EXAMPLE: &str = include_str!("../config/herald.example.toml");

    #[test]
    fn it_sets_every_key_to_its_default() {
        assert_eq!(load(EXAMPLE, &[]).unwrap(), Config::default());

        // A line such as `# usual = "20m"` or `# [[guard.patterns]]` shows a key that has no default. One such as
        // `# or: password = "…"` shows a key that does not go with another.
        let whole: String =
            EXAMPLE.lines().map(|line| if shows_a_key(line) { &line[2..] } else { line }.to_owned() + "\n").collect();
        load(&whole, &[]).unwrap();

        // Of every section, the refusal of a key that does not exist tells those that do. Each is in the example.
        let mut sections = vec![String::new()];
        let mut seen = 0;
        while let Some(section) = sections.pop() {
            for key in keys_of(&section, &whole) {
                seen += 1;
                let path = if section.is_empty() { (*key).to_owned() } else { format!("{section}.{key}") };
                // What a team is called is up to the company.
                let path = if path == "teams" { "teams.payments".to_owned() } else { path };
                if whole.lines().any(|line| line == format!("[{path}]") || line == format!("[[{path}]]")) {
                    sections.push(path);
                } else {
                    let starts = [format!("{key} = "), format!("# or: {key} = ")];
                    let shown = part(&whole, &section).any(|line| starts.iter().any(|start| line.starts_with(start)));
                    assert!(shown, "config/herald.example.toml does not show {path}");
                }
            }
        }
        assert!(seen > 40, "only {seen} keys were looked at");
    }

    /// The keys that `section` can have, of which `file` holds all others.
    fn keys_of(section: &str, file: &str) -> &'static [&'static str] {
        let mut lines: Vec<&str> = file.lines().collect();
        let top = lines.iter().position(|line| heads(line, section)).map_or(0, |header| header + 1);
        lines.insert(top, "zzz = 1");
        let broken = lines.join("\n");
        match load(&broken, &[]) {
            Err(ConfigError::UnknownKey { allowed, .. }) => allowed,
            other => panic!("an unknown key in [{section}] is not refused: {other:?}"),
        }
    }

    /// The lines of `section`.
    fn part<'f>(file: &'f str, section: &str) -> impl Iterator<Item = &'f str> {
        file.lines().skip_while(move |line| !heads(line, section)).skip(1).take_while(|line| !line.starts_with('['))
    }

    /// Whether `line` begins `section`.
    fn heads(line: &str, section: &str) -> bool {
        line == format!("[{section}]") || line == format!("[[{section}]]")
    }

    /// Whether `line` is a key or a section behind a `#`.
    fn shows_a_key(line: &str) -> bool {
        let Some((key, _)) = line.strip_prefix("# ").and_then(|rest| rest.split_once(" = ")) else {
            return line.starts_with("# [") && line.ends_with(']');
        };
        key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    }
}
