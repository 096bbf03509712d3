//! What stands on the other side in the end: each message once, in order, as it was last changed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use herald_guild::Seen;
use herald_synapse::Event;
use serde_json::Value;

use super::{Crowd, Net, Said};
use crate::town::Town;

/// How long all that waits may take to go over.
const PATIENCE: Duration = Duration::from_mins(8);
/// How long may pass then until the files that had to be tried again are there too, with what answers them.
const FOR_FILES: Duration = Duration::from_mins(3);

/// What stands before an answer to something that nobody knows of.
const UNKNOWN: &str = "(in answer to a message that is not known here)";

/// What stands for something on one side.
#[derive(Debug)]
struct Copy {
    id: String,
    words: String,
    answers: Option<String>,
    has_file: bool,
}

impl Crowd {
    /// Both sides say a last word, each waits for the other's, which waits for no file that fails, and then for those. Then
    /// all has to stand as it should.
    pub(crate) async fn check(&self, town: &Town) {
        let (max, cleo) = (&town.max.account, &town.cleo);
        max.say(&town.engineering, "the end").await.unwrap();
        cleo.say(town.engineering_there(), "the end").unwrap();
        let here = |seen: &[Seen]| seen.iter().any(|it| it.content == "**max · Matrix:** the end").then_some(());
        cleo.patient(PATIENCE).wait_for(town.engineering_there(), here).await.unwrap();
        let there = |events: &[Event]| events.iter().any(|it| it.body() == "cleo · Discord: the end").then_some(());
        max.patient(PATIENCE).wait_for(&town.engineering, there).await.unwrap();

        let wrong = |net: Net, copies: &[Copy]| {
            let mut wrong = Vec::new();
            self.compare(net, copies, &mut wrong);
            wrong
        };
        // Whatever does not come is named below.
        let here = |seen: &[Seen]| wrong(Net::Matrix, &self.on_discord(town, seen)).is_empty().then_some(());
        let _ = cleo.patient(FOR_FILES).wait_for(town.engineering_there(), here).await;
        let there = |events: &[Event]| wrong(Net::Discord, &on_matrix(town, events)).is_empty().then_some(());
        let _ = max.patient(FOR_FILES).wait_for(&town.engineering, there).await;
        let events = max.messages(&town.engineering).await.unwrap();
        let seen = cleo.reads(town.engineering_there()).unwrap();
        let mut all = wrong(Net::Matrix, &self.on_discord(town, &seen));
        all.extend(wrong(Net::Discord, &on_matrix(town, &events)));
        assert!(all.is_empty(), "{} things are wrong:\n{}", all.len(), all.join("\n"));
    }

