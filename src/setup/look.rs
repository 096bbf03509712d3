//! Trying an answer: the looks of `herald check`, of which only those count that the answer is about.

use futures::future::join_all;
use herald_chat::{Finding, Grade, Network};

use super::Setup;
use super::paper::Paper;
use crate::config::{Config, Rooms};
use crate::journal::is_in_use;
use crate::service::{JOURNAL, machine, on_record};

/// Whether a finding is about one of these: `matrix account`, `rooms.`.
fn is_about(finding: &Finding, abouts: &[&str]) -> bool {
    abouts.iter().any(|about| finding.about.starts_with(about))
}

impl Setup<'_> {
    /// What a network has to say about an answer.
    pub(super) async fn look(&self, config: &Config, network: &str, abouts: &[&str]) -> Vec<Finding> {
        let mut found = self.examine(config, Some(network)).await;
        found.retain(|it| is_about(it, abouts) || it.about == JOURNAL);
        found
    }

    /// What all networks have to say, or one.
    pub(super) async fn examine(&self, config: &Config, network: Option<&str>) -> Vec<Finding> {
        let data = &config.herald.data;
        let is_running = is_in_use(data);
        // Where there is no record yet, or a Herald has it open, names are what they lead to.
        let journal = (self.world.open_existing)(data);
        let (found, odd) = journal.map(|journal| on_record(&*journal)).unwrap_or_default();
        let examiners = (self.world.examiners)(config);
        let asked = examiners.iter().filter(|it| network.is_none_or(|network| it.network() == Network::new(network)));
        let looks = join_all(asked.map(|it| it.examine(config, &found, is_running))).await;
        odd.into_iter().chain(looks.into_iter().flatten()).collect()
    }

    /// How the machine takes an answer.
    pub(super) fn look_here(&self, config: &Config, abouts: &[&str]) -> Vec<Finding> {
        let networks = (self.world.examiners)(config).iter().map(|it| it.network()).collect();
        let is_running = is_in_use(&config.herald.data);
        let mut found = machine(config, &networks, self.world.clock.now(), is_running);
        found.retain(|it| is_about(it, abouts));
        found
    }

    /// Tells each finding, once.
    pub(super) fn tell(&mut self, found: &[Finding]) {
        for finding in found {
            let line = finding.to_string();
            if self.told.insert(line.clone()) || finding.grade == Grade::Wrong {
                self.talk.say(&format!("  {line}"));
            }
        }
    }
}

/// A configuration in which one network can be looked at although the rest of it is not there yet.
pub(super) fn alone(paper: &Paper, network: &str) -> Result<Config, String> {
    let mut paper = paper.clone().without("rooms").without(if network == "matrix" { "discord" } else { "matrix" });
    if network == "matrix" && paper.get("matrix", "user").is_none() {
        let homeserver = paper.get("matrix", "homeserver").unwrap_or_default();
        let user = format!("@herald:{}", super::matrix::host(homeserver));
        paper.set("matrix", "user", &user);
    }
    // No server has this id; what is looked at until there is another comes before it.
    if network == "discord" && paper.get("discord", "server").is_none() {
        paper.set("discord", "server", "1");
    }
    let config = paper.config().map_err(|error| error.to_string())?;
    Ok(Config { rooms: Rooms::default(), ..config })
}

/// The first sentence about something that stands in the way.
pub(super) fn obstacle(found: &[Finding]) -> Option<String> {
    found.iter().find(|it| it.grade == Grade::Wrong).map(|it| format!("{}: {}", it.about, it.says))
}
