//! What of a configuration stands in the way of running, as far as it can be told without a network.

use std::collections::BTreeSet;

use herald_chat::Network;

use crate::config::Config;

/// Whether Herald can run under `config` on these networks.
///
/// # Errors
/// One sentence: what is missing or wrong, and what to write.
pub fn check(config: &Config, networks: &BTreeSet<Network>) -> Result<(), String> {
    if networks.is_empty() {
        return Err("no chat network is configured. Run `herald init`, or write [matrix] with `homeserver` and `user`, or [discord] with \
                    `server` and `token_file`, into the file that --config names; config/herald.example.toml shows how. `herald practice` needs none"
            .to_owned());
    }
    if let Some((key, _, room)) = config.places().find(|(.., room)| !networks.contains(&room.network())) {
        let known: Vec<&str> = networks.iter().map(Network::as_str).collect();
        return Err(format!(
            "{key} is {room}, on a network that is not configured. Take it out, or write a room on {}",
            known.join(" or ")
        ));
    }
    if config.rooms.war_room.is_empty() {
        return Err("rooms.war_room is empty, so nobody could declare an incident. Write the room of the people who \
                    respond"
            .to_owned());
    }
    Ok(())
}
