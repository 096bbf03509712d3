//! People in two rooms: in one with Herald, in the other with an account that answers by hand.

use std::time::Duration;

use herald_element::Person;
use herald_synapse::{Account, Event};
use serde_json::{Value, json};

use super::report::Watch;

/// Two rooms that are equal, but for who answers.
pub(crate) trait Rooms {
    /// From the moment in which ana sends a command until ben has Herald's answer with these words.
    async fn answered(&mut self, command: &str, words: &str) -> Duration;

    /// The same by hand in the other room: ana's command is sent, then the answer, then ben syncs. One after another.
    async fn by_hand(&mut self, command: &str, words: &str) -> Duration;

    /// The same by a program that does nothing but wait for the command with syncs, and answer.
    async fn by_program(&mut self, command: &str, words: &str) -> Duration;

    /// Sends commands, each as soon as the homeserver has taken the one before, and waits until an answer has these words.
    /// More at once would be in no certain order: the homeserver's own views of the room would differ.
    async fn storm(&self, commands: Vec<String>, last: &str);

    /// What ana said in the war room and what Herald said, both oldest first.
    async fn read(&self) -> (Vec<String>, Vec<String>);
}

/// Lets what is under way come to its end.
#[expect(clippy::disallowed_methods, reason = "nothing tells that a server has nothing more to do")]
pub(crate) async fn rest() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// Rooms that are not encrypted, and people with plain HTTP.
pub(crate) struct Plain {
    ana: Account,
    ben: Account,
    hand: Account,
    bot: String,
    pub(crate) war: String,
    equal: String,
    answers: Syncs,
    hands: Syncs,
    /// What ana says, as the syncs of the account that answers by hand bring it.
    asked: Syncs,
    /// What an answer of Herald's is made of.
    answer: Value,
}

/// What one account says, as the syncs of another bring it.
#[derive(Default)]
struct Syncs {
    filter: String,
    room: String,
    since: Option<String>,
}

impl Syncs {
    async fn new(reader: &Account, room: &str, by: &str) -> Self {
        let filter = json!({
            "presence": { "types": [] },
            "account_data": { "types": [] },
            "room": {
                "rooms": [room],
                "timeline": { "senders": [by], "types": ["m.room.message"], "lazy_load_members": true },
                "state": { "types": [] },
                "ephemeral": { "types": [] },
                "account_data": { "types": [] },
            },
        });
        let path = format!("/_matrix/client/v3/user/{}/filter", reader.user_id());
        let made = reader.post(&path, &filter).await.unwrap();
        Self { filter: made["filter_id"].as_str().unwrap().to_owned(), room: room.to_owned(), since: None }
    }

    /// One request.
    async fn next(&mut self, reader: &Account, wait: Duration) -> Vec<Value> {
        let since = self.since.as_ref().map(|since| format!("&since={since}")).unwrap_or_default();
        let path = format!("/_matrix/client/v3/sync?filter={}&timeout={}{since}", self.filter, wait.as_millis());
        let sync = reader.get(&path).await.unwrap();
        self.since = sync["next_batch"].as_str().map(str::to_owned);
        let events = sync["rooms"]["join"][&self.room]["timeline"]["events"].as_array().cloned().unwrap_or_default();
        events.into_iter().map(|event| event["content"].clone()).collect()
    }

    /// As many as it takes.
    async fn hear(&mut self, reader: &Account, words: &str) -> Value {
        loop {
            let heard = self.next(reader, Duration::from_secs(30)).await;
            let answer = heard.into_iter().find(|it| it["body"].as_str().is_some_and(|body| body.contains(words)));
            if let Some(answer) = answer {
                return answer;
            }
        }
    }
}

impl Plain {
    pub(crate) async fn new(
        ana: Account,
        ben: Account,
        bot: Account,
        hand: Account,
        war: String,
        equal: String,
    ) -> Self {
        let answers = Syncs::new(&ben, &war, bot.user_id()).await;
        let hands = Syncs::new(&ben, &equal, hand.user_id()).await;
        let asked = Syncs::new(&hand, &equal, ana.user_id()).await;
        let bot = bot.user_id().to_owned();
        Self { ana, ben, hand, bot, war, equal, answers, hands, asked, answer: Value::Null }
    }

    /// Declares an incident.
    pub(crate) async fn begin(mut self) -> Self {
        self.answered("!declare checkout is down", "INC-1").await;
        self
    }

    /// Says what is no command, as fast as the homeserver takes it.
    pub(crate) async fn talk(&self, lines: usize) {
        for n in 0..lines {
            self.ana.say(&self.war, if n % 2 == 0 { "any news?" } else { "not yet" }).await.unwrap();
        }
        self.storm(vec!["!log that is all".to_owned()], "on the timeline").await;
        rest().await;
    }

    /// The newest messages, oldest first.
    async fn newest(&self, many: usize) -> Vec<Event> {
        let path = format!("/_matrix/client/v3/rooms/{}/messages?dir=b&limit={many}", self.war);
        let page = self.ben.get(&path).await.unwrap();
        let events = page["chunk"].as_array().unwrap();
        events.iter().rev().cloned().map(Event).collect()
    }
}

