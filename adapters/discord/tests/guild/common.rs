//! A server with Herald and two people on it.

use std::collections::VecDeque;
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use herald_chat::{
    Arrival, Choice, Clock, Desk, Field, FieldKind, Form, Inbound, Input, MenuItem, MessageRef, Network, Platform,
    Post, RoomRef, SendKey, Text, Tone, Typed, UserRef, What,
};
use herald_discord::{Discord, GuildId, RoomKind, Settings, StartError};
use herald_guild::permissions::{
    ADD_REACTIONS, CREATE_PRIVATE_THREADS, CREATE_PUBLIC_THREADS, EMBED_LINKS, MANAGE_CHANNELS, MANAGE_MESSAGES,
    MANAGE_ROLES, MANAGE_THREADS, PIN_MESSAGES, READ_MESSAGE_HISTORY, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS,
    USE_EXTERNAL_APPS, VIEW_AUDIT_LOG, VIEW_CHANNEL,
};
use herald_guild::{Application, Guild, Id, Person};
use jiff::Timestamp;

use tempfile::TempDir;
use tokio::sync::Notify;

pub(crate) type Tested = Result<(), Box<dyn Error + Send + Sync>>;
pub(crate) type Maybe<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How long a test waits for what should come, only to fail cleanly.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// What Herald's invitation asks for.
pub(crate) const INVITED: u64 = VIEW_CHANNEL
    | SEND_MESSAGES
    | SEND_MESSAGES_IN_THREADS
    | CREATE_PUBLIC_THREADS
    | CREATE_PRIVATE_THREADS
    | READ_MESSAGE_HISTORY
    | ADD_REACTIONS
    | EMBED_LINKS
    | MANAGE_MESSAGES
    | PIN_MESSAGES
    | MANAGE_CHANNELS
    | MANAGE_ROLES
    | MANAGE_THREADS
    | USE_EXTERNAL_APPS
    | VIEW_AUDIT_LOG;

/// The clock of this machine, so many times as fast, or as slow.
pub(crate) struct FastClock {
    begun: Timestamp,
    times: i32,
    slower: i32,
}

impl FastClock {
    pub(crate) fn new(times: i32) -> Arc<Self> {
        Self::of(times, 1)
    }

    #[expect(clippy::disallowed_methods, reason = "the server of a test lives by the real time")]
    fn of(times: i32, slower: i32) -> Arc<Self> {
        Arc::new(Self { begun: Timestamp::now(), times, slower })
    }
}

#[expect(clippy::disallowed_methods, reason = "the server of a test lives by the real time")]
impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        self.begun + Timestamp::now().duration_since(self.begun) * self.times / self.slower
    }

    fn until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        let left = at.duration_since(self.now()) * self.slower / self.times;
        tokio::time::sleep(Duration::try_from(left).unwrap_or_default()).boxed()
    }
}

/// Herald's menu, of which commands are made as they would be typed.
pub(crate) struct Counter;

fn item(name: &'static str, heading: Option<&'static str>, fields: Vec<Field>) -> MenuItem {
    MenuItem { name, heading, is_top: false, summary: "Does what has to be done".to_owned(), fields, opens_form: false }
}

fn field(name: &'static str, kind: FieldKind) -> Field {
    Field { name, summary: "What it is".to_owned(), kind, is_required: false }
}

#[async_trait]
impl Desk for Counter {
    fn menu(&self) -> Vec<MenuItem> {
        let roles = FieldKind::OneOf(vec!["commander", "spokesperson"]);
        vec![
            item("declare", None, vec![field("title", FieldKind::Text)]),
            item("status", None, vec![field("incident", FieldKind::Suggested)]),
            item("assign", Some("roles"), vec![field("role", roles), field("person", FieldKind::Person)]),
            MenuItem {
                is_top: true,
                opens_form: true,
                ..item("update", None, vec![field("incident", FieldKind::Suggested)])
            },
        ]
    }

    fn line(&self, item: &str, given: &[Typed]) -> String {
        given.iter().fold(format!("!{item}"), |line, (_, value)| format!("{line} {value}"))
    }

