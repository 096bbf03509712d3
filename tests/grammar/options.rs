use herald::command::Ask;
use herald::incident::Command;

use crate::{ask, min, refused};

#[test]
fn an_option_that_is_not_for_a_command_is_refused_with_what_is() {
    for (typed, said) in [
        (
            "!publish 1 --customers",
            "A draft says itself whom it is for: `!redraft <n> <text> --customers` changes that.",
        ),
        ("!publish 1 next 30m --customers", "A draft says itself whom it is for"),
        ("!publish 1 --customers next 30m", "A draft says itself whom it is for"),
        ("!correct 1 It was 12:10. --customers", "A correction goes to whoever had the update, customers or not."),
        ("!correct 1 --customers It was 12:10.", "A correction goes to whoever had the update"),
        ("!draft On it. next 30m --anyway", "A draft is looked at when it is published: `!publish <n> --anyway`"),
        ("!redraft 1 --anyway On it.", "A draft is looked at when it is published"),
        ("!correct 1 --anway It was 12:10.", "`--anway` is not an option of `!correct`."),
    ] {
        assert!(refused(typed).starts_with(said), "{typed}: {}", refused(typed));
    }
    let text = "It was 12:10.".to_owned();
    let correct = Command::Correct { update: 1, text, next: None, anyway: true };
    assert_eq!(ask("!correct 1 --anyway It was 12:10."), Ask::Do(correct));
    assert_eq!(ask("!publish 1 --anyway next 30m"), Ask::Do(Command::Publish { n: 1, next: min(30), anyway: true }));
}

#[test]
fn customers_are_told_only_when_it_says_so_at_an_end() {
    let rows = [
        ("--customers On it. next 30m", "On it.", true),
        ("On it. --customers next 30m", "On it.", true),
        ("On it. next 30m --customers", "On it.", true),
        ("On it. next 30m —customers", "On it.", true),
        ("—Customers\nOn it. next 30m", "On it.", true),
        ("The --customers flag is broken. next 30m", "The --customers flag is broken.", false),
        ("On it. Tell customers. next 30m", "On it. Tell customers.", false),
        ("— On it. next 30m", "— On it.", false),
    ];
    for (typed, text, customers) in rows {
        let update = Command::Update { text: text.to_owned(), next: min(30), customers, anyway: false };
        assert_eq!(ask(&format!("!update {typed}")), Ask::Do(update), "{typed:?}");
    }
}
