//! Nothing from the war room is read outside it, and the title of a security incident nowhere but in its own room.

use std::collections::BTreeSet;

use herald::incident::Event;
use herald_chat::{Inbound, What};
use herald_console::Sight;

use super::evidence::Evidence;
use crate::words::{Token, tokens};

pub(super) fn check(evidence: &Evidence) -> Result<(), String> {
    let titles = |secret: bool| -> BTreeSet<Token> {
        let of = |event: &Event| match event {
            Event::Declared { title, security, .. } if *security == secret => tokens(title),
            _ => BTreeSet::new(),
        };
        evidence.records().flat_map(|record| of(&record.event)).collect()
    };
    let (public, secret) = (titles(false), titles(true));
    let published: BTreeSet<Token> = evidence.updates().flat_map(|(_, update)| tokens(update.text())).collect();
    let may_be_read: BTreeSet<&Token> = public.union(&published).collect();
    for (room, posts) in evidence.says() {
        // Whoever asks is told what they asked, once it is answered.
        let own = |token: &Token| evidence.heard.get(&room).is_some_and(|said| said.iter().any(|it| holds(it, token)));
        // Whoever wrote what may have been meant to be secret is shown it, alone.
        let wrote = |it: &Inbound, token: &Token| matches!(&it.what, What::Message { text, .. } | What::Edit { text, .. } if text.contains(token));
        let theirs = |it: &Inbound, token: &Token| room.strip_prefix("dm-") == Some(&it.by.name) && wrote(it, token);
        let is_shown_back = |post: &str, token: &Token| {
            post.contains("You wrote: ") && evidence.heard.values().flatten().any(|it| theirs(it, token))
        };
        let outside = matches!(room.as_str(), "company" | "customers") || room.starts_with("dm-");
        for post in posts {
            let found = tokens(&post);
            if let Some(token) = found.iter().find(|it| {
                outside
                    && !may_be_read.contains(it)
                    && (!room.starts_with("dm-") || !own(it) && !is_shown_back(&post, it))
            }) {
                return Err(format!("{token} was never published, and {room} reads {post:?}"));
            }
            if let Some(token) = found.iter().find(|token| secret.contains(*token) && !room.starts_with("inc-")) {
                return Err(format!("{token} is the title of a security incident, and {room} reads {post:?}"));
            }
        }
    }
    for spec in &evidence.specs {
        let found = tokens(&format!("{} {}", spec.name, spec.topic));
        if let Some(token) = found.iter().find(|token| secret.contains(*token)) {
            return Err(format!("{token} is the title of a security incident, and a room is called {:?}", spec.name));
        }
    }
    let opened = evidence.shown.iter().filter(|shown| matches!(shown.what, Sight::RoomOpened(_)));
    match opened.flat_map(|shown| tokens(&shown.room)).find(|token| secret.contains(token)) {
        Some(token) => Err(format!("{token} is the title of a security incident, and the name of a room")),
        None => Ok(()),
    }
}

fn holds(inbound: &Inbound, token: &Token) -> bool {
    matches!(&inbound.what, What::Message { text, .. } if text.contains(token))
}
