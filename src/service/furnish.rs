//! The rooms of a configuration, found or made before Herald is started.

use std::sync::Arc;

use super::{Join, JoinError, Unattended};
use crate::config::Rooms;

/// Joins each network as Herald does at its start, finds or makes those of `rooms` that are there, tells of each, and
/// leaves again. Nothing is read. What was made is found by the next try.
///
/// # Errors
/// What stands in the way, in one sentence.
pub async fn furnish(joins: &[Box<dyn Join>], rooms: &Rooms, told: &mut dyn FnMut(String)) -> Result<(), String> {
    for join in joins {
        let network = join.network();
        let said = |what: &str, error: &JoinError| format!("{what}: {error}");
        let joined = join.join(Arc::new(Unattended)).await.map_err(|error| said(network.as_str(), &error))?;
        for (key, audience, written) in rooms.all().filter(|(.., room)| room.network() == network) {
            let found = joined.link.resolve(written, audience).await;
            let room = match found {
                Ok(room) => room,
                Err(error) => {
                    joined.link.close().await;
                    return Err(said(&format!("{key} is {written}"), &error));
                }
            };
            told(format!("{} on {network}: {}, {}", audience, written.id(), room.id()));
        }
        joined.link.close().await;
    }
    Ok(())
}
