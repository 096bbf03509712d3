//! Line mode: what people do comes in line by line, what the rooms show goes out line by line.

use std::io::{self, Write};

use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use herald_console::Shown;

use super::Live;
use super::script::{self, Line};
use crate::engine::Fault;
use crate::journal::Journal;

/// Why line mode ended early.
#[derive(Debug, thiserror::Error)]
pub enum LinesError {
    /// Herald had to stop.
    #[error(transparent)]
    Herald(#[from] Fault),
    /// What the rooms show could not be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
}

/// Plays each of `lines` as it comes, and writes what every room shows to `out`, at once. What cannot be played is named
/// in `complaints`, and the session goes on. Ends with the last line, or when `end` is ready: what is under way then is
/// delivered and committed first.
///
/// # Errors
/// [`LinesError`].
pub async fn play_lines<J: Journal + 'static>(
    live: &mut Live<J>,
    mut lines: BoxStream<'static, Vec<u8>>,
    end: impl Future<Output = ()>,
    out: &mut dyn Write,
    complaints: &mut dyn Write,
) -> Result<(), LinesError> {
    let mut shown = live.console().feed();
    let mut end = Box::pin(end.fuse());
    let mut number = 0;
    loop {
        live.settle()?;
        write_shown(&mut shown, out)?;
        let input = tokio::select! {
            biased;
            () = &mut end => None,
            fault = live.pass() => {
                fault?;
                return Ok(());
            }
            sight = shown.next() => {
                sight.map_or(Ok(()), |sight| write(&sight, out))?;
                continue;
            }
            input = lines.next() => input,
        };
        let Some(input) = input else { break };
        number += 1;
        let played = match script::one(&String::from_utf8_lossy(&input), number) {
            Ok(Some(Line { action, .. })) => live.play(&action).map_err(|why| format!("line {number}: {why}")),
            Ok(None) => Ok(()),
            Err(why) => Err(why.to_string()),
        };
        if let Err(why) = played {
            // Nobody may be listening there.
            let _ = writeln!(complaints, "{why}");
        }
    }
    live.stop()?;
    write_shown(&mut shown, out)?;
    Ok(())
}

/// Writes what has been shown until now.
fn write_shown(shown: &mut BoxStream<'static, Shown>, out: &mut dyn Write) -> io::Result<()> {
    while let Some(Some(sight)) = shown.next().now_or_never() {
        write(&sight, out)?;
    }
    Ok(())
}

fn write(sight: &Shown, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{sight}")?;
    out.flush()
}
