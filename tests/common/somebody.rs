//! Somebody on Matrix.

use herald_element::{Line, Person};
use herald_synapse::{Account, Admin, Homeserver};

/// Somebody with an encrypting client, and the same account over plain HTTP.
#[derive(Clone)]
pub(crate) struct Somebody {
    pub(crate) person: Person,
    pub(crate) account: Account,
}

impl Somebody {
    pub(crate) async fn new(server: &Homeserver, name: &str) -> Self {
        let account = server.register(name, Admin::No).await.unwrap();
        account.set_display_name(name).await.unwrap();
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

    /// Waits for an invitation from this account, takes it up, and returns the room.
    pub(crate) async fn comes_in(&self, from: &str) -> String {
        let invite = self.account.wait_for_invite(|invite| invite.by == from).await.unwrap();
        self.person.accept().await.unwrap();
        invite.room
    }

    /// Waits for a line with these words.
    pub(crate) async fn reads(&self, room: &str, words: &str) -> Line {
        self.person.hears(room, words).await.unwrap()
    }

    /// All that stands in a room, for people to read.
    pub(crate) async fn transcript(&self, room: &str) -> String {
        self.person.sync().await.unwrap();
        let lines = self.person.lines(room).await.unwrap();
        lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }
}
