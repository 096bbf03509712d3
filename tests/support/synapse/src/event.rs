//! Events as people read them.

use serde_json::{Value, json};

/// How deep an event's content may be nested for Synapse to take it.
pub const DEEPEST: usize = 125;

/// An event of a room, as the server has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event(pub Value);

impl Event {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text("event_id")
    }

    /// Its type: `m.room.message`.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.text("type")
    }

    /// The user id of the one who sent it.
    #[must_use]
    pub fn sender(&self) -> &str {
        self.text("sender")
    }

    /// The sender as transcripts name them: the localpart, without what [`crate::Homeserver::unique`] added.
    #[must_use]
    pub fn name(&self) -> &str {
        name(self.sender())
    }

    /// When the server got it, in milliseconds since 1970.
    #[must_use]
    pub fn sent_at(&self) -> u64 {
        self.0["origin_server_ts"].as_u64().unwrap_or_default()
    }

    /// What it says. Empty when it was redacted.
    #[must_use]
    pub fn content(&self) -> &Value {
        &self.0["content"]
    }

    /// The text of a message, as it was sent: an edit has a body of its own. Empty when there is none.
    #[must_use]
    pub fn body(&self) -> &str {
        self.content()["body"].as_str().unwrap_or_default()
    }

    /// Whose state it is. `None` when it is no state.
    #[must_use]
    pub fn state_key(&self) -> Option<&str> {
        self.0["state_key"].as_str()
    }

    /// What it replaces, and with which text, when it is an edit.
    #[must_use]
    pub fn edit(&self) -> Option<(&str, &str)> {
        let text = self.content()["m.new_content"]["body"].as_str()?;
        Some((self.relation("m.replace")?, text))
    }

    /// What it reacts to, and with what, when it is a reaction.
    #[must_use]
    pub fn reaction(&self) -> Option<(&str, &str)> {
        let emoji = self.content()["m.relates_to"]["key"].as_str()?;
        Some((self.relation("m.annotation")?, emoji))
    }

    /// The event that it is related to in this way: `m.replace`, `m.annotation`, `m.thread`.
    #[must_use]
    pub fn relation(&self, kind: &str) -> Option<&str> {
        let relation = &self.content()["m.relates_to"];
        if relation["rel_type"] == kind { relation["event_id"].as_str() } else { None }
    }

    /// Whether somebody removed what it said.
    #[must_use]
    pub fn is_redacted(&self) -> bool {
        !self.0["unsigned"]["redacted_because"].is_null()
    }

    fn text(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap_or_default()
    }

    /// How a transcript shows it. `None` for state, which nobody reads.
    fn line(&self) -> Option<String> {
        let said = match self.kind() {
            _ if self.state_key().is_some() => return None,
            "m.room.redaction" => "(removes a message)".to_owned(),
            _ if self.is_redacted() => "(removed)".to_owned(),
            "m.reaction" => format!("(reacts with {})", self.reaction()?.1),
            "m.room.message" => match self.edit() {
                Some((_, text)) => format!("(edits) {text}"),
                None => self.body().to_owned(),
            },
            other => format!("({other})"),
        };
        Some(format!("{}: {}", self.name(), said.replace('\n', "\n    ")))
    }
}

/// The part of a user id that transcripts show: `ana` of `@ana:example.org` and of `@ana.5f3a09bc:example.org`.
pub(crate) fn name(user: &str) -> &str {
    let name = user.strip_prefix('@').unwrap_or(user);
    name.split(['.', ':']).next().unwrap_or(name)
}

/// What people read in a room, a line for each event that is not state: `ana: hello`. Further lines of a message are
/// indented by four spaces; edits, reactions, removals and other types are told in parentheses: `ana: (edits) hallo`.
#[must_use]
pub fn transcript(events: &[Event]) -> String {
    let lines: Vec<String> = events.iter().filter_map(Event::line).collect();
    lines.join("\n")
}

/// A piece of content that is nested so deep.
#[must_use]
pub fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(1), |inner, _| json!({ "a": inner }))
}
