//! Practice on a full screen: the rooms side by side, several people to speak as, a guide through the first incident.
//!
//! `state` is what there is to show and how keys change it, `view` draws it, `terminal` alone knows the terminal.

mod input;
mod lines;
mod state;
mod terminal;
#[cfg(test)]
mod tests;
mod typed;
mod view;

use std::io;
use std::sync::Arc;

use crossterm::event::{Event, KeyEventKind};
use futures::channel::mpsc;
use futures::executor::block_on;
use futures::{FutureExt, SinkExt, StreamExt};
use jiff::SignedDuration;

use self::state::{Ask, Notice, State};
use self::terminal::Terminal;
use super::Live;
use super::guide::Stand;
use crate::engine::{Clock, Fault};
use crate::incident::Policy;
use crate::incident::words::time_and_distance;
use crate::journal::Journal;

/// How often the distance to the next promise is drawn anew.
const TICK: SignedDuration = SignedDuration::from_secs(1);

/// Why the screen ended early.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    /// Herald had to stop.
    #[error(transparent)]
    Herald(#[from] Fault),
    /// The terminal does not do what is needed.
    #[error("the terminal cannot be used: {0}. Lines from a pipe work too: `herald practice < FILE`")]
    Terminal(#[from] io::Error),
}

/// Shows `live` on this terminal until somebody leaves, or `end` is ready. What is under way then is delivered and
/// committed. Returns what to say once the terminal is as it was.
///
/// # Errors
/// [`ScreenError`]; the terminal is as it was then, too.
pub async fn play_screen<J: Journal + 'static>(
    live: &mut Live<J>,
    policy: &Policy,
    clock: Arc<dyn Clock>,
    end: impl Future<Output = ()>,
) -> Result<String, ScreenError> {
    let mut terminal = Terminal::take()?;
    let mut keys = keys();
    let mut feed = live.console().feed();
    let mut end = Box::pin(end.fuse());
    let mut state = State::new(live.console().shown(), clock.now(), policy.zone.clone(), Terminal::size()?);
    state.stand = stand(live, policy)?;
    state.notice = welcome_back(&state);
    loop {
        live.settle()?;
        while let Some(Some(sight)) = feed.next().now_or_never() {
            state.take_in(sight);
        }
        state.now = clock.now();
        state.stand = stand(live, policy)?;
        state.own_rooms =
            live.console().rooms(&state.who).into_iter().filter(|room| room.starts_with("inc-")).collect();
        let (screen, cursor) = view::draw(&state);
        terminal.show(screen, cursor)?;
        let tick = clock.until(state.now.saturating_add(TICK).unwrap_or(state.now));
        let event = tokio::select! {
            biased;
            () = &mut end => None,
            fault = live.pass() => {
                fault?;
                None
            }
            sight = feed.next() => {
                if let Some(sight) = sight {
                    state.take_in(sight);
                }
                continue;
            }
            event = keys.next() => event,
            () = tick => continue,
        };
        match event {
            None => break,
            Some(Event::Key(key)) if key.kind != KeyEventKind::Release => match state.key(key) {
                Some(Ask::Quit) => break,
                Some(Ask::Play(action)) => {
                    state.notice = live.play(&action).err().map(|why| Notice::Bad(why.to_string()));
                }
                None => {}
            },
            Some(Event::Resize(width, height)) => state.size = (width, height),
            Some(_) => {}
        }
    }
    live.stop()?;
    drop(terminal);
    Ok(farewell(&state))
}

fn stand<J: Journal + 'static>(live: &mut Live<J>, policy: &Policy) -> Result<Stand, Fault> {
    let policy = policy.clone();
    Ok(live.look(move |engine| Stand::of(engine, &policy))?.unwrap_or_default())
}

/// What is said to somebody who has been here before.
fn welcome_back(state: &State) -> Option<Notice> {
    let last = state.shown.last()?;
    let left = time_and_distance(last.at, state.now, &state.zone);
    let words = match &state.stand.open {
        Some(open) => format!("Back again: {} goes on where it was at {left}.", open.label),
        None => format!("Back again: all is as it was at {left}."),
    };
    Some(Notice::Good(words))
}

fn farewell(state: &State) -> String {
    let what = match &state.stand.open {
        Some(open) => format!("{} is still open", lines::tame(&open.label)),
        None => "All is kept".to_owned(),
    };
    format!("{what}: practice goes on here when you come back.")
}

/// What happens at the keyboard. The thread that waits for it is never waited for.
fn keys() -> mpsc::Receiver<Event> {
    let (mut sender, keys) = mpsc::channel(16);
    std::thread::spawn(move || {
        while let Ok(event) = crossterm::event::read() {
            if block_on(sender.send(event)).is_err() {
                return;
            }
        }
    });
    keys
}
