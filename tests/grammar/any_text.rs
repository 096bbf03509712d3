//! Whatever is typed, the parser answers, and lets nothing through that could not be shown.

use herald::command::{ADMIN, Admin, Ask, Line, Link, VERBS};
use herald::incident::Refusal;
use herald::incident::policy::{TEXT_MAX, TITLE_MAX};
use herald_chat::{clean, clean_line};

use crate::typed;

/// Every text that a command carries.
fn texts(ask: &Ask) -> Vec<&str> {
    match ask {
        Ask::Link(Link::Prove(code)) | Ask::Admin(Admin::Confirm { code }) => vec![code],
        Ask::Help(_) | Ask::Query(_) | Ask::Link(Link::Offer | Link::Undo) | Ask::Admin(_) => vec![],
        Ask::Declare(declaration) => vec![&declaration.title],
        Ask::Do(command) => command.words().into_iter().collect(),
    }
}

fn holds(typed_text: &str, answer: Result<Option<Line>, Refusal>) {
    match answer {
        Ok(None) => {}
        Ok(Some(line)) => {
            let limit = if matches!(line.ask, Ask::Declare(_)) { TITLE_MAX } else { TEXT_MAX };
            for text in texts(&line.ask) {
                assert!(!text.is_empty() && text.chars().count() <= limit, "{typed_text:?}: {text:?}");
                assert_eq!(clean(text), text, "{typed_text:?}");
            }
        }
        Err(refusal) => {
            let words = refusal.to_string();
            assert_eq!(clean_line(&words), words, "{typed_text:?}");
            assert!(words.chars().count() < 600 && words.matches('`').count() % 2 == 0, "{typed_text:?}: {words}");
        }
    }
}

#[test]
fn any_bytes_get_a_clear_answer_or_silence() {
    bolero::check!().with_type::<(bool, u8, Vec<u8>)>().with_iterations(5000).for_each(|(command, verb, bytes)| {
        let rows: Vec<_> = VERBS.iter().chain(ADMIN).collect();
        let verb = rows[usize::from(*verb) % rows.len()].name;
        let text = String::from_utf8_lossy(bytes);
        let text = if *command { format!("!{verb} {text}") } else { format!("!{text}") };
        holds(&text, typed(&text));
    });
}

#[test]
fn any_jumble_of_words_that_mean_something_gets_a_clear_answer() {
    const WORDS: [&str; 40] = [
        "next",
        "eta",
        "promise:",
        "final",
        "30m",
        "1h",
        "14:30",
        "tomorrow",
        "Europe/Prague",
        "-5m",
        "\n",
        "\u{a0}",
        "`",
        "```",
        "--customers",
        "—severity",
        "--severity=",
        "critical",
        "--drill",
        "--x",
        "INC-3",
        "inc–2",
        "3",
        "#4",
        "0",
        "99999999999",
        "@ben",
        "@max",
        "me",
        "@room",
        "\"Cleo",
        "Smith\"",
        "commander",
        "to",
        "problem",
        "\u{202e}",
        "👩\u{200d}💻",
        "\u{200d}",
        "é",
        "!",
    ];
    bolero::check!().with_type::<(u8, Vec<u8>)>().with_iterations(5000).for_each(|(verb, picks)| {
        let mut text = format!("!{}", VERBS[usize::from(*verb) % VERBS.len()].name);
        for pick in picks {
            if pick % 8 != 0 {
                text.push(' ');
            }
            text.push_str(WORDS[usize::from(*pick) % WORDS.len()]);
        }
        holds(&text, typed(&text));
    });
}

#[test]
fn what_is_suggested_holds_nothing_invisible() {
    for text in ["!identified --customers eta \u{a0}next", "!update --x it is\u{a0}\u{a0}slow", "!correct 1 --x a\tb"] {
        let answer = typed(text);
        assert!(answer.is_err(), "{text:?}");
        holds(text, answer);
    }
}

#[test]
fn sixty_four_kibibytes_of_anything_are_answered() {
    for piece in [
        "next ",
        "next 30m ",
        "`next ",
        "\nnext 3",
        "--severity ",
        "@",
        "@ben ",
        "INC-3 ",
        "\u{200b}",
        "\u{1f469}\u{200d}",
        " ",
        "x",
        "!",
    ] {
        for verb in
            ["update", "declare", "task", "assign commander", "invite", "stats", "help", "xyzzy", "show", "duplicate"]
        {
            let text = format!("!{verb} {}", piece.repeat(65_536 / piece.len()));
            holds("64 KiB", typed(&text));
        }
    }
}