impl Rooms for Plain {
    async fn answered(&mut self, command: &str, words: &str) -> Duration {
        self.answers.next(&self.ben, Duration::ZERO).await;
        rest().await;
        let watch = Watch::start();
        let (said, answer) = tokio::join!(self.ana.say(&self.war, command), self.answers.hear(&self.ben, words));
        let took = watch.read();
        said.unwrap();
        self.answer = answer;
        took
    }

    async fn by_hand(&mut self, command: &str, words: &str) -> Duration {
        self.hands.next(&self.ben, Duration::ZERO).await;
        rest().await;
        let watch = Watch::start();
        self.ana.say(&self.equal, command).await.unwrap();
        self.hand.send(&self.equal, "m.room.message", self.answer.clone()).await.unwrap();
        self.hands.hear(&self.ben, words).await;
        watch.read()
    }

    async fn by_program(&mut self, command: &str, words: &str) -> Duration {
        self.hands.next(&self.ben, Duration::ZERO).await;
        self.asked.next(&self.hand, Duration::ZERO).await;
        rest().await;
        let watch = Watch::start();
        let program = async {
            self.asked.hear(&self.hand, command).await;
            self.hand.send(&self.equal, "m.room.message", self.answer.clone()).await
        };
        let said = self.ana.say(&self.equal, command);
        let (said, answered, _) = tokio::join!(said, program, self.hands.hear(&self.ben, words));
        let took = watch.read();
        said.and(answered).unwrap();
        took
    }

    async fn storm(&self, commands: Vec<String>, last: &str) {
        for command in commands {
            self.ana.say(&self.war, &command).await.unwrap();
        }
        while !self.newest(1).await.iter().any(|event| event.sender() == self.bot && event.body().contains(last)) {
            rest().await;
        }
    }

    async fn read(&self) -> (Vec<String>, Vec<String>) {
        let events = self.ben.messages(&self.war).await.unwrap();
        let said = |by: &str| {
            let theirs = events.iter().filter(|event| event.kind() == "m.room.message" && event.sender() == by);
            theirs.map(|event| event.body().to_owned()).collect()
        };
        (said(self.ana.user_id()), said(&self.bot))
    }
}

/// Rooms that are encrypted, and people with a client that encrypts.
pub(crate) struct Encrypted {
    ana: Person,
    ben: Person,
    hand: Person,
    bot: String,
    war: String,
    equal: String,
}

impl Encrypted {
    pub(crate) fn new(ana: Person, ben: Person, hand: Person, bot: String, war: String, equal: String) -> Self {
        Self { ana, ben, hand, bot, war, equal }
    }

    /// Declares an incident.
    pub(crate) async fn begin(mut self) -> Self {
        self.ana.sync().await.unwrap();
        self.answered("!declare checkout is down", "INC-1").await;
        self
    }

    async fn hear(&self, room: &str, words: &str) {
        hear(&self.ben, room, words).await;
    }
}

/// As many syncs as it takes.
async fn hear(reader: &Person, room: &str, words: &str) {
    while !reader.next(room, Duration::from_secs(30)).await.unwrap().iter().any(|line| line.text.contains(words)) {}
}

impl Rooms for Encrypted {
    async fn answered(&mut self, command: &str, words: &str) -> Duration {
        self.ben.sync().await.unwrap();
        rest().await;
        let watch = Watch::start();
        self.ana.say(&self.war, command).await.unwrap();
        self.hear(&self.war, words).await;
        watch.read()
    }

    async fn by_hand(&mut self, command: &str, words: &str) -> Duration {
        self.ben.sync().await.unwrap();
        rest().await;
        let watch = Watch::start();
        self.ana.say(&self.equal, command).await.unwrap();
        self.hand.say(&self.equal, &format!("📌 {words}is on the timeline.")).await.unwrap();
        self.hear(&self.equal, words).await;
        watch.read()
    }

    async fn by_program(&mut self, command: &str, words: &str) -> Duration {
        self.ben.sync().await.unwrap();
        self.hand.sync().await.unwrap();
        rest().await;
        let watch = Watch::start();
        let program = async {
            hear(&self.hand, &self.equal, command).await;
            self.hand.say(&self.equal, &format!("📌 {words}is on the timeline.")).await
        };
        let asking = async {
            self.ana.say(&self.equal, command).await.unwrap();
            self.hear(&self.equal, words).await;
        };
        let (answered, ()) = tokio::join!(program, asking);
        let took = watch.read();
        answered.unwrap();
        took
    }

    async fn storm(&self, commands: Vec<String>, last: &str) {
        for command in commands {
            self.ana.say(&self.war, &command).await.unwrap();
        }
        self.hear(&self.war, last).await;
    }

    async fn read(&self) -> (Vec<String>, Vec<String>) {
        let lines = self.ben.lines(&self.war).await.unwrap();
        let said = |by: &str| lines.iter().filter(|it| it.sender == by).map(|it| it.text.clone()).collect();
        (said(&self.ana.user_id()), said(&self.bot))
    }
}
