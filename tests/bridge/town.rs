//! Two networks, people on both, and a directory for Herald.

use std::fmt::Write as _;
use std::fs;
use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

use herald_guild::{Id, Limits, Seen};
use herald_synapse::{Account, Admin, Homeserver};
use serde_json::json;
use tempfile::TempDir;

use crate::acme::Acme;
use crate::herald::Herald;
use crate::somebody::Somebody;

/// All of it. On Discord are ana, ben, cleo and dora, on Matrix mia, max and mona.
pub(crate) struct Town {
    pub(crate) server: Homeserver,
    acme: Acme,
    pub(crate) home: TempDir,
    /// Herald's account on Matrix.
    pub(crate) me: Account,
    pub(crate) mia: Somebody,
    pub(crate) max: Somebody,
    /// Works here, and is in no war room.
    pub(crate) mona: Account,
    /// The rooms on Matrix.
    pub(crate) war: String,
    pub(crate) engineering: String,
    pub(crate) company: String,
    alias: String,
}

impl Town {
    /// Everybody, and a Herald that makes its rooms itself. `more` goes into its configuration.
    pub(crate) async fn new(server: Homeserver, more: &str) -> (Self, Herald) {
        let url = server.url();
        Self::behind(server, &url, more).await
    }

    /// The same, with Herald reaching the homeserver by another address.
    pub(crate) async fn behind(server: Homeserver, url: &str, more: &str) -> (Self, Herald) {
        let town = Self::plan(server).await;
        town.configure(url, more);
        let herald = Herald::start(town.home()).await;
        (town.settle_in().await, herald)
    }

    /// The same, with something changed before Herald starts.
    pub(crate) async fn prepared(server: Homeserver, prepare: impl FnOnce(&Self)) -> (Self, Herald) {
        let url = server.url();
        let town = Self::plan(server).await;
        town.configure(&url, "");
        prepare(&town);
        let herald = Herald::start(town.home()).await;
        (town.settle_in().await, herald)
    }

    /// Everybody, and no Herald yet. The engineers' room on Matrix is not encrypted.
    pub(crate) async fn plan(server: Homeserver) -> Self {
        Self::plan_behind(server, Duration::ZERO).await
    }

    /// The same, with a Discord whose clock is so slow.
    pub(crate) async fn plan_behind(server: Homeserver, by: Duration) -> Self {
        let acme = Acme::behind(by).await;
        acme.discord.limits(Limits::off());
        let me = server.register("herald", Admin::No).await.unwrap();
        let mia = Somebody::new(&server, "mia").await;
        let max = Somebody::new(&server, "max").await;
        let mona = server.register("mona", Admin::No).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let alias = server.unique("bridge");
        let invite = [me.user_id(), max.id()];
        let room = json!({ "preset": "trusted_private_chat", "name": "engineering", "invite": invite });
        let engineering = mia.account.create_room(room).await.unwrap();
        max.account.join(&engineering).await.unwrap();
        let (war, company) = (String::new(), String::new());
        Self { server, acme, home, me, mia, max, mona, war, engineering, company, alias }
    }

    /// Has a war room on Matrix that is not encrypted.
    pub(crate) async fn with_plain_war_room(&mut self) {
        let invite = [self.me.user_id(), self.max.id()];
        let room = json!({ "preset": "trusted_private_chat", "name": "war", "invite": invite });
        self.war = self.mia.account.create_room(room).await.unwrap();
        self.max.account.join(&self.war).await.unwrap();
    }

    /// Writes Herald's configuration.
    pub(crate) fn configure(&self, url: &str, more: &str) {
        let mut config = String::new();
        let alias = |name: &str| format!("matrix:#{}-{name}:example.org", self.alias);
        let people = [&self.mia, &self.max].map(Somebody::id);
        writeln!(config, "[herald]\ndata = \"data\"\n[health]\nlisten = \"127.0.0.1:0\"").unwrap();
        writeln!(config, "[log]\nfilter = \"info,herald=debug,herald_discord=debug,herald_matrix=debug\"").unwrap();
        writeln!(config, "[matrix]\nhomeserver = {url:?}\nuser = {:?}", self.me.user_id()).unwrap();
        writeln!(config, "password_file = \"password\"\ninvite = {people:?}\ncreate_rooms = true").unwrap();
        writeln!(config, "[discord]\nserver = \"{}\"\ntoken_file = \"token\"", self.guild.id()).unwrap();
        writeln!(config, "api = {:?}\nresponders = \"{}\"", self.discord.address(), self.responders).unwrap();
        writeln!(config, "create_channels = true").unwrap();
        let (mia, ana) = (self.mia.id(), self.ana.id());
        writeln!(config, "[people]\nadmins = [\"matrix:{mia}\", \"discord:{ana}\"]").unwrap();
        let war = if self.war.is_empty() { alias("war") } else { format!("matrix:{}", self.war) };
        writeln!(config, "[rooms]\nwar_room = [{war:?}, \"discord:#war-room\"]").unwrap();
        writeln!(config, "engineering = [\"matrix:{}\", \"discord:#engineering\"]", self.engineering).unwrap();
        writeln!(config, "company = [{:?}, \"discord:#company\"]", alias("company")).unwrap();
        fs::write(self.home().join("herald.toml"), config + more).unwrap();
        fs::write(self.home().join("password"), self.me.password()).unwrap();
        fs::write(self.home().join("token"), &self.bot.token).unwrap();
    }

    /// Writes something else into the configuration, in place of what is there.
    pub(crate) fn amend(&self, from: &str, to: &str) {
        let file = self.home().join("herald.toml");
        let config = fs::read_to_string(&file).unwrap();
        assert!(config.contains(from), "{config}");
        fs::write(file, config.replacen(from, to, 1)).unwrap();
    }

    /// Everybody takes up their invitations.
    pub(crate) async fn settle_in(mut self) -> Self {
        let full = |name: &str| format!("#{}-{name}:example.org", self.alias);
        for somebody in [&self.mia, &self.max] {
            somebody.person.accept().await.unwrap();
        }
        for account in [&self.mia.account, &self.max.account, &self.mona] {
            self.company = account.join(&full("company")).await.unwrap();
        }
        if self.war.is_empty() {
            self.war = self.mia.account.join(&full("war")).await.unwrap();
        }
        for somebody in [&self.mia, &self.max] {
            somebody.person.sync().await.unwrap();
        }
        self
    }

    /// The local part of the alias of one of its rooms on Matrix.
    pub(crate) fn alias(&self, name: &str) -> String {
        format!("{}-{name}", self.alias)
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The war room on Discord.
    pub(crate) fn war_there(&self) -> Id {
        self.channel("war-room")
    }

    /// The engineers' channel on Discord.
    pub(crate) fn engineering_there(&self) -> Id {
        self.channel("engineering")
    }

    /// What stands in a channel on Discord after a message, everybody's, as far as it is done with.
    pub(crate) fn stands(&self, channel: Id, after: Id) -> Vec<Seen> {
        let all = self.olga.reads(channel).unwrap();
        all.into_iter().filter(|it| it.id > after && matches!(it.kind, 0 | 19 | 20)).collect()
    }
}

impl Deref for Town {
    type Target = Acme;

    fn deref(&self) -> &Acme {
        &self.acme
    }
}
