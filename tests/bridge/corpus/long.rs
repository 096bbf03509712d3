//! Texts that are too long for one message, and what becomes of all their parts.

use herald_guild::Id;
use herald_synapse::Synapse;
use serde_json::json;

use super::read::{There, rows};
use super::{MIA, say};
use crate::town::Town;

/// How long a message may be on Discord.
const LIMIT: usize = 2000;

/// A name, `body`, `formatted_body` (nothing: none), and the letters that have to be read in the end, in this order.
fn table() -> Vec<(&'static str, String, String, String)> {
    let words: Vec<String> = (0..800).map(|n| format!("w{n:03}")).collect();
    let lines: Vec<String> = (0..300).map(|n| format!("line {n:03} of what it wrote")).collect();
    let items: Vec<String> = (0..200).map(|n| format!("<li>item {n:03} of it</li>")).collect();
    let items = items.concat();
    let plain = |name, text: &str| (name, text.to_owned(), String::new(), text.to_owned());
    vec![
        plain("4,000 characters of words", &words.join(" ")[..3999]),
        plain("4,000 characters of one word", &"abcdefghij".repeat(400)),
        plain("4,000 marks", &"*".repeat(4000)),
        plain("4,000 characters from right to left", &"שלום ".repeat(800)),
        plain("1,000 emoji", &"🔥".repeat(1000)),
        plain("4,000 lines of one letter", &"a\n".repeat(4000)),
        plain("16,000 characters", &words.join(" ").repeat(4)),
        (
            "a block of code over the limit",
            "x".to_owned(),
            format!("<pre><code class=\"language-sh\">{}\n</code></pre>", lines.join("\n")),
            lines.join("\n"),
        ),
        (
            "a list over the limit",
            "x".to_owned(),
            format!("<ul>{items}</ul>"),
            items.replace("<li>", "").replace("</li>", ""),
        ),
        ("bold words over the limit", "x".to_owned(), format!("<b>{}</b>", words.join(" ")), words.join(" ")),
        (
            "a quotation over the limit",
            "x".to_owned(),
            format!("<blockquote>{}</blockquote>", words.join(" ")),
            words.join(" "),
        ),
    ]
}

/// What is read of a message, without what stands around it.
fn letters(content: &str) -> String {
    let lines = content.lines().filter(|line| !line.starts_with("```"));
    let bare = lines.map(|line| line.trim_start_matches("> ").trim_start_matches("- ")).collect::<String>();
    bare.replace("**", "").replace('\\', "").chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}').collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn long_texts_are_cut_into_messages_that_fit_and_lose_nothing_and_are_removed_whole() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    let there = town.war_there();
    let before = town.newest(there);
    let table = table();
    let mut sent = Vec::new();
    for (n, (_, body, html, _)) in table.iter().enumerate() {
        let mut content = json!({ "msgtype": "m.text", "body": body });
        if !html.is_empty() {
            content["format"] = json!("org.matrix.custom.html");
            content["formatted_body"] = json!(html);
        }
        say(&town, &format!("row {n}")).await;
        sent.push(town.mia.person.send_json(&town.war, "m.room.message", content).await.unwrap());
    }
    say(&town, &format!("row {}", table.len())).await;
    town.reads(&town.ana, there, &format!("row {}", table.len())).await;
    let all = town.stands(there, before).into_iter().filter(|it| it.author == town.bot.id);
    let all: Vec<String> = all.map(|it| There::of(&it, MIA).map_or(it.content, |it| it.words)).collect();
    let came = rows(&all, table.len(), |it| it);
    let mut wrong = Vec::new();
    for ((name, .., text), parts) in table.iter().zip(&came) {
        let expected: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let read: String = parts.iter().map(|it| letters(it)).collect();
        if *name != "4,000 marks" && read != expected {
            let at = read.chars().zip(expected.chars()).position(|(one, other)| one != other);
            wrong.push(format!(
                "{name}: {} letters, not {}; they differ at {at:?}",
                read.chars().count(),
                expected.chars().count()
            ));
        }
        if parts.len() < 2 || parts.iter().any(|it| it.encode_utf16().count() > LIMIT) {
            let sizes: Vec<usize> = parts.iter().map(|it| it.encode_utf16().count()).collect();
            wrong.push(format!("{name} is cut into messages of {sizes:?}"));
        }
        if parts.iter().any(|it| it.matches("```").count() % 2 != 0) {
            wrong.push(format!("{name} leaves a block of code open"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let marks: usize = came[2].iter().map(|it| it.matches("\\*").count()).sum();
    assert_eq!(marks, 4000);

    // Discord to Matrix: what Discord takes is one message there.
    let full = "x".repeat(LIMIT);
    town.ana.say(there, &full).unwrap();
    let read = town.max.reads(&town.war, &full).await;
    assert_eq!(read.plain, format!("ana · Discord: {full}"));

    for id in &sent {
        town.mia.person.redact(&town.war, id).await.unwrap();
    }
    let left = || {
        let all = town.stands(there, Id(0)).into_iter().filter(|it| it.author == town.bot.id && it.id > before);
        (all.count() == table.len() + 1).then_some(())
    };
    town.discord.eventually(left).await.unwrap();
    println!("{} rows, {} messages", table.len() + 1, came.iter().map(Vec::len).sum::<usize>());
    assert_eq!(herald.stop().await, 0);
}
