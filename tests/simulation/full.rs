//! A full disk: the command is refused in words, and nothing of it happens, then or later.

use herald::journal::Fault;
use jiff::SignedDuration;

use crate::people::Deed;
use crate::world::World;

/// These happen while the disk is full, which it is for one commit. Nobody dies until Herald has noted what it refused:
/// what is not on the disk cannot be known after a death.
pub(crate) fn fill(world: &mut World, deeds: &[Deed]) -> Result<(), String> {
    world.line.disarm();
    world.disk.fail_next(Fault::Full);
    for deed in deeds {
        deed.play(world.home(deed.who()));
    }
    let before = world.line.full();
    world.pass(SignedDuration::from_secs(11))?;
    world.disk.clear_faults();
    if world.line.full() > before { world.pass(SignedDuration::from_secs(11)) } else { Ok(()) }
}