    async fn suggest(&self, room: &RoomRef, _by: &UserRef, item: &str, field: &str, typed: &str) -> Vec<Choice> {
        let label = format!("{item} {field} {typed} in {}", room.network());
        vec![Choice { label, value: "INC-7".to_owned() }]
    }

    fn form_id(&self, given: &[Typed]) -> String {
        given.iter().fold("update".to_owned(), |id, (_, value)| format!("{id} {value}"))
    }

    async fn form(&self, _room: &RoomRef, _by: &UserRef, id: &str) -> Result<Form, String> {
        if id.ends_with("INC-9") {
            return Err("There is no incident INC-9. `!incidents` lists those that are open.".to_owned());
        }
        let input = |name, label: &str, value: &str, is_long| Input {
            name,
            label: label.to_owned(),
            value: value.to_owned(),
            hint: String::new(),
            limit: 1500,
            is_long,
            is_required: true,
        };
        let inputs = vec![input("text", "What is known", "", true), input("next", "Next update in", "30m", false)];
        Ok(Form { id: id.to_owned(), title: "Update".to_owned(), inputs })
    }

    fn filled(&self, id: &str, given: &[Typed]) -> String {
        given.iter().fold(format!("!{id}"), |line, (_, value)| format!("{line} {value}"))
    }
}

/// A server, and who is on it.
pub(crate) struct Town {
    pub(crate) discord: herald_guild::Discord,
    pub(crate) bot: Application,
    pub(crate) guild: Guild,
    /// The role that Herald was invited with.
    pub(crate) role: Id,
    pub(crate) ana: Person,
    pub(crate) ben: Person,
    pub(crate) channel: Id,
    /// Channels of the company, as the configuration has them.
    pub(crate) company: Vec<Id>,
    pub(crate) settings: Settings,
    _store: TempDir,
}

impl Town {
    pub(crate) async fn new() -> Maybe<Self> {
        let discord = herald_guild::Discord::start().await?;
        let (olga, ana, ben) = (discord.person("olga"), discord.person("ana"), discord.person("ben"));
        let bot = discord.application("Herald", &olga);
        let guild = discord.guild("Acme", &olga);
        guild.join(&ana);
        guild.join(&ben);
        let role = guild.add(bot.id, INVITED);
        let channel = guild.channel("war-room")?;
        let store = tempfile::tempdir()?;
        let settings = Settings {
            token: bot.token.clone().into(),
            guild: GuildId::new(guild.id().to_string().parse()?),
            api: Some(discord.address()),
            responders: None,
            calls_responders: true,
            category: None,
            archive: None,
            webhooks: false,
            store: store.path().join("discord"),
        };
        Ok(Self { discord, bot, guild, role, ana, ben, channel, company: Vec::new(), settings, _store: store })
    }

    /// Connects, without listening.
    pub(crate) async fn connect(&self) -> Result<Discord, StartError> {
        self.connect_at(1).await
    }

    pub(crate) async fn connect_at(&self, times: i32) -> Result<Discord, StartError> {
        self.connect_by(FastClock::new(times)).await
    }

    async fn connect_by(&self, clock: Arc<FastClock>) -> Result<Discord, StartError> {
        let discord = Discord::connect(self.settings.clone(), clock, Arc::new(Counter)).await?;
        for channel in &self.company {
            discord.mapped(&room(*channel), RoomKind::Announcements).unwrap();
        }
        Ok(discord)
    }

    /// Connects and listens.
    pub(crate) async fn herald(&self) -> Maybe<Herald> {
        Ok(Herald::listening(self.connect().await?))
    }

    /// The same, by a clock that is so many times slower: what waits a few milliseconds waits however busy the machine is.
    pub(crate) async fn slow_herald(&self, slower: i32) -> Maybe<Herald> {
        Ok(Herald::listening(self.connect_by(FastClock::of(1, slower)).await?))
    }

