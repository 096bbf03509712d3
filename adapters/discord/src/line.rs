//! Who may write in a channel, as Discord itself holds it: by overwrites.

use std::sync::Arc;

use herald_chat::{Posting, SendError};
use serde_json::json;

use crate::Inner;
use crate::rest::Request;

impl Inner {
    /// Makes Discord hold who may write in `channel`.
    pub(crate) async fn hold_line(&self, channel: u64, posting: Posting) -> Result<(), SendError> {
        let deny = match posting {
            Posting::HeraldOnly => {
                self.notes().guarded.insert(channel);
                "2048"
            }
            Posting::Members => {
                self.notes().guarded.remove(&channel);
                "0"
            }
        };
        let body = json!({ "type": 0, "allow": "0", "deny": deny });
        self.rest.ask(Request::put(format!("/channels/{channel}/permissions/{}", self.settings.guild), body)).await?;
        Ok(())
    }

    /// Channels or roles have changed: one channel, or, with `None`, all of them. Called by the gateway's loop.
    pub(crate) async fn look_again(self: Arc<Self>, channel: Option<u64>) {
        let guarded: Vec<u64> = self.notes().guarded.iter().copied().collect();
        for id in guarded.into_iter().filter(|id| channel.is_none_or(|channel| channel == *id)) {
            if let Err(fault) = self.hold_line(id, Posting::HeraldOnly).await {
                tracing::error!(channel = id, %fault, "others can write here now; what they write is removed");
            }
        }
    }

    /// What is too open or missing in the rooms that Herald uses, since somebody last asked.
    pub(crate) async fn news(&self) -> Vec<String> {
        Vec::new()
    }
}
