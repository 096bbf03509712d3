//! What menus and forms show, as far as the room may see it.

use herald_chat::{Choice, Form, RoomRef, UserRef, clean_line};

use super::Engine;
use super::inbound::Site;
use crate::command::{Asks, FormId, VERBS, Verb};
use crate::incident::sight::{Detail, Face, see};
use crate::incident::{Audience, Command, Context, DraftState, Incident, IncidentNo, List, Refusal, decide};
use crate::journal::Journal;

/// How many choices there are at most.
const MOST: usize = 25;
/// How long one may be, in characters.
const LABEL: usize = 100;

impl<J: Journal> Engine<J> {
    /// What can be chosen for `field` of the command called `item`, likeliest first, given what is typed of it so far. What the
    /// command would refuse to whoever asks, there, is none of it.
    #[must_use]
    pub fn suggest(&self, room: &RoomRef, by: &UserRef, item: &str, field: &str, typed: &str) -> Vec<Choice> {
        let site = self.site_of_menu(room);
        let Some(verb) = VERBS.iter().find(|verb| verb.name == item).filter(|verb| is_for(verb, site)) else {
            return Vec::new();
        };
        let found = match field {
            "incident" => self.seen(site, item == "show"),
            "of" => self.seen(site, true),
            "command" => {
                let there = VERBS.iter().filter(|verb| site != Site::Outside || verb.is_for_customers());
                there.map(|verb| choice(verb.name, verb.summary, verb.name)).collect()
            }
            "next" => self.intervals(site, room),
            "n" | "update" => self.entries(site, room, by, verb.name),
            _ => Vec::new(),
        };
        let typed = typed.trim().to_lowercase();
        let fits = |choice: &Choice| choice.label.to_lowercase().contains(&typed) || choice.value == typed;
        let mut found: Vec<Choice> = found.into_iter().filter(fits).collect();
        // Somebody who knows better what the time is has typed it.
        if field == "next" && found.is_empty() && !typed.is_empty() {
            found.push(Choice { label: cut(&typed), value: cut(&typed) });
        }
        found.truncate(MOST);
        found
    }

    /// A form, filled in.
    ///
    /// # Errors
    /// [`Refusal`] when there is nothing to fill in, or what is filled in would be refused to whoever asks.
    pub fn form(&self, room: &RoomRef, by: &UserRef, id: FormId) -> Result<Form, Refusal> {
        let site = self.site_of_menu(room);
        let verb = VERBS.iter().find(|verb| verb.name == id.verb());
        if let Some(verb) = verb.filter(|verb| !is_for(verb, site)) {
            return Err(match site {
                Site::Outside => Refusal::NotForYou,
                Site::Direct | Site::Own(_) | Site::Channel(_) => {
                    Refusal::NotHere { verb: verb.name, instead: verb.instead() }
                }
            });
        }
        let no = self.infer(site, room, id.incident, id.verb())?;
        let incident = self.open.get(&no).ok_or(Refusal::NoSuchIncident { no })?;
        if let Asks::Publish(n) | Asks::Redraft(n) = id.asks {
            if incident.draft(n).is_none_or(|draft| draft.state != DraftState::Open) {
                return Err(Refusal::NoSuch { what: "open draft", n, list: "!drafts" });
            }
            if let Some(command) = command(id.verb(), n) {
                self.may(incident, &command, by)?;
            }
        }
        Ok(id.of(incident, &self.setup.policy))
    }

    /// What a room is whose menu is used. Nobody else reads there what is shown, but which rooms somebody is in who writes to
    /// Herald alone is not known here: they are shown what everybody may see.
    fn site_of_menu(&self, room: &RoomRef) -> Site {
        match self.site_of(room) {
            Some(Site::Channel(Audience::Company)) => Site::Direct,
            Some(
                site @ (Site::Own(_) | Site::Channel(Audience::WarRoom | Audience::Engineering | Audience::Admin)),
            ) => site,
            Some(Site::Channel(Audience::Customers) | Site::Direct | Site::Outside) | None => Site::Outside,
        }
    }

