//! The bot, and the company's server.

use secrecy::{ExposeSecret, SecretString};

use super::Setup;
use super::look::{alone, obstacle};
use super::matrix::file;
use super::paper::Paper;
use super::settle::Question;

/// What of the findings is about the token.
const TOKEN: [&str; 4] = ["discord clock", "discord token", "discord intents", "discord sessions"];
/// What of them is about the server.
const SERVER: [&str; 3] = ["discord server", "discord commands", "discord permissions"];

impl Setup<'_> {
    pub(super) async fn discord(&mut self) -> Result<(), String> {
        self.token().await?;
        if !self.paper.has("discord") {
            return Ok(());
        }
        let question = Question {
            asks: "Id of the company's server (Discord copies it with Developer Mode on), such as 197038439483310086",
            given: self.given.server.clone(),
            there: self.paper.get("discord", "server").map(str::to_owned),
            proposed: String::new(),
            is_strict: false,
        };
        self.settle(question, async |setup, mut paper, answer| {
            paper.set("discord", "server", answer);
            let found = setup.look(&alone(&paper, "discord")?, "discord", &SERVER).await;
            Ok((paper, found))
        })
        .await
    }

    async fn token(&mut self) -> Result<(), String> {
        let there = ["token", "token_file"].iter().any(|key| self.paper.get("discord", key).is_some());
        let mut given = self.given.token_file.as_deref().map(file);
        loop {
            let (named, typed) = match given.take() {
                Some(file) => (Some(file), SecretString::default()),
                None if self.talk.is_asked() => {
                    let otherwise = if there { "Enter: as it is" } else { "Enter: not on Discord" };
                    (None, self.talk.ask_secret(&format!("The bot's token; {otherwise}"))?)
                }
                None => return Ok(()),
            };
            if named.is_none() && typed.expose_secret().is_empty() && !there {
                return Ok(());
            }
            let Err(why) = self.try_token(named.as_deref(), &typed).await else { return Ok(()) };
            if !self.talk.is_asked() {
                return Err(why);
            }
            self.talk.say(&format!("  ✘ {why}"));
        }
    }

    /// Tries a token in a file, one that was typed in, or the one that is there, and keeps it.
    async fn try_token(&mut self, named: Option<&str>, typed: &SecretString) -> Result<(), String> {
        let typed = Some(typed).filter(|it| !it.expose_secret().is_empty());
        let mut paper = self.paper.clone();
        if let Some(api) = &self.given.api {
            paper.set("discord", "api", api);
        }
        let mut tried = paper.clone();
        match (named, typed) {
            (Some(file), _) => hold(&mut tried, "token_file", file),
            (None, Some(token)) => hold(&mut tried, "token", token.expose_secret()),
            (None, None) => {}
        }
        let found = self.look(&alone(&tried, "discord")?, "discord", &TOKEN).await;
        if let Some(why) = obstacle(&found) {
            return Err(why);
        }
        self.tell(&found);
        match (named, typed) {
            (Some(file), _) => hold(&mut paper, "token_file", file),
            (None, Some(token)) => {
                let kept = file(&paper.keep("discord-token", token)?);
                hold(&mut paper, "token_file", &kept);
            }
            (None, None) => {}
        }
        paper.save()?;
        self.paper = paper;
        Ok(())
    }
}

fn hold(paper: &mut Paper, key: &str, with: &str) {
    paper.remove("discord", if key == "token" { "token_file" } else { "token" });
    paper.set("discord", key, with);
}
