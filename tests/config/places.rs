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
