//! What people and bots bring about with the rights that a server gives them, with Herald up, down and starting: the company
//! reads what Herald wrote, and a security incident is read by those alone who were let in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use herald_guild::{Fault, Id, Person, Rule, permissions};
use serde_json::{Value, json};

use crate::herald::Herald;
use crate::town::Town;

/// Discord's number for what it notes itself of a thread's new name, which nobody can take away.
const RENAMED: u8 = 4;
/// What nobody is to read where Herald alone speaks.
const GOLD: &str = "buy gold";

/// A server with a company channel that was there before Herald, and those who will try.
struct Siege {
    town: Town,
    company: Id,
    lunch: Id,
    /// A thread of the company channel from before.
    old: Id,
    /// What each of them wrote there before Herald came.
    squatters: Vec<(Person, Id)>,
    emoji: String,
}

impl Siege {
    async fn new() -> Self {
        let town = Town::plan().await;
        // How fast Discord lets Herald put things back is not what this is about.
        town.discord.limits(herald_guild::Limits::off());
        let company = town.guild.channel("company").unwrap();
        let lunch = town.guild.channel("lunch").unwrap();
        town.olga.call("PATCH", &format!("/channels/{company}"), json!({ "topic": "What is out of order" })).unwrap();
        let started = town.dora.say(company, "hello").unwrap();
        let old = town.dora.thread(company, started, "hello").unwrap();
        let moderates = permissions::MANAGE_CHANNELS
            | permissions::MANAGE_WEBHOOKS
            | permissions::MANAGE_MESSAGES
            | permissions::MANAGE_THREADS;
        let (member, moderator) = (town.discord.person("mal"), town.discord.person("mod"));
        let role = town.guild.role("moderators", moderates);
        for person in [&member, &moderator] {
            town.guild.join(person);
        }
        town.guild.give(moderator.id(), role);
        let other = town.discord.application("Other", &member);
        town.guild.add(other.id, permissions::ADMINISTRATOR);
        let other = town.discord.acting_as(&other);
        let all = [member, moderator, other, town.olga.clone()];
        let squatters = all.map(|who| {
            let said = who.say(company, "hello").unwrap();
            (who, said)
        });
        // By its number: what another channel of that name means is an admin's to say.
        let config = town.home().join("herald.toml");
        let written = std::fs::read_to_string(&config).unwrap();
        std::fs::write(&config, written.replace("discord:#company", &format!("discord:{company}"))).unwrap();
        let emoji = town.guild.emoji("buy_gold");
        let auditor = town.guild.role("auditor", permissions::VIEW_AUDIT_LOG);
        town.guild.give(town.bot.id, auditor);
        Self { town, company, lunch, old, squatters: squatters.into(), emoji }
    }

    /// Each of them tries all that they can think of. What Discord itself refuses, it refuses.
    fn attack(&self) {
        let guild = self.town.guild.id();
        let marks: Vec<Value> = self.channels().map(|(_, shown)| shown["topic"].clone()).filter(is_mark).collect();
        for (who, said) in &self.squatters {
            let company = format!("/channels/{}", self.company);
            let tries = |method: &str, path: &str, body: Value| who.call(method, path, body).ok();
            tries("PATCH", &company, json!({ "name": "buy-gold", "topic": GOLD }));
            tries("PATCH", &format!("{company}/messages/{said}"), json!({ "content": GOLD }));
            tries("POST", &format!("{company}/messages"), json!({ "content": GOLD }));
            let hook = tries("POST", &format!("{company}/webhooks"), json!({ "name": "gold" })).unwrap_or_default();
            let hook = format!("/webhooks/{}/{}", text(&hook["id"]), text(&hook["token"]));
            tries("POST", &hook, json!({ "content": GOLD }));
            let old = format!("/channels/{}", self.old);
            tries("PATCH", &old, json!({ "archived": false, "locked": false }));
            tries("PATCH", &old, json!({ "name": GOLD }));
            tries("POST", &format!("{old}/messages"), json!({ "content": GOLD }));
            tries("POST", &format!("{hook}?thread_id={}", self.old), json!({ "content": GOLD }));
            let new = tries("POST", &format!("{company}/threads"), json!({ "name": GOLD, "type": 11 }));
            let new = format!("/channels/{}/messages", text(&new.unwrap_or_default()["id"]));
            tries("POST", &new, json!({ "content": GOLD }));
            for seen in self.town.olga.reads(self.company).unwrap() {
                let path = format!("{company}/messages/{}/reactions/{}/@me", seen.id, self.emoji);
                tries("PUT", &path, Value::Null);
            }
            for mark in &marks {
                tries("PATCH", &format!("/channels/{}", self.lunch), json!({ "topic": mark }));
                tries("POST", &format!("/guilds/{guild}/channels"), json!({ "name": "inc", "topic": mark }));
            }
        }
    }

    fn channels(&self) -> impl Iterator<Item = (Id, Value)> {
        let all = self.town.guild.channels().into_iter();
        all.filter_map(|(id, _)| Some((id, self.town.guild.shown(id)?)))
    }

