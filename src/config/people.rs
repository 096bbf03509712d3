//! `[people]`: who people are.

use herald_chat::UserRef;
use serde::Deserialize;

use super::{Clash, matrix, values};

/// Who people are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct People {
    /// Whoever may change what Herald does.
    #[serde(deserialize_with = "values::users")]
    pub admins: Vec<UserRef>,
}

impl People {
    /// An account that cannot be one would never be recognised.
    pub(super) fn check(&self) -> Result<(), Clash> {
        let odd = |user: &UserRef| user.network().as_str() == "matrix" && !matrix::is_user(user.id());
        match self.admins.iter().position(odd) {
            Some(index) => {
                let wanted = r#"write an account, such as "matrix:@ana:example.org""#.to_owned();
                Err(Clash { key: format!("people.admins[{index}]"), wanted })
            }
            None => Ok(()),
        }
    }
}
