//! What Herald may do in a channel.

use herald_chat::SendError;

use crate::Inner;
use crate::failure::refused;
use crate::rest::Request;

impl Inner {
    /// Whether Herald may read what was said in `channel`. Without that, Discord gives an empty history and no error.
    pub(crate) async fn may_read(&self, channel: u64) -> Result<(), SendError> {
        match self.rest.ask(Request::get(format!("/channels/{channel}"))).await {
            Ok(_) => Ok(()),
            Err(failure) if failure.is_code(50001) => Err(refused(format!(
                "Herald may not read in <#{channel}>. Give its role `View Channel` and `Read Message History` there."
            ))),
            Err(failure) => Err(failure.into()),
        }
    }
}
