//! Herald's side.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use futures::channel::mpsc::unbounded;
use futures::stream::{self, BoxStream, StreamExt};
use herald_chat::{
    Arrival, Attachment, Content, Cursor, MessageRef, Network, Page, Person, Platform, Post, Posting, RoomRef,
    RoomSpec, SendError, SendKey, Text, UserRef,
};
use jiff::Timestamp;

use crate::content::{self, CARRIES, Stored};
use crate::fact::{Deed, Fact};
use crate::names::{self, HERALD};
use crate::room::{Kind, REMEMBERS, Room};
use crate::scissors::Scissors;
use crate::{Console, Failure, Inner};

/// The console answers at once, has no threads (a post for one goes to the room) and never leaves a gap. Its file keeps
/// every key: past [`Platform::remembers`] a repeated key makes a second post, but [`Platform::find`] still finds the
/// first.
#[async_trait]
impl Platform for Console {
    fn network(&self) -> Network {
        self.lock().world.network.clone()
    }

    fn remembers(&self) -> Duration {
        REMEMBERS.unsigned_abs()
    }

    fn boards(&self) -> bool {
        self.lock().boards
    }

    async fn me(&self) -> Result<Person, SendError> {
        Ok(names::person(&self.network(), HERALD))
    }

    /// Begins with who is there, then holds what happened since the rooms were opened. Taken again, for a Herald that starts again beside the same
    /// rooms, it holds what happens from then on.
    fn arrivals(&self) -> BoxStream<'static, Arrival> {
        let mut inner = self.lock();
        let waiting = inner.waiting.take().unwrap_or_else(|| {
            let (herald, waiting) = unbounded();
            inner.herald = herald;
            waiting
        });
        let members = inner
            .world
            .people
            .iter()
            .map(|name| Arrival::Event(names::joined(&inner.world.network, name, (self.now)())));
        stream::iter(members.collect::<Vec<_>>()).chain(waiting).boxed()
    }

    async fn rooms(&self) -> Result<Vec<RoomRef>, SendError> {
        let inner = self.lock();
        Ok(inner.world.rooms.keys().map(|name| inner.named(name)).collect())
    }

    async fn present(&self, user: &UserRef, rooms: &[RoomRef]) -> Result<BTreeSet<RoomRef>, SendError> {
        let inner = self.lock();
        let name = inner.name_of(user)?;
        let is_in = |room: &&RoomRef| inner.room(room).is_ok_and(|there| there.is_open_to(&name));
        Ok(rooms.iter().filter(is_in).cloned().collect())
    }

    /// The practice platform is there for Herald alone: nothing in it was said before Herald came.
    async fn newest(&self, room: &RoomRef) -> Result<Cursor, SendError> {
        self.lock().online(room)?;
        Ok(Cursor("0".to_owned()))
    }

    async fn read_back(&self, room: &RoomRef, since: Option<&Cursor>, limit: usize) -> Result<Page, SendError> {
        let since = match since {
            None => 0,
            Some(Cursor(number)) => number.parse().map_err(|_| refused("That cursor is not from this platform."))?,
        };
        let inner = self.lock();
        let (events, more) = inner.room(room)?.heard_after(since, limit.max(1));
        Ok(Page { events, more })
    }

    async fn post(&self, room: &RoomRef, post: &Post, key: &SendKey) -> Result<MessageRef, SendError> {
        self.lock().say(self, room, post, None, key)
    }

    fn split(&self, text: &Text) -> Vec<Text> {
        match self.lock().longest {
            Some(longest) => text.split(&Scissors(longest)),
            None => vec![text.clone()],
        }
    }

    fn carries(&self) -> u64 {
        CARRIES
    }

    async fn download(&self, file: &Attachment, most: u64, into: &mut std::fs::File) -> Result<u64, SendError> {
        let gone = || refused("It is not there any more.");
        let message = content::source(file).ok_or_else(gone)?;
        let stored = {
            let inner = self.lock();
            inner.gets_through(&file.name)?;
            let there = inner.room(&message.room)?.messages.get(&number(&message)?).and_then(|it| it.file.clone());
            there.ok_or_else(gone)?
        };
        stored.write(most, into)
    }

    async fn post_file(
        &self,
        room: &RoomRef,
        post: &Post,
        file: &Attachment,
        content: Content,
        key: &SendKey,
    ) -> Result<MessageRef, SendError> {
        if content.length > CARRIES {
            return Err(refused("It is too large for this platform."));
        }
        let stored = Stored::from_content(&file.name, content)?;
        self.lock().say(self, room, post, Some(stored), key)
    }

    async fn find(
        &self,
        room: &RoomRef,
        _post: &Post,
        key: &SendKey,
        since: Timestamp,
    ) -> Result<Option<MessageRef>, SendError> {
        let inner = self.lock();
        let made = inner.room(room)?.made(key, since);
        Ok(made.map(|number| MessageRef { room: room.clone(), id: number.to_string() }))
    }

    async fn edit(&self, message: &MessageRef, post: &Post, key: &SendKey) -> Result<(), SendError> {
        let (of, text) = (number(message)?, post.text.to_string());
        self.lock().keyed(self, &message.room, key, |room| Deed::Edited { room, of, text }).map(drop)
    }

    async fn delete(&self, message: &MessageRef, key: &SendKey) -> Result<(), SendError> {
        let of = number(message)?;
        let mut inner = self.lock();
        inner.online(&message.room)?;
        if inner.room(&message.room)?.messages.get(&of).is_none_or(|message| message.gone) {
            return Ok(());
        }
        inner.keyed(self, &message.room, key, |room| Deed::Removed { room, of }).map(drop)
    }

    async fn react(&self, message: &MessageRef, emoji: &str, key: &SendKey) -> Result<(), SendError> {
        let to = number(message)?;
        let mut inner = self.lock();
        let mine = (emoji.to_owned(), HERALD.to_owned());
        if inner.room(&message.room)?.messages.get(&to).is_some_and(|message| message.reactions.contains(&mine)) {
            return Ok(());
        }
        inner.keyed(self, &message.room, key, |room| Deed::Reacted { room, to, emoji: mine.0 }).map(drop)
    }

    async fn pin(&self, message: &MessageRef, pinned: bool) -> Result<(), SendError> {
        let of = number(message)?;
        let mut inner = self.lock();
        inner.online(&message.room)?;
        if !inner.boards {
            return Err(refused("Nothing can be pinned on this platform."));
        }
        let there = inner.room(&message.room)?.messages.get(&of).filter(|message| !message.gone);
        if there.map_or(!pinned, |message| message.pinned == pinned) {
            return Ok(());
        }
        inner.once(self, Deed::Pinned { room: message.room.id().to_owned(), of, pinned })
    }

    async fn open_room(&self, spec: &RoomSpec, key: &SendKey) -> Result<RoomRef, SendError> {
        let mut inner = self.lock();
        if let Some(name) = inner.world.opened.get(key) {
            return Ok(inner.named(name));
        }
        let mut members = Vec::new();
        for user in &spec.members {
            let name = inner.name_of(user)?;
            if name != HERALD && !members.contains(&name) {
                members.push(name);
            }
        }
        let room = inner.free_name(&names::slug(&spec.name));
        let (title, topic, posting) = (spec.name.clone(), spec.topic.clone(), spec.posting);
        let deed = Deed::Opened { room: room.clone(), title, topic, members, posting };
        inner.record(Fact::new((self.now)(), HERALD, deed).keyed(key))?;
        Ok(inner.named(&room))
    }

    async fn invite(&self, room: &RoomRef, user: &UserRef) -> Result<(), SendError> {
        let mut inner = self.lock();
        let person = inner.name_of(user)?;
        inner.online(room)?;
        inner.gets_through(&person)?;
        let there = inner.room(room)?;
        if there.kind == Kind::Standing || person == HERALD || there.members.contains(&person) {
            return Ok(());
        }
        inner.once(self, Deed::LetIn { room: room.id().to_owned(), person })
    }

    async fn exclude(&self, room: &RoomRef, user: &UserRef) -> Result<(), SendError> {
        let mut inner = self.lock();
        let person = inner.name_of(user)?;
        inner.online(room)?;
        inner.gets_through(&person)?;
        let there = inner.room(room)?;
        if there.kind != Kind::Private || !there.members.contains(&person) {
            return Ok(());
        }
        inner.once(self, Deed::Left { room: room.id().to_owned(), person })
    }

    async fn archive(&self, room: &RoomRef) -> Result<(), SendError> {
        let mut inner = self.lock();
        inner.online(room)?;
        if inner.room(room)?.archived {
            return Ok(());
        }
        inner.once(self, Deed::Archived { room: room.id().to_owned() })
    }

    async fn direct(&self, user: &UserRef) -> Result<RoomRef, SendError> {
        let mut inner = self.lock();
        let person = inner.name_of(user)?;
        let name = names::direct(&person);
        if !inner.world.rooms.contains_key(&name) {
            inner.once(self, Deed::Met { person })?;
        }
        Ok(inner.named(&name))
    }

    /// Only noted: see [`STANDING`](crate::STANDING) on why people here may write all the same.
    async fn restrict(&self, room: &RoomRef, posting: Posting) -> Result<(), SendError> {
        let mut inner = self.lock();
        inner.online(room)?;
        if inner.room(room)?.posting == posting {
            return Ok(());
        }
        inner.once(self, Deed::Restricted { room: room.id().to_owned(), posting })
    }
}