    /// What was said on a network, and what stands for it on the other one.
    fn compare(&self, net: Net, copies: &[Copy], wrong: &mut Vec<String>) {
        let all: Vec<&Said> = self.said.iter().filter(|it| it.net == net).collect();
        let heading = |said: &Said| match net {
            Net::Matrix => format!("**{} · Matrix:** {}", said.who, said.words),
            Net::Discord => format!("{} · Discord: {}", said.who, said.words),
        };
        let mut used = BTreeSet::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut last = BTreeMap::new();
        for said in all.iter().filter(|it| !it.gone) {
            let words = heading(said);
            // What it answers may have been gone before Herald heard of it.
            let answers_gone = said.answers.is_some_and(|to| self.said[to].gone);
            let aside = answers_gone.then(|| {
                let mark = if net == Net::Matrix { "*" } else { "" };
                words.replacen(": ", &format!(": {mark}{UNKNOWN}{mark} "), 1).replacen(
                    ":** ",
                    &format!(":** {mark}{UNKNOWN}{mark} "),
                    1,
                )
            });
            let is_it = |copy: &Copy| copy.words == words || Some(&copy.words) == aside.as_ref();
            let here: Vec<usize> = (0..copies.len()).filter(|n| is_it(&copies[*n])).collect();
            let [place] = here.as_slice() else {
                wrong.push(format!("{words:?} stands {} times", here.len()));
                continue;
            };
            used.insert(*place);
            places.insert(&said.id, *place);
            if said.is_file != copies[*place].has_file {
                wrong.push(format!("{words:?} has a file: {}", copies[*place].has_file));
            }
            // Nobody waits for a file that fails: it comes later then, and what answers it comes with it.
            if !self.is_behind_file(said) && last.insert(said.who, *place).is_some_and(|before| before > *place) {
                wrong.push(format!("{words:?} stands before what was said earlier"));
            }
        }
        for said in all.iter().filter(|it| !it.gone) {
            let Some(place) = places.get(said.id.as_str()) else { continue };
            let answered = said.answers.map(|to| &self.said[to]);
            let expected = answered.and_then(|it| places.get(it.id.as_str())).map(|it| &copies[*it].id);
            // What stood for something that is gone may still be named.
            if expected.is_some() && copies[*place].answers.as_ref() != expected {
                wrong
                    .push(format!("{:?} answers {:?}, not {expected:?}", copies[*place].words, copies[*place].answers));
            }
            let reactions = Self::line(said);
            let lines: Vec<usize> = (0..copies.len())
                .filter(|n| is_line(&copies[*n]) && copies[*n].answers.as_ref() == Some(&copies[*place].id))
                .collect();
            let read: Vec<&str> = lines.iter().map(|n| copies[*n].words.as_str()).collect();
            used.extend(lines.iter().copied());
            if read != reactions.iter().map(String::as_str).collect::<Vec<_>>() {
                wrong.push(format!("reactions on {:?} read {read:?}, not {reactions:?}", copies[*place].words));
            }
        }
        let ends = |copy: &Copy| copy.words.ends_with("the end");
        for (n, copy) in copies.iter().enumerate().filter(|(n, copy)| !used.contains(n) && !ends(copy)) {
            wrong.push(format!("nobody said {:?}, which stands in place {n}", copy.words));
        }
    }

    fn is_behind_file(&self, said: &Said) -> bool {
        said.is_file || said.answers.is_some_and(|to| self.is_behind_file(&self.said[to]))
    }

    /// Who has reacted, as one line.
    fn line(said: &Said) -> Option<String> {
        let mut emoji: Vec<&str> = Vec::new();
        said.reactions.iter().for_each(|it| {
            if !emoji.contains(&it.emoji) {
                emoji.push(it.emoji);
            }
        });
        let of = |emoji: &str| {
            let who: Vec<&str> = said.reactions.iter().filter(|it| it.emoji == emoji).map(|it| it.who).collect();
            format!("{emoji} {}", who.join(", "))
        };
        let all: Vec<String> = emoji.into_iter().map(of).collect();
        (!all.is_empty()).then(|| all.join(" · "))
    }

    fn on_discord(&self, town: &Town, seen: &[Seen]) -> Vec<Copy> {
        let own: BTreeSet<String> = self.said.iter().map(|it| it.id.clone()).collect();
        let is_said = |it: &&Seen| matches!(it.kind, 0 | 19 | 20);
        let all = seen.iter().filter(is_said);
        let all = all.filter(|it| it.author == town.bot.id && !own.contains(&it.id.to_string()));
        all.map(|it| Copy {
            id: it.id.to_string(),
            words: it.content.clone(),
            answers: it.reply_to.map(|it| it.to_string()),
            has_file: !it.files.is_empty(),
        })
        .collect()
    }
}

fn on_matrix(town: &Town, events: &[Event]) -> Vec<Copy> {
    let mut copies: Vec<Copy> = Vec::new();
    for event in events {
        if event.kind() != "m.room.message" || event.sender() != town.me.user_id() || event.is_redacted() {
            continue;
        }
        let content: &Value = event.content();
        if let Some((of, words)) = event.edit() {
            if let Some(copy) = copies.iter_mut().find(|it| it.id == of) {
                words.clone_into(&mut copy.words);
            }
            continue;
        }
        copies.push(Copy {
            id: event.id().to_owned(),
            words: event.body().to_owned(),
            answers: content["m.relates_to"]["m.in_reply_to"]["event_id"].as_str().map(str::to_owned),
            has_file: content["msgtype"] == "m.file",
        });
    }
    copies
}

fn is_line(copy: &Copy) -> bool {
    !copy.words.contains(':')
}