    /// Whether whoever asks has the right to do that, by the same decision that is taken when they do it.
    fn may(&self, incident: &Incident, command: &Command, by: &UserRef) -> Result<(), Refusal> {
        let by = self.people.called_as(self.register.accounts.whose(by), by);
        let cx = Context { by: &by, now: incident.times.declared, policy: &self.setup.policy };
        match decide(incident, command, &cx) {
            // What is filled in yet may make it right.
            Err(refusal) if !refusal.is_about_words() => Err(refusal),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// The incidents that can be named there.
    fn seen(&self, site: Site, over_too: bool) -> Vec<Choice> {
        let viewer = site.viewer();
        let named = |no: IncidentNo, label: &str, how: &dyn std::fmt::Display| {
            let label = clean_line(label).replace('`', "");
            let label = if site == Site::Outside { label } else { format!("{label} · {how}") };
            Choice { label: cut(&label), value: no.to_string() }
        };
        let may_see = |face: Face<'_>| {
            let detail = see(face, viewer).detail;
            detail > Detail::Nothing && (!face.security || detail == Detail::Sent || site == Site::Own(face.no))
        };
        let open = self.open.values().filter(|incident| may_see(incident.face()));
        let open = open.map(|it| named(it.no, &it.seen_by(viewer).label, &it.severity));
        let over = self.over.values().rev().filter(|it| over_too && may_see(it.face())).take(MOST);
        let over = over.map(|it| named(it.no, &see(it.face(), viewer).label, &it.status));
        open.chain(over).collect()
    }

    /// The usual times between two updates, as far as the incident's severity lets them be.
    fn intervals(&self, site: Site, room: &RoomRef) -> Vec<Choice> {
        let policy = &self.setup.policy;
        let incident = self.infer(site, room, None, "update").ok().and_then(|no| self.open.get(&no));
        let usual = incident.map(|incident| policy.usual(incident.severity));
        let limit = incident.map(|incident| policy.of(incident.severity).limit.as_mins());
        let some = [(15, "15m"), (30, "30m"), (60, "1h"), (120, "2h"), (240, "4h")];
        let some = some.iter().filter(|(minutes, _)| limit.is_none_or(|limit| *minutes <= limit));
        let some = some.map(|(_, word)| (*word).to_owned()).filter(|word| Some(word) != usual.as_ref());
        let all = usual.clone().into_iter().chain(some).chain(["final".to_owned()]);
        all.map(|word| Choice { label: word.clone(), value: word }).collect()
    }

    /// What a number can stand for.
    fn entries(&self, site: Site, room: &RoomRef, by: &UserRef, item: &'static str) -> Vec<Choice> {
        let Some(incident) = self.infer(site, room, None, "status").ok().and_then(|no| self.open.get(&no)) else {
            return Vec::new();
        };
        let list = |list| open_items(incident, list);
        let found: Vec<(u32, String)> = match item {
            "publish" | "discard" | "redraft" => {
                incident.open_drafts().map(|(n, draft)| (n, draft.text.clone())).collect()
            }
            "correct" => incident
                .published
                .iter()
                .filter_map(|it| Some((it.update.number()?, it.update.text().to_owned())))
                .collect(),
            "done" | "drop" => list(List::Task),
            "solved" => list(List::Problem),
            "undone" => list(List::Temporary),
            "answered" => list(List::Question),
            _ => Vec::new(),
        };
        let may = |n: u32| command(item, n).is_some_and(|command| self.may(incident, &command, by).is_ok());
        let found = found.into_iter().rev().filter(|(n, _)| may(*n));
        found.map(|(n, text)| choice(&n.to_string(), &text, n.to_string())).collect()
    }
}

/// Whether a command can be given there at all.
fn is_for(verb: &Verb, site: Site) -> bool {
    verb.places.contains(site.place()) && (site != Site::Outside || verb.is_for_customers())
}

/// The command that a number is for, with words that stand for those to come.
fn command(item: &str, n: u32) -> Option<Command> {
    let text = || "words".to_owned();
    let settle = |list| Command::Settle { list, n };
    Some(match item {
        "publish" => Command::Publish { n, next: None, anyway: false },
        "discard" => Command::Discard { n },
        "redraft" => Command::Redraft { n, text: text(), next: None, customers: false },
        "correct" => Command::Correct { update: n, text: text(), next: None, anyway: false },
        "drop" => Command::Drop { list: List::Task, n, why: text() },
        "done" => settle(List::Task),
        "solved" => settle(List::Problem),
        "undone" => settle(List::Temporary),
        "answered" => settle(List::Question),
        _ => return None,
    })
}

fn open_items(incident: &Incident, list: List) -> Vec<(u32, String)> {
    incident.open_items(list).map(|(n, item)| (n, item.text.clone())).collect()
}

fn choice(name: &str, words: &str, value: impl Into<String>) -> Choice {
    let plain = clean_line(words).replace('`', "");
    Choice { label: cut(&format!("{name}: {plain}")), value: value.into() }
}

fn cut(label: &str) -> String {
    if label.chars().count() <= LABEL {
        return label.to_owned();
    }
    let head: String = label.chars().take(LABEL - 1).collect();
    format!("{head}…")
}
