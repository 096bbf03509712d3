//! From a command to its answer on another person's client, against two sends and a sync by hand in an equal room.

use super::people::Rooms;
use super::report::{ratio, seconds};

const WARM_UP: usize = 5;
const ROUNDS: usize = 60;

/// The ratio of the medians' pairs.
pub(crate) async fn measure(name: &str, rooms: &mut impl Rooms) -> f64 {
    let (mut pairs, mut programs) = (Vec::new(), Vec::new());
    for n in 1..=WARM_UP + ROUNDS {
        let (command, words) = (format!("!log restarted payment host {n}"), format!("Note {n} "));
        let answered = rooms.answered(&command, &words).await;
        let by_hand = rooms.by_hand(&command, &words).await;
        let by_program = rooms.by_program(&command, &words).await;
        if n > WARM_UP {
            programs.push(by_program);
            pairs.push((answered, by_hand));
        }
    }
    println!(
        "  {name}: answered after {:.1} ms; two sends and a sync by hand take {:.1} ms, a bare program that waits for the \
         command with syncs {:.1} ms",
        seconds(pairs.iter().map(|pair| pair.0)) * 1e3,
        seconds(pairs.iter().map(|pair| pair.1)) * 1e3,
        seconds(programs.into_iter()) * 1e3,
    );
    ratio(&pairs)
}
