//! What is said on one side is read on the other, word for word.

mod files;
mod from_discord;
mod from_matrix;
mod long;
mod read;

use herald_guild::Id;
use herald_synapse::Synapse;
use serde_json::json;

use crate::town::Town;
use read::{Here, There};

/// What stands before mia's words on Discord.
const MIA: &str = "mia · Matrix:";

/// What stands for the ids of this town in the table.
struct Names {
    ben: String,
    role: String,
    channel: String,
}

/// What did not read as it should.
#[derive(Default)]
pub(super) struct Wrong(Vec<String>);

impl Wrong {
    /// Compares what a row came to with what it should.
    fn row<T: PartialEq + std::fmt::Debug>(&mut self, table: &str, name: &str, came: &T, expected: &T) {
        if came != expected {
            self.0.push(format!("{table}, {name:?}:\n     reads {came:?}\n  not like {expected:?}"));
        }
    }

    fn end(self, rows: usize) {
        assert!(self.0.is_empty(), "{} of {rows} rows read wrongly:\n{}", self.0.len(), self.0.join("\n"));
        println!("{rows} rows read as they should");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_on_one_side_reads_on_the_other_as_it_was_meant_and_comes_back_as_it_was() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    let there = town.war_there();
    let names = Names { ben: town.ben.id().to_string(), role: town.responders.to_string(), channel: there.to_string() };
    let mut wrong = Wrong::default();

    // From Discord to Matrix.
    for (n, row) in from_discord::ROWS.iter().enumerate() {
        town.ana.say(there, &format!("row {n}")).unwrap();
        town.ana.say(there, &from_discord::typed(row, &names)).unwrap();
    }
    let here = here(&town, from_discord::ROWS.len()).await;
    for (n, row) in from_discord::ROWS.iter().enumerate() {
        let expected = Here { body: row.2.to_owned(), html: row.3.to_owned() };
        wrong.row("Discord to Matrix", row.0, &here[n], &vec![expected]);
    }

    // And back, said by somebody on Matrix exactly as it came.
    let before = town.newest(there);
    for (n, row) in here.iter().enumerate() {
        let content = |it: &Here| {
            let (body, html) = (it.body.trim_start_matches('\n'), it.html.trim_start_matches('\n'));
            json!({ "msgtype": "m.text", "body": body, "format": "org.matrix.custom.html", "formatted_body": html })
        };
        say(&town, &format!("row {n}")).await;
        for it in row {
            town.mia.person.send_json(&town.war, "m.room.message", content(it)).await.unwrap();
        }
    }
    let back = come_back(&town, there, before, from_discord::ROWS.len()).await;
    for (n, row) in from_discord::ROWS.iter().enumerate() {
        let typed = from_discord::typed(row, &names);
        if RETURNS.contains(&row.0) {
            let expected = There { words: typed, files: Vec::new() };
            wrong.row("Discord to Matrix and back", row.0, &back[n], &vec![returned(expected, row.2)]);
        }
    }

    // From Matrix to Discord.
    let before = town.newest(there);
    for (n, row) in from_matrix::ROWS.iter().enumerate() {
        let mut content = json!({ "msgtype": "m.text", "body": row.1 });
        if !row.2.is_empty() {
            content["format"] = json!("org.matrix.custom.html");
            content["formatted_body"] = json!(row.2.replace("MIA", town.mia.id()));
        }
        say(&town, &format!("row {n}")).await;
        town.mia.person.send_json(&town.war, "m.room.message", content).await.unwrap();
    }
    let came = come_back(&town, there, before, from_matrix::ROWS.len()).await;
    for (n, row) in from_matrix::ROWS.iter().enumerate() {
        let expected = There { words: row.3.to_owned(), files: Vec::new() };
        wrong.row("Matrix to Discord", row.0, &came[n], &vec![expected]);
    }
    // Nobody was called by any of it.
    let pinged: Vec<String> = town
        .stands(there, Id(0))
        .into_iter()
        .filter(|it| it.author == town.bot.id && !it.pinged.is_empty())
        .map(|it| it.content)
        .collect();
    assert!(pinged.is_empty(), "{pinged:#?}");
    let lines = town.mia.person.lines(&town.war).await.unwrap();
    let called = lines.iter().filter(|it| it.sender == town.me.user_id());
    assert!(called.clone().all(|it| it.has_mentions && it.mentions.is_empty() && it.encrypted), "{lines:#?}");
    wrong.end(2 * from_discord::ROWS.len() + from_matrix::ROWS.len());
    assert_eq!(herald.stop().await, 0);
}

/// What comes back from Matrix exactly as it was typed: what has one way to be written only, and names nobody.
#[rustfmt::skip]
const RETURNS: &[&str] = &[
    "words", "bold", "italic, one way", "underlined", "struck out", "hidden", "bold and italic",
    "bold and hidden", "code", "a block of code", "a block of code that is indented", "a quotation",
    "a quotation with styles", "a list", "a list in a list", "a numbered list", "a numbered list from three on",
    "a heading", "a smaller heading", "a link without a preview", "an emoji", "an emoji of three", "escaped marks",
    "lines", "from right to left", "accents", 
];

/// What begins with more than words has a line break before it, and a line of code that is empty is kept so.
fn returned(expected: There, body: &str) -> There {
    let words = if body.starts_with('\n') { format!("\n{}", expected.words) } else { expected.words };
    There { words: words.replace("*\n\nls", "*\n\u{200b}\nls"), ..expected }
}

async fn say(town: &Town, words: &str) {
    town.mia.person.say(&town.war, words).await.unwrap();
}

/// What people on Matrix read, row by row.
async fn here(town: &Town, rows: usize) -> Vec<Vec<Here>> {
    town.ana.say(town.war_there(), &format!("row {rows}")).unwrap();
    town.mia.person.overhears(&town.war, &format!("ana · Discord: row {rows}")).await.unwrap();
    let lines = town.mia.person.lines(&town.war).await.unwrap();
    let of_herald = lines.iter().filter(|it| it.sender == town.me.user_id());
    let all: Vec<Here> = of_herald.filter_map(|line| Here::of(&line.content, "ana · Discord:")).collect();
    read::rows(&all, rows, |it| &it.body)
}

/// What people on Discord read after a message, row by row.
async fn come_back(town: &Town, there: Id, before: Id, rows: usize) -> Vec<Vec<There>> {
    say(town, &format!("row {rows}")).await;
    town.reads_after(
        &town.ana,
        there,
        town.ana.reads(there).unwrap().iter().filter(|it| it.id <= before).count(),
        &format!("row {rows}"),
    )
    .await;
    let all = town.stands(there, before).into_iter().filter(|it| it.author == town.bot.id);
    let all: Vec<There> = all.filter_map(|it| There::of(&it, MIA)).collect();
    read::rows(&all, rows, |it| &it.words)
}
