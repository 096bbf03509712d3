//! What the core costs, each figure against a baseline measured in the same run. `make bench ONLY=core`.
//!
//! `EVENTS=100000` makes the long record shorter; words after `--` choose: `commands`, `boot`, `memory`, `growth`.

#![expect(clippy::unwrap_used, reason = "a bench may say: this cannot be")]

mod boot;
mod commands;
mod growth;
mod history;
mod memory;
#[expect(dead_code, reason = "not everything is asked of it here")]
#[path = "../support/report.rs"]
mod report;
mod time;
mod town;

use report::Report;

fn main() {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with('-'));
    let chosen: Vec<String> = words.by_ref().collect();
    if let [first, dir] = chosen.as_slice()
        && first == memory::CHILD
    {
        return memory::child(dir.as_ref());
    }
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|word| word == name);
    let mut report = Report::new("core");
    if wanted("commands") {
        commands::run(&mut report);
    }
    if wanted("boot") {
        boot::run(&mut report);
    }
    if wanted("memory") {
        memory::run(&mut report);
    }
    if wanted("growth") {
        growth::run(&mut report);
    }
    report.end();
}
