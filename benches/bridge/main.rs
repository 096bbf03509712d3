//! What Herald costs between two networks: the real binary between a real Synapse and a Discord server in this process, each
//! figure against a baseline of the same run. `make bench ONLY=bridge`.
//!
//! Words after `--` choose: `delay`, `rate`, `rooms`, `memory`. How many messages are passed on before memory is read is
//! `HERALD_BENCH_MESSAGES`: 10,000 unless set, which takes about three minutes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench may say: this cannot be")]

mod delay;
mod ear;
#[expect(dead_code, reason = "not everything is asked of it here")]
#[path = "../support/herald.rs"]
mod herald;
mod memory;
mod rate;
#[path = "../support/report.rs"]
#[expect(dead_code, reason = "not everything is asked of it here")]
mod report;
mod rooms;
mod town;

use herald_synapse::{Proxy, Synapse};
use report::{Bar, Report};
use town::Town;

#[tokio::main]
async fn main() {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|word| word == name);
    let server = Synapse::start().await.unwrap();
    let mut report = Report::new("bridge");
    if wanted("delay") {
        let proxy = Proxy::start(server.port(), 0).await.unwrap();
        let town = Town::new(&server, &proxy.url(), "delay", "").await;
        let herald = town.start().await;
        let [to_matrix, to_discord] = delay::measure(&town, &proxy).await;
        report.line("delay-to-matrix", to_matrix / 10.0, Bar::AtMost(1.0));
        report.line("delay-to-discord", to_discord / 10.0, Bar::AtMost(1.0));
        herald.stop().await;
    }
    if ["rate", "memory"].into_iter().any(&wanted) {
        let town = Town::new(&server, &server.url(), "one", "").await;
        let herald = town.start().await;
        let idle = herald.memory();
        println!("  ready {:.2} s after its start, with {idle:.1} MiB resident", herald.took.as_secs_f64());
        if wanted("rate") {
            report.line("rate-to-matrix", rate::measure(&town).await, Bar::AtLeast(0.9));
        }
        if wanted("memory") {
            memory::relay(&town).await;
            let after = herald.memory();
            println!("  {after:.1} MiB resident after {} messages more, {idle:.1} MiB before", memory::messages());
            report.line("memory", (after - idle) / 10.0, Bar::AtMost(1.0));
        }
        herald.stop().await;
    }
    if wanted("rooms") {
        let town = Town::new(&server, &server.url(), "many", "[incidents]\nown_room = true\n").await;
        let herald = town.start().await;
        report.line("rooms", rooms::measure(&town).await, Bar::AtMost(1.2));
        herald.stop().await;
    }
    report.end();
}
