//! How somebody with several accounts is called on each network.

use herald_chat::{Card, Line, Network, Person, Post, Span, Text};

use super::Engine;
use crate::journal::Journal;

impl<J: Journal> Engine<J> {
    /// A post as it reads on this network: it calls and names people by the accounts that they have there.
    pub(super) fn called_on(&self, post: Post, network: &Network) -> Post {
        let mut calls = Vec::new();
        for account in post.calls.iter().flat_map(|user| self.register.accounts.on(user, network)) {
            if !calls.contains(account) {
                calls.push(account.clone());
            }
        }
        let facts = |card: Card| {
            let facts = card.facts.into_iter().map(|(name, text)| (name, self.named_on(text, network)));
            Card { facts: facts.collect(), ..card }
        };
        Post { text: self.named_on(post.text, network), card: post.card.map(facts), calls, ..post }
    }

    /// A text that names people by their accounts on this network, where they have one.
    pub(super) fn named_on(&self, text: Text, network: &Network) -> Text {
        if self.register.accounts.is_empty() {
            return text;
        }
        let named = |span: Span| match span {
            Span::Person(person) => Span::Person(self.person_on(person, network)),
            other @ (Span::Plain(_)
            | Span::Strong(_)
            | Span::Styled { .. }
            | Span::Code(_)
            | Span::Time { .. }
            | Span::Distance { .. }) => other,
        };
        let line = |line: Line| Line { spans: line.spans.into_iter().map(named).collect(), ..line };
        Text::from(text.into_iter().map(line).collect::<Vec<_>>())
    }

    fn person_on(&self, person: Person, network: &Network) -> Person {
        if person.id.network() == *network {
            return person;
        }
        let there = self.register.accounts.on(&person.id, network).next().cloned();
        Person { id: there.unwrap_or(person.id), name: person.name }
    }
}
