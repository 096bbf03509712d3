//! Getting on a network, however long that takes, and finding the rooms there.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use herald_chat::{Clock, Desk, Network, Past, Person, Platform, RoomRef, SendError, Spell};
use jiff::Timestamp;
use tracing::{debug, info, warn};

use super::{Counter, Join, JoinError, Link, Status};
use crate::config::Config;
use crate::incident::{Audience, Mapping, Moved, Purpose};
use crate::journal::Journal;

/// How long to wait before a network that cannot be reached is tried again: twice as long each time.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// … but never longer than this.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// A network that Herald is on, and its rooms there.
pub(super) struct Home {
    pub(super) network: Network,
    pub(super) platform: Arc<dyn Platform>,
    pub(super) me: Person,
    pub(super) places: Vec<Place>,
    pub(super) notes: Vec<String>,
}

/// A room and the part it plays.
pub(super) struct Place {
    /// Where it is configured: `rooms.company[0]`.
    pub(super) key: String,
    pub(super) purpose: Purpose,
    /// As it is configured.
    pub(super) written: RoomRef,
    pub(super) room: RoomRef,
    /// What is to be asked of an admin, if the name leads elsewhere than before.
    pub(super) moved: Option<Moved>,
}

/// What the record says of rooms.
pub(super) struct OnRecord {
    /// Those that admins mapped in chat.
    pub(super) in_chat: Vec<(RoomRef, Mapping)>,
    /// What names of the configuration were found to be.
    pub(super) found: BTreeMap<RoomRef, RoomRef>,
}

/// Joins a network and finds its rooms. What the network cannot do now is tried until it can.
///
/// # Errors
/// What somebody has to change first, in one sentence.
pub(super) async fn connect<J: Journal + 'static>(
    join: &dyn Join,
    config: &Config,
    on_record: &OnRecord,
    status: &Status<J>,
    clock: &Arc<dyn Clock>,
) -> Result<Home, String> {
    let network = join.network();
    let desk: Arc<dyn Desk> = Arc::new(Counter(status.window.clone()));
    let mut patience = Patience { network: &network, status, clock, spell: Spell::default() };
    let joined = patience.until(async || join.join(desk.clone()).await).await?;
    status.joined(&network, joined.link.clone());
    let me = patience.until(async || joined.platform.me().await.map_err(JoinError::from)).await?;
    let mut places = Vec::new();
    let mut notes = joined.notes;
    for (key, purpose, written) in config.places_on(&network) {
        let was = on_record.found.get(written).filter(|was| *was != written);
        let found = patience.until(async || find(&*joined.link, written, was, purpose.audience).await).await;
        let Found { room, now, gone, doubt } = found.map_err(|why| format!("{key} is {written}: {why}"))?;
        notes.extend(doubt.map(|why| {
            let why = why.trim_end_matches('.');
            format!("{key} is {written}: {why}. Herald goes by {room}, which the name was found to be before")
        }));
        let moved = was.filter(|was| now.as_ref() != Some(*was)).map(|was| Moved {
            key: key.clone(),
            purpose: purpose.clone(),
            written: written.clone(),
            was: was.clone(),
            now,
            gone,
        });
        places.push(Place { key, purpose, written: written.clone(), room, moved });
    }
    for (room, Mapping { purpose, .. }) in on_record.in_chat.iter().filter(|(room, _)| room.network() == network) {
        // Whoever mapped it can put that right in chat, so Herald starts.
        if let Err(why) = patience.until(async || joined.link.resolve(room, purpose.audience).await).await {
            notes.push(format!("{room} was mapped in chat, for {purpose}, and cannot be used: {why}"));
        }
    }
    status.found(&network);
    Ok(Home { network: network.clone(), platform: joined.platform, me, places, notes })
}

/// A room of the configuration.
struct Found {
    /// The one to go by.
    room: RoomRef,
    /// Where its name leads now.
    now: Option<RoomRef>,
    /// Why the one on record cannot be used any more.
    gone: Option<String>,
    /// Why the name leads to no one room now, although the one on record can be used.
    doubt: Option<String>,
}

/// Finds a room that is written so. What its name `was` found to be is on record, and counts: anybody can take a name that
/// is let go. A name that was never found is trusted once, as whoever wrote it meant it now.
async fn find(
    link: &dyn Link,
    written: &RoomRef,
    was: Option<&RoomRef>,
    audience: Audience,
) -> Result<Found, JoinError> {
    let Some(was) = was else {
        let room = link.resolve(written, audience).await?;
        return Ok(Found { now: Some(room.clone()), room, gone: None, doubt: None });
    };
    // Whoever can make a room can give it this name as well: that is no reason not to start.
    let (now, doubt) = match link.leads_to(written).await {
        // An id leads where it leads; the room was given up for another since it was written.
        Ok(Some(now)) if now == *written => (Some(was.clone()), None),
        Ok(now) => (now, None),
        Err(JoinError::Never(why)) => (None, Some(why)),
        Err(later @ JoinError::Later(_)) => return Err(later),
    };
    let gone = match link.resolve(was, audience).await {
        Ok(_) => None,
        // It has its name still: it can be put right as any room can.
        Err(why) if now.as_ref() == Some(was) => return Err(why),
        Err(JoinError::Never(why)) => Some(why),
        Err(later @ JoinError::Later(_)) => return Err(later),
    };
    // The name went with the room. Whether Herald does is decided by who gave it up, and asked then if it has to be.
    let now = if now.is_some() && now == link.replaced_by(was) { Some(was.clone()) } else { now };
    let doubt = doubt.filter(|_| gone.is_none());
    let now = if doubt.is_some() { Some(was.clone()) } else { now };
    Ok(Found { room: was.clone(), now, gone, doubt })
}

/// Tries the same again for as long as it takes, and says so when it begins, now and then, and when it is over.
struct Patience<'a, J> {
    network: &'a Network,
    status: &'a Status<J>,
    clock: &'a Arc<dyn Clock>,
    spell: Spell,
}

impl<J> Patience<'_, J> {
    async fn until<T>(&mut self, mut work: impl AsyncFnMut() -> Result<T, JoinError>) -> Result<T, String> {
        let (network, mut wait) = (self.network, FIRST_WAIT);
        loop {
            match work().await {
                Ok(done) => {
                    if let Some(Past { tries, lasted_s }) = self.spell.ends(self.clock.now()) {
                        info!(%network, tries, lasted_s, "the network can be reached now");
                    }
                    return Ok(done);
                }
                Err(JoinError::Never(why)) => return Err(why),
                Err(JoinError::Later(reason)) => {
                    if self.spell.fails(self.clock.now()) {
                        warn!(%network, reason, "the network cannot be reached, trying until it can");
                    } else {
                        debug!(%network, reason, "the network still cannot be reached");
                    }
                    self.status.waits(network, reason);
                }
            }
            let until = self.clock.now().checked_add(self.clock.pause(wait)).unwrap_or(Timestamp::MAX);
            self.clock.until(until).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }
}

impl From<SendError> for JoinError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Retry { reason, .. } | SendError::Unknown { reason } => Self::Later(reason),
            SendError::Refused { reason } => Self::Never(reason),
        }
    }
}
