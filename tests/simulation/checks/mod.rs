//! What must hold when all is over, read from the journal and from the rooms.

mod boards;
pub(crate) mod bridge;
mod evidence;
mod handled;
mod posted;
pub(crate) mod promises;
pub(crate) mod replay;
mod secrets;
mod spoken;

use crate::life::Seen;
use crate::world::World;

use evidence::Evidence;

/// All of it.
///
/// # Errors
/// The first thing that does not hold.
pub(crate) fn all(world: &mut World) -> Result<Seen, String> {
    let evidence = Evidence::collect(world);
    handled::check(&evidence)?;
    posted::check(&evidence)?;
    let edits = boards::check(&evidence, world)?;
    promises::check(&evidence, world)?;
    spoken::check(&evidence)?;
    secrets::check(&evidence)?;
    replay::check(&evidence, world)?;
    Ok(Seen {
        records: evidence.records().count(),
        posts: evidence.shown.iter().filter(|shown| shown.author == "herald").count(),
        edits,
        updates: evidence.updates().count(),
        deaths: world.deaths,
        full: world.line.full(),
    })
}
