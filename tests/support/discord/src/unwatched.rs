//! In place of the module `openapi`, where this crate is built without that feature: nothing is checked.

use crate::tap::Exchange;

/// What hears exchanges where the check is built.
type Ear = fn(&Exchange);

/// There is none.
#[derive(Debug)]
pub(crate) enum Watch {}

impl Watch {
    /// None.
    ///
    /// # Panics
    /// When the environment asks for the check: who asks for it must not get a run without it.
    pub(crate) fn from_environment() -> Option<(Self, Ear)> {
        let asked = std::env::var_os("DISCORD_OPENAPI").is_some_and(|it| !it.is_empty());
        assert!(!asked, "DISCORD_OPENAPI is set, and this was built without that check: add --all-features");
        None
    }
}
