//! Practice as it happens: people type, time passes by itself.

use std::sync::Arc;

use futures::channel::mpsc;
use futures::future::BoxFuture;
use futures::{FutureExt, SinkExt};
use herald_chat::Platform;
use herald_console::Console;

use super::script::Action;
use crate::engine::{Clock, Engine, Fault, Request, Setup, run};
use crate::journal::Journal;

/// Why a practice line was not played.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LiveError {
    /// It is for scripts.
    #[error("`wait`, `offline`, `online`, `lost` and `crash` are for scripts: `herald practice --script FILE`")]
    ScriptOnly,
    /// The platform did not do it.
    #[error("{0}")]
    NotAllowed(String),
}

/// A running Herald on the practice platform.
pub struct Live<J> {
    /// The rooms.
    pub console: Console,
    requests: mpsc::Sender<Request<J>>,
}

impl<J: Journal + 'static> Live<J> {
    /// Prepares it. The future is Herald itself: run it until it ends.
    ///
    /// # Errors
    /// [`Fault::Journal`] when the journal cannot be read.
    pub fn new(
        console: Console,
        journal: J,
        setup: Setup,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, BoxFuture<'static, Result<(), Fault>>), Fault> {
        let windows = [(console.network(), console.remembers())].into();
        let engine = Engine::boot(journal, Arc::new(setup), windows)?;
        let (requests, receiver) = mpsc::channel(4);
        let platforms: Vec<Arc<dyn Platform>> = vec![Arc::new(console.clone())];
        let herald = run(engine, platforms, clock, receiver).boxed();
        Ok((Self { console, requests }, herald))
    }

    /// Does what a line says, as the person it names.
    ///
    /// # Errors
    /// [`LiveError`], in words for whoever typed it.
    pub fn play(&self, action: &Action) -> Result<(), LiveError> {
        let done = match action {
            Action::Say { who, room, text } => {
                let _ = self.console.introduce(who);
                self.console.say(who, room, text)
            }
            Action::React { who, emoji, text } => self.console.react(who, "war-room", emoji, text),
            Action::Edit { who, from, to } => self.console.edit_own(who, from, to),
            Action::Delete { who, text } => self.console.delete_own(who, text),
            Action::Wait(_) | Action::Offline { .. } | Action::Online { .. } | Action::Lost { .. } | Action::Crash => {
                return Err(LiveError::ScriptOnly);
            }
        };
        done.map(drop).map_err(|why| LiveError::NotAllowed(why.to_string()))
    }

    /// A way to ask the running engine for something.
    #[must_use]
    pub fn requests(&self) -> mpsc::Sender<Request<J>> {
        self.requests.clone()
    }

    /// Asks Herald to stop once what is under way is committed.
    pub async fn stop(&mut self) {
        let _ = self.requests.send(Request::Stop).await;
    }
}
