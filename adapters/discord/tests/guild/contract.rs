//! The contract of the port, kept by Discord.

use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use herald_chat::testing::contract::{self, Harness, Line, Outsider, Trouble};
use herald_chat::{Arrival, MessageRef, Person, Platform, RoomRef};
use herald_discord::Discord;
use herald_guild::Seen;
use tokio::sync::Mutex;

use crate::common::{Maybe, Tested, Town, id, room, user};
use crate::reader;

struct OnDiscord {
    town: Town,
    discord: Discord,
    arrivals: Mutex<BoxStream<'static, Arrival>>,
    rooms: Mutex<usize>,
}

impl OnDiscord {
    async fn start() -> Maybe<Self> {
        let town = Town::new().await?;
        let discord = town.connect().await?;
        let arrivals = Mutex::new(discord.arrivals());
        town.discord.connected(town.bot.id).await;
        Ok(Self { town, discord, arrivals, rooms: Mutex::new(0) })
    }

    fn who(&self, who: Outsider) -> &herald_guild::Person {
        match who {
            Outsider::Ana => &self.town.ana,
            Outsider::Ben => &self.town.ben,
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn trouble(why: impl ToString) -> Trouble {
    Trouble(why.to_string())
}

fn line(seen: &Seen) -> Line {
    Line {
        id: seen.id.to_string(),
        author: user(seen.author),
        // Nobody sees the sign by which what goes on with another message is known.
        text: reader::words(&reader::read(&seen.content)).trim_end_matches('\u{200b}').to_owned(),
        reactions: seen.reactions.iter().map(|(emoji, _)| emoji.clone()).collect(),
    }
}

#[async_trait]
impl Harness for OnDiscord {
    fn platform(&self) -> &dyn Platform {
        &self.discord
    }

    fn outsider(&self, who: Outsider) -> Person {
        let person = self.who(who);
        Person { id: user(person.id()), name: person.name().to_owned() }
    }

    fn reads_numbers(&self) -> bool {
        true
    }

    async fn fresh_room(&self) -> Result<RoomRef, Trouble> {
        let mut rooms = self.rooms.lock().await;
        *rooms += 1;
        Ok(room(self.town.guild.channel(&format!("room-{rooms}")).map_err(trouble)?))
    }

    async fn say(&self, who: Outsider, room: &RoomRef, text: &str) -> Result<MessageRef, Trouble> {
        let said = self.who(who).say(id(room.id()), text).map_err(trouble)?;
        Ok(MessageRef { room: room.clone(), id: said.to_string() })
    }

    async fn edit(&self, who: Outsider, message: &MessageRef, text: &str) -> Result<(), Trouble> {
        self.who(who).edit(id(message.room.id()), id(&message.id), text).map_err(trouble)
    }

    async fn delete(&self, who: Outsider, message: &MessageRef) -> Result<(), Trouble> {
        self.who(who).delete(id(message.room.id()), id(&message.id)).map_err(trouble)
    }

    async fn react(&self, who: Outsider, message: &MessageRef, emoji: &str) -> Result<(), Trouble> {
        self.who(who).react(id(message.room.id()), id(&message.id), emoji).map_err(trouble)
    }

    /// Their right to see the channel is taken. What is said there afterwards comes after Herald has heard of that.
    async fn leave(&self, who: Outsider, room: &RoomRef) -> Result<(), Trouble> {
        let (channel, person) = (id(room.id()), self.who(who).id());
        self.town.guild.overwrite(channel, person, 0, herald_guild::permissions::VIEW_CHANNEL).map_err(trouble)?;
        let said = self.say(Outsider::Ana, room, "who is here?").await?;
        loop {
            match self.next_arrival().await {
                Some(Arrival::Event(event)) if event.id == said.id => return Ok(()),
                Some(_) => {}
                None => return Err(trouble("Herald does not hear what is said after that")),
            }
        }
    }

    async fn reads(&self, who: Outsider, room: &RoomRef) -> Result<Option<Vec<Line>>, Trouble> {
        let seen = self.who(who).reads(id(room.id()));
        Ok(seen.map(|seen| seen.iter().map(line).collect()))
    }

    async fn pinned(&self, room: &RoomRef) -> Result<Vec<String>, Trouble> {
        Ok(self.town.ana.pins(id(room.id())).iter().map(|seen| seen.id.to_string()).collect())
    }

    async fn next_arrival(&self) -> Option<Arrival> {
        let next = async { self.arrivals.lock().await.next().await };
        tokio::time::timeout(Duration::from_secs(20), next).await.ok().flatten()
    }

    /// What was done is seen at once.
    async fn settle(&self) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn discord_keeps_the_contract() -> Tested {
    contract::all(&OnDiscord::start().await?).await?;
    Ok(())
}
