//! The stream of events.

use std::sync::Arc;
use std::time::Duration;

use crate::Inner;

impl Inner {
    /// Hears until nobody listens any more.
    pub(crate) async fn listen(self: Arc<Self>) {
        while !self.is_closed() {
            self.wait(Duration::from_secs(1)).await;
        }
    }
}
