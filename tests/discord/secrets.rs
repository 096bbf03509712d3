//! The token stands in nothing that Herald writes.

use std::fs;
use std::path::Path;

use herald_guild::{Fault, Rule};

use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn the_token_stands_in_nothing_that_herald_writes() {
    let town = Town::plan().await;
    // All that can be logged is, also by what Herald is built on.
    let config = town.home().join("herald.toml");
    let told = fs::read_to_string(&config).unwrap();
    let filter = told.lines().find(|line| line.starts_with("filter")).unwrap();
    fs::write(&config, told.replace(filter, "filter = \"trace\"")).unwrap();
    let herald = crate::herald::Herald::start(town.home()).await;
    let war = town.channel("war-room");
    town.incident().await;

    // Whatever names a request or a connection when it fails.
    for fault in [Fault::Cut, Fault::LoseAnswer, Fault::Error(503), Fault::Page(502)] {
        town.discord.fault(Rule::new(fault).on(|method, _| method == "POST").times(1));
    }
    let logged = herald.logged();
    town.gets(&town.cleo, war, "!finding it goes wrong", "Finding 2 is on the timeline").await;
    let asked = town.chooses(&town.ana, war, "incident status", &[]).await;
    assert!(asked.content.contains("INC-1"), "{asked:?}");
    town.discord.cut_gateway();
    let logged = herald.logs_line("The connection to the gateway broke", logged).await;
    let logged = herald.logs_line("the session with Discord goes on", logged).await;
    town.discord.stop();
    let logged = herald.logs_line("The connection to the gateway broke", logged).await;
    let mut pages = vec![herald.get("/readyz").await.1, herald.get("/metrics").await.1];
    town.discord.start_again().await.unwrap();
    herald.ready_again().await;
    let old = town.bot.token.clone();
    let new = town.discord.renew_token(town.bot.id);
    herald.logs_line("Discord does not accept the token any more", logged).await;
    pages.extend([herald.get("/readyz").await.1, herald.get("/metrics").await.1, herald.get("/healthz").await.1]);
    pages.push(herald.said.join("\n"));
    assert_eq!(herald.stop().await, 0);

    assert!(pages.iter().any(|page| page.contains("herald_")), "{pages:#?}");
    let mut files = Vec::new();
    read_all(town.home(), &mut files);
    assert!(files.iter().any(|(name, bytes)| name == "herald.log" && holds(bytes, "herald_discord")));
    assert!(files.len() > 3, "{:?}", files.iter().map(|(name, _)| name).collect::<Vec<_>>());
    // The file that an admin put it in holds it, so whoever looks for it finds it.
    assert!(files.iter().any(|(name, bytes)| name == "token" && holds(bytes, &old)));
    let written = files.iter().filter(|(name, _)| name != "token");
    let written = written.map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    for (name, bytes) in written.chain(pages.iter().map(|page| ("page", page.as_bytes()))) {
        // Its last part is the secret one: the others tell whose it is, and since when.
        for secret in [&old, &new].into_iter().flat_map(|token| [token.as_str(), token.rsplit('.').next().unwrap()]) {
            assert!(!holds(bytes, secret), "{name} holds the token");
        }
    }
}

/// All files below a directory.
fn read_all(dir: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, files);
        } else {
            files.push((path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()));
        }
    }
}

fn holds(bytes: &[u8], words: &str) -> bool {
    String::from_utf8_lossy(bytes).contains(words)
}
