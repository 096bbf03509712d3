//! A look into the running engine.

use std::sync::Arc;
use std::time::Duration;

use futures::SinkExt;
use futures::channel::{mpsc, oneshot};
use futures::future::{Either, select};
use herald_chat::Clock;
use jiff::Timestamp;

use crate::engine::{Engine, Late, Request};

/// How long the engine may take until it can be looked at.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the engine can be looked at between two of its steps.
pub(super) struct Window<J> {
    requests: mpsc::Sender<Request<J>>,
    pub(super) clock: Arc<dyn Clock>,
}

impl<J> Clone for Window<J> {
    fn clone(&self) -> Self {
        Self { requests: self.requests.clone(), clock: self.clock.clone() }
    }
}

impl<J> Window<J> {
    /// On the engine that takes `requests`.
    pub(super) fn new(requests: mpsc::Sender<Request<J>>, clock: Arc<dyn Clock>) -> Self {
        Self { requests, clock }
    }

    /// Has the engine go on with a network that can be reached now.
    pub(super) async fn join(&self, late: Late) {
        // It is not there any more only when Herald ends.
        let _ = self.requests.clone().send(Request::Join(Box::new(late))).await;
    }

    /// What `look` finds there.
    ///
    /// # Errors
    /// Why there is nothing to be seen, in words.
    pub(super) async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Engine<J>) -> T + Send + 'static,
    ) -> Result<T, String>
    where
        J: 'static,
    {
        let (give, found) = oneshot::channel();
        let request = Request::Look(Box::new(move |engine| drop(give.send(look(engine)))));
        let ended = || "Herald has ended".to_owned();
        // A sender of one's own has room for one request.
        self.requests.clone().try_send(request).map_err(|_| ended())?;
        let limit = self.clock.until(self.clock.now().checked_add(PATIENCE).unwrap_or(Timestamp::MAX));
        match select(found, limit).await {
            Either::Left((found, _)) => found.map_err(|_| ended()),
            Either::Right(_) => Err(format!("the engine has not answered for {} s", PATIENCE.as_secs())),
        }
    }
}
