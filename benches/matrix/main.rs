//! What Herald costs on Matrix: the real binary on a real Synapse, each figure against a baseline of the same run.
//! `make bench ONLY=matrix`.
//!
//! Words after `--` choose: `plain`, `encrypted`, `requests`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench may say: this cannot be")]

mod answers;
#[path = "../support/herald.rs"]
mod herald;
mod load;
mod people;
#[expect(dead_code, reason = "none of these figures has to be high")]
#[path = "../support/report.rs"]
mod report;
mod requests;
mod start;
mod town;

use herald_synapse::Synapse;

use people::Encrypted;
use report::Report;
use town::Town;

/// In how many rooms Herald is.
const ROOMS: usize = 50;

#[tokio::main]
async fn main() {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|word| word == name);
    let server = Synapse::start().await.unwrap();
    let mut report = Report::new("matrix");
    if wanted("plain") {
        plain(&server, &mut report).await;
    }
    if wanted("encrypted") {
        encrypted(&server, &mut report).await;
    }
    if wanted("requests") {
        requests::run(&server).await;
    }
    report.end();
}

async fn plain(server: &Synapse, report: &mut Report) {
    let (town, room) = Town::plain(server, "plain").await;
    town.more_rooms(ROOMS - town.rooms().await).await;
    let herald = town.start().await;
    println!("  first start with {ROOMS} rooms: ready after {:.2} s", herald.took.as_secs_f64());
    let mut room = room.begin().await;
    report.line("reply", answers::measure("plain", &mut room).await, report::Bar::AtMost(1.25));
    report.line("processor", load::measure("plain", server, &herald, &room).await, report::Bar::AtMost(0.1));
    room.talk(1000 - load::COMMANDS).await;
    let memory = herald.memory();
    println!("  {memory:.1} MiB resident after 1,000 messages and more, in {ROOMS} rooms");
    report.line("memory", memory / 60.0, report::Bar::AtMost(1.0));
    herald.stop().await;
    load::check(&town, &room).await;
    report.line("start", start::measure(&town).await, report::Bar::AtMost(1.0));
}

async fn encrypted(server: &Synapse, report: &mut Report) {
    let (town, people) = Town::encrypted(server, "encrypted").await;
    let herald = town.start().await;
    let mut room: Encrypted = people.begin().await;
    report.line("reply-encrypted", answers::measure("encrypted", &mut room).await, report::Bar::AtMost(1.25));
    report.line(
        "processor-encrypted",
        load::measure("encrypted", server, &herald, &room).await,
        report::Bar::AtMost(0.1),
    );
    println!("  {:.1} MiB resident, in an encrypted room", herald.memory());
    herald.stop().await;
    load::check(&town, &room).await;
}
