//! The contract of the port, kept by Matrix on a real homeserver, in open and in encrypted rooms.

use async_trait::async_trait;
use herald_chat::testing::contract::{self, Harness, Line, Outsider, Trouble};
use herald_chat::{Arrival, MessageRef, Network, Person, Platform, RoomRef, UserRef};
use herald_matrix::Matrix;
use herald_synapse::Synapse;
use serde_json::json;

use crate::common::{Bot, Listening, Maybe, Somebody, Tested};

struct OnSynapse {
    matrix: Matrix,
    herald: String,
    listening: Listening,
    ana: Somebody,
    ben: Somebody,
    encrypted: bool,
    version: &'static str,
    _bot: Bot,
}

impl OnSynapse {
    async fn start(encrypted: bool, version: &'static str) -> Maybe<Self> {
        let synapse = Synapse::shared().await?;
        let (ana, ben) = (Somebody::new(&synapse, "ana").await?, Somebody::new(&synapse, "ben").await?);
        let bot = Bot::new(&synapse, ana.account.user_id()).await?;
        let matrix = bot.connect().await?;
        let listening = Listening::to(&matrix).await?;
        let herald = bot.account.user_id().to_owned();
        Ok(Self { matrix, herald, listening, ana, ben, encrypted, version, _bot: bot })
    }

    fn who(&self, who: Outsider) -> &Somebody {
        match who {
            Outsider::Ana => &self.ana,
            Outsider::Ben => &self.ben,
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn trouble(why: impl ToString) -> Trouble {
    Trouble(why.to_string())
}

fn matrix() -> Network {
    Network::new("matrix")
}

#[async_trait]
impl Harness for OnSynapse {
    fn platform(&self) -> &dyn Platform {
        &self.matrix
    }

    fn outsider(&self, who: Outsider) -> Person {
        let account = &self.who(who).account;
        Person { id: UserRef::new(&matrix(), account.user_id()), name: account.name().to_owned() }
    }

    async fn fresh_room(&self) -> Result<RoomRef, Trouble> {
        let encrypted = json!([{
            "type": "m.room.encryption", "state_key": "", "content": { "algorithm": "m.megolm.v1.aes-sha2" },
        }]);
        let mut users = json!({ (&self.herald): 100 });
        // From this version on whoever made a room has a level above all, which has no number.
        if self.version != "12" {
            users[self.ana.account.user_id()] = json!(100);
        }
        let room = json!({
            "preset": "private_chat",
            "room_version": self.version,
            "initial_state": if self.encrypted { encrypted } else { json!([]) },
            "power_level_content_override": { "users": users },
            "invite": [self.ben.account.user_id(), self.herald],
        });
        let room = self.ana.account.create_room(room).await.map_err(trouble)?;
        self.ben.account.join(&room).await.map_err(trouble)?;
        // Herald takes the invitation up by itself.
        let room = RoomRef::new(&matrix(), &room);
        self.listening.knows(&room).await.map_err(trouble)?;
        self.settle().await;
        Ok(room)
    }

    async fn say(&self, who: Outsider, room: &RoomRef, text: &str) -> Result<MessageRef, Trouble> {
        let person = &self.who(who).person;
        person.enter(room.id()).await.map_err(trouble)?;
        let id = person.say(room.id(), text).await.map_err(trouble)?;
        Ok(MessageRef { room: room.clone(), id })
    }

    async fn edit(&self, who: Outsider, message: &MessageRef, text: &str) -> Result<(), Trouble> {
        self.who(who).person.edit(message.room.id(), &message.id, text).await.map(drop).map_err(trouble)
    }

    async fn delete(&self, who: Outsider, message: &MessageRef) -> Result<(), Trouble> {
        self.who(who).person.redact(message.room.id(), &message.id).await.map_err(trouble)
    }

    async fn react(&self, who: Outsider, message: &MessageRef, emoji: &str) -> Result<(), Trouble> {
        self.who(who).person.react(message.room.id(), &message.id, emoji).await.map(drop).map_err(trouble)
    }

    async fn leave(&self, who: Outsider, room: &RoomRef) -> Result<(), Trouble> {
        self.who(who).account.leave(room.id()).await.map_err(trouble)
    }

    async fn reads(&self, who: Outsider, room: &RoomRef) -> Result<Option<Vec<Line>>, Trouble> {
        let person = &self.who(who).person;
        person.enter(room.id()).await.map_err(trouble)?;
        let Ok(lines) = person.lines(room.id()).await else { return Ok(None) };
        let line = |line: herald_element::Line| {
            let mut reactions: Vec<String> = line.reactions.into_iter().map(|(emoji, _)| emoji).collect();
            reactions.dedup();
            Line { id: line.id, author: UserRef::new(&matrix(), &line.sender), text: line.text, reactions }
        };
        Ok(Some(lines.into_iter().map(line).collect()))
    }

    async fn pinned(&self, room: &RoomRef) -> Result<Vec<String>, Trouble> {
        let state = self.ana.account.state(room.id(), "m.room.pinned_events", "").await;
        let pinned = state.map(|state| state["pinned"].as_array().cloned().unwrap_or_default()).unwrap_or_default();
        Ok(pinned.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect())
    }

    async fn next_arrival(&self) -> Option<Arrival> {
        self.listening.until(Some).await.ok()
    }

    async fn settle(&self) {
        let (ana, ben) = tokio::join!(self.ana.person.sync(), self.ben.person.sync());
        // Whoever cannot now does so when they read.
        drop((ana, ben));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn matrix_keeps_the_contract_in_encrypted_rooms() -> Tested {
    contract::all(&OnSynapse::start(true, "12").await?).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn matrix_keeps_the_contract_in_open_rooms() -> Tested {
    for version in ["11", "10"].into_iter().take(herald_soak::count(1, 2)) {
        contract::all(&OnSynapse::start(false, version).await?).await?;
    }
    Ok(())
}
