use herald::command::People;
use herald_chat::Person;

use crate::{ana, ben, everybody, person};

fn found(people: &People, word: &str) -> Result<String, String> {
    people.find(word, &ana()).map(|person| person.id.to_string()).map_err(|refusal| refusal.to_string())
}

fn of(all: &[Person]) -> People {
    let mut people = People::new();
    all.iter().cloned().for_each(|person| people.saw(person));
    people
}

#[test]
fn somebody_is_found_by_whatever_people_call_them() {
    let people = everybody();
    let rows = [
        ("ben", "console:ben"),
        ("@ben", "console:ben"),
        ("Ben", "console:ben"),
        (" @BEN ", "console:ben"),
        ("ben,", "console:ben"),
        ("\"ben\"", "console:ben"),
        ("console:ben", "console:ben"),
        ("@console:ben", "console:ben"),
        ("`console:ben`", "console:ben"),
        ("me", "console:ana"),
        ("@Me", "console:ana"),
        ("Cleo Smith", "console:cleo"),
        ("cleo  smith", "console:cleo"),
        ("@“Cleo Smith”", "console:cleo"),
        ("\"@Cleo Smith\"", "console:cleo"),
        ("cleo", "console:cleo"),
        ("@dora:example.org", "matrix:@dora:example.org"),
        ("dora:example.org", "matrix:@dora:example.org"),
        ("matrix:@dora:example.org", "matrix:@dora:example.org"),
        ("@dora", "matrix:@dora:example.org"),
        ("Dora [on call]", "matrix:@dora:example.org"),
        ("max1", "console:max1"),
    ];
    for (word, id) in rows {
        assert_eq!(found(&people, word), Ok(id.to_owned()), "{word}");
    }
}

#[test]
fn nobody_is_found_by_less_than_a_name() {
    let people = everybody();
    for word in ["", "@", "be", "benn", "Smith", "console:", "console:zoe", "discord:ben", "\"\"", "@@", "…"] {
        assert!(found(&people, word).unwrap_err().starts_with("I know nobody called `"), "{word}");
    }
    assert!(found(&people, &"x".repeat(70_000)).is_err());
}

#[test]
fn a_name_that_several_could_mean_is_asked_back_and_the_account_answers() {
    let imposter = person("console", "mallory", "b\u{435}n");
    let people = of(&[ana(), ben(), imposter]);
    let which = "could be ben [`console:ben`] or b\u{435}n [`console:mallory`]. Write the one in brackets.";
    for word in ["ben", "Ben", "@ben", "b\u{435}n"] {
        assert_eq!(found(&people, word).unwrap_err(), format!("`{word}` {which}"));
    }
    assert_eq!(found(&people, "console:ben"), Ok("console:ben".to_owned()));
    assert_eq!(found(&people, "[console:ben]"), Ok("console:ben".to_owned()));
    assert_eq!(found(&people, "mallory"), Ok("console:mallory".to_owned()));
}

#[test]
fn a_look_alike_is_one_in_any_script_and_any_case() {
    let alike = [
        ("ben", "Ben"),
        ("ben", "b\u{435}n"),
        ("Ian", "lan"),
        ("bob", "b0b"),
        ("PAY", "\u{420}\u{410}\u{423}"),
        ("paul", "pau1"),
    ];
    for (one, other) in alike {
        let people = of(&[person("console", "1", one), person("console", "2", other)]);
        assert!(found(&people, one).unwrap_err().contains("could be"), "{one} {other}");
        assert_eq!(people.shown(&person("console", "1", one)), format!("{one} [console:1]"));
        assert_eq!(people.shown(&person("console", "2", other)), format!("{other} [console:2]"));
    }
    for (one, other) in [("ben", "bene"), ("ben", "bén"), ("ana", "anna")] {
        let people = of(&[person("console", "1", one), person("console", "2", other)]);
        assert_eq!(found(&people, one), Ok("console:1".to_owned()));
        assert_eq!(people.shown(&person("console", "2", other)), other);
    }
}

#[test]
fn a_name_taken_from_an_account_of_somebody_else_is_ambiguous_too() {
    let people = of(&[ben(), person("console", "x", "Benjamin"), person("matrix", "@ben:evil.example", "Zed")]);
    assert!(found(&people, "ben").unwrap_err().contains("ben [`console:ben`] or Zed [`matrix:@ben:evil.example`]"));
}

#[test]
fn who_is_shown_with_an_account_could_be_taken_for_somebody() {
    let people = everybody();
    assert_eq!(people.shown(&ben()), "ben");
    assert_eq!(people.shown(&person("console", "max2", "Max")), "Max [console:max2]");
    assert_eq!(people.shown(&person("matrix", "@ben:evil.example", "ben")), "ben [matrix:@ben:evil.example]");
    assert_eq!(people.shown(&person("console", "x", " \u{202e} ")), "[console:x]");
    assert_eq!(people.shown(&person("console", "x", "ben [console:ben]")), "ben [console:ben] [console:x]");
    assert_eq!(people.shown(&person("console", "new", "zoë")), "zoë");
}

