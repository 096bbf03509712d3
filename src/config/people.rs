//! `[people]`: who people are.

use herald_chat::UserRef;
use serde::Deserialize;

use super::{Clash, discord, matrix, values};

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
        for (index, user) in self.admins.iter().enumerate() {
            let wanted = match user.network().as_str() {
                "matrix" if !matrix::is_user(user.id()) => r#"write an account, such as "matrix:@ana:example.org""#,
                "discord" if !discord::is_id(user.id()) => {
                    r#"write the id of an account, such as "discord:80351110224678912""#
                }
                _ => continue,
            };
            return Err(Clash { key: format!("people.admins[{index}]"), wanted: wanted.to_owned() });
        }
        Ok(())
    }
}
