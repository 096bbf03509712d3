use herald::command::Ask;
use herald::incident::{Command, Next};
use jiff::SignedDuration;
use jiff::civil::time;
use jiff::tz::TimeZone;

use crate::{ask, refused};

fn min(minutes: i64) -> Option<Next> {
    Some(Next::In(SignedDuration::from_mins(minutes)))
}

fn at(hour: i8, minute: i8, zone: &str) -> Option<Next> {
    let zone = (!zone.is_empty()).then(|| TimeZone::get(zone).unwrap());
    Some(Next::At { time: time(hour, minute, 0, 0), tomorrow: false, zone })
}

fn tomorrow(hour: i8, minute: i8, zone: &str) -> Option<Next> {
    match at(hour, minute, zone) {
        Some(Next::At { time, zone, .. }) => Some(Next::At { time, tomorrow: true, zone }),
        other => other,
    }
}

#[test]
fn a_statement_ends_where_its_promise_begins() {
    let last = || Some(Next::Final);
    let rows = [
        // The forms of a time.
        ("On it. next 30m", "On it.", min(30)),
        ("On it. next 1h15m", "On it.", min(75)),
        ("On it. next 1h 15m", "On it.", min(75)),
        ("On it. next 90 min", "On it.", min(90)),
        ("On it. next 2 hours", "On it.", min(120)),
        ("On it. next 1 hour 30 minutes", "On it.", min(90)),
        ("On it. next 1.5h", "On it.", min(90)),
        ("On it. next +30m", "On it.", min(30)),
        ("On it. next 2 days", "On it.", min(2 * 24 * 60)),
        ("On it. next 7d", "On it.", min(7 * 24 * 60)),
        ("On it. next 14:30", "On it.", at(14, 30, "")),
        ("On it. next 9:05", "On it.", at(9, 5, "")),
        ("On it. next 00:00", "On it.", at(0, 0, "")),
        ("On it. next 14:30 UTC", "On it.", at(14, 30, "UTC")),
        ("On it. next 14:30 Europe/Prague", "On it.", at(14, 30, "Europe/Prague")),
        ("On it. next 14:30 europe/prague", "On it.", at(14, 30, "Europe/Prague")),
        ("On it. next tomorrow 09:00", "On it.", tomorrow(9, 0, "")),
        ("On it. next Tomorrow 9:00 America/New_York", "On it.", tomorrow(9, 0, "America/New_York")),
        // The words before it.
        ("On it. eta 30m", "On it.", min(30)),
        ("On it. promise 30m", "On it.", min(30)),
        ("On it. NEXT 30M", "On it.", min(30)),
        ("On it. Next: 30m", "On it.", min(30)),
        ("On it. next in 30m", "On it.", min(30)),
        ("On it. Next update at 14:30.", "On it.", at(14, 30, "")),
        ("On it. Next update: 14:30!", "On it.", at(14, 30, "")),
        // What leads over to it goes with it.
        ("We are on it, next 30m", "We are on it", min(30)),
        ("We are on it – next 30m", "We are on it", min(30)),
        ("Is it over? next 30m", "Is it over?", min(30)),
        // Spaces and lines.
        ("  On it.   next    30m  ", "On it.", min(30)),
        ("On it.\u{a0}next\u{a0}30m", "On it.", min(30)),
        ("On it.\u{202f}next 14:30\u{a0}Europe/Prague", "On it.", at(14, 30, "Europe/Prague")),
        ("On it.\tnext\t30m", "On it.", min(30)),
        ("On it. ne\u{200b}xt 30\u{2060}m", "On it.", min(30)),
        ("On it.\nnext 30m", "On it.", min(30)),
        ("On it.\r\nnext 30m\r\n", "On it.", min(30)),
        ("One.\n\n- two\n  three\nnext 30m", "One.\n\n- two\n  three", min(30)),
        ("next 30m\nOn it.\nThanks.", "On it.\nThanks.", min(30)),
        ("On it.\n  next 30m\nThanks.", "On it.\nThanks.", min(30)),
        ("On it.\nnext 30m\nWe restart the next 3 hosts.", "On it.\nWe restart the next 3 hosts.", min(30)),
        ("On it.\nnext 30m\nnext 40m", "On it.\nnext 30m", min(40)),
        // Prose.
        ("The next step is a restart.", "The next step is a restart.", None),
        ("The next step is a restart. next 30m", "The next step is a restart.", min(30)),
        ("We restart the next 3 hosts. next 30m", "We restart the next 3 hosts.", min(30)),
        ("Restart done, eta for the rest is unknown", "Restart done, eta for the rest is unknown", None),
        ("We will see what comes next", "We will see what comes next", None),
        ("Nextcloud is down, text 30m", "Nextcloud is down, text 30m", None),
        ("See context 30m", "See context 30m", None),
        ("We look into it next, in the team", "We look into it next, in the team", None),
        ("next up: a restart", "next up: a restart", None),
        // Final.
        ("It is over. final", "It is over.", last()),
        ("It is over. FINAL", "It is over.", last()),
        ("It is over.\nfinal", "It is over.", last()),
        ("It is over. next final", "It is over.", last()),
        ("We restart the next 3 hosts. final", "We restart the next 3 hosts.", last()),
        ("The final fix is out. next 30m", "The final fix is out.", min(30)),
        ("The final fix is out", "The final fix is out", None),
        ("This decision is final.", "This decision is final.", None),
        ("It is semi-final", "It is semi-final", None),
        ("final words follow", "final words follow", None),
        // Code.
        ("Run `kubectl next 30m` now", "Run `kubectl next 30m` now", None),
        ("Run `kubectl next 30m`", "Run `kubectl next 30m`", None),
        ("Run `kubectl next 30m` next 1h", "Run `kubectl next 30m`", min(60)),
        ("```\nnext 30m\n```", "```\nnext 30m\n```", None),
        ("```\nfinal\n```", "```\nfinal\n```", None),
        ("It`s slow. next 30m", "It`s slow.", min(30)),
    ];
    assert!(rows.len() >= 40);
    for (typed, text, next) in rows {
        let customers = false;
        let (text, next) = (text.to_owned(), next);
        let update = Command::Update { text: text.clone(), next: next.clone(), customers };
        assert_eq!(ask(&format!("!update {typed}")), Ask::Do(update), "{typed:?}");
        assert_eq!(ask(&format!("!draft\n{typed}")), Ask::Do(Command::Draft { text, next, customers }), "{typed:?}");
    }
}

