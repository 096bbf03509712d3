//! Where a promise stands apart from the sentence before it, and what is asked where it may not.

use herald::command::Ask;
use herald::incident::{Command, Next};
use jiff::SignedDuration;

use crate::{ask, refused};

fn update(typed: &str) -> (String, Option<Next>, bool) {
    let Ask::Do(Command::Update { text, next, customers, .. }) = ask(&format!("!update {typed}")) else {
        panic!("{typed:?}")
    };
    (text, next, customers)
}

#[test]
fn a_promise_after_a_plain_word_is_one() {
    for text in [
        "On it",
        "It works again",
        "Checkout is down",
        "Traffic is back",
        "All is up",
        "We roll back",
        "We look into it",
        "Payments by card fail",
        "We are working on the rollback, EU works again",
    ] {
        let said = update(&format!("{text} next 20m"));
        assert_eq!(said, (text.to_owned(), Some(Next::In(SignedDuration::from_mins(20))), false));
    }
}

#[test]
fn where_the_words_before_may_go_with_it_the_same_promise_is_set_apart() {
    for text in [
        "It will be like this for at least",
        "We will be roughly",
        "We will be down approximately",
        "It can take maybe",
        "We will watch it throughout",
        "The migration starts",
        "The migration begins",
        "The deploy is planned",
        "The deploy is scheduled",
        "We are trying",
        "EU goes first",
        "EU goes first, US",
        "Checkout is slow",
        "The load is double",
        "We watch it closely",
        "Do not place orders",
        "Please use cards",
        "Wait",
        "The rollout continues",
        "The window is whole",
    ] {
        let said = refused(&format!("!update {text} next 20m"));
        assert_eq!(said, format!("An update needs the time of the next one. Try `!update {text}, next 20m`."));
        assert_eq!(update(&format!("{text}, next 20m")).0, text);
    }
    for (typed, again) in [
        ("words (next 20m)", "words, next 20m"),
        ("words next 20 m", "words, next 20 m"),
        ("words next 1 hr", "words, next 1 hr"),
        ("words next 2 hours", "words, next 2 hours"),
    ] {
        let said = refused(&format!("!update {typed}"));
        assert_eq!(said, format!("An update needs the time of the next one. Try `!update {again}`."));
        assert_eq!(update(again).0, "words");
    }
    for (typed, word, time) in [("words next today 12:25", "today 12:25", "12:25"), ("words next ~20m", "~20m", "20m")]
    {
        let said = refused(&format!("!update {typed}"));
        assert!(said.starts_with(&format!("I can't read `{word}` as a time. Write `next {time}`.")), "{said}");
    }
}

#[test]
fn what_stands_behind_a_promise_means_nothing() {
    for end in [".", ",", ";", "?", "!", "…", "。", ")", "\"", "”", "’", " 🙏", "...", " :)"] {
        let (text, next, _) = update(&format!("On it. next 20m{end}"));
        assert_eq!((text.as_str(), next), ("On it.", Some(Next::In(SignedDuration::from_mins(20)))), "{end:?}");
        assert_eq!(update(&format!("On it. final{end}")).1, Some(Next::Final), "{end:?}");
    }
}

#[test]
fn nothing_that_led_to_a_promise_is_left() {
    for (typed, text) in [
        ("1. We roll back.\n2. next 20m", "1. We roll back."),
        ("1) We roll back.\n2) next 20m", "1) We roll back."),
        ("- We roll back.\n- next 20m", "- We roll back."),
        ("* We roll back.\n* next 20m", "* We roll back."),
        ("• We roll back.\n• next 20m", "• We roll back."),
        ("All is well. Next update: final", "All is well."),
        ("All is well.\nNext update: final.", "All is well."),
        ("All is well. Next: final", "All is well."),
        ("On it, next:20m", "On it"),
        ("On it. Next update in 20m", "On it."),
    ] {
        let said = update(typed);
        assert_eq!((said.0.as_str(), said.1.is_some()), (text, true), "{typed:?}");
    }
}

#[test]
fn there_is_one_promise() {
    for typed in [
        "On it next 20m next 25m",
        "On it, next 20m, next 25m",
        "On it. final next 20m",
        "On it. next 20m\nfinal",
        "On it.\nnext 20m\nnext 25m",
        "next 20m\nOn it.\nnext 25m",
    ] {
        let said = refused(&format!("!update {typed}"));
        let is_told =
            said.starts_with("An update has one promise") || said.starts_with("I can't read `20m final` as a time.");
        assert!(is_told, "{typed:?}: {said}");
    }
}

#[test]
fn what_is_quoted_is_neither_a_promise_nor_an_option() {
    for typed in ["On it.\n> next 20m", "On it.\n> final", "On it.\n>>> so\nnext 20m"] {
        assert_eq!(update(typed).1, None, "{typed:?}");
    }
    for typed in ["On it.\n> --customers\nnext 20m", "On it.\n> why --customers"] {
        let (text, _, customers) = update(typed);
        assert!(text.contains("--customers") && !customers, "{typed:?}");
    }
}
