//! Whose rooms they are, and whose accounts.

use herald::config::{Config, ConfigError};

use crate::{load, refusal};

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

    const EXAMPLE: &str = include_str!("../../config/herald.example.toml");

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

    #[test]
    fn every_key_can_be_set_by_a_variable() {
        let shown = |line: &str| if shows_a_key(line) { line[2..].to_owned() } else { line.to_owned() };
        // The name of a team can have hyphens, which no variable's can.
        let whole: Vec<String> =
            EXAMPLE.lines().map(|line| shown(line).replace("teams.pay", "teams.card-pay")).collect();
        let whole = whole.join("\n");
        let config = load(&whole, &[]).unwrap();
        assert!(config.teams.contains_key("card-payments"), "{:?}", config.teams);
        let variables = variables(&whole);
        assert!(variables.len() > 60 && variables.iter().any(|(name, _)| name == "HERALD__HERALD__DATA"));
        for (name, _) in &variables {
            let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            assert!(name.chars().all(plain), "a shell takes no variable called {name}");
        }
        let variables: Vec<_> = variables.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(load("", &variables).unwrap(), config);

        // Each of those that do not go with another, in its place.
        for (section, key, text) in [
            ("matrix", "password", "correct horse"),
            ("matrix", "access_token_file", "/run/secrets/token"),
            ("matrix", "access_token", "syt_made_up"),
            ("discord", "token", "made-up"),
        ] {
            let proves = |line: &&str| line.starts_with("password_file") || line.starts_with("token_file");
            let alone: Vec<&str> = whole.lines().filter(|line| !proves(line)).collect();
            let other =
                if section == "matrix" { ("[discord]", "token = \"t\"") } else { ("[matrix]", "password = \"p\"") };
            let with = |heads: &[(&str, &str)]| {
                let lines = alone.iter().map(|line| match heads.iter().find(|(head, _)| head == line) {
                    Some((head, more)) => format!("{head}\n{more}"),
                    None => (*line).to_owned(),
                });
                lines.collect::<Vec<_>>().join("\n")
            };
            let (head, more) = (format!("[{section}]"), format!("{key} = \"{text}\""));
            let name = format!("HERALD__{}__{}", section.to_uppercase(), key.to_uppercase());
            let by_variable = load(&with(&[other]), &[(&name, text)]).unwrap();
            assert_eq!(by_variable, load(&with(&[other, (&head, &more)]), &[]).unwrap(), "{name}");
        }
    }

    /// A file as variables.
    fn variables(file: &str) -> Vec<(String, String)> {
        let file = config::File::from_str(file, config::FileFormat::Toml);
        let tree = config::Config::builder().add_source(file).build().unwrap().cache;
        let mut found = Vec::new();
        flatten("HERALD", &tree, &mut found);
        found
    }

    fn flatten(name: &str, value: &config::Value, found: &mut Vec<(String, String)>) {
        use config::ValueKind::{Array, Table};
        let text = |value: &config::Value| value.clone().into_string().unwrap();
        if let Table(table) = &value.kind {
            for (key, value) in table {
                flatten(&format!("{name}__{}", key.to_uppercase().replace('-', "_")), value, found);
            }
        } else if let Array(list) = &value.kind {
            if list.iter().any(|it| matches!(it.kind, Table(_))) {
                for (n, value) in list.iter().enumerate() {
                    flatten(&format!("{name}__{n}"), value, found);
                }
                return;
            }
            let entry = |entry: &config::Value| {
                let group = entry.clone().into_array().unwrap_or_else(|_| vec![entry.clone()]);
                group.iter().map(text).collect::<Vec<_>>().join(" ")
            };
            found.push((name.to_owned(), list.iter().map(entry).collect::<Vec<_>>().join(",")));
        } else {
            found.push((name.to_owned(), text(value)));
        }
    }

    #[test]
    fn entries_of_a_list_can_be_numbered_and_replace_those_of_the_file() {
        let file = "[[guard.patterns]]\nname = \"a key\"\nregex = \"K-[0-9]+\"\n[rooms]\nwar_room = [\"discord:9\"]";
        let config = load(
            file,
            &[
                ("HERALD__GUARD__PATTERNS__2__NAME", "a customer"),
                ("HERALD__GUARD__PATTERNS__2__REGEX", "C{1,2}"),
                ("HERALD__GUARD__PATTERNS__10__NAME", "an order"),
                ("HERALD__GUARD__PATTERNS__10__REGEX", "O"),
                ("HERALD__ROOMS__WAR_ROOM__0", "discord:1"),
                ("HERALD__ROOMS__WAR_ROOM__1", "discord:2"),
            ],
        )
        .unwrap();
        let names: Vec<&str> = config.guard.patterns.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["a customer", "an order"]);
        assert_eq!(config.rooms.war_room.len(), 2);
        assert_eq!(
            refusal("", &[("HERALD__GUARD__PATTERNS__0__NAME", "x"), ("HERALD__GUARD__PATTERNS__0__REGEX", "(")])
                .split("; write")
                .next(),
            Some("environment variable HERALD__GUARD__PATTERNS__0__REGEX: guard.patterns[0].regex is \"(\""),
        );
        let said = refusal("", &[("HERALD__HERALD__HERALD__DATA", "x")]);
        assert!(said.contains("herald.herald is not a key that Herald knows"), "{said}");
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
