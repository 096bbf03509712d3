//! Two networks, people on both, and a directory for Herald.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use herald_guild::{Discord, Guild, Id, Limits, Person, Seen, permissions};
use herald_synapse::{Account, Admin, Homeserver, SERVER_NAME};
use serde_json::json;
use tempfile::TempDir;

use super::herald::Herald;

/// How long messages may take: much longer than they should.
const PATIENCE: Duration = Duration::from_mins(10);

/// Where Herald works. The war rooms are one, and not encrypted.
pub(crate) struct Town {
    pub(crate) discord: Discord,
    pub(crate) guild: Guild,
    /// Owns the Discord server.
    pub(crate) olga: Person,
    pub(crate) bot: Id,
    pub(crate) there: Id,
    pub(crate) me: Account,
    pub(crate) mia: Account,
    pub(crate) max: Account,
    pub(crate) here: String,
    home: TempDir,
}

impl Town {
    /// Herald reaches the homeserver by this address. `more` goes into its configuration.
    pub(crate) async fn new(server: &Homeserver, url: &str, tag: &str, more: &str) -> Self {
        let discord = Discord::start().await.unwrap();
        discord.limits(Limits::off());
        let olga = discord.person("olga");
        let bot = discord.application("Herald", &olga);
        let guild = discord.guild("Acme", &olga);
        guild.add(bot.id, permissions::ADMINISTRATOR);
        let there = guild.channel("war-room").unwrap();
        let register = async |name: &str| server.register(&format!("{name}-{tag}"), Admin::No).await.unwrap();
        let (me, mia, max) = (register("herald").await, register("mia").await, register("max").await);
        let here = room(&mia, &[&me, &max]).await;
        max.join(&here).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let mut config = String::new();
        writeln!(config, "[herald]\ndata = \"data\"\n[health]\nlisten = \"off\"\n[log]\nfilter = \"info\"").unwrap();
        writeln!(config, "[discord]\nserver = \"{}\"\ntoken_file = \"token\"", guild.id()).unwrap();
        writeln!(config, "api = {:?}", discord.address()).unwrap();
        writeln!(config, "[matrix]\nhomeserver = {:?}\nuser = {:?}", url, me.user_id()).unwrap();
        writeln!(config, "password_file = \"password\"\ncreate_rooms = true").unwrap();
        writeln!(config, "[people]\nadmins = [\"matrix:{}\", \"discord:{}\"]", mia.user_id(), olga.id()).unwrap();
        writeln!(config, "[rooms]\nwar_room = [\"matrix:{here}\", \"discord:{there}\"]").unwrap();
        writeln!(config, "company = [\"matrix:#company-{tag}:{SERVER_NAME}\"]").unwrap();
        fs::write(home.path().join("herald.toml"), config + more).unwrap();
        fs::write(home.path().join("password"), me.password()).unwrap();
        fs::write(home.path().join("token"), &bot.token).unwrap();
        Self { discord, guild, olga, bot: bot.id, there, me, mia, max, here, home }
    }

    pub(crate) async fn start(&self) -> Herald {
        Herald::start(self.home.path()).await
    }

    /// Waits until Herald says a message with these words on Discord.
    pub(crate) async fn told(&self, words: &str) {
        let found = |seen: &[Seen]| {
            seen.iter().rev().any(|it| it.author == self.bot && it.content.contains(words)).then_some(())
        };
        self.olga.patient(PATIENCE).wait_for(self.there, found).await.unwrap();
    }

    /// Waits until Herald's newest message on Matrix has these words.
    pub(crate) async fn last_heard(&self, words: &str) {
        let path = format!("/_matrix/client/v3/rooms/{}/messages?dir=b&limit=20", self.here.replace('!', "%21"));
        let is_there = async || {
            let page = self.max.get(&path).await.unwrap();
            let mut events = page["chunk"].as_array().unwrap().iter();
            events.any(|it| {
                it["sender"] == self.me.user_id() && it["content"]["body"].as_str().is_some_and(|it| it.contains(words))
            })
        };
        // Whoever asks without a pause keeps Synapse from what is measured.
        let waiting = async {
            while !is_there().await {
                pause(Duration::from_millis(200)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap();
    }
}

/// A private room that is not encrypted.
pub(crate) async fn room(of: &Account, with: &[&Account]) -> String {
    let invite: Vec<&str> = with.iter().map(|it| it.user_id()).collect();
    of.create_room(json!({ "preset": "trusted_private_chat", "invite": invite })).await.unwrap()
}

#[expect(clippy::disallowed_methods, reason = "people speak at a pace, and nothing tells when to look again")]
pub(crate) async fn pause(how_long: Duration) {
    tokio::time::sleep(how_long).await;
}
