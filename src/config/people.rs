//! `[people]`: who people are.

use herald_chat::UserRef;
use serde::Deserialize;

use super::values;

/// Who people are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct People {
    /// Whoever may change what Herald does.
    #[serde(deserialize_with = "values::users")]
    pub admins: Vec<UserRef>,
}
