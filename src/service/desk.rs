//! The menus and forms of all platforms, as the running engine fills them.

use async_trait::async_trait;
use herald_chat::{Choice, Desk, Form, MenuItem, RoomRef, Typed, UserRef};

use super::window::Window;
use crate::announce;
use crate::command::{FormId, menu, menu_line};
use crate::journal::Journal;

/// Where platforms ask what to show.
pub(super) struct Counter<J>(pub(super) Window<J>);

#[async_trait]
impl<J: Journal + 'static> Desk for Counter<J> {
    fn menu(&self) -> Vec<MenuItem> {
        menu()
    }

    fn line(&self, item: &str, given: &[Typed]) -> String {
        menu_line(item, given)
    }

    async fn suggest(&self, room: &RoomRef, by: &UserRef, item: &str, field: &str, typed: &str) -> Vec<Choice> {
        let (room, by, item, field, typed) =
            (room.clone(), by.clone(), item.to_owned(), field.to_owned(), typed.to_owned());
        self.0.look(move |engine| engine.suggest(&room, &by, &item, &field, &typed)).await.unwrap_or_default()
    }

    fn form_id(&self, given: &[Typed]) -> String {
        FormId::of_menu(given).to_string()
    }

    async fn form(&self, room: &RoomRef, by: &UserRef, id: &str) -> Result<Form, String> {
        let id: FormId = id.parse().map_err(|error| format!("{error}."))?;
        let (room, by) = (room.clone(), by.clone());
        match self.0.look(move |engine| engine.form(&room, &by, id)).await {
            Ok(form) => form.map_err(|refusal| announce::refusal(&refusal).to_markdown()),
            Err(_) => Err("I am not ready yet. Try again in a moment.".to_owned()),
        }
    }

    fn filled(&self, id: &str, given: &[Typed]) -> String {
        id.parse().map_or_else(|_| "!help".to_owned(), |id: FormId| id.filled(given))
    }
}

/// The same without an engine behind it: for who joins a network and leaves it again before anybody could ask.
pub(super) struct Unattended;

#[async_trait]
impl Desk for Unattended {
    fn menu(&self) -> Vec<MenuItem> {
        menu()
    }

    fn line(&self, item: &str, given: &[Typed]) -> String {
        menu_line(item, given)
    }

    async fn suggest(&self, _room: &RoomRef, _by: &UserRef, _item: &str, _field: &str, _typed: &str) -> Vec<Choice> {
        Vec::new()
    }

    fn form_id(&self, given: &[Typed]) -> String {
        FormId::of_menu(given).to_string()
    }

    async fn form(&self, _room: &RoomRef, _by: &UserRef, _id: &str) -> Result<Form, String> {
        Err("I am not ready yet. Try again in a moment.".to_owned())
    }

    fn filled(&self, id: &str, given: &[Typed]) -> String {
        id.parse().map_or_else(|_| "!help".to_owned(), |id: FormId| id.filled(given))
    }
}
