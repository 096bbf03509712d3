//! Where in a channel a post belongs.

use herald_chat::{Post, SendError};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Inner;
use crate::format::label;
use crate::names::snowflake;
use crate::permissions::{CREATE_PUBLIC_THREADS, Channel, SEND_MESSAGES_IN_THREADS};
use crate::rest::{Failure, PAGE, Request};

/// Discord's limit, in characters.
const NAME: usize = 100;
/// How long a thread in which nobody writes stays in the list, in minutes: a week, the longest there is.
const SHOWN: u32 = 10_080;
/// Discord's numbers: a channel for announcements, and the public threads of both kinds of channels.
const ANNOUNCEMENTS: u8 = 5;
const IN_ANNOUNCEMENTS: u8 = 10;
const IN_TEXT: u8 = 11;
/// How far back closed threads are looked through, in pages of a hundred.
const PAGES: usize = 10;

#[derive(Deserialize)]
struct Threads {
    threads: Vec<Value>,
    #[serde(default)]
    has_more: bool,
}

impl Inner {
    /// The channel or thread that a post belongs in. The thread is made if it has to be and `may_make`; where there is
    /// none, the channel it is.
    pub(crate) async fn place(&self, channel: u64, post: &Post, may_make: bool) -> Result<u64, SendError> {
        let name = post.thread.as_deref().map(|name| label(name, NAME)).filter(|name| !name.is_empty());
        let Some(name) = name else { return Ok(channel) };
        let place = (channel, name);
        if let Some(known) = self.notes().mind.threads.get(&place) {
            return Ok(*known);
        }
        let around = self.channel(channel).await?;
        if around.guild.is_none() || around.is_thread() {
            return Ok(channel);
        }
        let lock = self.notes().mind.making.clone();
        let _alone = lock.lock().await;
        let known = self.notes().mind.threads.get(&place).copied();
        let found = match known {
            Some(known) => Some(known),
            None => self.find_thread(channel, &place.1).await?,
        };
        let thread = match found {
            Some(thread) => thread,
            None if may_make => match self.make_thread(&around, &place.1).await {
                Ok(thread) => thread,
                // It is said there all the same.
                Err(failure) if failure.is_code(50013) || failure.is_code(160_006) => {
                    let needed = CREATE_PUBLIC_THREADS | SEND_MESSAGES_IN_THREADS;
                    let why = self.why_not(channel, needed, failure).await;
                    tracing::warn!(channel, %why, "what belongs in a thread is said in the channel");
                    return Ok(channel);
                }
                Err(failure) => return Err(failure.into()),
            },
            None => return Ok(channel),
        };
        let mut notes = self.notes();
        notes.mind.threads.insert(place, thread);
        notes.parents.insert(thread, channel);
        Ok(thread)
    }

    /// A thread is gone, or of no use.
    pub(crate) fn forget_thread(&self, thread: u64) {
        self.notes().mind.threads.retain(|_, known| *known != thread);
    }

    async fn find_thread(&self, channel: u64, name: &str) -> Result<Option<u64>, SendError> {
        let me = self.my_id();
        let is_it =
            |it: &Channel| it.parent == Some(channel) && it.owner == Some(me) && it.name.as_deref() == Some(name);
        if let Some(found) = self.open_threads().await?.into_iter().find(is_it) {
            return Ok(Some(found.id));
        }
        let mut before = None;
        for _ in 0..PAGES {
            let (page, next) = self.closed_threads(channel, "public", before.as_deref()).await?;
            if let Some(found) = page.into_iter().find(is_it) {
                self.reopen(&found).await?;
                return Ok(Some(found.id));
            }
            before = next;
            if before.is_none() {
                break;
            }
        }
        Ok(None)
    }

    /// The threads of the server in which somebody wrote not long ago.
    pub(crate) async fn open_threads(&self) -> Result<Vec<Channel>, Failure> {
        let path = format!("/guilds/{}/threads/active", self.settings.guild);
        let active: Threads = self.rest.ask_as(Request::get(path)).await?;
        Ok(channels(&active).collect())
    }

    /// A page of the closed threads of a channel, `public` or `private`, those that were closed last first; and what the next
    /// page is asked for with, if there is one.
    pub(crate) async fn closed_threads(
        &self,
        channel: u64,
        kind: &str,
        before: Option<&str>,
    ) -> Result<(Vec<Channel>, Option<String>), Failure> {
        let mut request = Request::get(format!("/channels/{channel}/threads/archived/{kind}")).query("limit", PAGE);
        if let Some(before) = before {
            request = request.query("before", before);
        }
        let page: Threads = self.rest.ask_as(request).await?;
        let last = page.threads.last().and_then(|it| it["thread_metadata"]["archive_timestamp"].as_str());
        let next = last.filter(|_| page.has_more).map(str::to_owned);
        Ok((channels(&page).collect(), next))
    }

    async fn reopen(&self, thread: &Channel) -> Result<(), SendError> {
        let body = match &thread.thread {
            Some(it) if it.locked => json!({ "archived": false, "locked": false }),
            Some(it) if it.archived => json!({ "archived": false }),
            Some(_) | None => return Ok(()),
        };
        Ok(self.rest.ask(Request::patch(format!("/channels/{}", thread.id), body)).await.map(drop)?)
    }

    async fn make_thread(&self, channel: &Channel, name: &str) -> Result<u64, Failure> {
        let kind = if channel.kind == ANNOUNCEMENTS { IN_ANNOUNCEMENTS } else { IN_TEXT };
        let body = json!({ "name": name, "type": kind, "auto_archive_duration": SHOWN });
        let made = self.rest.ask(Request::post(format!("/channels/{}/threads", channel.id), body)).await?;
        let id = made["id"].as_str().and_then(snowflake);
        id.ok_or_else(|| Failure::Unknown { reason: "Discord named no thread".to_owned() })
    }
}

fn channels(threads: &Threads) -> impl Iterator<Item = Channel> {
    threads.threads.iter().filter_map(|thread| serde_json::from_value(thread.clone()).ok())
}
