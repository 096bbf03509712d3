//! What the screen shows, and how keys change it.

use std::collections::BTreeMap;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use herald_console::Shown;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::input::Input;
use super::typed::{self, Typed};
use super::view;
use crate::practice::PEOPLE;
use crate::practice::guide::{Stand, hint};
use crate::practice::script::Action;

/// A line above the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Notice {
    /// All is well.
    Good(String),
    /// Something was not done.
    Bad(String),
}

/// What a key asks of whoever runs the screen.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Somebody does something.
    Play(Action),
    /// To leave.
    Quit,
}

/// All that the screen is made of.
#[derive(Debug)]
pub(super) struct State {
    /// All that was shown, oldest first.
    pub(super) shown: Vec<Shown>,
    /// Where Herald stands.
    pub(super) stand: Stand,
    pub(super) now: Timestamp,
    pub(super) zone: TimeZone,
    /// Columns and rows.
    pub(super) size: (u16, u16),
    /// Who can be cycled through.
    pub(super) people: Vec<String>,
    /// Who speaks.
    pub(super) who: String,
    /// Where. `dm` is the speaker's own conversation with Herald.
    room: String,
    /// Rooms of incidents that the speaker is in.
    pub(super) own_rooms: Vec<String>,
    pub(super) input: Input,
    pub(super) notice: Option<Notice>,
    /// How many lines up from the newest each room is scrolled.
    scroll: BTreeMap<String, usize>,
    /// How much of each room has been in view.
    seen: BTreeMap<String, usize>,
    /// Which room the last pane shows while the input is elsewhere.
    aside: String,
}

impl State {
    pub(super) fn new(shown: Vec<Shown>, now: Timestamp, zone: TimeZone, size: (u16, u16)) -> Self {
        let people = PEOPLE.map(str::to_owned).to_vec();
        let mut state = Self {
            stand: Stand::default(),
            now,
            zone,
            size,
            who: people.first().cloned().unwrap_or_default(),
            people,
            room: "war-room".to_owned(),
            own_rooms: Vec::new(),
            input: Input::default(),
            notice: None,
            scroll: BTreeMap::new(),
            seen: BTreeMap::new(),
            aside: "engineering".to_owned(),
            shown: Vec::new(),
        };
        // What was there when the screen opened is no news.
        for sight in &shown {
            *state.seen.entry(sight.room.clone()).or_default() += 1;
        }
        state.shown = shown;
        state
    }

    /// Takes in what a room shows.
    pub(super) fn take_in(&mut self, sight: Shown) {
        if !["war-room", "company"].contains(&sight.room.as_str()) {
            self.aside.clone_from(&sight.room);
        }
        self.shown.push(sight);
        self.look_around();
    }

    /// The room of the input, by the name that the platform knows it by.
    pub(super) fn room(&self) -> String {
        if self.room == "dm" { format!("dm-{}", self.who) } else { self.room.clone() }
    }

    /// The rooms in view: left, top right, bottom right.
    pub(super) fn panes(&self) -> [String; 3] {
        let room = self.room();
        let left = if room.starts_with("inc-") { room.clone() } else { "war-room".to_owned() };
        let company = "company".to_owned();
        let last = if room == left || room == company { self.aside.clone() } else { room };
        let last = if last == left { "engineering".to_owned() } else { last };
        [left, company, last]
    }

    /// The rooms that share the last pane, and whether something in them has not been in view.
    pub(super) fn tabs(&self) -> Vec<(String, bool)> {
        let [left, top, last] = self.panes();
        let mut tabs = vec!["engineering".to_owned()];
        for room in self.shown.iter().map(|sight| &sight.room).chain([&last]) {
            if !tabs.contains(room) && *room != left && *room != top {
                tabs.push(room.clone());
            }
        }
        let unread = |room: &str| self.count(room) > self.seen.get(room).copied().unwrap_or_default();
        tabs.into_iter()
            .map(|room| {
                let unread = unread(&room);
                (room, unread)
            })
            .collect()
    }

    /// How far this room is scrolled up, in lines.
    pub(super) fn scrolled(&self, room: &str) -> usize {
        self.scroll.get(room).copied().unwrap_or_default()
    }

