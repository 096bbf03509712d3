//! discord.py, which knows nothing of this server, finds in it all that it expects of Discord.
//!
//! The script in `session/` asserts what it sees, and says a line for each step. The people are played here, and what
//! the server has in the end is asserted here.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may say: this cannot be")]

#[path = "session/script.rs"]
mod script;

use std::collections::BTreeMap;
use std::time::Duration;

use herald_guild::permissions as may;
use herald_guild::{Application, Discord, Fault, Guild, Id, Limits, Person, Reply, Rule, Scope, Seen};
use script::Script;
use serde_json::json;

/// What the bot is invited with.
const RIGHTS: u64 = may::VIEW_CHANNEL
    | may::SEND_MESSAGES
    | may::EMBED_LINKS
    | may::READ_MESSAGE_HISTORY
    | may::ADD_REACTIONS
    | may::MENTION_EVERYONE
    | may::MANAGE_MESSAGES
    | may::PIN_MESSAGES
    | may::MANAGE_CHANNELS
    | may::MANAGE_ROLES
    | may::MANAGE_WEBHOOKS
    | may::MANAGE_THREADS
    | may::CREATE_PUBLIC_THREADS
    | may::SEND_MESSAGES_IN_THREADS;

/// What is given and taken in text channels. Of other rights discord.py and this server may say what they like there.
const TEXT: u64 = RIGHTS
    | may::CREATE_INSTANT_INVITE
    | may::SEND_TTS_MESSAGES
    | may::ATTACH_FILES
    | may::USE_EXTERNAL_EMOJIS
    | may::USE_EXTERNAL_STICKERS
    | may::USE_APPLICATION_COMMANDS
    | may::CREATE_PRIVATE_THREADS
    | may::SEND_VOICE_MESSAGES
    | may::SEND_POLLS
    | may::USE_EXTERNAL_APPS;

/// How the server counts posts.
const POST: &str = "POST /channels/{id}/messages";

/// A guild with people in it, and a bot that is played by discord.py.
struct Scene {
    discord: Discord,
    guild: Guild,
    bot: Application,
    people: BTreeMap<String, Person>,
    responders: Id,
}

impl Scene {
    async fn new() -> Self {
        let discord = Discord::start().await.unwrap();
        // The same as Discord's, in a tenth of the time.
        let mut limits = Limits::discord();
        limits.routes.values_mut().for_each(|it| it.per /= 10);
        discord.limits(limits);
        let olga = discord.person("olga");
        let guild = discord.guild("Shop", &olga);
        let mut people = BTreeMap::from([("olga".to_owned(), olga.clone())]);
        for name in ["ana", "ben", "cleo", "adi", "shy"] {
            let person = discord.person(name);
            guild.join(&person);
            people.insert(name.to_owned(), person);
        }
        // Each new role stands below the others.
        let chiefs = guild.role("chiefs", 0);
        let admins = guild.role("admins", may::ADMINISTRATOR);
        let bot = discord.application("herald", &olga);
        guild.add(bot.id, RIGHTS);
        let responders = guild.role("responders", may::MANAGE_THREADS);
        let scene = Self { discord, guild, bot, people, responders };
        let guild = &scene.guild;
        for (name, role) in [("ben", responders), ("cleo", responders), ("cleo", chiefs), ("adi", admins)] {
            guild.give(scene.person(name).id(), role);
        }
        scene.person("shy").take_dms(false);
        for name in ["general", "log", "busy", "quiet"] {
            guild.channel(name).unwrap();
        }
        guild.private("hidden", &[scene.person("ana").id(), chiefs]).unwrap();
        let quiet = scene.channel("quiet");
        guild.overwrite(quiet, guild.id(), 0, may::SEND_MESSAGES | may::CREATE_PUBLIC_THREADS).unwrap();
        guild.overwrite(quiet, chiefs, 0, may::SEND_MESSAGES | may::ADD_REACTIONS).unwrap();
        guild.overwrite(quiet, responders, may::SEND_MESSAGES, may::EMBED_LINKS).unwrap();
        guild.overwrite(quiet, scene.person("ben").id(), may::EMBED_LINKS, may::ATTACH_FILES).unwrap();
        scene
    }

    fn person(&self, name: &str) -> &Person {
        &self.people[name]
    }

    fn channel(&self, name: &str) -> Id {
        self.guild.channels().into_iter().find(|(_, it)| it == name).unwrap().0
    }

    /// What is to be read in a channel, oldest first.
    fn reads(&self, channel: Id) -> Vec<Seen> {
        self.person("olga").reads(channel).unwrap()
    }

    fn newest(&self, channel: Id) -> Seen {
        self.reads(channel).pop().unwrap()
    }
}

#[tokio::test]
async fn discord_py_plays_a_whole_session() {
    let scene = Scene::new().await;
    for number in 1..=130 {
        scene.person("ana").say(scene.channel("log"), &format!("line {number}")).unwrap();
    }
    let mut script = Script::start("session", &scene.discord, &scene.bot).await;
    script.step("logged in as herald").await;
    talk(&scene, &mut script).await;
    arrange(&scene, &mut script).await;
    command(&scene, &mut script).await;
    survive(&scene, &mut script).await;
    script.step("closed").await;
    script.end().await;
    assert_eq!(scene.discord.unknown_requests(), []);
}

