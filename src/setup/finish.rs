//! How it stands in the end, and what to do next.

use herald_chat::Grade;

use super::Setup;
use super::look::obstacle;

impl Setup<'_> {
    pub(super) async fn finish(mut self) -> Result<(), String> {
        self.part(6, "All of it, once more");
        self.paper.save()?;
        let config = self.paper.config().map_err(|error| error.to_string())?;
        let mut found = self.look_here(&config, &[""]);
        found.extend(self.examine(&config, None).await);
        let count = |grade: Grade| found.iter().filter(|it| it.grade == grade).count();
        let line = format!("  {} ✔  {} ⚠  {} ✘", count(Grade::Fine), count(Grade::Warning), count(Grade::Wrong));
        self.talk.say(&line);
        // Some were told on the way. What is left to do stands together here.
        for open in found.iter().filter(|it| it.grade != Grade::Fine) {
            self.talk.say(&format!("  {open}"));
        }
        let file = self.paper.file().display().to_string();
        if let Some(why) = obstacle(&found) {
            return Err(format!("{file} is written, and Herald cannot start with it yet: {why}"));
        }
        let hand = if self.paper.home().join("secrets").is_dir() { ", its secrets in secrets/ beside it" } else { "" };
        self.talk.say(&format!("\nHerald is set up in {file}{hand}. Next:\n"));
        let width = format!("herald check --config {file}").chars().count();
        for (what, why) in [
            (format!("herald check --config {file}"), "how it stands with all that Herald needs"),
            (format!("herald run --config {file}"), "starts Herald; leave it running"),
            ("!declare a first drill --drill".to_owned(), "write this in the war room"),
        ] {
            self.talk.say(&format!("  {what:width$}  {why}"));
        }
        Ok(())
    }
}
