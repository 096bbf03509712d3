//! What a chat network has to bring so that it can be looked at before Herald is started on it, or while it runs.

use std::collections::BTreeMap;

use async_trait::async_trait;
use herald_chat::{Finding, Network, RoomRef};

use crate::config::Config;

/// A chat network that the configuration speaks of, and how it stands with it.
#[async_trait]
pub trait Examine: Send + Sync {
    /// Which one.
    fn network(&self) -> Network;

    /// Looks at all that Herald needs there: who it is, what it may do, and its rooms of `config`, where names go by what
    /// they were `found` to be.
    /// Nothing is changed: no room is made or joined, no session begun that stays. While a Herald `is_running` on the
    /// same data directory, nobody logs in; what cannot be looked at therefore is a finding too.
    async fn examine(&self, config: &Config, found: &BTreeMap<RoomRef, RoomRef>, is_running: bool) -> Vec<Finding>;
}
