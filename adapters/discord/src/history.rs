//! What was said in a channel while nobody listened.

use herald_chat::{Cursor, Inbound, Page, SendError};
use serde_json::Value;

use crate::Inner;
use crate::events::wire::Message;
use crate::failure::later;
use crate::names::{snowflake, snowflake_at};
use crate::rest::Request;

/// How many messages Discord gives at once.
const MOST: usize = 100;

impl Inner {
    /// Where somebody is who has read all of `channel`. Of one that cannot be read, where it would be now: reading on
    /// from there says why it cannot.
    pub(crate) async fn newest_cursor(&self, channel: u64) -> Result<Cursor, SendError> {
        match self.readable(channel).await {
            Ok(()) => {}
            Err(SendError::Refused { .. }) => return Ok(Cursor(snowflake_at(self.clock.now()).to_string())),
            Err(other) => return Err(other),
        }
        let page: Value = self.rest.ask(Request::get(messages(channel)).query("limit", 1)).await?;
        // What is younger than nothing is everything.
        Ok(Cursor(page[0]["id"].as_str().unwrap_or("0").to_owned()))
    }

    pub(crate) async fn read_after(
        &self,
        channel: u64,
        since: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, SendError> {
        self.readable(channel).await?;
        let limit = limit.clamp(1, MOST);
        let direct = self.is_direct(channel);
        let mut after = since.and_then(|cursor| snowflake(&cursor.0)).unwrap_or(0);
        loop {
            let request = Request::get(messages(channel)).query("after", after).query("limit", limit);
            let Value::Array(page) = self.rest.ask(request).await? else {
                return Err(later("Discord's answer is no list of messages"));
            };
            let more = page.len() >= limit;
            let (events, last) = self.in_order(&page, direct);
            let Some(last) = last else { return Ok(Page { events, more: false }) };
            if !more || !events.is_empty() {
                return Ok(Page { events: read_up_to(events, last), more });
            }
            after = last;
        }
    }

    /// What a page says, oldest first, and the number of the last message on it.
    fn in_order(&self, page: &[Value], direct: bool) -> (Vec<Inbound>, Option<u64>) {
        let mut all: Vec<(u64, &Value)> =
            page.iter().filter_map(|it| Some((snowflake(it["id"].as_str()?)?, it))).collect();
        all.sort_by_key(|(id, _)| *id);
        let mut events = Vec::new();
        for (id, raw) in &all {
            if let Ok(message) = serde_json::from_value::<Message>((*raw).clone()) {
                if !direct {
                    self.note_said(&message);
                }
                events.extend(self.said(&message, direct));
            } else {
                tracing::error!(message = id, "a message cannot be read, and is passed over");
            }
        }
        (events, all.last().map(|(id, _)| *id))
    }

    /// Whether the history of `channel` is there to be read. Without the permission Discord gives an empty one.
    async fn readable(&self, channel: u64) -> Result<(), SendError> {
        if self.is_direct(channel) { Ok(()) } else { self.may_read(channel).await }
    }
}

/// The page may end with what means nothing: who has read the page has read that too.
fn read_up_to(mut events: Vec<Inbound>, last: u64) -> Vec<Inbound> {
    if let Some(event) = events.last_mut() {
        event.cursor = Some(Cursor(last.to_string()));
    }
    events
}

fn messages(channel: u64) -> String {
    format!("/channels/{channel}/messages")
}
