//! A homeserver, people on it, and a directory for Herald.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use herald_element::Line;
use herald_synapse::{Account, Admin, Homeserver};
use tempfile::TempDir;

use crate::herald::Herald;
use crate::somebody::Somebody;

/// All of it.
pub(crate) struct Town {
    pub(crate) server: Homeserver,
    pub(crate) home: TempDir,
    pub(crate) bot: Account,
    pub(crate) ana: Somebody,
    pub(crate) ben: Somebody,
    pub(crate) cleo: Somebody,
    /// Works here, and is in no war room.
    pub(crate) dora: Account,
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
        let herald = Herald::start(town.home.path()).await;
        (town.settle_in().await, herald)
    }

    /// Everybody, and no Herald yet.
    pub(crate) async fn plan(server: Homeserver) -> Self {
        let bot = server.register("herald", Admin::No).await.unwrap();
        let ana = Somebody::new(&server, "ana").await;
        let ben = Somebody::new(&server, "ben").await;
        let cleo = Somebody::new(&server, "cleo").await;
        let dora = server.register("dora", Admin::No).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let alias = server.unique("room");
        let (war, engineering, company) = (String::new(), String::new(), String::new());
        let town = Self { server, home, bot, ana, ben, cleo, dora, war, engineering, company, alias };
        town.configure(&town.server.url(), "");
        town
    }

    /// Has Herald use this room in place of one that it would make: `company`, `engineering`.
    pub(crate) fn map(&self, name: &str, room: &str) {
        let file = self.home.path().join("herald.toml");
        let config = fs::read_to_string(&file).unwrap();
        let own = format!("#{}-{name}:example.org", self.alias);
        fs::write(file, config.replace(&own, room)).unwrap();
    }

    fn configure(&self, url: &str, more: &str) {
        let alias = |name: &str| format!("matrix:#{}-{name}:example.org", self.alias);
        let mut config = String::new();
        let people = [&self.ana, &self.ben, &self.cleo].map(Somebody::id);
        writeln!(config, "[herald]\ndata = \"data\"").unwrap();
        writeln!(config, "[health]\nlisten = \"127.0.0.1:0\"").unwrap();
        writeln!(config, "[log]\nfilter = \"info,herald=debug,herald_matrix=debug\"").unwrap();
        writeln!(config, "[matrix]\nhomeserver = {url:?}\nuser = {:?}", self.bot.user_id()).unwrap();
        writeln!(config, "password_file = \"password\"\ninvite = {people:?}\ncreate_rooms = true").unwrap();
        writeln!(config, "[people]\nadmins = [{:?}]", format!("matrix:{}", self.ana.id())).unwrap();
        writeln!(config, "[rooms]\nwar_room = [{:?}]\nengineering = [{:?}]", alias("war"), alias("engineering"))
            .unwrap();
        writeln!(config, "company = [{:?}]", alias("company")).unwrap();
        fs::write(self.home.path().join("herald.toml"), config + more).unwrap();
        fs::write(self.home.path().join("password"), self.bot.password()).unwrap();
    }

    /// Everybody takes up their invitations.
    pub(crate) async fn settle_in(mut self) -> Self {
        for somebody in [&self.ana, &self.ben, &self.cleo] {
            somebody.person.accept().await.unwrap();
        }
        let full = |name: &str| format!("#{}-{name}:example.org", self.alias);
        if self.company.is_empty() {
            for somebody in [&self.ana.account, &self.ben.account, &self.cleo.account, &self.dora] {
                self.company = somebody.join(&full("company")).await.unwrap();
            }
        }
        self.war = self.ana.account.join(&full("war")).await.unwrap();
        if self.engineering.is_empty() {
            self.engineering = self.ana.account.join(&full("engineering")).await.unwrap();
        }
        // Whoever has just joined is known to the others.
        for somebody in [&self.ana, &self.ben, &self.cleo] {
            somebody.person.sync().await.unwrap();
        }
        self
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Declares an incident whose spokesperson is ben, and waits until all is there that follows from it. Returns how many
    /// messages cleo sees in the war room.
    pub(crate) async fn incident(&self) -> usize {
        self.ana.gets(&self.war, "!declare checkout is down --severity critical", "INC-1 checkout is down").await;
        self.ben.gets(&self.war, "!take spokesperson", "is spokesperson now").await;
        self.cleo.reads(&self.war, "I keep this board up to date").await;
        self.cleo.reads(&self.engineering, "INC-1").await;
        self.cleo.sees(&self.war).await
    }

    /// What dora reads in the company's room.
    pub(crate) async fn told(&self) -> Vec<String> {
        let events = self.dora.messages(&self.company).await.unwrap();
        let messages = events.iter().filter(|event| event.kind() == "m.room.message" && !event.is_redacted());
        messages.map(|event| event.body().to_owned()).collect()
    }

    /// Waits until dora reads these words in the company's room.
    pub(crate) async fn hears(&self, words: &str) -> herald_synapse::Event {
        self.dora.hears(&self.company, words).await.unwrap()
    }
}

/// Each text is that of one line, in this order, and there is no other line.
pub(crate) fn same<'a>(expected: &[String], lines: impl Iterator<Item = &'a Line>) {
    let lines: Vec<&str> = lines.map(|line| line.text.as_str()).collect();
    for (n, text) in expected.iter().enumerate() {
        let line = lines.get(n).copied().unwrap_or("nothing");
        assert!(
            line.contains(text.as_str()),
            "in place {n}, where \"{text}\" should be, stands \"{line}\": {lines:#?}"
        );
    }
    assert_eq!(lines.len(), expected.len(), "{:#?}", lines.get(expected.len()..));
}
