//! People on a homeserver, their rooms, and a directory for Herald.

use std::fmt::Write as _;
use std::fs;

use herald_element::Person;
use herald_synapse::{Account, Admin, Homeserver, SERVER_NAME};
use serde_json::json;
use tempfile::TempDir;

use super::herald::Herald;
use super::people::{Encrypted, Plain};

/// Where Herald works.
pub(crate) struct Town {
    server: Homeserver,
    pub(crate) home: TempDir,
    pub(crate) bot: Account,
    ana: Account,
    tag: &'static str,
}

impl Town {
    async fn new(server: &Homeserver, tag: &'static str) -> Self {
        let register = async |name: &str| server.register(&format!("{name}-{tag}"), Admin::No).await.unwrap();
        let (bot, ana) = (register("herald").await, register("ana").await);
        Self { server: server.clone(), home: tempfile::tempdir().unwrap(), bot, ana, tag }
    }

    async fn register(&self, name: &str) -> Account {
        self.server.register(&format!("{name}-{}", self.tag), Admin::No).await.unwrap()
    }

    /// With a war room that is not encrypted, and a room that is its equal.
    pub(crate) async fn plain(server: &Homeserver, tag: &'static str) -> (Self, Plain) {
        let town = Self::new(server, tag).await;
        let (ben, hand) = (town.register("ben").await, town.register("hand").await);
        let (mut war, mut equal) = (String::new(), String::new());
        for (room, bot) in [(&mut war, &town.bot), (&mut equal, &hand)] {
            let invite = [bot.user_id(), ben.user_id()];
            *room = town.ana.create_room(json!({ "preset": "private_chat", "invite": invite })).await.unwrap();
            ben.join(room).await.unwrap();
        }
        hand.join(&equal).await.unwrap();
        town.configure(&war);
        let plain = Plain::new(town.ana.clone(), ben, town.bot.clone(), hand, war, equal).await;
        (town, plain)
    }

    /// The same with two rooms that are encrypted.
    pub(crate) async fn encrypted(server: &Homeserver, tag: &'static str) -> (Self, Encrypted) {
        let town = Self::new(server, tag).await;
        let login = async |account: &Account| {
            Person::login(&town.server.url(), account.user_id(), account.password()).await.unwrap()
        };
        let hand_too = town.register("hand").await;
        let (ana, ben, hand) =
            (login(&town.ana).await, login(&town.register("ben").await).await, login(&hand_too).await);
        let (me, other) = (town.bot.user_id().to_owned(), ben.user_id());
        let war = ana.create_encrypted("war", &[&me, &other]).await.unwrap();
        let equal = ana.create_encrypted("equal", &[hand_too.user_id(), &other]).await.unwrap();
        ben.accept().await.unwrap();
        hand.accept().await.unwrap();
        town.configure(&war);
        (town, Encrypted::new(ana, ben, hand, me, war, equal))
    }

    fn configure(&self, war: &str) {
        let mut config = String::new();
        writeln!(config, "[herald]\ndata = \"data\"\n[matrix]\nhomeserver = {:?}", self.server.url()).unwrap();
        writeln!(config, "user = {:?}\npassword_file = \"password\"\ncreate_rooms = true", self.bot.user_id()).unwrap();
        writeln!(config, "[people]\nadmins = [{:?}]", format!("matrix:{}", self.ana.user_id())).unwrap();
        writeln!(config, "[health]\nlisten = \"127.0.0.1:0\"\n[rooms]\nwar_room = [{:?}]", format!("matrix:{war}"))
            .unwrap();
        writeln!(config, "company = [\"matrix:#company-{}:{SERVER_NAME}\"]", self.tag).unwrap();
        fs::write(self.home.path().join("herald.toml"), config).unwrap();
        fs::write(self.home.path().join("password"), self.bot.password()).unwrap();
    }

    /// Has Herald reach the homeserver by another way.
    pub(crate) fn through(&mut self, port: u16) {
        let path = self.home.path().join("herald.toml");
        let config = fs::read_to_string(&path).unwrap();
        let (from, to) = (self.server.url(), self.server.through(port).url());
        fs::write(path, config.replace(&from, &to)).unwrap();
    }

    /// In how many rooms Herald is or will be.
    pub(crate) async fn rooms(&self) -> usize {
        // The war room and the company's, which are joined or made at the first start.
        self.bot.joined_rooms().await.unwrap().len() + 2
    }

    /// Further rooms that Herald is in, each with its people and what they said.
    pub(crate) async fn more_rooms(&self, rooms: usize) {
        let dora = self.register("dora").await;
        for n in 0..rooms {
            let invite = [self.bot.user_id(), dora.user_id()];
            let room = json!({ "preset": "private_chat", "name": format!("team {n}"), "invite": invite });
            let room = self.ana.create_room(room).await.unwrap();
            dora.join(&room).await.unwrap();
            self.bot.join(&room).await.unwrap();
            for line in 0..10 {
                dora.say(&room, &format!("what we talk about here is of no interest to others, {line}")).await.unwrap();
            }
        }
    }

    pub(crate) async fn start(&self) -> Herald {
        Herald::start(self.home.path()).await
    }
}
