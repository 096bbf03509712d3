//! What Herald costs on Discord: the real binary on a Discord server in this process, each figure against a baseline of
//! the same run. `make bench ONLY=discord`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench may say: this cannot be")]

mod answers;
#[expect(dead_code, reason = "not everything is asked of it here")]
#[path = "../support/herald.rs"]
mod herald;
mod posts;
#[expect(dead_code, reason = "not everything is asked of it here")]
#[path = "../support/report.rs"]
mod report;
mod town;

use report::{Bar, Report};
use town::Town;

#[tokio::main]
async fn main() {
    let mut report = Report::new("discord");
    let town = Town::new().await;
    let herald = town.start().await;
    println!("  ready {:.2} s after its start, with {:.1} MiB resident", herald.took.as_secs_f64(), herald.memory());
    report.line("acknowledgement", answers::measure(&town).await, Bar::AtMost(1.0));
    let (rate, limited) = posts::measure(&town).await;
    report.line("rate", rate, Bar::AtLeast(0.95));
    report.line("limited", limited, Bar::AtMost(0.0));
    let memory = herald.memory();
    println!("  {memory:.1} MiB resident after {} messages", posts::POSTS);
    report.line("memory", memory / 35.0, Bar::AtMost(1.0));
    herald.stop().await;
    report.end();
}