#[test]
fn a_new_name_replaces_the_old_one() {
    let mut people = of(&[ben(), person("console", "max", "max")]);
    people.saw(person("console", "max", "ben"));
    assert!(found(&people, "ben").unwrap_err().contains("could be"));
    people.saw(person("console", "max", "Zoe"));
    assert_eq!(found(&people, "ben"), Ok("console:ben".to_owned()));
    assert_eq!(found(&people, "zoe"), Ok("console:max".to_owned()));
    assert_eq!(people.find("max", &ana()).map(|max| max.name), Ok("Zoe".to_owned()));
    assert_eq!(people.shown(&ben()), "ben");
}

#[test]
fn many_of_one_name_are_counted_not_listed() {
    let people = of(&(1..=9).map(|n| person("console", &format!("id{n}"), "max")).collect::<Vec<_>>());
    let refusal = found(&people, "max").unwrap_err();
    assert!(refusal.contains("max [`console:id5`] or 4 more. Write"), "{refusal}");
}

#[test]
fn ten_thousand_people_are_found_without_asking_each() {
    let mut people = People::new();
    (0..10_000).for_each(|n| people.saw(person("console", &format!("id{n}"), &format!("person {n}"))));
    for n in 0..10_000 {
        assert_eq!(found(&people, &format!("Person {n}")), Ok(format!("console:id{n}")));
    }
}

#[test]
fn whatever_reads_like_a_name_is_asked_back_and_shown_with_its_account() {
    for other in [
        "ben.",
        "ben\u{2800}",
        "ben\u{1d159}",
        "@ben",
        "ben · Discord",
        "“ben”",
        "b.e.n",
        "ben\u{fe0f}",
        "BEN!",
        "(ben)",
        "ben 🔥",
        "ben [console:ben]",
        "ben • Matrix",
        "ｂｅｎ",
        "b\u{200c}en",
        "ben_",
        "'ben'",
        "ben\u{3164}",
    ] {
        let people = of(&[ben(), person("console", "mallory", other)]);
        for word in ["ben", "ben.", "@ben", "“ben”", other] {
            let known = found(&people, word);
            let is_account = word.contains("console:ben");
            assert!(
                is_account || known.clone().unwrap_err().contains("console:mallory"),
                "{other:?} {word:?}: {known:?}"
            );
        }
        assert_eq!(people.shown(&ben()), "ben [console:ben]", "{other:?}");
        assert!(people.shown(&person("console", "mallory", other)).ends_with("[console:mallory]"), "{other:?}");
        assert_eq!(found(&people, "console:mallory"), Ok("console:mallory".to_owned()));
        assert_eq!(found(&people, &people.shown(&ben())), Ok("console:ben".to_owned()));
    }
}

#[test]
fn an_account_that_is_no_name_needs_no_network() {
    let people = of(&[
        person("discord", "80351110224678912", "ben"),
        person("discord", "80351110224678913", "ben."),
        person("matrix", "@ben:example.org", "ben"),
    ]);
    for (word, id) in [
        ("80351110224678912", "discord:80351110224678912"),
        ("discord:80351110224678913", "discord:80351110224678913"),
        ("@ben:example.org", "matrix:@ben:example.org"),
        ("@ben:example.org.", "matrix:@ben:example.org"),
        ("ben [matrix:@ben:example.org]", "matrix:@ben:example.org"),
    ] {
        assert_eq!(found(&people, word), Ok(id.to_owned()), "{word}");
    }
}

#[test]
fn names_of_signs_that_differ_by_quotes_alone_are_shown_with_their_accounts() {
    let all = [person("console", "x0y", "🔥“"), person("console", "x1y", "🔥"), person("console", "x2y", "@🔥")];
    let people = of(&all);
    for one in &all {
        assert!(people.shown(one).ends_with(']'), "{}", people.shown(one));
    }
}

#[test]
fn any_name_shown_without_an_account_is_found_as_one_person() {
    const PIECES: [&str; 16] =
        ["ben", "b", "e", "n", "Ben", ".", " ", "·", "\u{2800}", "\u{435}", "“", "@", "[", "]", " · Discord", "🔥"];
    bolero::check!().with_type::<Vec<Vec<u8>>>().with_iterations(2000).for_each(|seeds| {
        let name =
            |seed: &Vec<u8>| seed.iter().take(6).map(|at| PIECES[usize::from(*at) % PIECES.len()]).collect::<String>();
        let all: Vec<Person> = seeds
            .iter()
            .take(6)
            .enumerate()
            .map(|(n, seed)| person("console", &format!("x{n}y"), &name(seed)))
            .collect();
        let people = of(&all);
        for one in &all {
            let shown = people.shown(one);
            if !shown.ends_with(']') {
                assert_eq!(found(&people, &shown), Ok(one.id.to_string()), "{shown:?} of {all:?}");
            }
        }
    });
}
