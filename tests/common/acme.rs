//! A Discord server, and people on it.

use std::time::Duration;

use herald_guild::{Application, Discord, Guild, Id, Person, Seen, permissions, transcript};
use serde_json::Value;

/// What the invitation link asks for.
pub(crate) const RIGHTS: u64 = permissions::VIEW_CHANNEL
    | permissions::SEND_MESSAGES
    | permissions::SEND_MESSAGES_IN_THREADS
    | permissions::CREATE_PUBLIC_THREADS
    | permissions::EMBED_LINKS
    | permissions::ATTACH_FILES
    | permissions::ADD_REACTIONS
    | permissions::MANAGE_MESSAGES
    | permissions::PIN_MESSAGES
    | permissions::MANAGE_CHANNELS
    | permissions::MANAGE_THREADS
    | permissions::MANAGE_ROLES
    | permissions::READ_MESSAGE_HISTORY;

/// How long Herald may take to say much.
const PATIENCE: Duration = Duration::from_secs(90);
/// The kinds of messages that are said: plain, an answer, and what a command of the menu led to.
const SAID: [u8; 3] = [0, 19, 20];

/// All of it.
pub(crate) struct Acme {
    pub(crate) discord: Discord,
    pub(crate) guild: Guild,
    pub(crate) bot: Application,
    /// Owns the server.
    pub(crate) olga: Person,
    pub(crate) ana: Person,
    pub(crate) ben: Person,
    pub(crate) cleo: Person,
    /// Works here, and is in no war room.
    pub(crate) dora: Person,
    /// The role of those who respond.
    pub(crate) responders: Id,
}

impl Acme {
    /// Everybody, and Herald's account among them.
    pub(crate) async fn new() -> Self {
        Self::behind(Duration::ZERO).await
    }

    /// The same, on a server whose clock is so slow.
    pub(crate) async fn behind(by: Duration) -> Self {
        let discord = Discord::start_behind(by).await.unwrap();
        let [olga, ana, ben, cleo, dora] = ["olga", "ana", "ben", "cleo", "dora"].map(|name| discord.person(name));
        let bot = discord.application("Herald", &olga);
        let guild = discord.guild("Acme", &olga);
        let responders = guild.role("responders", 0);
        guild.mentionable(responders, true);
        for person in [&ana, &ben, &cleo, &dora] {
            guild.join(person);
        }
        for person in [&ana, &ben, &cleo] {
            guild.give(person.id(), responders);
        }
        guild.add(bot.id, RIGHTS);
        Self { discord, guild, bot, olga, ana, ben, cleo, dora, responders }
    }

    /// The channel of this name.
    pub(crate) fn channel(&self, name: &str) -> Id {
        let channels = self.guild.channels();
        let found = channels.iter().find(|(_, it)| it == name);
        found.unwrap_or_else(|| panic!("there is no {name} among {channels:?}")).0
    }

    /// Waits for the channel of an incident's own.
    pub(crate) async fn own_channel(&self, part: &str) -> Id {
        let found = || self.guild.channels().into_iter().find(|(_, name)| name.contains(part)).map(|(id, _)| id);
        self.discord.eventually(found).await.unwrap_or_else(|never| panic!("{part}: {never}"))
    }

    /// Waits for a message of Herald's with these words that this person can read.
    pub(crate) async fn reads(&self, who: &Person, channel: Id, words: &str) -> Seen {
        self.reads_after(who, channel, 0, words).await
    }

    /// The same, after the first `after` messages.
    pub(crate) async fn reads_after(&self, who: &Person, channel: Id, after: usize, words: &str) -> Seen {
        let found = |seen: &[Seen]| {
            seen.iter().skip(after).find(|it| it.author == self.bot.id && it.content.contains(words)).cloned()
        };
        who.wait_for(channel, found).await.unwrap_or_else(|never| panic!("{words:?}: {never}"))
    }

    /// Says it, and waits for a message of Herald's with these words that was not there before.
    pub(crate) async fn gets(&self, who: &Person, channel: Id, says: &str, words: &str) -> Seen {
        let before = who.reads(channel).unwrap().len();
        who.say(channel, says).unwrap();
        self.reads_after(who, channel, before, words).await
    }

    /// Waits until what only this person sees holds these words.
    pub(crate) async fn whispers(&self, who: &Person, channel: Id, words: &str) {
        let told = || who.whispers(channel).iter().any(|it| it.content.contains(words)).then_some(());
        let never = |never| panic!("{words:?}: {never}; {:#?}", who.whispers(channel));
        self.discord.eventually(told).await.unwrap_or_else(never);
    }

    /// Chooses a command, and waits for its answer, which only they may see or everybody may.
    pub(crate) async fn chooses(&self, who: &Person, channel: Id, command: &str, options: &[(&str, Value)]) -> Seen {
        let asked = who.slash(channel, command, options).unwrap();
        asked.message().await.unwrap_or_else(|never| panic!("/{command}: {never}"))
    }

    /// The last message of a channel, or nothing's id.
    pub(crate) fn newest(&self, channel: Id) -> Id {
        self.olga.reads(channel).unwrap().last().map_or(Id(0), |it| it.id)
    }

    /// What Herald has said in a channel after a message, for all to see and as far as it is done with.
    pub(crate) fn said(&self, channel: Id, after: Id) -> Vec<Seen> {
        own(&self.olga.reads(channel).unwrap(), self.bot.id, after)
    }

    /// Waits, for longer than people do, until Herald has said so much in a channel after a message.
    pub(crate) async fn says(&self, channel: Id, after: Id, count: usize) -> Vec<Seen> {
        let enough = |seen: &[Seen]| Some(own(seen, self.bot.id, after)).filter(|said| said.len() >= count);
        let waited = self.olga.patient(PATIENCE).wait_for(channel, enough).await;
        waited.unwrap_or_else(|never| {
            let said = self.said(channel, after);
            panic!("{} of {count}: {never}", said.len())
        })
    }

    /// All that somebody can read in a channel, for people to read.
    pub(crate) fn transcript(&self, who: &Person, channel: Id) -> String {
        let name = self.guild.channels().into_iter().find(|(id, _)| *id == channel).map(|(_, name)| name);
        let lines = transcript(&who.reads(channel).unwrap_or_default());
        format!("#{}, as {} sees it:\n{lines}", name.unwrap_or_default(), who.name())
    }
}

fn own(seen: &[Seen], herald: Id, after: Id) -> Vec<Seen> {
    let is_said = |it: &&Seen| it.author == herald && SAID.contains(&it.kind) && !it.ephemeral && !it.thinking;
    seen.iter().filter(|it| it.id > after).filter(is_said).cloned().collect()
}

/// Each text is that of one message, in this order, and there is no other message.
pub(crate) fn same(expected: &[String], said: &[Seen]) {
    for (n, text) in expected.iter().enumerate() {
        let stands = said.get(n).map_or("nothing", |it| it.content.as_str());
        assert!(
            stands.contains(text.as_str()),
            "in place {n}, where \"{text}\" should be, stands \"{stands}\":\n{}",
            transcript(said)
        );
    }
    assert_eq!(said.len(), expected.len(), "{}", transcript(said.get(expected.len()..).unwrap_or_default()));
}
