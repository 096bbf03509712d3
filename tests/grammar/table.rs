use std::collections::BTreeSet;

use herald::command::{ADMIN, Group, Place, Places, VERBS, Verb, markdown_table};
use strum::IntoEnumIterator as _;

use crate::{line, refused, typed};

fn names(verb: &Verb) -> impl Iterator<Item = &'static str> {
    std::iter::once(verb.name).chain(verb.aliases.iter().copied())
}

#[test]
fn every_example_is_read_by_its_own_row() {
    for verb in VERBS.iter().chain(ADMIN).filter(|verb| verb.name != "admin") {
        assert_eq!(line(verb.example).verb, verb, "{}", verb.example);
    }
}

#[test]
fn every_alias_means_the_same_as_the_name_in_any_case() {
    for verb in VERBS {
        let arguments = verb.example.trim_start_matches('!').trim_start_matches(verb.name);
        for name in names(verb) {
            for word in [name.to_owned(), name.to_uppercase()] {
                assert_eq!(line(&format!("!{word}{arguments}")), line(verb.example), "!{word}");
            }
        }
    }
}

#[test]
fn the_issues_commands_are_all_there() {
    let issue = "declare incident new open take ack assign release handoff pass accept decline severity sev status \
        identified mitigated resolve resolved reopen update say draft drafts publish redraft discard correct sitrep \
        sitreps impact workaround trying problem solved problems temporary undone temporaries need log note \
        finding decision task done drop tasks ask questions answered invite timeline who incidents show \
        stats help close cancel duplicate link unlink admin";
    let here: BTreeSet<&str> = VERBS.iter().flat_map(names).collect();
    assert_eq!(here, issue.split_whitespace().collect());
}

#[test]
fn no_name_stands_twice() {
    let all: Vec<&str> = VERBS.iter().flat_map(names).collect();
    assert_eq!(all.len(), all.iter().collect::<BTreeSet<_>>().len());
    assert!(all.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase())), "{all:?}");
}

#[test]
fn every_row_speaks_in_the_same_form() {
    for verb in VERBS.iter().chain(ADMIN) {
        let form = format!("!{}", verb.name);
        assert!(verb.usage == form || verb.usage.starts_with(&format!("{form} ")), "{}", verb.usage);
        assert!(verb.example == form || verb.example.starts_with(&format!("{form} ")), "{}", verb.example);
        assert!(verb.summary.ends_with('.') && !verb.who.ends_with('.'), "{}", verb.name);
        assert!(verb.summary.matches('`').count() % 2 == 0, "{}", verb.name);
        for text in [verb.usage, verb.summary, verb.example, verb.who] {
            assert!(!text.is_empty() && !text.contains(['|', '\n']) && !text.contains("  "), "{text}");
        }
    }
}

#[test]
fn rows_of_a_group_stand_together_in_the_groups_order() {
    let groups: Vec<Group> = VERBS.iter().map(|verb| verb.group).collect();
    assert!(groups.is_sorted());
    assert!(Group::iter().all(|group| groups.contains(&group)));
}

#[test]
fn what_looks_like_a_verb_is_offered_instead() {
    let rows = [
        ("updaet", "update"),
        ("updte", "update"),
        ("UPDATES", "update"),
        ("declear", "declare"),
        ("severty", "severity"),
        ("mitigate", "mitigated"),
        ("mitig", "mitigated"),
        ("hlep", "help"),
        ("assing", "assign"),
        ("hand", "handoff"),
        ("stat", "stats"),
        ("temp", "temporary"),
        ("colse", "close"),
        ("taks", "task"),
        ("ct", ""),
        ("xyzzy", ""),
        ("обновление", ""),
    ];
    for (word, like) in rows {
        let like = if like.is_empty() { String::new() } else { format!(" Did you mean `!{like}`?") };
        assert_eq!(
            refused(&format!("!{word} x")),
            format!("I don't know `!{word}`.{like} `!help` shows what matters now.")
        );
    }
}

#[test]
fn what_is_no_command_is_left_alone() {
    for text in ["", " ", "hello", "hello !update x", "!!", "!1", "!?", "!= 5", "! wow", "!/bin/sh", "¡update", "?help"]
    {
        assert_eq!(typed(text), Ok(None), "{text:?}");
    }
}

#[test]
fn each_command_says_where_it_belongs() {
    use Place::{Admin, Direct, Engineering, WarRoom};
    let rows: [(Places, &[Place], &str, &str); 5] = [
        (Places::WarRoom, &[WarRoom], "close", "Write it in the war room."),
        (Places::Engineers, &[WarRoom, Engineering], "declare", "Write it in the war room or in engineering."),
        (Places::Direct, &[Direct], "ask", "Send it to me as a direct message."),
        (Places::Admins, &[Admin, Direct], "admin", "Write it in an admin room, or send it to me as a direct message."),
        (
            Places::Everywhere,
            &[WarRoom, Engineering, Admin, Direct],
            "show",
            "Write it in the war room, or send it to me as a direct message.",
        ),
    ];
    for (places, inside, name, instead) in rows {
        for place in [WarRoom, Engineering, Admin, Direct] {
            assert_eq!(places.contains(place), inside.contains(&place), "{places:?} {place:?}");
        }
        let verb = VERBS.iter().find(|verb| verb.name == name).unwrap();
        assert_eq!((verb.places, verb.instead()), (places, instead));
    }
}

#[test]
fn what_may_be_typed_outside_the_war_room_is_known_by_name() {
    let of = |places| VERBS.iter().filter(move |verb| verb.places == places).map(|verb| verb.name).collect::<Vec<_>>();
    assert_eq!(of(Places::Engineers), ["declare", "update", "draft", "sitrep", "sitreps"]);
    assert_eq!(of(Places::Everywhere), ["status", "incidents", "show", "stats", "help"]);
    assert_eq!(of(Places::Direct), ["ask", "link", "unlink"]);
    assert_eq!(of(Places::Admins), ["admin"]);
    assert!(ADMIN.iter().all(|verb| verb.places == Places::Admins));
}

#[test]
fn the_readme_gets_one_line_for_each_command() {
    let table = markdown_table();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), VERBS.len() + ADMIN.len() + 2);
    assert_eq!(lines[..2], ["| command | who | effect |", "|---|---|---|"]);
    assert!(lines.iter().all(|line| line.matches('|').count() == 4));
    let handoff = "| `!handoff <role> <person>` (pass) | whoever has the role | Offer your role to somebody. It stays \
                   yours until they write `!accept`. |";
    assert!(lines.contains(&handoff), "{table}");
}
