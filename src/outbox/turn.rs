//! Whose turn it is among what waits for one place.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::lane::Lane;
use super::lanes::{Lanes, Queued, Way};

/// Whether something of this lane may go out now, among what waits for the same place.
pub(super) fn may_go(lanes: &Lanes, lane: Lane) -> bool {
    let is_busy = |lane: &VecDeque<Queued>| lane.iter().any(|it| it.way != Way::Waiting);
    if lane == Lane::Aside {
        return !lanes.get(&lane).is_some_and(is_busy);
    }
    let is_busy = lanes.iter().any(|(other, queue)| *other != Lane::Aside && is_busy(queue));
    !is_busy && (!lane.is_patient() || lanes.keys().next() == Some(&lane))
}

/// What people said after a file, or after what follows one, comes after it, until that was tried in vain: nobody waits for
/// what is stuck. What Herald says does not wait.
fn is_held_by(next: &Queued, it: &Queued) -> bool {
    next.tries == 0 && next.entry.id < it.entry.id && it.entry.is_passed_on()
}

/// Whose turn it may be among what may fail by itself: all that is passed by, and the first of the others that follows none
/// of that.
fn turns_aside(aside: &VecDeque<Queued>) -> Vec<(usize, &Queued)> {
    let (mut turns, mut passed): (Vec<_>, Vec<&Queued>) = (Vec::new(), Vec::new());
    for (at, it) in aside.iter().enumerate() {
        let follows = |before: &&Queued| before.entry.is_of_same_part(&it.entry) || it.entry.is_about(&before.entry);
        if !passed.iter().any(follows) {
            turns.push((at, it));
            if !it.alone.steps_aside() {
                break;
            }
        }
        passed.push(it);
    }
    turns
}

/// The place in its lane of what goes next there, and when.
pub(super) fn next_of(lanes: &Lanes, lane: Lane) -> Option<(usize, Timestamp)> {
    let queue = lanes.get(&lane)?;
    let inside = lanes.get(&Lane::Inside).and_then(VecDeque::front).map(|it| it.entry.id);
    let at = match lane {
        Lane::Public | Lane::Board | Lane::Last => 0,
        Lane::Inside => {
            let next = lanes.get(&Lane::Aside).and_then(|aside| turns_aside(aside).pop());
            queue.iter().position(|it| next.is_none_or(|(_, next)| !is_held_by(next, it)))?
        }
        Lane::Aside => {
            let overtakes = |it: &Queued| inside.is_some_and(|inside| inside < it.entry.id);
            let turns = turns_aside(queue).into_iter().filter(|(_, it)| !overtakes(it));
            turns.min_by_key(|(at, it)| (it.not_before, *at))?.0
        }
    };
    queue.get(at).map(|it| (at, it.not_before))
}
