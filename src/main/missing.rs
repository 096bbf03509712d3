//! A network that is configured, in a build that was not given it.
#![cfg(not(all(feature = "matrix", feature = "discord")))]

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use herald::config::Config;
use herald::service::{Examine, Join, JoinError, Joined};
use herald_chat::{Desk, Finding, Network, RoomRef};

/// It says so when it is joined.
struct Missing(&'static str);

/// The network called `name`, which `section` configures.
pub(super) fn network<T>(name: &'static str, _section: &T) -> Box<dyn Join> {
    Box::new(Missing(name))
}

/// The same, to be looked at.
pub(super) fn unseen<T>(name: &'static str, _section: &T) -> Box<dyn Examine> {
    Box::new(Missing(name))
}

impl Missing {
    fn why(&self) -> String {
        let name = self.0;
        format!("[{name}] is configured, and this Herald was built without it. Build it with its default features")
    }
}

#[async_trait]
impl Examine for Missing {
    fn network(&self) -> Network {
        Network::new(self.0)
    }

    async fn examine(&self, _config: &Config, _found: &BTreeMap<RoomRef, RoomRef>, _is_running: bool) -> Vec<Finding> {
        vec![Finding::wrong(self.0, self.why())]
    }
}

#[async_trait]
impl Join for Missing {
    fn network(&self) -> Network {
        Network::new(self.0)
    }

    async fn join(&self, _desk: Arc<dyn Desk>) -> Result<Joined, JoinError> {
        Err(JoinError::Never(self.why()))
    }
}
