use herald::command::{ADMIN, Admin, Ask, VERBS};

use crate::{refused, typed};

/// `{what} Write …, for example …`, as the row of the verb says it, unless the example says no more than the form.
fn misused(verb: &str, what: &str) -> String {
    let verb = herald::command::VERBS.iter().find(|row| row.name == verb).unwrap();
    if verb.usage == verb.example {
        return format!("{what} Write `{}`.", verb.usage);
    }
    format!("{what} Write `{}`, for example `{}`.", verb.usage, verb.example)
}

#[test]
fn what_is_missing_or_too_much_is_said_in_a_sentence() {
    let rows = [
        ("!declare", "declare", "Say what is wrong."),
        ("!declare --drill", "declare", "Say what is wrong."),
        ("!declare x --severity", "declare", "Say which severity: `minor`, `major` or `critical`."),
        ("!declare INC-3", "declare", "`!declare` opens a new incident; `!show INC-3` shows that one."),
        ("!take", "take", "Say which role."),
        ("!release", "release", "Say which role."),
        ("!assign", "assign", "Say which role."),
        ("!assign spokesperson", "assign", "Say who."),
        ("!handoff spokesperson", "handoff", "Say who."),
        ("!invite", "invite", "Say who."),
        ("!severity", "severity", "Say which level: `minor`, `major` or `critical`."),
        ("!identified", "identified", "Say what the cause is."),
        ("!mitigated", "mitigated", "Say how users were freed of it."),
        ("!resolve", "resolve", "Say in a sentence what it was."),
        ("!reopen", "reopen", "Say why."),
        ("!cancel INC-3", "cancel", "Say why."),
        ("!duplicate", "duplicate", "Say of which incident."),
        ("!duplicate it", "duplicate", "`it` is not the number of an incident."),
        ("!update", "update", "Say how things stand."),
        ("!update next 30m", "update", "Say how things stand."),
        ("!update final", "update", "Say how things stand."),
        ("!update --customers next 30m", "update", "Say how things stand."),
        ("!draft", "draft", "Say how things stand."),
        ("!publish", "publish", "Say which draft, by its number."),
        ("!publish it", "publish", "`it` is not a number like `3`."),
        ("!discard", "discard", "Say which draft, by its number."),
        ("!discard 0", "discard", "`0` is not a number like `3`."),
        ("!correct", "correct", "Say which update, by its number."),
        ("!correct 3", "correct", "Say what is right."),
        (
            "!status resolved",
            "status",
            "`!status` only shows the board. To change the status, write `!identified <cause>`, `!mitigated <how>` or \
             `!resolve <summary>`.",
        ),
        ("!impact", "impact", "Say who is affected, and how."),
        ("!workaround", "workaround", "Say what those affected can do."),
        ("!trying", "trying", "Say what is being attempted."),
        ("!problem", "problem", "Say what is wrong."),
        ("!solved", "solved", "Say which problem, by its number."),
        ("!temporary", "temporary", "Say what was changed."),
        ("!undone", "undone", "Say which temporary change, by its number."),
        ("!need", "need", "Say what or whom you need."),
        ("!log", "log", "Say what happened."),
        ("!finding", "finding", "Say what was seen."),
        ("!decision", "decision", "Say what was decided."),
        ("!timeline all", "timeline", "`all` is not a number like `3`."),
        ("!task", "task", "Say what is to be done."),
        ("!task @ben", "task", "Say what is to be done."),
        ("!done", "done", "Say which task, by its number."),
        ("!done +3", "done", "`+3` is not a number like `3`."),
        ("!done 99999999999", "done", "`99999999999` is not a number like `3`."),
        ("!drop", "drop", "Say what to drop, by its number."),
        ("!drop problem", "drop", "Say what to drop, by its number."),
        ("!drop 3", "drop", "Say why."),
        ("!ask", "ask", "Say what you want to know."),
        ("!answered", "answered", "Say which question, by its number."),
        ("!show", "show", "Say which incident."),
        ("!show me", "show", "Say which incident."),
        ("!stats forever", "stats", "I can't read `forever` as a number of days."),
        ("!stats 0d", "stats", "I can't read `0d` as a number of days."),
        ("!stats 99999999999999999999d", "stats", "I can't read `99999999999999999999d` as a number of days."),
    ];
    for (text, verb, what) in rows {
        assert_eq!(refused(text), misused(verb, what), "{text}");
    }
}

