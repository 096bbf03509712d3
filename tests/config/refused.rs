//! What cannot be used is refused in a sentence that says what to write.

use std::ffi::OsString;
use std::path::Path;

use herald::config::{Config, ConfigError, Origin};

use crate::refusal;

#[test]
fn a_key_that_does_not_exist_is_refused_at_every_level() {
    for (file, said) in [
        (
            "[promise]\nmost = 1",
            "promise is not a key that Herald knows; write one of `herald`, `incidents`, `promises`, `delivery`, \
             `relay`, `limits`, `guard`, `journal`, `timeline`, `log`, `health`, `matrix`, `discord`, `people`, `rooms`, `teams`",
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
        (
            "[people]\nadmin = []",
            "people.admin is not a key that Herald knows; write one of `admins`, `spokespersons`, `linked`",
        ),
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
        ("delivery.pauses = 0", "delivery.pauses is 0; write a whole number from 1 to 100"),
        ("delivery.pauses = 101", "delivery.pauses is 101; write a whole number from 1 to 100"),
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
        (
            r#"incidents.call_responders = "all""#,
            r#"incidents.call_responders is "all"; write one of `critical`, `major`, `minor`, `never`"#,
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
            "foo is not a key that Herald knows; write one of `herald`, `incidents`, `promises`, `delivery`, `relay`, `limits`, \
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
