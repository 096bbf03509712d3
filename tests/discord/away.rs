//! What people say while Herald is not there.

use herald_guild::{Fault, Id, Limits, Reply, Rule, permissions};
use serde_json::json;

use crate::herald::Herald;
use crate::town::{Town, same};

/// How many messages are said in the war room meanwhile: more than two pages.
const SAID: usize = 260;
/// How many of them are commands.
const COMMANDS: usize = 30;

/// Says all that from `first` on, by two people: what Herald is to answer, oldest first.
fn talk(town: &Town, war: Id, first: usize) -> Vec<String> {
    let mut expected = Vec::new();
    for n in 0..SAID {
        if n % (SAID / COMMANDS) == 0 && expected.len() < COMMANDS {
            let who = if n % 2 == 0 { &town.cleo } else { &town.ana };
            let number = first + expected.len();
            who.say(war, &format!("!log lg{number:03} is what I did")).unwrap();
            expected.push(format!("Note {number} is on the timeline"));
        } else {
            town.ben.say(war, &format!("word {n}")).unwrap();
        }
    }
    assert_eq!(expected.len(), COMMANDS);
    expected
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_while_herald_was_away_is_handled_once_and_oldest_first() {
    let (town, herald) = Town::new("").await;
    town.discord.limits(Limits::off());
    let war = town.channel("war-room");
    town.incident().await;
    let noted = town.cleo.say(war, "!log payments fail in Europe").unwrap();
    town.reads(&town.cleo, war, "Note 2 is on the timeline").await;
    let before = town.newest(war);

    assert_eq!(herald.stop().await, 0);
    assert!(town.said(war, before).is_empty());
    let mut expected = talk(&town, war, 3);
    // No command, however often it is edited, and no second one.
    let small = town.ana.say(war, "nothing yet").unwrap();
    town.ana.edit(war, small, "nothing at all").unwrap();
    town.cleo.delete(war, noted).unwrap();

    let herald = Herald::start(town.home()).await;
    same(&expected, &town.says(war, before, expected.len()).await);
    // Nothing is handled when it comes a second time, or after another start.
    assert_eq!(herald.stop().await, 0);
    let herald = Herald::start(town.home()).await;
    town.gets(&town.cleo, war, "!bogus", "I don't know").await;
    expected.push("I don't know".to_owned());
    same(&expected, &town.said(war, before));
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_between_two_sessions_is_handled_once_and_oldest_first() {
    let (town, herald) = Town::new("").await;
    town.discord.limits(Limits::off());
    let war = town.channel("war-room");
    town.incident().await;
    let before = town.newest(war);
    // One that goes on: Discord tells what was missed.
    let logged = herald.logged();
    town.discord.stop();
    herald.logs_line("The connection to the gateway broke", logged).await;
    let mut expected = talk(&town, war, 2);
    town.discord.start_again().await.unwrap();
    same(&expected, &town.says(war, before, expected.len()).await);
    assert_eq!((town.discord.connections().identified, town.discord.connections().resumed), (1, 1));

    // And one that does not: Herald asks for it.
    let logged = herald.logged();
    town.discord.stop();
    herald.logs_line("The connection to the gateway broke", logged).await;
    town.discord.refuse_resumes(true);
    expected.extend(talk(&town, war, 2 + COMMANDS));
    town.discord.start_again().await.unwrap();
    same(&expected, &town.says(war, before, expected.len()).await);
    assert_eq!(town.discord.connections().identified, 2);
    town.gets(&town.cleo, war, "!bogus", "I don't know").await;
    expected.push("I don't know".to_owned());
    same(&expected, &town.said(war, before));
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_history_the_permission_is_named_and_the_rest_goes_on() {
    let (town, herald) = Town::new("").await;
    let (war, engineering) = (town.channel("war-room"), town.channel("engineering"));
    let thread = town.incident().await;
    assert_eq!(herald.stop().await, 0);
    town.guild.overwrite(engineering, town.bot.id, 0, permissions::READ_MESSAGE_HISTORY).unwrap();
    let before = town.newest(war);
    town.cleo.say(war, "!log it goes on").unwrap();
    town.cleo.say(engineering, "!status").unwrap();

    let mut herald = Herald::begin(town.home());
    herald.says("⚠ discord: Herald lacks `Read Message History` in #engineering.").await;
    same(&["Note 2 is on the timeline".to_owned()], &town.says(war, before, 1).await);
    // Without it there is no answer there, but what engineers are told arrives, and the other channels are as ever.
    town.gets(&town.ana, war, "!log and on", "Note 3 is on the timeline").await;
    town.reads(&town.olga, thread, "and on").await;
    let (status, why) = herald.get("/readyz").await;
    assert!(status == 503 && why.contains("cannot be read"), "{why}");
    town.guild.clear_overwrite(engineering, town.bot.id).unwrap();
    town.discord.refuse_resumes(true);
    town.discord.cut_gateway();
    herald.ready().await;
    assert_eq!(herald.get("/readyz").await, (200, "ready\n".to_owned()));
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_of_the_menu_that_discord_gave_up_on_is_not_done_behind_its_back() {
    let (town, herald) = Town::new("").await;
    let (ana, war) = (&town.ana, town.channel("war-room"));
    let thread = town.incident().await;
    // Herald reads back what was said, and that takes long.
    let part = format!("/channels/{war}/messages");
    town.discord.fault(Rule::new(Fault::Hold).on(move |method, path| method == "GET" && path == part).times(1));
    let begun = town.discord.connections().identified;
    town.discord.refuse_resumes(true);
    town.discord.cut_gateway();
    town.discord.until(|_, now| (now.identified > begun).then_some(())).await;
    town.discord.held(1).await;
    let options = |words: &str| [("text", json!(words))];
    let asked = ana.slash(war, "incident finding", &options("tk1 is what I see")).unwrap();
    assert_eq!(asked.reply().await, Reply::Silence);
    town.discord.release();
    // Whoever was told that nobody responds does it again.
    town.gets(&town.cleo, war, "!log it goes on", "is on the timeline").await;
    town.chooses(ana, war, "incident finding", &options("tk2 is what I see")).await;
    town.reads(ana, thread, "tk2").await;
    assert!(!town.transcript(ana, thread).contains("tk1"), "{}", town.transcript(ana, thread));
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_could_not_be_read_is_read_once_it_can_be_however_much_was_said_there_since() {
    let (town, herald) = Town::new("").await;
    let war = town.channel("war-room");
    town.incident().await;
    assert_eq!(herald.stop().await, 0);
    town.cleo.say(war, "!log first").unwrap();
    let path = format!("/channels/{war}/messages");
    town.discord.fault(Rule::new(Fault::Denied(403, 50001)).on(move |method, at| method == "GET" && at == path));

    for _ in 0..2 {
        let mut herald = Herald::begin(town.home());
        herald.says("health").await;
        herald.logs_line("this room cannot be read", 0).await;
        // What is heard from there meanwhile is obeyed, and says nothing of what was missed, also after another start.
        town.ana.say(war, "!log later").unwrap();
        herald.logs_line("event=\"Logged\"", 0).await;
        let (status, why) = herald.get("/readyz").await;
        assert!(status == 503 && why.contains("cannot be read"), "{status}: {why}");
        assert_eq!(herald.stop().await, 0);
    }
    let herald = Herald::begin(town.home());
    herald.logs_line("this room cannot be read", 0).await;
    town.discord.heal();
    town.reads(&town.cleo, war, "Note 4 is on the timeline").await;
    town.gets(&town.ana, war, "!timeline", "first").await;
    assert_eq!(herald.stop().await, 0);
}