    /// What is to be read in the company channel that is not Herald's. Nothing, once Herald is done.
    fn gold(&self) -> Option<String> {
        let company = self.town.guild.shown(self.company)?;
        if company["name"] != "company" || company["topic"] != "What is out of order" {
            return Some(company.to_string());
        }
        let inside = self.channels().filter(|(id, it)| *id == self.company || it["parent_id"] == json!(self.company));
        inside.into_iter().find_map(|(id, shown)| {
            let seen = self.town.olga.reads(id).unwrap_or_default();
            let has_gold = shown["name"] == GOLD
                || seen.iter().any(|it| it.kind != RENAMED && it.content.contains("gold"))
                || seen.iter().any(|it| it.reactions.iter().any(|(emoji, _)| emoji.contains("gold")));
            has_gold.then(|| format!("{shown} {seen:#?}"))
        })
    }

    /// Waits until Herald has put all of it right.
    async fn clears(&self) {
        let right = || self.gold().is_none().then_some(());
        let cleared = self.town.discord.eventually(right).await;
        assert!(cleared.is_ok(), "{}", self.gold().unwrap_or_default());
    }

    /// Herald has put all of it right, and an incident runs as if nothing had been tried.
    async fn holds(&self) {
        self.clears().await;
        let own = self.declares().await;
        self.keeps(own).await;
    }

    /// A security incident is declared: its room, as soon as Discord has made it.
    async fn declares(&self) -> Id {
        let war = self.town.channel("war-room");
        let options = [("title", json!("zebra keys leaked")), ("security", json!(true))];
        self.town.chooses(&self.town.ana, war, "incident declare", &options).await;
        self.town.own_channel("-security").await
    }

    /// What a security incident is about stands in its room, and nowhere else.
    async fn keeps(&self, own: Id) {
        let town = &self.town;
        town.reads(&town.ana, own, "zebra keys leaked").await;
        for (id, shown) in self.channels() {
            let seen = town.olga.reads(id).unwrap_or_default();
            assert!(id == own || !seen.iter().any(|it| it.content.contains("zebra")), "{shown}");
        }
        for who in [&town.dora, &self.squatters[0].0, &self.squatters[1].0] {
            assert!(!who.sees(own), "{}", who.name());
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn is_mark(topic: &Value) -> bool {
    text(topic).contains("herald:")
}

#[tokio::test(flavor = "multi_thread")]
async fn squatters_find_herald_up() {
    let siege = Siege::new().await;
    let herald = Herald::start(siege.town.home()).await;
    siege.attack();
    siege.holds().await;
    // The first room's mark is known to everybody now.
    siege.attack();
    let war = siege.town.channel("war-room");
    siege.town.gets(&siege.town.ana, war, "!declare checkout is down", "INC-2 checkout is down").await;
    siege.town.gets(&siege.town.ben, war, "!take spokesperson INC-2", "is spokesperson now").await;
    siege
        .town
        .gets(&siege.town.ben, war, "!update INC-2 Nobody can pay. next 30m", "Update 1 goes to the company")
        .await;
    let statement = siege.town.reads(&siege.town.dora, siege.company, "Nobody can pay").await;
    siege.attack();
    siege.clears().await;
    assert_eq!(siege.town.olga.reads(siege.lunch).unwrap(), []);
    // Whoever takes a statement away is named.
    siege.squatters[1].0.delete(siege.company, statement.id).unwrap();
    let told = "Update 1 was deleted in the company channel by";
    let told = siege.town.reads(&siege.town.ana, war, told).await;
    assert!(told.content.contains(&siege.squatters[1].0.mention()) && told.content.contains("!correct"), "{told:?}");
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn squatters_find_herald_down() {
    let siege = Siege::new().await;
    let herald = Herald::start(siege.town.home()).await;
    assert_eq!(herald.stop().await, 0);
    siege.attack();
    let herald = Herald::start(siege.town.home()).await;
    siege.holds().await;
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn squatters_find_herald_starting() {
    let siege = Siege::new().await;
    let herald = Herald::start(siege.town.home()).await;
    assert_eq!(herald.stop().await, 0);
    for more in [4, 12] {
        let before = siege.town.discord.requests().len();
        let starts = siege.town.discord.until(move |requests, _| (requests.len() >= before + more).then_some(()));
        let (herald, ()) = tokio::join!(Herald::start(siege.town.home()), async {
            starts.await;
            siege.attack();
        });
        siege.clears().await;
        assert_eq!(herald.stop().await, 0);
    }
    let herald = Herald::start(siege.town.home()).await;
    siege.holds().await;
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn squatters_copy_the_mark_of_a_room_before_herald_knows_that_it_was_made() {
    let siege = Siege::new().await;
    let herald = Herald::start(siege.town.home()).await;
    let discord = &siege.town.discord;
    // Discord makes the room, and the answer is lost. Before Herald looks for it, all have seen its mark.
    let is_made = Arc::new(AtomicBool::new(false));
    let made = is_made.clone();
    let makes = move |method: &str, path: &str| {
        let makes = method == "POST" && path.ends_with("/channels");
        made.fetch_or(makes, Ordering::SeqCst);
        makes
    };
    let looks = move |method: &str, path: &str| {
        is_made.load(Ordering::SeqCst) && method == "GET" && path.starts_with("/guilds/") && path.ends_with("/channels")
    };
    discord.fault(Rule::new(Fault::LoseAnswer).on(makes).times(1));
    discord.fault(Rule::new(Fault::Hold).on(looks).times(1));
    let own = siege.declares().await;
    discord.held(1).await;
    siege.attack();
    discord.release();
    siege.keeps(own).await;
    siege.clears().await;
    assert_eq!(siege.town.olga.reads(siege.lunch).unwrap(), []);
    assert_eq!(herald.stop().await, 0);
}
