use herald::command::{
    ADMIN, Group, Situation, Standing, Topic, VERBS, help, help_all, help_now, help_severity, help_verb,
};
use herald::incident::{Severity, Status};
use herald_chat::Span;
use strum::IntoEnumIterator as _;

const QUIET: Standing = Standing {
    commander: true,
    spokesperson: true,
    you_command: false,
    you_speak: false,
    drafts: 0,
    status: Status::Investigating,
};

fn shown(situation: Situation) -> String {
    help_now(situation).to_string()
}

#[test]
fn with_nothing_open_it_says_how_to_begin() {
    let expected = "\
No incident is open here.
`!declare <title> [--severity minor/major/critical] [--security] [--public] [--drill]`  Open an incident.
`!incidents`  List the incidents, open ones first.
`!show INC-<n>`  Show an incident, open or over.
`!stats [30d]`  Show how many incidents there were, how fast they were handled, and how many promises were kept.
`!help <command>` explains one. `!help all` lists them all.";
    assert_eq!(shown(Situation::NothingOpen), expected);
}

#[test]
fn the_roles_that_nobody_has_come_first() {
    let orphan = shown(Situation::Open(Standing { commander: false, spokesperson: false, ..QUIET }));
    let start =
        "Nobody commands yet.\n`!ack`  Take command of the incident.\n`!take <role>`  Take a role that nobody has";
    assert!(orphan.starts_with(start), "{orphan}");
    let mute = shown(Situation::Open(Standing { spokesperson: false, you_command: true, ..QUIET }));
    assert!(mute.starts_with("Nobody speaks to the company yet.\n`!assign <role> <person>`"), "{mute}");
}

#[test]
fn the_spokesperson_is_shown_how_to_speak() {
    let speaker = shown(Situation::Open(Standing { you_speak: true, drafts: 2, ..QUIET }));
    let start = "\
You speak to the company.
`!update <text> next <when> [--customers] [--anyway]`  Tell the company how things stand, and when it hears from you next.
`!drafts`  Show the updates that are proposed.
`!publish <n> [next <when>] [--anyway]`  Publish a draft.
";
    assert!(speaker.starts_with(start), "{speaker}");
    let idle = shown(Situation::Open(Standing { you_speak: true, ..QUIET }));
    assert!(!idle.contains("!publish"), "{idle}");
}

#[test]
fn the_commander_is_shown_the_next_step() {
    let next = [
        (Status::Investigating, "!identified"),
        (Status::Identified, "!mitigated"),
        (Status::Mitigated, "!resolve"),
        (Status::Resolved, "!close"),
    ];
    for (status, verb) in next {
        let text = shown(Situation::Open(Standing { you_command: true, status, ..QUIET }));
        assert!(text.starts_with(&format!("You command.\n`{verb}")), "{text}");
    }
}

#[test]
fn it_is_short_and_repeats_nothing_whatever_the_situation() {
    let mut situations = vec![Situation::NothingOpen, Situation::Outside, Situation::Reader];
    for status in Status::iter() {
        for bits in 0..16 {
            let bit = |n: u32| bits & (1 << n) != 0;
            let standing = Standing {
                commander: bit(0),
                spokesperson: bit(1),
                you_command: bit(2),
                you_speak: bit(3),
                drafts: 1,
                status,
            };
            situations.push(Situation::Open(standing));
        }
    }
    for situation in situations {
        let text = help_now(situation);
        let verbs: Vec<&str> = text.lines()[1..text.lines().len() - 1]
            .iter()
            .map(|line| match line.spans.as_slice() {
                [Span::Code(usage), Span::Plain(gap), ..] if gap == "  " => usage.split(' ').next().unwrap(),
                other => panic!("{situation:?}: {other:?}"),
            })
            .collect();
        assert!((3..=8).contains(&verbs.len()), "{situation:?}: {verbs:?}");
        let mut once = verbs.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), verbs.len(), "{situation:?}: {verbs:?}");
    }
}

#[test]
fn outside_there_is_only_what_works_outside() {
    let text = shown(Situation::Outside);
    assert!(text.starts_with("You can ask, and look.\n`!ask <question>`  Ask those who respond.\n`!status`"), "{text}");
    assert!(!text.contains("!declare"), "{text}");
}

#[test]
fn a_page_says_form_sense_example_and_who() {
    let update = VERBS.iter().find(|verb| verb.name == "update").unwrap();
    let expected = "\
`!update <text> next <when> [--customers] [--anyway]`
Tell the company how things stand, and when it hears from you next. A full stop and `final` in place of `next \
<when>` say that this is the last. From anyone but the spokesperson it becomes a draft. `--anyway` at the end sends what only looks \
like a secret.
Example: `!update Checkout is down, we are rolling back. next 30m`
For the spokesperson; from anyone else it becomes a draft.
The same as `!say`.";
    assert_eq!(help_verb(update).to_string(), expected);
    for verb in VERBS {
        let page = help(Topic::Verb(verb), Situation::Outside).to_string();
        for part in [verb.usage, verb.summary, verb.example, verb.who] {
            assert!(page.contains(part), "{page}");
        }
        let parts = if verb.name == "admin" { ADMIN.len() } else { 0 };
        assert_eq!(page.lines().count(), parts + if verb.aliases.is_empty() { 4 } else { 5 }, "{page}");
    }
}

#[test]
fn the_whole_list_has_a_line_for_each_group_and_every_command_once() {
    let text = help_all().to_string();
    assert_eq!(text.lines().count(), Group::iter().count() + 1);
    assert!(text.starts_with("Begin: `!declare`\nRoles: `!take` `!ack` `!assign`"), "{text}");
    for verb in VERBS {
        let times = text.matches(&format!("`!{}`", verb.name)).count();
        assert_eq!(times, 1, "{}", verb.name);
    }
}

#[test]
fn the_levels_are_told_apart() {
    let text = help_severity().to_string();
    for level in Severity::iter() {
        assert!(text.contains(&format!("\n`{level}`  ")), "{text}");
    }
    assert!(text.ends_with("`!severity <level> [why]`  changes it. For the commander."), "{text}");
}

#[test]
fn every_topic_has_a_page() {
    for topic in [Topic::Now, Topic::All, Topic::Severity, Topic::Times, Topic::Verb(&VERBS[0])] {
        assert!(!help(topic, Situation::Open(QUIET)).is_empty(), "{topic:?}");
    }
}
