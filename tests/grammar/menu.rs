//! The grammar as a menu and as forms: what is chosen comes to what would have been typed.

use std::collections::BTreeSet;

use herald::command::{Ask, Asks, FormId, VERBS, menu, menu_line};
use herald::incident::{Command, IncidentNo, Next};
use herald_chat::{Field, FieldKind, MenuItem, Typed};
use jiff::SignedDuration;

use crate::{ask, line, refused};

fn asks(text: &str) -> Command {
    let Ask::Do(command) = ask(text) else { unreachable!("{text}") };
    command
}

fn given(pairs: &[(&str, &str)]) -> Vec<Typed> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn likely(field: &Field) -> &'static str {
    match &field.kind {
        FieldKind::OneOf(words) => words[0],
        FieldKind::Person => "@ben",
        FieldKind::Switch => "true",
        FieldKind::Text | FieldKind::Suggested => match field.name {
            "n" | "update" => "3",
            "incident" | "of" => "INC-2",
            "next" => "30m",
            "window" => "30d",
            "command" => "update",
            _ => "checkout fails for some",
        },
    }
}

fn filled(item: &MenuItem, wanted: impl Fn(&Field) -> bool) -> String {
    let values: Vec<(&str, &str)> =
        item.fields.iter().filter(|field| wanted(field)).map(|field| (field.name, likely(field))).collect();
    menu_line(item.name, &given(&values))
}

#[test]
fn every_row_is_an_item_within_the_limits_of_the_narrowest_menu() {
    let menu = menu();
    assert!(menu.iter().map(|item| item.name).eq(VERBS.iter().map(|verb| verb.name)));
    for item in &menu {
        let names: BTreeSet<&str> = item.fields.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), item.fields.len(), "{}", item.name);
        assert!(item.summary.chars().count() <= 100 && !item.summary.ends_with('…'), "{}", item.summary);
        for field in &item.fields {
            assert!(field.summary.chars().count() <= 100, "{}", field.summary);
            assert!(field.name.bytes().all(|byte| byte.is_ascii_lowercase()), "{}", field.name);
        }
        assert!(item.fields.is_sorted_by_key(|field| !field.is_required), "{}", item.name);
    }
    let entries: BTreeSet<&str> =
        menu.iter().filter(|item| !item.is_top).map(|item| item.heading.unwrap_or(item.name)).collect();
    assert!(entries.len() <= 25, "one command has so many subcommands and groups: {}", entries.len());
}

#[test]
fn what_is_chosen_is_read_by_its_own_row_with_all_fields_and_with_those_that_must_be() {
    for item in menu().iter().filter(|item| !item.opens_form) {
        // What is for everybody is no security incident.
        for wanted in [|field: &Field| field.is_required, |field: &Field| field.name != "public"] {
            // What is to be administered takes other words each.
            let typed = filled(item, |field| wanted(field) && (item.name, field.name) != ("admin", "words"));
            assert_eq!(line(&typed).verb.name.split(' ').next(), Some(item.name), "{typed}");
        }
    }
}

#[test]
fn values_stand_where_the_grammar_reads_them() {
    for (item, values, wanted) in [
        (
            "declare",
            given(&[("title", "x is down"), ("severity", "major"), ("drill", "true"), ("security", "false")]),
            "!declare x is down --severity major --drill",
        ),
        (
            "assign",
            given(&[("person", "<@12>"), ("role", "spokesperson"), ("incident", "INC-4")]),
            "!assign INC-4 spokesperson <@12>",
        ),
        (
            "draft",
            given(&[("text", "All is well."), ("next", "next 30m"), ("customers", "true")]),
            "!draft All is well.\nnext 30m --customers",
        ),
        ("draft", given(&[("text", "All is well."), ("next", "FINAL")]), "!draft All is well.\nfinal"),
        ("publish", given(&[("n", "2"), ("next", "14:30")]), "!publish 2 next 14:30"),
        ("duplicate", given(&[("of", "INC-2"), ("incident", "INC-3")]), "!duplicate INC-3 INC-2"),
        ("show", given(&[("incident", "INC-2")]), "!show INC-2"),
        ("who", given(&[]), "!who"),
    ] {
        assert_eq!(menu_line(item, &values), wanted);
    }
}

#[test]
fn a_form_comes_to_the_command_that_would_have_been_typed() {
    let update = FormId { asks: Asks::Update { customers: true }, incident: Some(IncidentNo(7)) };
    let says = update.filled(&given(&[("text", "It is down.\nWe roll back."), ("next", "30m")]));
    let Command::Update { text, next, customers, .. } = asks(&says) else { unreachable!("{says}") };
    assert_eq!((text.as_str(), customers), ("It is down.\nWe roll back.", true));
    assert_eq!(next, Some(Next::In(SignedDuration::from_mins(30))));
    let last = FormId { asks: Asks::Update { customers: false }, incident: None };
    let last = last.filled(&given(&[("text", "It is over."), ("next", "Final")]));
    assert_eq!(
        asks(&last),
        Command::Update { text: "It is over.".to_owned(), next: Some(Next::Final), customers: false, anyway: false }
    );
    let publish = FormId { asks: Asks::Publish(2), incident: Some(IncidentNo(7)) };
    let publish = publish.filled(&given(&[("next", "1h")]));
    assert_eq!(
        asks(&publish),
        Command::Publish { n: 2, next: Some(Next::In(SignedDuration::from_hours(1))), anyway: false }
    );
    let redraft = FormId { asks: Asks::Redraft(2), incident: Some(IncidentNo(7)) };
    let redraft = redraft.filled(&given(&[("text", "It is up."), ("next", "")]));
    assert_eq!(asks(&redraft), Command::Redraft { n: 2, text: "It is up.".to_owned(), next: None, customers: false });
}

#[test]
fn a_time_that_is_none_is_refused_as_if_it_were_typed() {
    let update = FormId { asks: Asks::Update { customers: false }, incident: None };
    let says = update.filled(&given(&[("text", "It is down."), ("next", "25:99")]));
    assert!(refused(&says).starts_with("I can't read `25:99` as a time."));
}

#[test]
fn a_form_is_known_again_by_its_id() {
    let no = IncidentNo(12);
    for asks in
        [Asks::Update { customers: false }, Asks::Update { customers: true }, Asks::Publish(3), Asks::Redraft(4)]
    {
        for incident in [None, Some(no)] {
            let id = FormId { asks, incident };
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }
    for odd in ["", "update INC-1 2", "publish", "publish INC-1", "discard INC-1 2", "update customers INC-1"] {
        assert!(odd.parse::<FormId>().is_err(), "{odd}");
    }
    let chosen = FormId::of_menu(&given(&[("incident", "INC-12"), ("customers", "true")]));
    assert_eq!(chosen.to_string(), "update INC-12 customers");
}
