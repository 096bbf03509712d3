//! Who administers Herald.

use super::Setup;
use super::settle::Question;
use crate::config::{Config, Rooms};

impl Setup<'_> {
    pub(super) async fn admins(&mut self) -> Result<(), String> {
        self.part(4, "People");
        let given = &self.given.admins;
        let there = self.paper.list("people", "admins");
        let question = Question {
            asks: "Who may change what Herald does, such as @ana:example.org, or on Discord 80351110224678912; several \
                   with commas",
            given: (!given.is_empty()).then(|| given.join(",")),
            there: (!there.is_empty()).then(|| there.join(", ")),
            proposed: String::new(),
            is_strict: true,
        };
        self.settle(question, async |setup, mut paper, answer| {
            let admins: Vec<String> = list(answer).map(account).collect();
            if admins.is_empty() {
                return Err("nobody is named, so nobody could change what Herald does. Give yourself".to_owned());
            }
            paper.set_list("people", "admins", &admins);
            let config = paper.clone().without("rooms").config().map_err(|error| error.to_string())?;
            let config = Config { rooms: Rooms::default(), ..config };
            let mut found = setup.examine(&config, None).await;
            found.retain(|it| it.about == "people.admins");
            Ok((paper, found))
        })
        .await
    }
}

/// What stands between commas.
pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|it| !it.is_empty())
}

/// An account with its network, which its form shows.
fn account(text: &str) -> String {
    if text.starts_with('@') {
        format!("matrix:{text}")
    } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("discord:{text}")
    } else {
        text.to_owned()
    }
}
