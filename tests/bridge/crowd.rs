//! People who talk on both networks, and what has to stand on the other side in the end.

mod check;

use herald_guild::{Id, NewFile};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::somebody::Somebody;
use crate::town::Town;

/// Where something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Net {
    Matrix,
    Discord,
}

/// Who talks on each network.
const TALKERS: [[&str; 2]; 2] = [["mia", "max"], ["ben", "cleo"]];
/// What people react with.
const EMOJI: [&str; 3] = ["👍", "👀", "🎉"];
/// How far back people look for what they answer, change or react to.
const RECENT: usize = 12;

/// A message that somebody said.
#[derive(Debug)]
struct Said {
    net: Net,
    who: &'static str,
    /// Its words now; of a file, its name.
    words: String,
    /// Its id on its own network.
    id: String,
    answers: Option<usize>,
    is_file: bool,
    gone: bool,
    reactions: Vec<Reaction>,
}

#[derive(Debug)]
struct Reaction {
    who: &'static str,
    emoji: &'static str,
    /// What takes it off, on Matrix.
    event: String,
}

/// What was done so far, by kind.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) said: usize,
    pub(crate) answered: usize,
    pub(crate) changed: usize,
    pub(crate) removed: usize,
    pub(crate) reacted: usize,
    pub(crate) taken_off: usize,
    pub(crate) files: usize,
}

impl Done {
    pub(crate) fn all(&self) -> usize {
        self.said + self.answered + self.changed + self.removed + self.reacted + self.taken_off + self.files
    }
}

/// All of them, and what they said.
pub(crate) struct Crowd {
    said: Vec<Said>,
    dice: SmallRng,
    pub(crate) done: Done,
    /// Whether people on Discord change, remove and react as well: nobody tells Herald of it that was down meanwhile.
    pub(crate) all_on_discord: bool,
    /// Where people can speak, if not everywhere.
    pub(crate) only: Option<Net>,
}