    /// Discord is there again. It lets go of its port a moment after it was stopped.
    pub(crate) async fn comes_back(&self) {
        while self.discord.start_again().await.is_err() {
            tokio::task::yield_now().await;
        }
    }

    pub(crate) fn room(&self) -> RoomRef {
        room(self.channel)
    }
}

/// Waits until something is so.
pub(crate) async fn until(is_so: impl Fn() -> bool) -> Tested {
    let waiting = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    Ok(tokio::time::timeout(PATIENCE, waiting).await?)
}

pub(crate) fn room(channel: Id) -> RoomRef {
    RoomRef::new(&Network::new("discord"), &channel.to_string())
}

/// Herald, and all that it hears.
pub(crate) struct Herald {
    pub(crate) discord: Discord,
    heard: Arc<Mutex<VecDeque<Arrival>>>,
    more: Arc<Notify>,
}

impl Herald {
    pub(crate) fn listening(discord: Discord) -> Self {
        let mut arrivals: BoxStream<'static, Arrival> = discord.arrivals();
        let (heard, more) = (Arc::new(Mutex::new(VecDeque::new())), Arc::new(Notify::new()));
        let (into, tell) = (heard.clone(), more.clone());
        tokio::spawn(async move {
            while let Some(arrival) = arrivals.next().await {
                into.lock().unwrap().push_back(arrival);
                tell.notify_one();
            }
        });
        Self { discord, heard, more }
    }

    /// The next arrival for which `look` finds something. Those before it are passed over.
    pub(crate) async fn hears<T>(&self, mut look: impl FnMut(Arrival) -> Option<T>) -> Maybe<T> {
        let search = async {
            loop {
                let next = self.heard.lock().unwrap().pop_front();
                match next {
                    Some(arrival) => {
                        if let Some(found) = look(arrival) {
                            return found;
                        }
                    }
                    None => self.more.notified().await,
                }
            }
        };
        Ok(tokio::time::timeout(PATIENCE, search).await.map_err(|_| "it never arrived")?)
    }

    /// Waits until it has noticed that its connection is gone.
    pub(crate) async fn is_cut_off(&self) -> Tested {
        until(|| !self.discord.is_ready()).await
    }

    /// The next gap.
    pub(crate) async fn gap(&self) -> Tested {
        self.hears(|arrival| matches!(arrival, Arrival::Gap).then_some(())).await
    }

    /// The words of the next message.
    pub(crate) async fn words(&self) -> Maybe<String> {
        self.hears(|arrival| match arrival {
            Arrival::Event(Inbound { what: What::Message { text, .. }, .. }) => Some(text),
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await
    }

    /// The next command of the menu: what it says, whom it mentions, and what is answered.
    pub(crate) async fn command(&self) -> Maybe<(String, Vec<herald_chat::Mention>, MessageRef)> {
        self.hears(|arrival| match arrival {
            Arrival::Event(Inbound { room, id, what: What::Command { text, mentions }, .. }) => {
                Some((text, mentions, MessageRef { room, id }))
            }
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await
    }

    /// Answers a command as the engine does: it is durable, then a post follows.
    pub(crate) async fn answers(&self, command: &MessageRef, tone: Tone, words: &str) -> Maybe<MessageRef> {
        self.discord.taken(command, Some(tone)).await;
        Ok(self.discord.post(&command.room, &reply(command, tone, words), &key(words)).await?)
    }
}

pub(crate) fn reply(command: &MessageRef, tone: Tone, words: &str) -> Post {
    Post { reply_to: Some(command.clone()), ..Post::new(tone, Text::says(words)) }
}

pub(crate) fn key(cause: &str) -> SendKey {
    SendKey::derive(cause, "test", 0)
}

/// What somebody reads, without the marks that keep words from being markup.
pub(crate) fn words(seen: &herald_guild::Seen) -> String {
    seen.content.replace('\\', "")
}

pub(crate) fn user(id: Id) -> UserRef {
    UserRef::new(&Network::new("discord"), &id.to_string())
}

pub(crate) fn id(text: &str) -> Id {
    text.parse().unwrap_or_default()
}
