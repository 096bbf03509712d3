//! The homeserver, and Herald's account there.

use std::path::{Path, absolute};

use herald_chat::Network;
use secrecy::{ExposeSecret, SecretString};

use super::Setup;
use super::look::{alone, obstacle};
use super::paper::Paper;
use super::settle::Question;
use crate::journal::is_in_use;
use crate::service::furnish;

/// All that can prove who Herald is.
const PROOFS: [&str; 4] = ["password", "password_file", "access_token", "access_token_file"];

/// What proves it.
enum Proof {
    /// Typed in: the key for the value itself, and the value. It goes into a file once it holds.
    Typed(&'static str, SecretString),
    /// The key for a file, and the file.
    File(&'static str, String),
}

/// The host in an address, or what there is of it.
pub(super) fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or(rest);
    host.strip_prefix("matrix.").filter(|host| host.contains('.')).unwrap_or(host)
}

/// A file as it is named in the configuration, so that it is the same wherever Herald is started.
pub(super) fn file(path: &Path) -> String {
    absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

impl Setup<'_> {
    pub(super) async fn matrix(&mut self) -> Result<(), String> {
        let there = self.paper.get("matrix", "homeserver").map(str::to_owned);
        let question = Question {
            asks: if there.is_some() {
                "Address of the homeserver"
            } else {
                "Address of the homeserver, such as https://matrix.example.org (Enter: not on Matrix)"
            },
            given: self.given.homeserver.clone(),
            there,
            proposed: String::new(),
            is_strict: false,
        };
        self.settle(question, async |setup, mut paper, answer| {
            if answer.is_empty() {
                return Ok((paper, Vec::new()));
            }
            paper.set("matrix", "homeserver", answer);
            let found = setup.look(&alone(&paper, "matrix")?, "matrix", &["matrix.homeserver", "matrix clock"]).await;
            Ok((paper, found))
        })
        .await?;
        if self.paper.has("matrix") { self.account().await } else { Ok(()) }
    }

    /// Account and proof belong together: when they do not, nobody can say which of them is wrong.
    async fn account(&mut self) -> Result<(), String> {
        let mut file = self.given_proof();
        let mut given = self.given.user.clone();
        if !self.talk.is_asked() && file.is_none() && given.is_none() {
            return Ok(());
        }
        let there = self.paper.get("matrix", "user").map(str::to_owned);
        let homeserver = self.paper.get("matrix", "homeserver").unwrap_or_default();
        let mut proposed = there.unwrap_or_else(|| format!("@herald:{}", host(homeserver)));
        loop {
            let user = match given.take() {
                Some(given) => given,
                None if self.talk.is_asked() => {
                    self.talk.ask("Herald's account there, such as @herald:example.org", &proposed)?
                }
                None => proposed.clone(),
            };
            // Nobody types a password for what can be no account.
            if let Err(why) = self.is_account(&user) {
                if !self.talk.is_asked() {
                    return Err(why);
                }
                self.talk.say(&format!("  ✘ {why}"));
                continue;
            }
            let proof = match file.take() {
                Some(file) => Some(file),
                None if self.talk.is_asked() => self.ask_proof()?,
                None => None,
            };
            let Err(why) = self.try_account(&user, proof).await else { return Ok(()) };
            if !self.talk.is_asked() {
                return Err(why);
            }
            self.talk.say(&format!("  ✘ {why}"));
            proposed = user;
        }
    }

    fn is_account(&self, user: &str) -> Result<(), String> {
        let mut paper = self.paper.clone();
        paper.set("matrix", "user", user);
        alone(&paper, "matrix").map(drop)
    }

    fn given_proof(&self) -> Option<Proof> {
        let password = self.given.password_file.as_deref().map(|it| Proof::File("password_file", file(it)));
        let token = || self.given.access_token_file.as_deref().map(|it| Proof::File("access_token_file", file(it)));
        password.or_else(token)
    }

    /// Nothing means: what is there.
    fn ask_proof(&mut self) -> Result<Option<Proof>, String> {
        let there = PROOFS.iter().any(|key| self.paper.get("matrix", key).is_some());
        let otherwise = if there { "Enter: as it is" } else { "Enter: give an access token instead" };
        loop {
            let password = self.talk.ask_secret(&format!("Its password; {otherwise}"))?;
            if !password.expose_secret().is_empty() {
                return Ok(Some(Proof::Typed("password", password)));
            }
            if there {
                return Ok(None);
            }
            let token = self.talk.ask_secret("An access token of a device that nothing else uses")?;
            if !token.expose_secret().is_empty() {
                return Ok(Some(Proof::Typed("access_token", token)));
            }
        }
    }

    /// Tries the account, keeps it, and begins the session that Herald goes on with.
    async fn try_account(&mut self, user: &str, proof: Option<Proof>) -> Result<(), String> {
        let mut paper = self.paper.clone();
        paper.set("matrix", "user", user);
        let mut tried = paper.clone();
        match &proof {
            Some(Proof::Typed(key, secret)) => prove(&mut tried, key, secret.expose_secret()),
            Some(Proof::File(key, file)) => prove(&mut tried, key, file),
            None => {}
        }
        let config = alone(&tried, "matrix")?;
        let abouts = ["matrix.homeserver", "matrix account", "matrix device", "matrix message limit"];
        let found = self.look(&config, "matrix", &abouts).await;
        if let Some(why) = obstacle(&found) {
            return Err(why);
        }
        self.tell(&found);
        match proof {
            Some(Proof::Typed("password", secret)) => {
                let kept = file(&paper.keep("matrix-password", &secret)?);
                prove(&mut paper, "password_file", &kept);
            }
            Some(Proof::Typed(_, secret)) => {
                let kept = file(&paper.keep("matrix-token", &secret)?);
                prove(&mut paper, "access_token_file", &kept);
            }
            Some(Proof::File(key, file)) => prove(&mut paper, key, &file),
            None => {}
        }
        paper.save()?;
        self.paper = paper;
        if is_in_use(&config.herald.data) {
            return Ok(());
        }
        // Homeservers let nobody log in often.
        let mut joins = (self.world.joins)(&config);
        joins.retain(|it| it.network() == Network::new("matrix"));
        furnish(&joins, &config.rooms, &mut |_| ()).await
    }
}

fn prove(paper: &mut Paper, key: &str, with: &str) {
    for other in PROOFS.iter().filter(|it| **it != key) {
        paper.remove("matrix", other);
    }
    paper.set("matrix", key, with);
}
