//! What people notice first: what makes a sound, who did it, and what can still be pressed.

use herald_guild::{Id, Person, Seen};
use serde_json::json;

use crate::town::Town;

/// Waits until what one of Herald's messages shows is so.
async fn shows(who: &Person, channel: Id, message: Id, is_so: impl Fn(&Seen) -> bool) -> Seen {
    let found = |seen: &[Seen]| seen.iter().find(|it| it.id == message && is_so(it)).cloned();
    who.wait_for(channel, found).await.unwrap_or_else(|never| panic!("{never}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_people_makes_a_sound_and_calls_those_who_respond_and_all_else_is_silent() {
    let (town, herald) = Town::new("").await;
    let (ana, war, engineering) = (&town.ana, town.channel("war-room"), town.channel("engineering"));
    let mut all = vec![ana.id(), town.ben.id(), town.cleo.id()];
    all.sort_unstable();
    let none = Vec::new();
    // By menu and typed, what follows in which channel, whether it makes a sound, and whom it calls.
    let options = [("title", json!("checkout is down")), ("severity", json!("critical"))];
    ana.slash(war, "incident declare", &options).unwrap();
    let cases = [
        ("", war, "🔴 INC-1 checkout is down", false, &all),
        ("", engineering, "🔴 INC-1 checkout is down", false, &none),
        ("!need somebody who knows the load balancer", engineering, "help needed", false, &all),
        ("!log errors began at noon", war, "is on the timeline", true, &none),
        ("!severity major only cards fail", war, "major now", true, &none),
        ("!severity critical all of it", war, "critical now", false, &all),
        ("!severity critical INC-1", war, "critical already", true, &none),
        ("!declare search is slow --severity minor", war, "🟡 INC-2 search is slow", true, &none),
        ("!declare mail is late --severity major", war, "🟠 INC-3 mail is late", false, &none),
        ("!need INC-2 a hand", engineering, "a hand", false, &none),
    ];
    for (typed, channel, words, silent, called) in cases {
        if !typed.is_empty() {
            ana.say(war, typed).unwrap();
        }
        let told = town.reads(ana, channel, words).await;
        assert_eq!((told.silent, &told.pinged), (silent, called), "{typed}: {told:?}");
    }
    assert_eq!(herald.stop().await, 0);

    // A company that calls nobody so still hears of it.
    let (town, herald) = Town::new("[incidents]\ncall_responders = \"never\"\n").await;
    let (ana, war) = (&town.ana, town.channel("war-room"));
    let told = town.gets(ana, war, "!declare checkout is down --severity critical", "🔴 INC-1").await;
    assert_eq!((told.silent, told.pinged), (false, Vec::new()));
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gave_a_command_by_menu_is_named_and_what_is_settled_has_no_buttons() {
    let (town, herald) = Town::new("").await;
    let (ana, ben, cleo, war) = (&town.ana, &town.ben, &town.cleo, town.channel("war-room"));
    town.incident().await;
    // What was typed shows who typed it; what was chosen is nowhere to be seen.
    let typed = town.gets(ana, war, "!identified a bad deploy", "the cause is known").await;
    assert!(!typed.content.contains("By "), "{typed:?}");
    let by_menu = [
        (cleo, "incident tasks task", vec![("text", json!("roll it back"))], "Task 1"),
        (ana, "incident tasks done", vec![("n", json!("1"))], "Task 1 is done"),
        (ana, "incident mitigated", vec![("how", json!("rolled back"))], "mitigated"),
        (ana, "incident resolve", vec![("summary", json!("a bad deploy"))], "resolved after"),
        (ana, "incident reopen", vec![("why", json!("errors are back"))], "open again"),
    ];
    for (who, command, options, words) in by_menu {
        let before = ana.reads(war).unwrap().len();
        who.slash(war, command, &options).unwrap();
        let told = town.reads_after(ana, war, before, words).await;
        assert!(told.content.contains(&who.mention()), "{command}: {told:?}");
        assert_eq!(
            told.pinged.contains(&who.id()),
            command == "incident reopen",
            "all are called, and nobody else: {told:?}"
        );
    }

    // A form has a label around each input, as Discord documents it.
    let form = ben.slash(war, "update", &[]).unwrap().modal().await.unwrap();
    assert!(!form.fields.is_empty() && form.fields.iter().all(|it| it.labelled), "{form:?}");

    let draft = async |text: &str| {
        cleo.say(war, &format!("!draft {text} next 25m")).unwrap();
        let draft = town.reads(cleo, war, &format!("{text}\n")).await;
        assert_eq!(draft.buttons.len(), 3, "{draft:?}");
        draft.id
    };
    let settled = async |id: Id, words: &str| {
        let shown = shows(cleo, war, id, |it| it.buttons.is_empty()).await;
        assert!(shown.content.contains(words), "{words}: {shown:?}");
    };
    let first = town.reads(ben, war, "is a first response").await.id;
    let (pressed, typed, over) = (draft("Orders wait.").await, draft("Cards fail.").await, draft("No idea yet.").await);
    ben.press(pressed, "Publish").unwrap();
    settled(pressed, "is published: Orders wait").await;
    settled(first, "is discarded: We are").await;
    cleo.say(war, "!discard 3").unwrap();
    settled(typed, "is discarded: Cards fail").await;
    // The company sees the colour and one line beside the text, which says it all.
    let update = town.reads(&town.dora, town.channel("company"), "Orders wait").await;
    let [embed] = &update.embeds[..] else { panic!("{update:?}") };
    assert!(embed["fields"].is_null() && embed["color"].is_u64(), "{embed}");
    assert!(embed["description"].as_str().is_some_and(|it| it.starts_with("Next update: ")), "{embed}");
    assert_eq!(shows(cleo, war, over, |_| true).await.buttons.len(), 3);
    town.gets(ana, war, "!cancel no incident after all", "cancelled").await;
    // The company still waits for a last word, which may be the draft.
    assert_eq!(shows(cleo, war, over, |_| true).await.buttons.len(), 3);
    ben.say(war, "!update Nothing was wrong. final").unwrap();
    settled(over, "the incident is over").await;
    assert_eq!(herald.stop().await, 0);
}
