//! Plays a whole script and prints what every room shows.

use std::io::Write;
use std::path::Path;

use super::script::{self, Action, ScriptError};
use super::{OpenJournal, Stage, StageError};
use crate::engine::{Setup, Tally};
use crate::journal::Journal;

/// Why a script could not be played to its end.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// A line is malformed.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// Herald could not go on.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// What the rooms show could not be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

/// Plays `text` on rooms in `dir` (or in memory) and a journal, and writes what every room shows to `out`.
///
/// # Errors
/// [`PlayError::Script`] before anything is played; the others while playing.
pub fn play<J: Journal + 'static>(
    text: &str,
    dir: Option<&Path>,
    setup: Setup,
    open_journal: OpenJournal<J>,
    out: &mut dyn Write,
) -> Result<Tally, PlayError> {
    let lines = script::read(text)?;
    let mut stage = Stage::new(dir, setup, open_journal)?;
    if lines.iter().any(|line| line.action == Action::Networks) {
        stage = stage.with_annex()?;
    }
    if lines.iter().any(|line| line.action == Action::Boards) {
        stage = stage.with_boards();
    }
    stage.introduce(&script::people(&lines));
    stage.start()?;
    for line in &lines {
        for shown in stage.play(line)? {
            writeln!(out, "{shown}")?;
        }
    }
    Ok(stage.end())
}
