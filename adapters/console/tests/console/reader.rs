//! What a careful reader makes of a bad connection.

use std::collections::BTreeMap;

use futures::executor::block_on;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use herald_chat::testing::{Faults, Faulty};
use herald_chat::{Arrival, Cursor, Inbound, Platform, RoomRef, What};
use herald_console::Console;

use crate::common::{Tested, room};
use crate::faulty::{SECOND, practice, say};

#[test]
fn a_reader_with_a_cursor_for_each_room_misses_nothing_and_keeps_the_order() -> Tested {
    let (mut lost, mut twice) = (0, 0);
    for seed in 0..100 {
        let (clock, platform) = practice(seed, Faults { delay: 300, gap: 150, twice: 200, ..Faults::none() })?;
        let mut reader = Reader { arrivals: platform.arrivals(), cursors: BTreeMap::new(), read: BTreeMap::new() };
        let rooms = ["war-room", "company", "admin"];
        for n in 0..60 {
            say(&platform, rooms[n % 3], &n.to_string())?;
            if n.is_multiple_of(5) {
                clock.wait(SECOND);
                reader.turn(&platform)?;
            }
        }
        platform.set(Faults::none());
        for place in rooms {
            say(&platform, place, "60")?;
        }
        for _ in 0..400 {
            clock.wait(SECOND);
            reader.turn(&platform)?;
        }
        for (i, place) in rooms.iter().enumerate() {
            let sent: Vec<String> = (i..60).step_by(3).chain([60]).map(|n| n.to_string()).collect();
            assert_eq!(reader.read.get(&room(place)), Some(&sent), "seed {seed}");
        }
        lost += platform.injected().arrivals_lost;
        twice += platform.injected().twice;
    }
    assert!(lost > 100 && twice > 100, "{lost} lost, {twice} twice");
    Ok(())
}

/// Reads as the engine does: what is not newer than the room's cursor is known, and a gap is read back.
struct Reader {
    arrivals: BoxStream<'static, Arrival>,
    cursors: BTreeMap<RoomRef, Cursor>,
    read: BTreeMap<RoomRef, Vec<String>>,
}

impl Reader {
    fn turn(&mut self, platform: &Faulty<Console>) -> Tested {
        while let Some(Some(arrival)) = self.arrivals.next().now_or_never() {
            match arrival {
                Arrival::Event(event) => self.take(event)?,
                Arrival::Gap => {
                    for place in ["war-room", "company", "admin"].map(room) {
                        let page = block_on(platform.inner().read_back(&place, self.cursors.get(&place), 100))?;
                        page.events.into_iter().try_for_each(|event| self.take(event))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, event: Inbound) -> Tested {
        let Inbound { room, cursor: Some(cursor), what: What::Message { text, .. }, .. } = event else {
            return Err(format!("{event:?}").into());
        };
        let number = |cursor: &Cursor| cursor.0.parse::<u64>();
        let known = self.cursors.get(&room).map(number).transpose()?;
        if known.is_none_or(|known| number(&cursor).is_ok_and(|new| new > known)) {
            self.cursors.insert(room.clone(), cursor);
            self.read.entry(room).or_default().push(text);
        }
        Ok(())
    }
}
