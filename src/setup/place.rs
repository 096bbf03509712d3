//! Where Herald keeps its state, and which time it speaks of.

use std::path::absolute;

use jiff::tz::TimeZone;

use super::Setup;
use super::settle::Question;

impl Setup<'_> {
    pub(super) async fn place(&mut self) -> Result<(), String> {
        self.part(1, "This machine");
        // That the file can be written is known before anything is asked.
        self.paper.save()?;
        let there = self.paper.get("herald", "data").map(str::to_owned);
        // Wherever Herald is started from, its state is the same.
        let home = absolute(self.paper.home()).map_err(|error| super::paper::unwritable(self.paper.file(), &error))?;
        let proposed = home.join("data").display().to_string();
        let given = self.given.data.as_ref().map(|it| it.display().to_string());
        let given = given.or_else(|| (there.is_none() && !self.talk.is_asked()).then(|| proposed.clone()));
        let question = Question {
            asks: "Directory that all state is kept in",
            given,
            there: there.clone(),
            proposed,
            is_strict: false,
        };
        self.settle(question, async |setup, mut paper, answer| {
            if there.as_deref() != Some(answer) {
                paper.set("herald", "data", &home.join(answer).display().to_string());
            }
            let only = paper.clone().without("matrix").without("discord").without("rooms");
            let config = only.config().map_err(|error| error.to_string())?;
            let found = setup.look_here(&config, &["data directory", "disk"]);
            Ok((paper, found))
        })
        .await?;

        let system = TimeZone::system();
        let system = system.iana_name().filter(|name| *name != "Etc/UTC").unwrap_or("UTC").to_owned();
        let there = self.paper.get("herald", "zone").map(str::to_owned);
        let question = Question {
            asks: "Time zone of times that name none, by its IANA name",
            given: self.given.zone.clone(),
            there: there.clone(),
            proposed: system,
            is_strict: false,
        };
        self.settle(question, async |setup, mut paper, answer| {
            // What is the default need not stand there.
            if there.is_some() || answer != "UTC" {
                paper.set("herald", "zone", answer);
            }
            let only = paper.clone().without("matrix").without("discord").without("rooms");
            let config = only.config().map_err(|_| {
                format!("{answer:?} is no time zone. Write its IANA name, such as \"UTC\" or \"Europe/Prague\"")
            })?;
            let found = setup.look_here(&config, &["herald.zone"]);
            Ok((paper, found))
        })
        .await
    }
}
