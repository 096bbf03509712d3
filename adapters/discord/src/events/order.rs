//! Puts what comes shortly one after another in the order of its channel: Discord tells of messages nearly in the order in
//! which it numbers them.

use std::collections::VecDeque;

use herald_chat::{Inbound, What};
use jiff::{SignedDuration, Timestamp};

use crate::names::snowflake;

/// How long something is held, so that what was numbered before it can still come. Longer would be felt in each message that
/// is passed on; what one person says is further apart than this.
pub(super) const HOLD: SignedDuration = SignedDuration::from_millis(5);

/// What waits to be handed on.
#[derive(Default)]
pub(super) struct Order {
    held: VecDeque<(Timestamp, Inbound)>,
}

impl Order {
    /// Takes something in.
    pub(super) fn take(&mut self, inbound: Inbound, now: Timestamp) {
        let due = now.saturating_add(HOLD).unwrap_or(Timestamp::MAX);
        let number = number(&inbound);
        // Before the first message of the same room that comes after it, never past anything else of that room.
        let at = number.and_then(|number| {
            let after = |other: &Inbound| self::number(other).is_some_and(|other| other > number);
            let last = self.held.iter().rposition(|(_, it)| it.room == inbound.room && !after(it));
            let first = last.map_or(0, |last| last + 1);
            (first..self.held.len()).find(|at| self.held[*at].1.room == inbound.room)
        });
        match at {
            Some(at) => {
                // It does not wait longer than what it goes before, nor does that.
                let due = self.held[at].0;
                self.held.insert(at, (due, inbound));
            }
            None => self.held.push_back((due, inbound)),
        }
    }

    /// When the next is to be handed on.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.held.front().map(|(due, _)| *due)
    }

    /// All that has been held for long enough, in order.
    pub(super) fn ready(&mut self, now: Timestamp) -> Vec<Inbound> {
        let mut ready = Vec::new();
        while self.due().is_some_and(|due| due <= now) {
            ready.extend(self.held.pop_front().map(|(_, inbound)| inbound));
        }
        ready
    }

    /// All of it, before something that must not be overtaken.
    pub(super) fn all(&mut self) -> Vec<Inbound> {
        self.held.drain(..).map(|(_, inbound)| inbound).collect()
    }
}

/// The number of a message. Other events stay where they are.
fn number(inbound: &Inbound) -> Option<u64> {
    if matches!(inbound.what, What::Message { .. }) { snowflake(&inbound.id) } else { None }
}

#[cfg(test)]
mod tests {
    use herald_chat::{Origin, Person, RoomRef};

    use super::*;
    use crate::names::{person, room_ref};

    fn event(room: u64, id: &str, what: What) -> Inbound {
        let by: Person = person(7, &[]);
        let at = Timestamp::UNIX_EPOCH;
        Inbound {
            room: room_ref(room),
            id: id.to_owned(),
            cursor: None,
            by,
            origin: Origin::Human,
            direct: false,
            at,
            what,
        }
    }

    fn said(room: u64, id: u64) -> Inbound {
        event(room, &id.to_string(), What::says(""))
    }

    fn ms(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    fn ids(inbound: &[Inbound]) -> Vec<(RoomRef, &str)> {
        inbound.iter().map(|it| (it.room.clone(), it.id.as_str())).collect()
    }

    #[test]
    fn messages_of_a_channel_come_in_its_order_and_those_of_others_are_left_alone() {
        let mut order = Order::default();
        for inbound in [said(1, 5), said(2, 9), said(1, 3), said(2, 8), said(1, 4)] {
            order.take(inbound, ms(0));
        }
        let all = order.ready(ms(5));
        let of = |room: u64| -> Vec<&str> {
            ids(&all).into_iter().filter(|(it, _)| *it == room_ref(room)).map(|(_, id)| id).collect()
        };
        assert_eq!(of(1), ["3", "4", "5"]);
        assert_eq!(of(2), ["8", "9"]);
    }

    #[test]
    fn a_message_does_not_pass_what_was_done_to_others_in_its_channel() {
        let mut order = Order::default();
        order.take(said(1, 3), ms(0));
        order.take(event(1, "delete:3", What::Delete { of: "3".to_owned() }), ms(1));
        order.take(said(1, 2), ms(2));
        let all = order.ready(ms(7));
        let got: Vec<&str> = all.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(got, ["3", "delete:3", "2"]);
    }

    #[test]
    fn nothing_is_held_for_longer_than_it_takes() {
        let mut order = Order::default();
        order.take(said(1, 3), ms(0));
        assert!(order.ready(ms(4)).is_empty());
        order.take(said(1, 2), ms(4));
        assert_eq!(order.ready(ms(5)).len(), 2);
        assert_eq!(order.due(), None);
    }
}