/// Something done, by this call or by an earlier one with its key.
struct Done {
    number: u64,
    new: bool,
}

impl Inner {
    fn room(&self, room: &RoomRef) -> Result<&Room, SendError> {
        if room.network() != self.world.network {
            return Err(refused(&format!("{room} is not on this platform.")));
        }
        self.world.room(room.id()).map_err(|why| refused(&why))
    }

    fn named(&self, room: &str) -> RoomRef {
        RoomRef::new(&self.world.network, room)
    }

    fn name_of(&self, user: &UserRef) -> Result<String, SendError> {
        if user.network() == self.world.network {
            return Ok(user.id().to_owned());
        }
        Err(refused(&format!("{user} is not on this platform.")))
    }

    /// Says something, as an answer to what it answers if that was ever here.
    fn say(
        &mut self,
        console: &Console,
        room: &RoomRef,
        post: &Post,
        file: Option<Stored>,
        key: &SendKey,
    ) -> Result<MessageRef, SendError> {
        let text = post.text.to_string();
        let answered = post.reply_to.as_ref().filter(|to| to.room == *room).and_then(|to| to.id.parse().ok());
        let answers = answered.filter(|of| self.room(room).is_ok_and(|it| it.messages.contains_key(of)));
        let done = self.keyed(console, room, key, |room| Deed::Said { room, text, answers, file })?;
        if done.new && self.losing.remove(room.id()) {
            return Err(SendError::Unknown { reason: format!("the answer to message {} was lost", done.number) });
        }
        Ok(MessageRef { room: room.clone(), id: done.number.to_string() })
    }

