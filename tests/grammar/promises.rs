use herald::command::Ask;
use herald::incident::{Command, Next};
use jiff::civil::time;
use jiff::tz::TimeZone;

use crate::{ask, min, refused, typed};

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

fn day(zone: Option<&str>) -> Option<Next> {
    let zone = zone.map(|zone| TimeZone::get(zone).unwrap());
    Some(Next::On { at: jiff::civil::date(2026, 3, 14).at(9, 0, 0, 0), zone })
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
        ("On it. next 1 hour 5min", "On it.", min(65)),
        ("On it. next 1 day 10hr", "On it.", min(34 * 60)),
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
        // A sentence, of which nothing is taken.
        (
            "We expect to have this fixed within the next 20 minutes.",
            "We expect to have this fixed within the next 20 minutes.",
            None,
        ),
        ("Rolling back now, fix ETA 20m", "Rolling back now, fix ETA 20m", None),
        ("Rolling back now, ETA 20m", "Rolling back now, ETA 20m", None),
        ("Payments are not yet final", "Payments are not yet final", None),
        ("We expect it to work in the next 20m", "We expect it to work in the next 20m", None),
        ("It takes the team's next 2h", "It takes the team's next 2h", None),
        ("We post the next update in 20m", "We post the next update in 20m", None),
        ("Back to you within our next 30m.", "Back to you within our next 30m.", None),
        ("Keep my promise 30m", "Keep my promise 30m", None),
        ("The numbers look final", "The numbers look final", None),
        ("The fix is the final", "The fix is the final", None),
        ("It is over. This is final.", "It is over. This is final.", None),
        ("This may not be final", "This may not be final", None),
        ("We call it final", "We call it final", None),
        ("This is hopefully final", "This is hopefully final", None),
        ("Checkout works again final", "Checkout works again final", None),
        ("We look for the next final", "We look for the next final", None),
        ("We fix it within the next 20 minutes. next 30m", "We fix it within the next 20 minutes.", min(30)),
        ("Not yet final. next 30m", "Not yet final.", min(30)),
        ("next 30m\nWe fix it within the next 20 minutes.", "We fix it within the next 20 minutes.", min(30)),
        ("We fix it in the next 20m. final", "We fix it in the next 20m.", last()),
        ("It is not yet final, final", "It is not yet final", last()),
        // As plain words at the end.
        ("Checkout works again next 20m", "Checkout works again", min(20)),
        ("Checkout works again next 1h 15m", "Checkout works again", min(75)),
        ("Checkout works again next 14:30 Europe/Prague", "Checkout works again", at(14, 30, "Europe/Prague")),
        ("Checkout works again next 20m.", "Checkout works again", min(20)),
        ("Checkout works again next 2026-03-14 09:00", "Checkout works again", day(None)),
        ("Checkout works again next 14 Mar 2026 09:00 UTC", "Checkout works again", day(Some("UTC"))),
        ("Checkout works again next tomorrow 09:00", "Checkout works again", tomorrow(9, 0, "")),
        ("Checkout works again next final", "Checkout works again", last()),
        ("(It works again.) Next update in 20 minutes.", "(It works again.)", min(20)),
        ("It works again: next 20 minutes", "It works again:", min(20)),
        ("foo next, next 1h", "foo next", min(60)),
        // Final.
        ("It is over. final", "It is over.", last()),
        ("It is over. FINAL", "It is over.", last()),
        ("It is over.\nfinal", "It is over.", last()),
        ("It works\nfinal", "It works", last()),
        ("It works\nnext final", "It works", last()),
        ("We keep our promise\nfinal", "We keep our promise", last()),
        ("It is over. next final", "It is over.", last()),
        ("It is over. final.", "It is over.", last()),
        ("It is over. Final!", "It is over.", last()),
        ("It is over.\nfinal.", "It is over.", last()),
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
        let update = Command::Update { text: text.clone(), next: next.clone(), customers, anyway: false };
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
fn what_is_no_time_is_answered_with_one() {
    for (typed, write) in [
        ("next 30", "Write `next 30m`."),
        ("next 2pm", "Write `next 14:00`."),
        ("next 2:30 pm", "Write `next 14:30`."),
        ("next 12:15 a.m.", "Write `next 00:15`."),
        ("next 24:00", "Write `next 00:00`."),
        ("next 14:5", "Write `next 14:05`."),
        ("next 14.30", "Write `next 14:30`."),
        ("next 14h30", "Write `next 14:30`."),
        ("next 14:30:00", "Write `next 14:30`."),
        ("next 30 minuts", "Write `next 30m`."),
        ("next -5m", "Write `next 5m`."),
        ("next tomorrow", "Write `next tomorrow 09:00`."),
        ("next tomorrow noon", "Write `next tomorrow 12:00`."),
        ("next tomorrow 9", "Write `next tomorrow 09:00`."),
        ("next tomorrow morning", "Write `next tomorrow 09:00`."),
        ("next tomorrow at 14:30", "Write `next tomorrow 14:30`."),
        ("next tomorrow 2pm", "Write `next tomorrow 14:00`."),
        ("next tomorrow at 2:30 pm utc", "Write `next tomorrow 14:30 UTC`."),
        ("next tomorrow 14:30 PST", "Write the zone as a region and a city: `next tomorrow 14:30 Europe/Prague`."),
        ("next 2pm PST", "Write the zone as a region and a city: `next 14:00 Europe/Prague`."),
        ("next 2pm europe/prague", "Write `next 14:00 Europe/Prague`."),
        ("next 1430", "Write `next 14:30`."),
        ("next 2400", "Write `next 00:00`."),
        ("next 120", "Write `next 120m`."),
        ("next at 9", "Write `next 09:00`."),
        ("next ~20m", "Write `next 20m`."),
        ("next half an hour", "Write `next 30m`."),
        ("next in an hour", "Write `next 1h`."),
        ("next 1h 30", "Write `next 1h30m`."),
        ("next 14:30 tomorrow", "Write `next tomorrow 14:30`."),
        ("next at 2pm today", "Write `next 14:00`."),
        ("next today 14:30", "Write `next 14:30`."),
        ("next tomorrow at noon UTC", "Write `next tomorrow 12:00 UTC`."),
        ("next 0m", "A minute is the least: write `next 1m`."),
        ("next 30s", "A minute is the least: write `next 1m`."),
        ("next 8d", "Seven days are the most: write `next 7d`."),
        ("next 14:30 Europe/Atlantis", "Write the zone as a region and a city: `next 14:30 Europe/Prague`."),
    ] {
        let said = refused(&format!("!update On it. {typed}"));
        assert!(said.contains(&format!(" as a time. {write} `!help times`")), "{typed}: {said}");
        let line = write.split('`').nth(1).unwrap();
        assert!(
            matches!(ask(&format!("!update On it. {line}")), Ask::Do(Command::Update { next: Some(_), .. })),
            "{line}"
        );
    }
}

#[test]
fn every_time_in_the_table_can_be_typed() {
    for (form, _) in herald::command::TIMES {
        assert!(
            matches!(ask(&format!("!update On it. {form}")), Ask::Do(Command::Update { next: Some(_), .. })),
            "{form}"
        );
    }
    for (typed, next) in [
        ("next 2026-03-14 09:00", day(None)),
        ("next 2026-03-14 09:00 UTC", day(Some("UTC"))),
        ("next 14 Mar 2026 09:00 UTC", day(Some("UTC"))),
        ("next 14 March 2026 9:00", day(None)),
    ] {
        let Ask::Do(Command::Update { next: found, text, .. }) = ask(&format!("!update On it. {typed}")) else {
            unreachable!()
        };
        assert_eq!((found, text.as_str()), (next, "On it."), "{typed}");
    }
}

#[test]
fn any_update_keeps_every_word_but_its_promise() {
    const WORDS: [&str; 36] = [
        "We", "fix", "it", "within", "the", "next", "Next:", "20", "20m", "minutes.", "1h", "14:30", "tomorrow",
        "09:00", "ETA", "eta", "promise", "final", "final.", "is", "not", "yet", "my", "again", "again.", "again,",
        "–", "-", "\n", "update", "in", "by", "UTC", "(ok)", "`next", "20m`",
    ];
    bolero::check!().with_type::<Vec<u8>>().with_iterations(20_000).for_each(|picks| {
        let words: Vec<&str> = picks.iter().take(14).map(|pick| WORDS[usize::from(*pick) % WORDS.len()]).collect();
        let typed_text = words.join(" ");
        let Ok(Some(line)) = typed(&format!("!update {typed_text}")) else { return };
        let Ask::Do(Command::Update { text, next, .. }) = line.ask else { return };
        let of = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let (all, kept) = (of(&herald_chat::clean(&typed_text)), of(&text));
        if next.is_none() {
            assert_eq!(all, kept, "{typed_text:?}");
            return;
        }
        // What is gone stands in one piece, which begins with the word for it, but for the dash or comma before it.
        let same = all.iter().zip(&kept).take_while(|(all, kept)| all == kept).count();
        let tail = kept.len() - same.min(kept.len());
        let gone = &all[same..all.len() - tail.min(all.len() - same)];
        let bare = |word: &String| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let gone: Vec<String> = gone.iter().map(bare).filter(|word| !word.is_empty()).collect();
        let clause =
            ["next", "eta", "promise", "final", "update", "in", "at", "by", "tomorrow", "utc", "minutes", "again"];
        assert!(
            gone.iter().all(|word| clause.contains(&word.as_str()) || word.starts_with(|c: char| c.is_ascii_digit())),
            "{typed_text:?} became {text:?} without {gone:?}"
        );
    });
}
