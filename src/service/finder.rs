//! Rooms that admins name in chat, found as those of the configuration are.

use std::sync::PoisonError;

use async_trait::async_trait;
use herald_chat::RoomRef;

use super::JoinError;
use super::status::Networks;
use crate::engine::Finder;
use crate::incident::Audience;

/// The networks that Herald is on.
pub(super) struct OnLinks(pub(super) Networks);

#[async_trait]
impl Finder for OnLinks {
    async fn find(&self, written: &RoomRef, audience: Audience) -> Result<RoomRef, String> {
        let link = {
            let networks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            networks.get(&written.network()).and_then(|it| it.link.clone())
        };
        let link = link.ok_or_else(|| format!("Herald is not on {}.", written.network()))?;
        link.resolve(written, audience).await.map_err(|error| match error {
            JoinError::Later(why) => {
                format!("{} cannot say now: {}. Try again in a moment.", written.network(), bare(&why))
            }
            JoinError::Never(why) => format!("{}.", bare(&why)),
        })
    }
}

fn bare(sentence: &str) -> &str {
    sentence.trim_end_matches('.')
}