impl Crowd {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            said: Vec::new(),
            dice: SmallRng::seed_from_u64(seed),
            done: Done::default(),
            all_on_discord: true,
            only: None,
        }
    }

    /// Somebody does something.
    pub(crate) async fn act(&mut self, town: &Town) {
        let net = if self.dice.random_range(0..2) == 0 { Net::Matrix } else { Net::Discord };
        let net = self.only.unwrap_or(net);
        let [one, other] = TALKERS[usize::from(net == Net::Discord)];
        let (who, friend) = if self.dice.random_range(0..2) == 0 { (one, other) } else { (other, one) };
        let can_change = net == Net::Matrix || self.all_on_discord;
        let recent: Vec<usize> =
            (0..self.said.len()).filter(|n| self.said[*n].net == net && !self.said[*n].gone).collect();
        let recent = &recent[recent.len().saturating_sub(RECENT)..];
        let pick = self.dice.random_range(0..RECENT);
        let some = (!recent.is_empty()).then(|| recent[pick % recent.len()]);
        let own = some.filter(|n| self.said[*n].who == who && !self.said[*n].is_file);
        match (self.dice.random_range(0..100), some, own) {
            (50..62, Some(to), _) => self.answer(town, net, who, to).await,
            (62..74, _, Some(of)) if can_change => self.change(town, of).await,
            (74..80, _, Some(of)) if can_change => self.remove(town, of).await,
            (80..93, Some(to), _) if can_change => self.react(town, friend, to).await,
            (93..97, Some(to), _) if can_change => self.take_off(town, to).await,
            (97.., ..) => self.file(town, net, who).await,
            _ => self.say(town, net, who, None).await,
        }
    }

    async fn answer(&mut self, town: &Town, net: Net, who: &'static str, to: usize) {
        self.say(town, net, who, Some(to)).await;
    }

    async fn say(&mut self, town: &Town, net: Net, who: &'static str, answers: Option<usize>) {
        let words = format!("w{:04} is what I see", self.said.len());
        let id = match net {
            Net::Matrix => {
                let mut content = serde_json::json!({ "msgtype": "m.text", "body": words });
                if let Some(to) = answers {
                    content["m.relates_to"] = serde_json::json!({ "m.in_reply_to": { "event_id": self.said[to].id } });
                }
                let account = &on_matrix(town, who).account;
                account.send(&town.engineering, "m.room.message", content).await.unwrap()
            }
            Net::Discord => {
                let (person, channel) = (on_discord(town, who), town.engineering_there());
                let id = match answers {
                    Some(to) => person.reply(channel, discord_id(&self.said[to].id), &words),
                    None => person.say(channel, &words),
                };
                id.unwrap().to_string()
            }
        };
        let count = if answers.is_some() { &mut self.done.answered } else { &mut self.done.said };
        *count += 1;
        self.said.push(Said { net, who, words, id, answers, is_file: false, gone: false, reactions: Vec::new() });
    }

    async fn file(&mut self, town: &Town, net: Net, who: &'static str) {
        let name = format!("w{:04}.txt", self.said.len());
        let bytes = format!("what {name} holds").into_bytes();
        let id = match net {
            Net::Matrix => {
                let person = &on_matrix(town, who).person;
                person.send_file(&town.engineering, &name, "text/plain", bytes).await.unwrap()
            }
            Net::Discord => {
                let file =
                    NewFile { name: name.clone(), mime: Some("text/plain".to_owned()), pixels: None, flags: 0, bytes };
                let sent = on_discord(town, who).send_files(town.engineering_there(), "", &[file]);
                sent.unwrap().to_string()
            }
        };
        self.done.files += 1;
        let reactions = Vec::new();
        self.said.push(Said { net, who, words: name, id, answers: None, is_file: true, gone: false, reactions });
    }

    async fn change(&mut self, town: &Town, of: usize) {
        self.done.changed += 1;
        let said = &mut self.said[of];
        said.words = format!("w{of:04} is version {} of it", self.done.changed);
        match said.net {
            Net::Matrix => {
                let account = &on_matrix(town, said.who).account;
                account.edit(&town.engineering, &said.id, &said.words).await.unwrap();
            }
            Net::Discord => {
                let person = on_discord(town, said.who);
                person.edit(town.engineering_there(), discord_id(&said.id), &said.words).unwrap();
            }
        }
    }

    async fn remove(&mut self, town: &Town, of: usize) {
        self.done.removed += 1;
        let said = &mut self.said[of];
        said.gone = true;
        match said.net {
            Net::Matrix => {
                let account = &on_matrix(town, said.who).account;
                account.redact(&town.engineering, &said.id).await.unwrap();
            }
            Net::Discord => {
                on_discord(town, said.who).delete(town.engineering_there(), discord_id(&said.id)).unwrap();
            }
        }
    }

    async fn react(&mut self, town: &Town, who: &'static str, to: usize) {
        let emoji = EMOJI[self.dice.random_range(0..EMOJI.len())];
        let said = &mut self.said[to];
        if said.reactions.iter().any(|it| it.who == who && it.emoji == emoji) {
            return;
        }
        self.done.reacted += 1;
        let event = match said.net {
            Net::Matrix => {
                let account = &on_matrix(town, who).account;
                account.react(&town.engineering, &said.id, emoji).await.unwrap()
            }
            Net::Discord => {
                on_discord(town, who).react(town.engineering_there(), discord_id(&said.id), emoji).unwrap();
                String::new()
            }
        };
        said.reactions.push(Reaction { who, emoji, event });
    }

    async fn take_off(&mut self, town: &Town, of: usize) {
        let said = &mut self.said[of];
        let Some(reaction) = said.reactions.pop() else { return };
        self.done.taken_off += 1;
        match said.net {
            Net::Matrix => {
                let account = &on_matrix(town, reaction.who).account;
                account.redact(&town.engineering, &reaction.event).await.unwrap();
            }
            Net::Discord => {
                let person = on_discord(town, reaction.who);
                person.unreact(town.engineering_there(), discord_id(&said.id), reaction.emoji).unwrap();
            }
        }
    }
}

fn on_matrix<'a>(town: &'a Town, who: &str) -> &'a Somebody {
    if who == "mia" { &town.mia } else { &town.max }
}

fn on_discord<'a>(town: &'a Town, who: &str) -> &'a herald_guild::Person {
    if who == "ben" { &town.ben } else { &town.cleo }
}

fn discord_id(id: &str) -> Id {
    id.parse().unwrap()
}
