//! Which lines of a message are commands.

use herald::command::commands;

#[test]
fn a_line_that_begins_with_a_command_is_one_of_its_own() {
    for (text, found) in [
        (
            "!update Payments work again.\nnext 20m\n!resolve rolled back",
            vec!["!update Payments work again.\nnext 20m", "!resolve rolled back"],
        ),
        ("!take comms\n\n!ack", vec!["!take comms\n", "!ack"]),
        ("all is well\n!resolve rolled back", vec!["!resolve rolled back"]),
        ("!log a\n  !say b", vec!["!log a", "  !say b"]),
        ("!log a\n!RESOLVED: b", vec!["!log a", "!RESOLVED: b"]),
        // What was most likely meant to be one.
        ("!update a\n!reslove b", vec!["!update a", "!reslove b"]),
        ("!update a\n! resolve b", vec!["!update a", "! resolve b"]),
        // Text.
        ("!update a\n!important: b", vec!["!update a\n!important: b"]),
        ("!update a\n!= b\n!! c", vec!["!update a\n!= b\n!! c"]),
        ("!update a !resolve b", vec!["!update a !resolve b"]),
        ("!update a\n> !resolve b", vec!["!update a\n> !resolve b"]),
        ("!update a\n>>> b\n!resolve c", vec!["!update a\n>>> b\n!resolve c"]),
        ("!update a\n```\n!resolve b\n```\n!who", vec!["!update a\n```\n!resolve b\n```", "!who"]),
        ("!update a\n~~~\n!resolve b\n~~~\n!who", vec!["!update a\n~~~\n!resolve b\n~~~", "!who"]),
        ("!update a ``` b\n!resolve c\n```\n!who", vec!["!update a ``` b\n!resolve c\n```", "!who"]),
        ("!update a\n    !resolve b", vec!["!update a\n    !resolve b"]),
        // A longer mark holds a shorter one.
        (
            "!update a\n````\n```\n!resolve b\n```\n````\n!who",
            vec!["!update a\n````\n```\n!resolve b\n```\n````", "!who"],
        ),
        ("````\n```\n!resolve b\n```\n````", vec![]),
        ("~~~~\n~~~\n!resolve b\n~~~\n~~~~\n!who", vec!["!who"]),
        ("~~~\n```\n~~~\n!who", vec!["!who"]),
        ("```\n~~~\n```\n!who", vec!["!who"]),
        // Code in a line may have several, too.
        ("`carl proposes:\n!update b\nnext 20m\nyes?`", vec![]),
        ("``carl ` says\n!update b``\n!who", vec!["!who"]),
        ("!log `a\n!resolve b\n`\n!who", vec!["!log `a\n!resolve b\n`", "!who"]),
        ("it`s so\n!who", vec!["!who"]),
        ("`a` and ``` b\n!resolve c\n```\n!who", vec!["!who"]),
        ("hello", vec![]),
        ("hello !who", vec![]),
        ("!xyzzy", vec!["!xyzzy"]),
        ("!", vec!["!"]),
    ] {
        assert_eq!(
            commands(text),
            found.iter().map(|it| it.trim_start()).map(str::to_owned).collect::<Vec<_>>(),
            "{text:?}"
        );
    }
}

#[test]
fn any_text_loses_no_line_of_its_commands() {
    bolero::check!().with_type::<Vec<u8>>().with_iterations(3000).for_each(|picks| {
        const LINES: [&str; 10] =
            ["!who", "!update a", "next 20m", "> !who", "```", "!reslove x", "!wow", "", "words", "!resolve b"];
        let lines: Vec<&str> = picks.iter().take(10).map(|pick| LINES[usize::from(*pick) % LINES.len()]).collect();
        let clean = herald_chat::clean(&lines.join("\n"));
        let found = commands(&clean).join("\n");
        assert!(clean.ends_with(&found), "{clean:?}: {found:?}");
    });
}
