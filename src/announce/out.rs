//! A post and whom it is for, before anybody knows in which rooms that is.

use herald_chat::{Attachment, Button, Card, MessageRef, Person, Post, RoomRef, RoomSpec, Span, Text, Tone, UserRef};

use serde::{Deserialize, Serialize};

use super::crowd;
use super::public::name_alone;
use crate::incident::{ChannelTest, IncidentNo, PublicUpdate, Thing};

/// Whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// The people who respond: the incident's own room, or the shared war room.
    War,
    /// The shared war room, also of what is about an incident with a room of its own.
    WarRoom,
    /// Engineering.
    Engineering,
    /// The company. Only [`Out::public`] makes one.
    Company,
    /// Customers. Only [`Out::public`] makes one.
    Customers,
    /// The room that the command came from.
    Asker,
    /// Whoever administers Herald: the admins' room, or each of them alone.
    Admins,
    /// This person alone.
    Direct(UserRef),
    /// This room, whoever it is for. Only [`Out::test`] makes one.
    Room(RoomRef),
}

/// What is to be done there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Post this.
    Post(Post),
    /// Post this file, with these words.
    File(Post, Attachment),
    /// Let what stands for a message of another room say this.
    Rewrite(Post),
    /// Remove what stands for a message of another room.
    Withdraw,
    /// Let this message of Herald's say this.
    Edit(MessageRef, Post),
    /// Pin this message of Herald's, or take the pin off.
    Pin(MessageRef, bool),
    /// Remove this message.
    Delete(MessageRef),
    /// Open the incident's own room.
    Open(RoomSpec),
    /// Let this person in.
    Invite(UserRef),
    /// Take this person out.
    Exclude(UserRef),
    /// Close the room for good.
    Archive,
}

impl Action {
    /// The file that is posted, if one is.
    #[must_use]
    pub fn file(&self) -> Option<&Attachment> {
        if let Self::File(_, file) = self { Some(file) } else { None }
    }

    /// The post that is posted, if one is.
    #[must_use]
    pub fn post(&self) -> Option<&Post> {
        if let Self::Post(post) = self { Some(post) } else { None }
    }

    /// Who is let in or taken out, if somebody is.
    #[must_use]
    pub fn person(&self) -> Option<&UserRef> {
        if let Self::Invite(user) | Self::Exclude(user) = self { Some(user) } else { None }
    }
}

/// Something to do, and whom it is for. Statements to the company can be made only by [`Out::public`].
#[derive(Debug, Clone, PartialEq)]
pub struct Out {
    to: To,
    action: Action,
    thing: Option<Thing>,
    statement: Option<String>,
}

impl Out {
    fn inside(to: To, post: Post) -> Self {
        Self { to, action: Action::Post(post), thing: None, statement: None }
    }

    /// For the people who respond, silently.
    #[must_use]
    pub fn war(text: Text) -> Self {
        Self::inside(To::War, Post::new(Tone::Notice, text))
    }

