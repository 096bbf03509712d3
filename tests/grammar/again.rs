use herald::command::{ADMIN, Ask, VERBS};
use herald::incident::{Again, Command, IncidentNo, Next, Refusal};

use crate::{ask, min, refused, typed};

/// Every line that a refusal says to type is one that can be typed.
fn lines_of(sentence: &str) -> impl Iterator<Item = &str> {
    let quoted = sentence.split('`').skip(1).step_by(2);
    quoted.filter(|line| line.starts_with('!') && !line.contains(['<', '[', '…']))
}

#[test]
fn any_line_that_a_refusal_says_to_type_can_be_typed() {
    const WORDS: [&str; 33] = [
        "next",
        "eta",
        "final",
        "30m",
        "20 minutes.",
        "14:30",
        "2pm",
        "tomorrow",
        "--customers",
        "--severity",
        "--x",
        "critical",
        "INC-3",
        "3",
        "#4",
        "@ben",
        "@nobody",
        "commander",
        "problem",
        "please",
        "the",
        "is",
        "not",
        ".",
        ",",
        "\n",
        "25:00",
        "30",
        "soon",
        "it works",
        "`code`",
        "<text>",
        "--customers INC-2",
    ];
    // A number that a comma follows is a word of a sentence.
    let named = |line: &str| {
        let mut words = line.split_whitespace().skip(1);
        let no = words.next().and_then(|word| word.parse::<IncidentNo>().ok());
        no.filter(|_| words.next() != Some(","))
    };
    bolero::check!().with_type::<(u8, Vec<u8>)>().with_iterations(5000).for_each(|(verb, picks)| {
        let rows: Vec<_> = VERBS.iter().chain(ADMIN).collect();
        let words: Vec<&str> = picks.iter().take(12).map(|pick| WORDS[usize::from(*pick) % WORDS.len()]).collect();
        let text = format!("!{} {}", rows[usize::from(*verb) % rows.len()].name, words.join(" "));
        if let Err(refusal) = typed(&text) {
            let sentence = refusal.to_string();
            for line in lines_of(&sentence) {
                // The word that is not known is no line to type.
                let is_unknown = matches!(refusal, Refusal::UnknownVerb { .. } | Refusal::UnknownFlag { .. });
                // A command alone is named, with what it does.
                let is_named = !line.contains(' ') && !matches!(typed(line), Err(Refusal::UnknownVerb { .. }));
                assert!(is_unknown || is_named || matches!(typed(line), Ok(Some(_))), "{text:?}: {sentence}: {line}");
                // It is about the incident that was named, if one was, and not about another.
                if !is_named
                    && let Ok(Some(read)) = typed(line)
                    && matches!(refusal, Refusal::StrayOption { .. } | Refusal::UpdateWithoutPromise { .. })
                {
                    assert_eq!(read.incident, named(&text), "{text:?}: {sentence}: {line}");
                }
            }
        }
    });
}

#[test]
fn any_update_without_a_promise_gets_a_line_that_says_the_same_with_one() {
    const WORDS: [&str; 24] = [
        "We", "fix", "it", "within", "the", "next", "20", "20m", "minutes.", "ETA", "promise", "final", "final.", "is",
        "not", "yet", "again", "again.", "again,", "–", "tomorrow", "update", "in", "(ok)",
    ];
    bolero::check!().with_type::<(bool, Vec<u8>)>().with_iterations(20_000).for_each(|(is_over, picks)| {
        let words: Vec<&str> = picks.iter().take(12).map(|pick| WORDS[usize::from(*pick) % WORDS.len()]).collect();
        let Ok(Some(line)) = typed(&format!("!update {}", words.join(" "))) else { return };
        let Ask::Do(Command::Update { text, next: None, .. }) = line.ask else { return };
        if !text.contains(char::is_alphanumeric) {
            return;
        }
        let end = if *is_over { "final" } else { "next 30m" };
        let again = Again::of("!update", &text, end).to_string();
        let line = again.split('`').nth(1).unwrap();
        let line = if line == end { format!("!update {text}\n{line}") } else { line.to_owned() };
        let Ask::Do(Command::Update { text: kept, next, .. }) = ask(&line) else { panic!("{again}") };
        let bare = |text: &str| text.trim_end_matches([',', ';', '-', '–', '—', ' ']).to_owned();
        assert_eq!(bare(&kept), bare(&text), "{again}");
        assert_eq!(next, if *is_over { Some(Next::Final) } else { min(30) }, "{again}");
    });
}

#[test]
fn a_time_in_words_after_a_plain_word_is_a_part_of_the_sentence_and_the_line_to_copy_keeps_it() {
    for (typed, again) in [
        ("It works again next 20 minutes", "!update It works again, next 20 minutes"),
        ("foo next 2 hours", "!update foo, next 2 hours"),
        ("--customers foo next 2 hours. --anyway", "!update --customers --anyway foo, next 2 hours."),
    ] {
        let said = refused(&format!("!update {typed}"));
        assert_eq!(said, format!("An update needs the time of the next one. Try `{again}`."));
        assert!(matches!(ask(again), Ask::Do(Command::Update { next: Some(_), .. })), "{again}");
    }
    for (typed, again) in [
        ("!draft It works again next 20 minutes", "!draft It works again, next 20 minutes"),
        ("!redraft 2 It works again next 20 minutes", "!redraft 2 It works again, next 20 minutes"),
        ("!correct INC 1 3 It works again next 20 minutes", "!correct INC 1 3 It works again, next 20 minutes"),
    ] {
        assert_eq!(refused(typed), format!("An update needs the time of the next one. Try `{again}`."));
    }
}

#[test]
fn what_is_to_be_sent_again_reads_well() {
    for (text, end, again) in [
        ("On it.", "next 30m", "Try `!update On it. next 30m`."),
        ("This may not be final", "next 30m", "Try `!update This may not be final, next 30m`."),
        ("(It works.)", "final", "Try `!update (It works.) final`."),
        ("On it –", "next 30m", "Try `!update On it – next 30m`."),
        ("foo next", "next 1h", "Send it again with one more line at its end: `next 1h`."),
        ("foo next,", "next 1h", "Send it again with one more line at its end: `next 1h`."),
        (
            "It is not yet final.",
            "final",
            "In that sentence `final` is a word like others: for the last update, write it on a line of its own at the end.",
        ),
    ] {
        assert_eq!(Again::of("!update", text, end).to_string(), again);
    }
}
