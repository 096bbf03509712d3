//! One question until its answer holds.

use herald_chat::{Finding, Grade};

use super::Setup;
use super::look::obstacle;
use super::paper::Paper;

/// Something that has to be known.
pub(super) struct Question<'a> {
    /// As it is asked.
    pub(super) asks: &'a str,
    /// What was given for it beforehand.
    pub(super) given: Option<String>,
    /// What stands in the file.
    pub(super) there: Option<String>,
    /// What is proposed where nothing is there.
    pub(super) proposed: String,
    /// Whether a mere warning is reason enough to ask once more.
    pub(super) is_strict: bool,
}

impl Setup<'_> {
    /// Asks until `attempt` finds nothing wrong with what it makes of the answer, and keeps that. Where nobody can be
    /// asked, what is there stays, and nothing is made of nothing.
    ///
    /// # Errors
    /// What is wrong with what was given, where nobody can be asked.
    pub(super) async fn settle(
        &mut self,
        question: Question<'_>,
        mut attempt: impl AsyncFnMut(&Self, Paper, &str) -> Result<(Paper, Vec<Finding>), String>,
    ) -> Result<(), String> {
        let mut given = question.given;
        let mut proposed = question.there.unwrap_or(question.proposed);
        let mut doubted = None;
        loop {
            let answer = match given.take() {
                Some(given) => given,
                None if self.talk.is_asked() => self.talk.ask(question.asks, &proposed)?,
                None => return Ok(()),
            };
            let tried = attempt(self, self.paper.clone(), &answer).await;
            let wrong = match tried {
                Ok((paper, found)) => {
                    self.tell(&found);
                    let doubt = question.is_strict && found.iter().any(|it| it.grade == Grade::Warning);
                    let once_more = doubt && self.talk.is_asked() && doubted.as_ref() != Some(&answer);
                    match obstacle(&found) {
                        None if once_more => {
                            self.talk.say("  Correct it, or give the same again to keep it.");
                            doubted = Some(answer.clone());
                            proposed = answer;
                            continue;
                        }
                        None => {
                            self.paper = paper;
                            return self.paper.save();
                        }
                        wrong => wrong,
                    }
                }
                Err(why) => {
                    if self.talk.is_asked() {
                        self.talk.say(&format!("  ✘ {why}"));
                    }
                    Some(why)
                }
            };
            if let (Some(why), false) = (wrong, self.talk.is_asked()) {
                return Err(why);
            }
        }
    }
}
