//! The SDK's client, as the adapter keeps it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use matrix_sdk::Client;

/// A client whose insides its type does not tell. The compiler looks through all of them to see whether what holds a client may
/// go from thread to thread, anew for each future: that took half of the time in which this crate is built.
#[derive(Clone)]
pub(crate) struct Sdk(Arc<dyn Deref<Target = Client> + Send + Sync>);

impl Sdk {
    pub(crate) fn new(client: Client) -> Self {
        Self(Arc::new(Box::new(client)))
    }
}

impl fmt::Debug for Sdk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl Deref for Sdk {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.0
    }
}