#[test]
fn each_other_refusal_has_its_sentence() {
    let role = "is no role. Write `commander`, `spokesperson`, `responder` or `observer`.";
    let level = "is no severity. Write `minor`, `major` or `critical`; `!help severity` tells them apart.";
    let nobody = "Write the name as it shows here, or ask them to say something in the war room first.";
    let times = "`!help times` shows all that can be typed.";
    let rows = [
        ("!upd`ate x", "I don't know `!upd'ate`. Did you mean `!update`? `!help` shows what matters now.".to_owned()),
        ("! update x", "A command has no space after the `!`. Write `!update`.".to_owned()),
        ("!take boss", format!("`boss` {role}")),
        ("!assign ben boss", format!("`ben` {role}")),
        ("!declare x --severity high", format!("`high` {level}")),
        ("!declare x --severity --drill", format!("`--drill` {level}")),
        ("!sev 4", format!("`4` {level}")),
        (
            "!declare x --loud",
            "`--loud` is not an option of `!declare`. Write `!declare <title> [--severity minor/major/critical] \
             [--security] [--public] [--drill]`."
                .to_owned(),
        ),
        ("!declare x --drill=yes", refused("!declare x --drill=no").replace("=no", "=yes")),
        (
            "!update --everyone x next 30m",
            "`--everyone` is not an option of `!update`. Write `!update <text> next <when> [--customers] [--anyway]`."
                .to_owned(),
        ),
        ("!assign comms @nobody", format!("I know nobody called `@nobody`. {nobody}")),
        ("!task restart @nobody", format!("I know nobody called `@nobody`. {nobody}")),
        ("!task 3 @nobody", format!("I know nobody called `@nobody`. {nobody}")),
        (
            "!invite max",
            "`max` could be max [`console:max1`] or Max [`console:max2`]. Write the one in brackets.".to_owned(),
        ),
        (
            "!update x next 25:00",
            format!("I can't read `25:00` as a time. Write `next 30m`, `next 14:30` or `next tomorrow 09:00`. {times}"),
        ),
        (
            "!publish 2 soon",
            format!("I can't read `soon` as a time. Write `next 30m`, `next 14:30` or `next tomorrow 09:00`. {times}"),
        ),
        (
            "!publish 2 next",
            format!("I can't read `next` as a time. Write `next 30m`, `next 14:30` or `next tomorrow 09:00`. {times}"),
        ),
        (
            "!help updaet",
            "There is no help on `updaet`. Did you mean `!update`? `!help` shows what matters now, `!help all` lists \
             every command."
                .to_owned(),
        ),
        (
            "!help xyzzy",
            "There is no help on `xyzzy`. `!help` shows what matters now, `!help all` lists every command.".to_owned(),
        ),
    ];
    for (text, sentence) in rows {
        assert_eq!(refused(text), sentence, "{text}");
    }
}

#[test]
fn titles_and_texts_have_limits_in_characters() {
    let too_long = |what, got, limit| {
        format!("That {what} has {got} characters; {limit} is the most. Shorten it and send it again.")
    };
    assert!(typed(&format!("!declare {} --drill", "ž".repeat(120))).is_ok());
    assert_eq!(refused(&format!("!declare {} --drill", "ž".repeat(121))), too_long("title", 121, 120));
    for verb in
        ["update", "log", "sitrep", "ask", "problem", "task", "need", "drop 1", "correct 1", "sev minor", "cancel"]
    {
        assert!(typed(&format!("!{verb} {}", "ž".repeat(2000))).is_ok(), "{verb}");
        assert_eq!(refused(&format!("!{verb} {}", "ž".repeat(2001))), too_long("text", 2001, 2000), "{verb}");
    }
    assert!(typed(&format!("!update {} next 30m --customers", "x".repeat(2000))).is_ok());
}

#[test]
fn what_is_left_over_is_refused_with_what_was_understood() {
    for (text, understood, rest) in [
        ("!close please now", "!close", "please now"),
        ("!ack on it", "!ack", "on it"),
        ("!accept thanks", "!accept", "thanks"),
        ("!take spokesperson now", "!take spokesperson", "now"),
        ("!release observer, thanks", "!release observer", "thanks"),
        ("!who is it", "!who", "is it"),
        ("!tasks please", "!tasks", "please"),
        ("!done 3 4", "!done 3", "4"),
        ("!discard 2 not needed", "!discard 2", "not needed"),
        ("!duplicate INC-1 INC-2 INC-3", "!duplicate INC-1 INC-2", "INC-3"),
        ("!show INC-3 please", "!show INC-3", "please"),
        ("!timeline 10 lines", "!timeline 10", "lines"),
        ("!help update now", "!help update", "now"),
        ("!incidents open", "!incidents", "open"),
        ("!unlink me", "!unlink", "me"),
        ("!admin channels all", "!admin channels", "all"),
        ("!admin audit 5 lines", "!admin audit 5", "lines"),
        ("!admin people INC-3", "!admin people", "INC-3"),
        ("!admin unmap here now", "!admin unmap here", "now"),
    ] {
        let sentence = format!(
            "I understood `{understood}`, but not `{rest}` behind it, so nothing was done. Send `{understood}` alone."
        );
        assert_eq!(refused(text), sentence, "{text}");
        assert!(typed(understood).is_ok(), "{understood}");
    }
}

#[test]
fn any_command_with_words_behind_its_fields_is_refused_or_takes_them_as_words() {
    bolero::check!().with_type::<(u8, Vec<u8>)>().with_iterations(3000).for_each(|(verb, junk)| {
        let rows: Vec<_> = VERBS.iter().chain(ADMIN).filter(|row| row.name != "admin").collect();
        let row = rows[usize::from(*verb) % rows.len()];
        let junk: String = junk.iter().map(|byte| char::from(b'a' + byte % 26)).collect();
        let junk = format!("zq{junk}qz");
        let text = format!("{} {junk}", row.example);
        // Whoever takes words has these too; nothing is dropped.
        if let Ok(Some(line)) = typed(&text) {
            let said = format!("{:?}", line.ask);
            let is_code = matches!(line.ask, Ask::Link(_) | Ask::Admin(Admin::Confirm { .. }));
            assert!(said.contains(&junk) || is_code, "{text:?}: {said}");
        }
    });
}
