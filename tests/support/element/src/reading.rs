//! What somebody reads, and waits for.

#![expect(clippy::must_use_candidate, reason = "what is in a box is awaited like every other future")]

use std::time::Duration;

use futures::FutureExt;
use matrix_sdk::room::MessagesOptions;
use matrix_sdk::ruma::assign;

use crate::lines::Lines;
use crate::person::{Doing, id};
use crate::trouble::{PATIENCE, Trouble};
use crate::{Line, Person};

impl Person {
    /// The messages of a room, oldest first, as a client shows them.
    ///
    /// # Errors
    /// [`Trouble`] when they may not read it.
    pub fn lines<'a>(&'a self, room: &'a str) -> Doing<'a, Vec<Line>> {
        self.lines_from(room, None)
    }

    /// Now, for [`Person::lines_from`]: all that was said before is left out there.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver does not answer.
    pub fn now(&self) -> Doing<'_, String> {
        async move { Ok(self.listen(Duration::ZERO).await?.next_batch) }.boxed()
    }

    /// The messages that came after [`Person::now`]: much was said in some rooms before, and to decrypt it takes long.
    ///
    /// # Errors
    /// [`Trouble`] when they may not read it.
    pub fn lines_from<'a>(&'a self, room: &'a str, now: Option<&'a str>) -> Doing<'a, Vec<Line>> {
        async move {
            let room = self.room(room).await?;
            let mut lines = Lines::default();
            let mut from = now.map(str::to_owned);
            loop {
                let options = assign!(MessagesOptions::forward(), { from, limit: 100u32.into() });
                let page = room.messages(options).await?;
                for event in &page.chunk {
                    lines.take(event);
                }
                match page.end {
                    Some(end) if !page.chunk.is_empty() => from = Some(end),
                    _ => return Ok(lines.0),
                }
            }
        }
        .boxed()
    }

    /// One sync, in which the homeserver may wait for something to happen: the messages that it brings of a room.
    ///
    /// # Errors
    /// [`Trouble`] when the homeserver does not answer.
    pub fn next<'a>(&'a self, room: &'a str, wait: Duration) -> Doing<'a, Vec<Line>> {
        async move {
            let mut response = self.listen(wait).await?;
            let mut lines = Lines::default();
            if let Some(update) = response.rooms.joined.remove(&id(room)?) {
                update.timeline.events.iter().for_each(|event| lines.take(event));
            }
            Ok(lines.0)
        }
        .boxed()
    }

    /// Waits until the messages of a room are such that `look` finds something.
    ///
    /// # Errors
    /// [`Trouble::Missing`] when it does not come.
    pub async fn wait_for<T>(&self, room: &str, look: impl FnMut(&[Line]) -> Option<T>) -> Result<T, Trouble> {
        self.wait_from(room, None, look).await
    }

    /// The same of those that came after [`Person::now`].
    ///
    /// # Errors
    /// As [`Person::wait_for`].
    pub async fn wait_from<T>(
        &self,
        room: &str,
        now: Option<&str>,
        mut look: impl FnMut(&[Line]) -> Option<T>,
    ) -> Result<T, Trouble> {
        let waiting = async {
            self.sync().await?;
            loop {
                if let Some(found) = look(&self.lines_from(room, now).await?) {
                    return Ok(found);
                }
                self.listen(Duration::from_secs(10)).await?;
            }
        };
        if let Ok(found) = tokio::time::timeout(PATIENCE, waiting).await {
            return found;
        }
        Err(self.missing(room).await)
    }

    /// What was waited for has not come: what stands there instead.
    async fn missing(&self, room: &str) -> Trouble {
        match self.lines(room).await {
            Ok(lines) => {
                let room = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
                Trouble::Missing { who: self.user_id(), room }
            }
            Err(trouble) => trouble,
        }
    }

    /// Waits for a message that contains `words`, and reads no more than what is new meanwhile: for rooms in which much
    /// is said. Each new message is waited for.
    ///
    /// # Errors
    /// [`Trouble::Missing`] when nothing comes any more.
    pub async fn overhears(&self, room: &str, words: &str) -> Result<(), Trouble> {
        let id = id(room)?;
        let holds = |lines: &[Line]| lines.iter().any(|line| line.text.contains(words));
        self.sync().await?;
        if holds(&self.lines(room).await?) {
            return Ok(());
        }
        loop {
            let next = async {
                loop {
                    let mut response = self.listen(Duration::from_secs(10)).await?;
                    if let Some(update) = response.rooms.joined.remove(&id) {
                        return Ok::<_, Trouble>(update.timeline);
                    }
                }
            };
            let Ok(timeline) = tokio::time::timeout(PATIENCE, next).await else {
                return Err(self.missing(room).await);
            };
            let timeline = timeline?;
            let mut lines = Lines::default();
            timeline.events.iter().for_each(|event| lines.take(event));
            if holds(&lines.0) || timeline.limited && holds(&self.lines(room).await?) {
                return Ok(());
            }
        }
    }

    /// Waits for a message that contains `words`.
    ///
    /// # Errors
    /// [`Trouble::Missing`] when it does not come.
    pub async fn hears(&self, room: &str, words: &str) -> Result<Line, Trouble> {
        self.wait_for(room, |lines| lines.iter().find(|line| line.text.contains(words)).cloned()).await
    }
}