    /// What a key does.
    pub(super) fn key(&mut self, key: KeyEvent) -> Option<Ask> {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if ctrl => return Some(Ask::Quit),
            KeyCode::Char('d') if ctrl && self.input.text().is_empty() => return Some(Ask::Quit),
            KeyCode::Char('a') if ctrl => self.input.home(),
            KeyCode::Char('e') if ctrl => self.input.end(),
            KeyCode::Char('u') if ctrl => self.input.delete_to_start(),
            KeyCode::Char('w') if ctrl => self.input.delete_word(),
            KeyCode::Char('r') if ctrl => self.next_room(),
            KeyCode::Char(c) if !ctrl && !c.is_control() => self.input.insert(c),
            KeyCode::Right if self.input.text().is_empty() => {
                let suggested = hint(&self.stand).typed;
                self.input.set(&suggested);
            }
            KeyCode::Right => self.input.right(),
            KeyCode::Left => self.input.left(),
            KeyCode::Home => self.input.home(),
            KeyCode::End => self.input.end(),
            KeyCode::Backspace => self.input.backspace(),
            KeyCode::Delete => self.input.delete(),
            KeyCode::Up => self.input.up(),
            KeyCode::Down => self.input.down(),
            KeyCode::Tab => self.next_person(),
            KeyCode::BackTab => self.next_room(),
            KeyCode::PageUp => self.scroll_by(|at, page| at + page),
            KeyCode::PageDown => self.scroll_by(usize::saturating_sub),
            KeyCode::Enter => return self.enter(),
            KeyCode::Char(_)
            | KeyCode::Insert
            | KeyCode::F(_)
            | KeyCode::Null
            | KeyCode::Esc
            | KeyCode::CapsLock
            | KeyCode::ScrollLock
            | KeyCode::NumLock
            | KeyCode::PrintScreen
            | KeyCode::Pause
            | KeyCode::Menu
            | KeyCode::KeypadBegin
            | KeyCode::Media(_)
            | KeyCode::Modifier(_) => {}
        }
        self.look_around();
        None
    }

    fn enter(&mut self) -> Option<Ask> {
        let line = self.input.enter();
        self.notice = None;
        let ask = match typed::read(&line, &self.who, &self.room, &self.people) {
            Typed::Nothing => None,
            Typed::Play(action) => Some(Ask::Play(action)),
            Typed::As(name) => {
                self.become_person(name);
                None
            }
            Typed::In(room) => {
                self.go_to(room);
                None
            }
            Typed::Quit => Some(Ask::Quit),
            Typed::Wrong(why) => {
                self.notice = Some(Notice::Bad(why));
                None
            }
        };
        self.look_around();
        ask
    }

    fn become_person(&mut self, name: String) {
        if !self.people.contains(&name) {
            self.people.push(name.clone());
        }
        self.who = name;
        // Nobody takes their place in a room that only others were let into along with them.
        if self.room.starts_with("inc-") {
            "war-room".clone_into(&mut self.room);
        }
    }

    fn go_to(&mut self, room: String) {
        let room = if room == self.room() { self.room.clone() } else { room };
        let own = format!("dm-{}", self.who);
        if room == own || self.rooms().contains(&room) || ["customers", "admin"].contains(&room.as_str()) {
            self.room = if room == own { "dm".to_owned() } else { room };
        } else {
            let there = self.rooms().join(", ");
            self.notice = Some(Notice::Bad(format!("{} is in no room `{room}`. There are {there}.", self.who)));
        }
    }

    fn next_person(&mut self) {
        let at = self.people.iter().position(|person| *person == self.who).map_or(0, |at| at + 1);
        if let Some(next) = self.people.get(at).or(self.people.first()).cloned() {
            self.become_person(next);
        }
    }

    fn next_room(&mut self) {
        let rooms = self.rooms();
        let at = rooms.iter().position(|room| *room == self.room).map_or(0, |at| at + 1);
        if let Some(next) = rooms.get(at).or(rooms.first()) {
            self.room.clone_from(next);
        }
    }

    /// The rooms to cycle through.
    fn rooms(&self) -> Vec<String> {
        let standing = ["war-room", "company", "engineering", "dm"].map(str::to_owned);
        standing.into_iter().chain(self.own_rooms.iter().cloned()).collect()
    }

    fn scroll_by(&mut self, to: impl Fn(usize, usize) -> usize) {
        let room = self.room();
        let (page, most) = view::extent(self, &room);
        let at = to(self.scrolled(&room), page.max(1));
        self.scroll.insert(room, at.min(most));
    }

    /// What is in view has been seen.
    fn look_around(&mut self) {
        for room in self.panes() {
            let count = self.count(&room);
            self.seen.insert(room, count);
        }
    }

    fn count(&self, room: &str) -> usize {
        self.shown.iter().filter(|sight| sight.room == room).count()
    }
}
