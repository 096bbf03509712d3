//! Asking whether somebody may.

use crate::id::Id;
use crate::permissions::{self, ADMINISTRATOR, VIEW_CHANNEL};
use crate::refused::{self, Refused};
use crate::state::State;

/// What they may in a channel that they see. Discord does not deny that a channel exists.
pub(super) fn rights(state: &State, channel: Id, by: Id) -> Result<u64, Refused> {
    let rights = permissions::in_channel(state, state.channel(channel)?, by);
    if rights & VIEW_CHANNEL == 0 { Err(refused::missing_access()) } else { Ok(rights) }
}

/// That they have all these rights in a channel.
pub(super) fn need(state: &State, channel: Id, by: Id, right: u64) -> Result<u64, Refused> {
    let has = rights(state, channel, by)?;
    if has & right == right { Ok(has) } else { Err(refused::missing_permissions()) }
}

/// That they have all these rights in a guild.
pub(super) fn need_in_guild(state: &State, guild: Id, by: Id, right: u64) -> Result<u64, Refused> {
    let has = permissions::in_guild(state.guild(guild)?, by);
    if has & right == right { Ok(has) } else { Err(refused::missing_permissions()) }
}

/// That they may hand out these rights: nobody gives what they have not, but for administrators.
pub(super) fn may_give(has: u64, given: u64) -> Result<(), Refused> {
    if has & ADMINISTRATOR != 0 || given & !has & permissions::ALL == 0 {
        return Ok(());
    }
    Err(refused::missing_permissions())
}
