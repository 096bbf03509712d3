//! A network that is configured, in a build that was not given it.
#![cfg(not(all(feature = "matrix", feature = "discord")))]

use std::sync::Arc;

use async_trait::async_trait;
use herald::service::{Join, JoinError, Joined};
use herald_chat::{Desk, Network};

/// It says so when it is joined.
struct Missing(&'static str);

/// The network called `name`, which `section` configures.
pub(super) fn network<T>(name: &'static str, _section: &T) -> Box<dyn Join> {
    Box::new(Missing(name))
}

#[async_trait]
impl Join for Missing {
    fn network(&self) -> Network {
        Network::new(self.0)
    }

    async fn join(&self, _desk: Arc<dyn Desk>) -> Result<Joined, JoinError> {
        let name = self.0;
        Err(JoinError::Never(format!(
            "[{name}] is configured, and this Herald was built without it. Build it with its default features"
        )))
    }
}
