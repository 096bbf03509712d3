//! The grammar's table, in one file per group. A new command is one more row.

mod admin;
mod begin;
mod course;
mod look;
mod questions;
mod roles;
mod situation;
mod tasks;
mod timeline;
mod updates;

use super::args::Args;
use super::{Ask, Verb};
use crate::incident::{Command, List, Refusal};

const GROUPS: [&[Verb]; 10] = [
    begin::ROWS,
    roles::ROWS,
    course::ROWS,
    updates::ROWS,
    situation::ROWS,
    timeline::ROWS,
    tasks::ROWS,
    questions::ROWS,
    look::ROWS,
    admin::ROWS,
];

pub use admin::ADMIN;

/// Every command, in the order of showing.
pub static VERBS: &[Verb] = &joined();

const fn count() -> usize {
    let (mut group, mut rows) = (0, 0);
    while group < GROUPS.len() {
        rows += GROUPS[group].len();
        group += 1;
    }
    rows
}

const fn joined() -> [Verb; count()] {
    let mut all = [GROUPS[0][0]; count()];
    let (mut group, mut next) = (0, 0);
    while group < GROUPS.len() {
        let mut row = 0;
        while row < GROUPS[group].len() {
            all[next] = GROUPS[group][row];
            row += 1;
            next += 1;
        }
        group += 1;
    }
    all
}

/// What `!solved`, `!undone`, `!done` and `!answered` have in common.
fn settle(args: &mut Args<'_>, list: List, missing: &str) -> Result<Ask, Refusal> {
    Ok(Ask::Do(Command::Settle { list, n: args.number(missing)? }))
}
