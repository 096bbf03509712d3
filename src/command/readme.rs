//! The README's table of commands.

use std::fmt::Write as _;

use super::{ADMIN, VERBS};

/// Every command as a Markdown table, which a test holds against the README.
#[must_use]
pub fn markdown_table() -> String {
    let mut table = String::from("| command | who | effect |\n|---|---|---|\n");
    for verb in VERBS.iter().chain(ADMIN) {
        let also = match verb.aliases {
            [] => String::new(),
            aliases => format!(" ({})", aliases.join(", ")),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| `{}`{also} | {} | {} |", verb.usage, verb.who, verb.summary);
    }
    table
}