#[tokio::test]
async fn discord_py_finds_the_same_doors_closed() {
    let scene = Scene::new().await;
    let (ana, general) = (scene.person("ana"), scene.channel("general"));
    scene.discord.allow_intents(scene.bot.id, 0);
    let mut script = Script::start("doors", &scene.discord, &scene.bot).await;
    script.steps(&["the token is wrong", "the intents are not allowed", "listening"]).await;
    ana.say(general, "not for you").unwrap();
    script.step("heard nothing").await;
    ana.say(general, &format!("hello <@{}>", scene.bot.id)).unwrap();
    script.steps(&["heard what was meant for it", "closed"]).await;
    script.end().await;
}

async fn talk(scene: &Scene, script: &mut Script) {
    let (ana, ben) = (scene.person("ana"), scene.person("ben"));
    let general = scene.channel("general");
    script.step("listening").await;
    let hello = ana.say(general, &format!("hello <@{}>", scene.bot.id)).unwrap();
    script.steps(&["heard ana", "replied"]).await;
    let reply = scene.newest(general);
    assert_eq!((reply.content.as_str(), reply.reply_to), ("hello ana", Some(hello)));
    assert_eq!(reply.pinged, [ana.id()]);

    script.steps(&["sent", "kept to limits"]).await;
    let sent = scene.newest(general);
    assert_eq!(sent.content, format!("@everyone {} look", ben.mention()));
    assert!(sent.pinged.is_empty(), "nobody is called");
    assert_eq!(sent.embeds[0]["fields"][0]["value"], "ana");
    script.step("edited").await;
    let edited = scene.newest(general);
    assert_eq!((edited.id, edited.content.as_str(), edited.edited), (sent.id, "checkout works again", true));
    assert_eq!(edited.embeds.len(), 0);
    ana.edit(general, hello, "hello all").unwrap();
    script.step("reacted").await;
    ana.react(general, sent.id, "👍").unwrap();
    script.step("cleared reactions").await;
    assert_eq!(scene.newest(general).reactions, []);
    script.step("pinned").await;
    assert_eq!(ana.pins(general).iter().map(|it| it.id).collect::<Vec<_>>(), [sent.id]);
    script.step("deleted").await;
    assert!(scene.reads(general).iter().all(|it| it.id != sent.id));
    script.step("watching deletions").await;
    let slip = ben.say(general, "oops").unwrap();
    ben.delete(general, slip).unwrap();
    script.step("read history").await;

    script.step("opened a thread").await;
    let thread = scene.channel("INC-1");
    ben.say(thread, "I see it").unwrap();
    script.step("closed the thread").await;
    // The last of all is Discord's own notice of the new name.
    let said = |it: &Seen| it.kind == 0;
    assert_eq!(scene.reads(thread).into_iter().rfind(said).unwrap().content, "thank you");
    let shown = scene.guild.shown(thread).unwrap();
    assert_eq!((&shown["name"], &shown["thread_metadata"]["archived"]), (&json!("INC-1 done"), &json!(true)));
    script.step("asked ana").await;
    let direct = ana.dm(scene.bot.id).unwrap();
    assert_eq!(ana.reads(direct).unwrap()[0].content, "what do you see?");
    ana.say(direct, "errors").unwrap();
    script.step("heard ana directly").await;
}

async fn arrange(scene: &Scene, script: &mut Script) {
    let mut told = 0;
    loop {
        let line = script.line().await;
        let Some((name, place)) = line.split_once(" in ") else {
            assert_eq!(line, "told permissions");
            break;
        };
        let (channel, bits) = place.split_once(' ').unwrap();
        let Some(person) = scene.people.get(name) else { continue };
        let found: u64 = bits.parse().unwrap();
        assert_eq!(found & TEXT, person.rights(scene.channel(channel)) & TEXT, "{line}");
        told += 1;
    }
    assert_eq!(told, scene.people.len() * 5, "each of them in each channel");

    script.step("created a channel").await;
    let made = scene.channel("inc-1");
    assert_eq!(scene.person("shy").reads(made), None, "who is not invited does not see it");
    assert!(scene.person("ben").sees(made) && scene.person("cleo").sees(made));
    script.step("changed the channel").await;
    let shown = scene.guild.shown(made).unwrap();
    assert_eq!((&shown["name"], &shown["topic"]), (&json!("inc-1-closed"), &json!(null)));
    assert_eq!(shown["parent_id"], json!(scene.channel("archive")));
    script.steps(&["used a webhook", "arranged roles"]).await;
    scene.guild.take(scene.person("ben").id(), scene.responders);
    script.step("denied").await;
    let said = scene.person("ana").say(scene.channel("general"), "leave this alone").unwrap();
    script.step("knows its place").await;
    assert!(scene.reads(scene.channel("general")).iter().all(|it| it.id != said), "it may be deleted, not edited");
    script.step("looked around").await;
    let dan = scene.discord.person("dan");
    scene.guild.join(&dan);
    script.step("met dan").await;
    scene.guild.remove(dan.id());
    script.step("deleted the channel").await;
    assert_eq!(scene.guild.shown(made), None);
}

