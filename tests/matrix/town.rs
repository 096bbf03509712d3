//! A homeserver, people on it, and a directory for Herald.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use herald_element::{Line, Person};
use herald_synapse::{Account, Admin, Homeserver};
use tempfile::TempDir;

use crate::herald::Herald;

/// Somebody with an encrypting client, and the same account over plain HTTP.
#[derive(Clone)]
pub(crate) struct Somebody {
    pub(crate) person: Person,
    pub(crate) account: Account,
}

impl Somebody {
    pub(crate) async fn new(server: &Homeserver, name: &str) -> Self {
        let account = server.register(&server.unique(name), Admin::No).await.unwrap();
        let person = Person::login(&server.url(), account.user_id(), account.password()).await.unwrap();
        Self { person, account }
    }

    pub(crate) fn id(&self) -> &str {
        self.account.user_id()
    }

    /// Says it, and waits for a line of Herald's with these words that was not there before. Returns that line.
    pub(crate) async fn gets(&self, room: &str, says: &str, answer: &str) -> Line {
        let before = self.person.lines(room).await.unwrap().len();
        self.person.say(room, says).await.unwrap();
        let found = |lines: &[Line]| lines.iter().skip(before).find(|line| line.text.contains(answer)).cloned();
        self.person.wait_for(room, found).await.unwrap()
    }

    /// How many messages they see in a room now.
    pub(crate) async fn sees(&self, room: &str) -> usize {
        self.person.sync().await.unwrap();
        self.person.lines(room).await.unwrap().len()
    }

    /// Waits for the invitation to a room that Herald makes, takes it up, and returns the room.
    pub(crate) async fn comes_in(&self, herald: &str) -> String {
        let invite = self.account.wait_for_invite(|invite| invite.by == herald).await.unwrap();
        self.person.accept().await.unwrap();
        invite.room
    }
}

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
        let bot = server.register(&server.unique("herald"), Admin::No).await.unwrap();
        let ana = Somebody::new(&server, "ana").await;
        let ben = Somebody::new(&server, "ben").await;
        let cleo = Somebody::new(&server, "cleo").await;
        let dora = server.register(&server.unique("dora"), Admin::No).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let alias = server.unique("room");
        let town = Self {
            server,
            home,
            bot,
            ana,
            ben,
            cleo,
            dora,
            war: String::new(),
            engineering: String::new(),
            company: String::new(),
            alias,
        };
        town.configure(url, more);
        let herald = Herald::start(town.home.path()).await;
        let town = town.settle_in().await;
        (town, herald)
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
    async fn settle_in(mut self) -> Self {
        for somebody in [&self.ana, &self.ben, &self.cleo] {
            somebody.person.accept().await.unwrap();
        }
        let full = |name: &str| format!("#{}-{name}:example.org", self.alias);
        for somebody in [&self.ana.account, &self.ben.account, &self.cleo.account, &self.dora] {
            self.company = somebody.join(&full("company")).await.unwrap();
        }
        self.war = self.ana.account.join(&full("war")).await.unwrap();
        self.engineering = self.ana.account.join(&full("engineering")).await.unwrap();
        // Whoever has just joined is known to the others.
        for somebody in [&self.ana, &self.ben, &self.cleo] {
            somebody.person.sync().await.unwrap();
        }
        self
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// What dora reads in the company's room.
    pub(crate) async fn told(&self) -> Vec<String> {
        let events = self.dora.messages(&self.company).await.unwrap();
        let messages = events.iter().filter(|event| event.kind() == "m.room.message" && !event.is_redacted());
        messages.map(|event| event.body().to_owned()).collect()
    }

    /// Waits until dora reads these words in the company's room.
    pub(crate) async fn hears(&self, words: &str) -> herald_synapse::Event {
        let found = |events: &[herald_synapse::Event]| {
            events.iter().find(|event| event.kind() == "m.room.message" && event.body().contains(words)).cloned()
        };
        self.dora.wait_for(&self.company, found).await.unwrap()
    }
}