    fn gets_through(&self, name: &str) -> Result<(), SendError> {
        if self.stuck.contains(name) {
            return Err(SendError::Retry { after: None, reason: format!("nobody answers for {name}") });
        }
        Ok(())
    }

    fn online(&self, room: &RoomRef) -> Result<(), SendError> {
        if self.offline.contains(room.id()) {
            return Err(SendError::Retry { after: None, reason: format!("{room} is offline") });
        }
        Ok(())
    }

    /// Does something in a room, unless the key is remembered to have done it.
    fn keyed(
        &mut self,
        console: &Console,
        room: &RoomRef,
        key: &SendKey,
        deed: impl FnOnce(String) -> Deed,
    ) -> Result<Done, SendError> {
        self.online(room)?;
        let now = (console.now)();
        if let Some(number) = self.room(room)?.remembered(key, now) {
            return Ok(Done { number, new: false });
        }
        let fact = Fact::new(now, HERALD, deed(room.id().to_owned())).keyed(key);
        Ok(Done { number: self.record(fact)?.number, new: true })
    }

    fn once(&mut self, console: &Console, deed: Deed) -> Result<(), SendError> {
        self.record(Fact::new((console.now)(), HERALD, deed))?;
        Ok(())
    }

    /// `slug`, or `slug-2` and so on when that is taken.
    fn free_name(&self, slug: &str) -> String {
        let mut name = slug.to_owned();
        let mut n = 1;
        while self.world.rooms.contains_key(&name) {
            n += 1;
            name = format!("{slug}-{n}");
        }
        name
    }
}

fn number(message: &MessageRef) -> Result<u64, SendError> {
    message.id.parse().map_err(|_| refused(&format!("{} is no message of this platform.", message.id)))
}

fn refused(why: &str) -> SendError {
    SendError::Refused { reason: why.to_owned() }
}

impl From<Failure> for SendError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Rule(why) => refused(&why),
            Failure::File(error) => {
                Self::Retry { after: None, reason: format!("the rooms cannot be written: {error}") }
            }
        }
    }
}