async fn command(scene: &Scene, script: &mut Script) {
    let (ana, ben) = (scene.person("ana"), scene.person("ben"));
    let general = scene.channel("general");
    script.step("synced").await;
    let names = ["incident declare", "incident close", "incident update", "incident draft", "incident show"];
    assert!(names.iter().all(|it| ana.commands(general).iter().any(|offered| offered == it)));
    let options = [
        ("title", json!("checkout")),
        ("severity", json!("critical")),
        ("lead", json!(ben.id())),
        ("room", json!(scene.channel("log"))),
    ];
    let asked = ana.slash(general, "incident declare", &options).unwrap();
    let answer = asked.message().await.unwrap();
    assert_eq!((answer.content.as_str(), answer.ephemeral), ("declared INC-1", true));
    script.step("answered declare").await;
    let more = asked.followups();
    assert_eq!((more[0].content.as_str(), more[0].ephemeral, more.len()), ("ben leads", true, 1));
    let before = scene.newest(general).id;
    ben.slash(general, "incident close", &[]).unwrap();
    script.step("answered close").await;
    assert_eq!(scene.newest(general).id, before, "the answer and what followed are deleted");

    let form = ana.slash(general, "incident update", &[]).unwrap().modal().await.unwrap();
    assert_eq!((form.title.as_str(), form.field("Next update in").unwrap().value.as_str()), ("Update", "30m"));
    assert_eq!(ana.submit(&form, &[("Text", "")]).unwrap_err().status, 0, "a client sends no form without its text");
    let asked = ana.submit(&form, &[("Text", "all works again"), ("Next update in", "20m")]).unwrap();
    assert_eq!(asked.message().await.unwrap().content, "all works again, next in 20m");
    script.step("heard the modal").await;

    let draft = ana.slash(general, "incident draft", &[]).unwrap().message().await.unwrap();
    script.step("shown a draft").await;
    ana.choose(draft.id, "severity", &["b"]).unwrap();
    script.step("chosen").await;
    let Reply::Message(no) = ben.press(draft.id, "Publish").unwrap().reply().await else { panic!("no answer to ben") };
    assert_eq!((no.content.as_str(), no.ephemeral), ("ana can", true));
    let Reply::Update(done) = ana.press(draft.id, "Publish").unwrap().reply().await else {
        panic!("no change for ana")
    };
    assert_eq!((done.id, done.content.as_str(), done.buttons.len()), (draft.id, "published", 0));

    script.step("pressed").await;
    let suggested = ben.autocomplete(general, "incident show", ("incident", "1"), &[]).unwrap().reply().await;
    let expected = [("INC-1", 1), ("INC-10", 10), ("INC-11", 11)];
    assert_eq!(suggested, Reply::Choices(expected.map(|(name, value)| (name.to_owned(), json!(value))).to_vec()));
    let shown = ben.slash(general, "incident show", &[("incident", json!(10))]).unwrap();
    assert_eq!(shown.message().await.unwrap().content, "INC-10");
    script.steps(&["answered show", "removed the commands"]).await;
    assert_eq!(ana.commands(general), [""; 0]);
}

async fn survive(scene: &Scene, script: &mut Script) {
    let ben = scene.person("ben");
    let general = scene.channel("general");
    script.step("posted many").await;
    assert_eq!(scene.reads(scene.channel("busy")).len(), 12);
    assert_eq!(scene.discord.count(POST).1, 0, "it goes by the headers");

    script.step("asking for failures").await;
    let (before, _) = scene.discord.count(POST);
    let posts = |method: &str, path: &str| method == "POST" && path.ends_with("/messages");
    let retry_after = Duration::from_millis(50);
    let limited = Fault::Limited { scope: Scope::Shared, retry_after, headers: true, body: true };
    for fault in [Fault::Page(502), limited] {
        scene.discord.fault(Rule::new(fault).on(posts).times(1));
    }
    ben.say(general, "are you there?").unwrap();
    script.step("went through failures").await;
    assert_eq!(scene.discord.count(POST), (before + 3, 1));
    let answers = scene.reads(general).into_iter().filter(|it| it.content == "here I am");
    assert_eq!(answers.count(), 1);

    script.step("waiting for a cut").await;
    scene.discord.cut_gateway();
    ben.say(general, "while you were away").unwrap();
    script.step("resumed").await;
    scene.discord.ask_to_reconnect();
    script.step("resumed as asked").await;
    assert_eq!(scene.discord.connections().resumed, 2);
    script.step("waiting for the end of the session").await;
    scene.discord.invalidate_sessions(false);
    ben.say(general, "while nobody listened").unwrap();
    script.step("survived").await;
    assert_eq!(scene.discord.connections().identified, 2);
}