    /// For the people who respond, calling these.
    #[must_use]
    pub fn call<'a>(text: Text, people: impl IntoIterator<Item = &'a Person>) -> Self {
        let calls = people.into_iter().map(|person| person.id.clone());
        Self::inside(To::War, Post::new(Tone::Call, text).calling(calls))
    }

    /// For all who respond, also to other incidents: what they see the company read.
    #[must_use]
    pub fn war_room(text: Text) -> Self {
        Self::inside(To::WarRoom, Post::new(Tone::Notice, text))
    }

    /// For engineering.
    #[must_use]
    pub fn engineering(text: Text) -> Self {
        Self::inside(To::Engineering, Post::new(Tone::Notice, text))
    }

    /// For engineering, in the incident's thread.
    #[must_use]
    pub fn stream(text: Text, thread: &str) -> Self {
        Self::inside(To::Engineering, Post::new(Tone::Notice, text).in_thread(thread))
    }

    /// For whoever administers Herald.
    #[must_use]
    pub fn admins(text: Text) -> Self {
        Self::inside(To::Admins, Post::new(Tone::Call, text))
    }

    /// For one person alone.
    #[must_use]
    pub fn direct(text: Text, person: &Person) -> Self {
        Self::inside(To::Direct(person.id.clone()), Post::new(Tone::Call, text))
    }

    /// For whoever asked, where they asked.
    #[must_use]
    pub fn answer(text: Text) -> Self {
        Self::inside(To::Asker, Post::new(Tone::Answer, text))
    }

    /// For the room of whoever asked: what they did is everybody's there.
    #[must_use]
    pub fn back(text: Text) -> Self {
        Self::inside(To::Asker, Post::new(Tone::Notice, text))
    }

    /// For the company, and for customers if the spokesperson said so. There is no other way to reach them.
    #[must_use]
    pub fn public(update: &PublicUpdate, text: &Text, card: &Card) -> Vec<Self> {
        let audiences = [Some(To::Company), update.is_for_customers().then_some(To::Customers)];
        let post = |to| Self {
            to,
            action: Action::Post(Post { card: Some(card.clone()), ..Post::new(Tone::Update, text.clone()) }),
            thing: Some(Thing::Statement { name: update.name(), of: update.about() }),
            statement: Some(update.name()),
        };
        audiences.into_iter().flatten().map(post).collect()
    }

    /// For one room, whoever reads there: what an admin asked for to see that it works, and nothing else.
    #[must_use]
    pub fn test(test: &ChannelTest) -> Self {
        let says = Text::says("🧪 This is a test: Herald can post here. It is no update, and nothing is wrong. ")
            .exact(name_alone(test.by()))
            .and(", an admin of Herald, asked for it.");
        Self::inside(To::Room(test.room().clone()), Post::new(Tone::Notice, says))
    }

    /// Opens the incident's own room.
    #[must_use]
    pub fn open(spec: RoomSpec) -> Self {
        Self { to: To::War, action: Action::Open(spec), thing: None, statement: None }
    }

    /// Lets somebody into the incident's own room.
    #[must_use]
    pub fn invite(account: &UserRef) -> Self {
        Self { to: To::War, action: Action::Invite(account.clone()), thing: None, statement: None }
    }

    /// Takes somebody out of the incident's own room.
    #[must_use]
    pub fn exclude(account: &UserRef) -> Self {
        Self { to: To::War, action: Action::Exclude(account.clone()), thing: None, statement: None }
    }

    /// Closes the incident's own room.
    #[must_use]
    pub fn archive() -> Self {
        Self { to: To::War, action: Action::Archive, thing: None, statement: None }
    }

    /// Removes a message from the room that the command came from.
    #[must_use]
    pub fn delete(message: &MessageRef) -> Self {
        Self { to: To::Asker, action: Action::Delete(message.clone()), thing: None, statement: None }
    }

    /// Is heard as well as seen, if `loudly`; with whoever responds called as one, if `by_all`.
    #[must_use]
    pub(super) fn heard(mut self, loudly: bool, by_all: bool) -> Self {
        if let Action::Post(post) = &mut self.action
            && (loudly || by_all)
        {
            post.tone = Tone::Call;
            post.calls_all = by_all;
        }
        self
    }

    /// What the message will stand for.
    #[must_use]
    pub fn about(mut self, thing: Thing) -> Self {
        self.thing = Some(thing);
        self
    }

    /// Can be answered with one press.
    #[must_use]
    pub(super) fn with_buttons(mut self, buttons: impl IntoIterator<Item = Button>) -> Self {
        if let Action::Post(post) = &mut self.action {
            post.buttons.extend(buttons);
        }
        self
    }

    /// Whom it is for.
    #[must_use]
    pub fn to(&self) -> &To {
        &self.to
    }

    /// What the message will stand for, if anything.
    #[must_use]
    pub fn thing(&self) -> Option<&Thing> {
        self.thing.as_ref()
    }

    /// What people call the statement, if it is one.
    #[must_use]
    pub fn statement(&self) -> Option<&str> {
        self.statement.as_deref()
    }

    /// What to do.
    #[must_use]
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// Marks a post of a drill, unless its own words do.
    pub(super) fn mark_drill(&mut self) {
        if let Action::Post(post) = &mut self.action {
            post.text = crowd::drill(std::mem::take(&mut post.text));
        }
    }

    /// Says in the war room who did it, unless its own words do.
    pub(super) fn name_author(&mut self, by: &Person) {
        if let (To::War | To::WarRoom, Action::Post(post)) = (&self.to, &mut self.action) {
            let is_by = |span: &Span| matches!(span, Span::Person(person) if person == by);
            if !post.text.lines().iter().any(|line| line.iter().any(is_by)) {
                post.text = std::mem::take(&mut post.text).line("By ").person(by).and(".");
            }
        }
    }

    /// Says in the war room which incident this is about, unless its own words do.
    pub(super) fn name_incident(&mut self, no: IncidentNo) {
        if let (To::War, Action::Post(post)) = (&self.to, &mut self.action) {
            post.text = crowd::named(&post.text, no);
        }
    }
}
