//! A Discord server, people on it, and a directory for Herald.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use herald_guild::{Discord, Guild, Id, Limits, Person, permissions};
use serde_json::json;
use tempfile::TempDir;

use super::herald::Herald;

/// How long posts may take: much longer than they should.
const PATIENCE: Duration = Duration::from_secs(300);

/// Where Herald works.
pub(crate) struct Town {
    pub(crate) discord: Discord,
    pub(crate) guild: Guild,
    pub(crate) olga: Person,
    pub(crate) ana: Person,
    pub(crate) war: Id,
    home: TempDir,
}

impl Town {
    /// With a war room.
    pub(crate) async fn new() -> Self {
        let discord = Discord::start().await.unwrap();
        discord.limits(Limits::off());
        let (olga, ana) = (discord.person("olga"), discord.person("ana"));
        let bot = discord.application("Herald", &olga);
        let guild = discord.guild("Acme", &olga);
        guild.join(&ana);
        guild.add(bot.id, permissions::ADMINISTRATOR);
        let war = guild.channel("war-room").unwrap();
        let home = tempfile::tempdir().unwrap();
        let mut config = String::new();
        writeln!(config, "[herald]\ndata = \"data\"\n[health]\nlisten = \"off\"\n[log]\nfilter = \"info\"").unwrap();
        writeln!(config, "[discord]\nserver = \"{}\"\ntoken_file = \"token\"", guild.id()).unwrap();
        writeln!(config, "api = {:?}\n[rooms]\nwar_room = [\"discord:{war}\"]", discord.address()).unwrap();
        fs::write(home.path().join("herald.toml"), config).unwrap();
        fs::write(home.path().join("token"), &bot.token).unwrap();
        Self { discord, guild, olga, ana, war, home }
    }

    /// A Herald that is ready, and an incident to work on.
    pub(crate) async fn start(&self) -> Herald {
        let herald = Herald::start(self.home.path()).await;
        let options = [("title", json!("checkout is down"))];
        self.ana.slash(self.war, "incident declare", &options).unwrap().message().await.unwrap();
        self.heard("I keep this board up to date").await;
        herald
    }

    /// Waits for a message with these words.
    pub(crate) async fn heard(&self, words: &str) {
        let found = |seen: &[herald_guild::Seen]| seen.iter().any(|it| it.content.contains(words)).then_some(());
        self.ana.patient(PATIENCE).wait_for(self.war, found).await.unwrap();
    }
}
