//! What menus and forms show, as far as the room may see it.

use herald_chat::{Choice, Form, RoomRef, clean_line};

use super::Engine;
use super::inbound::Site;
use crate::command::{Asks, FormId, VERBS};
use crate::incident::sight::see;
use crate::incident::{Audience, DraftState, Incident, IncidentNo, List, Refusal};
use crate::journal::Journal;

/// How many choices there are at most.
const MOST: usize = 25;
/// How long one may be, in characters.
const LABEL: usize = 100;

impl<J: Journal> Engine<J> {
    /// What can be chosen for `field` of the command called `item`, likeliest first, given what is typed of it so far.
    #[must_use]
    pub fn suggest(&self, room: &RoomRef, item: &str, field: &str, typed: &str) -> Vec<Choice> {
        let site = self.site_of(room).unwrap_or(Site::Direct);
        let found = match field {
            "incident" => self.seen(site, item == "show"),
            "of" => self.seen(site, true),
            "command" => VERBS.iter().map(|verb| choice(verb.name, verb.summary, verb.name)).collect(),
            "next" => self.intervals(site, room),
            "n" | "update" => self.entries(site, room, item),
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
    /// [`Refusal`] when there is nothing to fill in.
    pub fn form(&self, room: &RoomRef, id: FormId) -> Result<Form, Refusal> {
        let site = self.site_of(room).unwrap_or(Site::Direct);
        let verb = VERBS.iter().find(|verb| verb.name == id.verb());
        let in_sight = matches!(site, Site::Own(_) | Site::Channel(Audience::WarRoom | Audience::Engineering));
        if let Some(verb) = verb.filter(|_| !in_sight) {
            return Err(Refusal::NotHere { verb: verb.name, instead: verb.instead() });
        }
        let no = self.infer(site, room, id.incident, id.verb())?;
        let incident = self.open.get(&no).ok_or(Refusal::NoSuchIncident { no })?;
        if let Asks::Publish(n) | Asks::Redraft(n) = id.asks
            && incident.draft(n).is_none_or(|draft| draft.state != DraftState::Open)
        {
            return Err(Refusal::NoSuch { what: "open draft", n, list: "!drafts" });
        }
        Ok(id.of(incident, &self.setup.policy))
    }

    /// The incidents that can be named there.
    fn seen(&self, site: Site, over_too: bool) -> Vec<Choice> {
        let viewer = site.viewer();
        let named = |no: IncidentNo, label: &str, how: &dyn std::fmt::Display| {
            let label = clean_line(label).replace('`', "");
            Choice { label: cut(&format!("{label} · {how}")), value: no.to_string() }
        };
        let open = self.open.values().filter(|incident| !incident.security || site == Site::Own(incident.no));
        let open = open.map(|it| named(it.no, &it.seen_by(viewer).label, &it.severity));
        let over = self.over.values().rev().filter(|it| over_too && !it.security).take(MOST);
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
    fn entries(&self, site: Site, room: &RoomRef, item: &str) -> Vec<Choice> {
        if !matches!(site, Site::Own(_) | Site::Channel(Audience::WarRoom | Audience::Engineering)) {
            return Vec::new();
        }
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
        found.into_iter().rev().map(|(n, text)| choice(&n.to_string(), &text, n.to_string())).collect()
    }
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