#[test]
fn what_sets_out_to_be_a_time_and_is_none_is_refused_as_it_stands() {
    let rows = [
        ("next 30", "30"),
        ("next 30x", "30x"),
        ("next 30 minuts", "30 minuts"),
        ("next 0m", "0m"),
        ("next 30s", "30s"),
        ("next -5m", "-5m"),
        ("next −5m", "−5m"),
        ("next 5m ago", "5m ago"),
        ("next 8d", "8d"),
        ("next 200h", "200h"),
        ("next 99999999999999999999h", "99999999999999999999h"),
        ("next 1 month", "1 month"),
        ("next 24:00", "24:00"),
        ("next 14:5", "14:5"),
        ("next 14:60", "14:60"),
        ("next 14:30:00", "14:30:00"),
        ("next 2:30 pm", "2:30 pm"),
        ("next 2pm", "2pm"),
        ("next 14:30 Europe/Atlantis", "14:30 Europe/Atlantis"),
        ("next 14:30 ../../etc/passwd", "14:30 ../../etc/passwd"),
        ("next 14:30 Etc/Unknown", "14:30 Etc/Unknown"),
        ("next 14:30 UTC UTC", "14:30 UTC UTC"),
        ("next tomorrow", "tomorrow"),
        ("next tomorrow noon", "tomorrow noon"),
        ("next tomorrow 9", "tomorrow 9"),
        ("next 3 hosts", "3 hosts"),
        ("next 30m\nThanks.", "30m Thanks."),
        ("next 30m final", "30m final"),
        ("eta 1o:30", "1o:30"),
        ("next 30m --later", "30m --later"),
    ];
    for (promise, word) in rows {
        let start = format!("I can't read `{word}` as a time.");
        // A line of its own would be a promise.
        for text in [format!("!update On it, {promise}"), format!("!draft On it, {promise}")] {
            assert!(refused(&text).starts_with(&start), "{text:?}: {}", refused(&text));
        }
    }
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
        let update = Command::Update { text: text.to_owned(), next: min(30), customers };
        assert_eq!(ask(&format!("!update {typed}")), Ask::Do(update), "{typed:?}");
    }
}
