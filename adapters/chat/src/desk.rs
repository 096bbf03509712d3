//! What a platform with menus and forms asks of Herald, so that what people choose there becomes the command they would
//! have typed.

use async_trait::async_trait;

use crate::{RoomRef, UserRef};

/// One command of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuItem {
    /// Its name, in lower case: `assign`. Unique in the menu.
    pub name: &'static str,
    /// Under which heading it stands: `roles`. `None`: under none.
    pub heading: Option<&'static str>,
    /// Whether it is used so often that it stands by itself, outside of the menu of all others.
    pub is_top: bool,
    /// What it does, in at most 100 characters.
    pub summary: String,
    /// What is chosen or typed with it, what must be given first.
    pub fields: Vec<Field>,
    /// Whether a [`Form`] opens in place of giving the command at once. One item's does.
    pub opens_form: bool,
}

/// Something that is chosen or typed with a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name, in lower case. Unique in its command.
    pub name: &'static str,
    /// What it is for, at most 100 characters.
    pub summary: String,
    /// What can be given.
    pub kind: FieldKind,
    /// Whether it must be given.
    pub is_required: bool,
}

/// What can be given for a [`Field`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// Any text, with [`Desk::suggest`] for what is likely.
    Suggested,
    /// One of these words.
    OneOf(Vec<&'static str>),
    /// Somebody.
    Person,
    /// Yes or no.
    Switch,
}

/// A value that somebody gave for a field, by the field's name. A switch is `true` or `false`; somebody is written as the
/// platform mentions them.
pub type Typed = (String, String);

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is shown, at most 100 characters.
    pub label: String,
    /// What is then given.
    pub value: String,
}

/// Something to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// What it is for: given to [`Desk::filled`] with what was typed. At most 80 characters.
    pub id: String,
    /// Its heading, at most 45 characters.
    pub title: String,
    /// What is asked for, at most five.
    pub inputs: Vec<Input>,
}

/// Something to type in a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub name: &'static str,
    /// What is asked for, at most 45 characters.
    pub label: String,
    /// What stands there already.
    pub value: String,
    /// What it may look like, at most 100 characters.
    pub hint: String,
    /// How many characters at most.
    pub limit: u16,
    /// Whether it may have several lines.
    pub is_long: bool,
    /// Whether it must be given.
    pub is_required: bool,
}

/// Herald, as a platform with menus and forms asks it. What is shown is what `room` may see, and `by`, who asks there, may do.
#[async_trait]
pub trait Desk: Send + Sync + 'static {
    /// Every command. The same from one start to the next, unless Herald was upgraded between them.
    fn menu(&self) -> Vec<MenuItem>;

    /// The command as it would be typed: `!assign spokesperson <@12>`.
    fn line(&self, item: &str, given: &[Typed]) -> String;

    /// What can be chosen for `field` of `item`, likeliest first, at most 25, given what is typed of it so far.
    async fn suggest(&self, room: &RoomRef, by: &UserRef, item: &str, field: &str, typed: &str) -> Vec<Choice>;

    /// The id, for [`Desk::form`], of the form that the menu's one item with [`MenuItem::opens_form`] opens with what was
    /// given there.
    fn form_id(&self, given: &[Typed]) -> String;

    /// A form, filled in as far as it can be. Where there is nothing to fill in, what stands in the way, in one sentence for
    /// people.
    ///
    /// # Errors
    /// The sentence.
    async fn form(&self, room: &RoomRef, by: &UserRef, id: &str) -> Result<Form, String>;

    /// The command that a filled-in form comes to, as it would be typed.
    fn filled(&self, id: &str, given: &[Typed]) -> String;
}
