//! `[people]`: who people are.

use std::collections::BTreeMap;

use herald_chat::UserRef;
use serde::Deserialize;

use super::{Clash, discord, matrix, values};
use crate::incident::policy::Spokespersons;

/// Who people are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct People {
    /// Whoever may change what Herald does.
    #[serde(deserialize_with = "values::users")]
    pub admins: Vec<UserRef>,
    /// Whoever alone may be spokesperson. Nobody named: anybody who responds.
    #[serde(deserialize_with = "values::users")]
    pub spokespersons: Vec<UserRef>,
    /// Accounts that are one person's, group by group. The first of each stands for the person.
    #[serde(deserialize_with = "values::linked")]
    pub linked: Vec<Vec<UserRef>>,
}

impl People {
    /// Whoever alone may be spokesperson, by the accounts that are named here.
    pub(super) fn spokespersons(&self) -> Option<Spokespersons> {
        let accounts = self.spokespersons.iter().cloned().collect();
        (!self.spokespersons.is_empty()).then_some(Spokespersons { accounts, called: Vec::new(), admins: Vec::new() })
    }

    /// An account that cannot be one would never be recognised, and nobody is two people.
    pub(super) fn check(&self) -> Result<(), Clash> {
        for (index, user) in self.admins.iter().enumerate() {
            account(user, || format!("people.admins[{index}]"))?;
        }
        for (index, user) in self.spokespersons.iter().enumerate() {
            account(user, || format!("people.spokespersons[{index}]"))?;
        }
        let mut seen: BTreeMap<&UserRef, String> = BTreeMap::new();
        for (n, group) in self.linked.iter().enumerate() {
            for (i, user) in group.iter().enumerate() {
                let key = format!("people.linked[{n}][{i}]");
                account(user, || key.clone())?;
                if let Some(first) = seen.insert(user, key.clone()) {
                    let wanted = format!("write each account once: it is {first} already");
                    return Err(Clash { key, wanted });
                }
            }
            if group.len() < 2 {
                let wanted = "write two accounts of one person, or more".to_owned();
                return Err(Clash { key: format!("people.linked[{n}]"), wanted });
            }
        }
        Ok(())
    }
}

fn account(user: &UserRef, key: impl FnOnce() -> String) -> Result<(), Clash> {
    let wanted = match user.network().as_str() {
        "matrix" if !matrix::is_user(user.id()) => r#"write an account, such as "matrix:@ana:example.org""#,
        "discord" if !discord::is_id(user.id()) => r#"write the id of an account, such as "discord:80351110224678912""#,
        _ => return Ok(()),
    };
    Err(Clash { key: key(), wanted: wanted.to_owned() })
}
