//! A critical incident from its declaration to its end, by three people in an encrypted war room.

use std::slice::from_ref;

use herald_synapse::Synapse;
use serde_json::json;

use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn three_people_run_a_critical_incident() {
    let (town, herald) = Town::new(Synapse::shared().await.unwrap(), "").await;
    let (ana, ben, cleo, dora) = (&town.ana, &town.ben, &town.cleo, &town.dora);
    let (war, company) = (town.war.as_str(), town.company.as_str());

    let declared = ana.gets(war, "!declare checkout is down --severity critical", "INC-1 checkout is down").await;
    assert!(declared.encrypted && declared.has_mentions, "{declared:?}");
    assert!(declared.text.contains("critical · commander ana"), "{declared:?}");
    assert_eq!((declared.kind.as_str(), &declared.content["m.mentions"]), ("m.text", &json!({ "room": true })));

    // A mention as clients write it: a pill in the HTML, a name in the text.
    let pill = format!("!assign spokesperson <a href=\"https://matrix.to/#/{}\">Ben B.</a>", ben.id());
    ana.person.say_html(war, "!assign spokesperson Ben B.", &pill).await.unwrap();
    ana.reads(war, "ben is spokesperson now").await;

    let refused = ben.gets(war, "!update We are looking into it", "An update needs the time of the next one").await;
    assert_eq!(refused.kind, "m.notice");
    assert!(refused.answers.is_some(), "{refused:?}");
    ben.gets(war, "!update We are looking into it next 20m", "Update 1 goes to the company").await;
    let update = town.hears("We are looking into it").await;
    assert_eq!(update.content()["msgtype"], "m.text");
    assert_eq!(update.content()["m.mentions"], json!({}));
    assert!(
        update.body().starts_with("🔴 INC-1 checkout is down · critical · investigating · update 1\n"),
        "{update:?}"
    );
    assert!(update.body().contains("UTC (in 20 min). Said by ben, spokesperson."), "{update:?}");

    // The homeserver itself keeps everybody else from writing in the company's room, and lets them react.
    let no = dora.say(company, "is it fixed?").await.unwrap_err();
    assert_eq!(no.code(), Some((403, "M_FORBIDDEN")), "{no}");
    let no = ana.account.say(company, "nearly").await.unwrap_err();
    assert_eq!(no.code(), Some((403, "M_FORBIDDEN")), "{no}");
    dora.react(company, update.id(), "👀").await.unwrap();

    // Who wants to know asks Herald alone, and the war room hears of it.
    let talk = dora.begin_talk(town.bot.user_id()).await.unwrap();
    dora.say(&talk, "!ask will orders be lost?").await.unwrap();
    let question = ben.reads(war, "Question 1 from dora: will orders be lost?").await;
    assert_eq!(question.mentions, from_ref(&ben.id().to_owned()), "{question:?}");

    // An edit of a command is not a second one; a pin puts what was said on the timeline.
    let asked = cleo.person.say(war, "!task roll back payments").await.unwrap();
    cleo.reads(war, "Task 1").await;
    cleo.person.edit(war, &asked, "!task roll back everything").await.unwrap();
    let seen = cleo.person.say(war, "errors began with the deploy of 11:52").await.unwrap();
    ana.person.react(war, &seen, "📌").await.unwrap();
    ana.reads(war, "Message 1 is on the timeline").await;

    let board = ana.reads(war, "I keep this board up to date").await;
    let pinned = ana.account.state(war, "m.room.pinned_events", "").await.unwrap();
    assert_eq!(pinned["pinned"], json!([board.id]));

    ben.gets(war, "!handoff spokesperson cleo", "offers you the role of spokesperson").await;
    cleo.gets(war, "!accept", "cleo is spokesperson now, handed over by ben").await;
    ana.gets(war, "!resolve a bad deploy, rolled back", "resolved after").await;
    cleo.gets(war, "!update Orders go through again, and none was lost. final", "the last, goes to the company").await;
    town.hears("This was the last update.").await;
    ana.gets(war, "!done 1", "Task 1 is done").await;
    ana.gets(war, "!answered 1", "Question 1").await;
    ana.gets(war, "!close", "Promises: 2 kept, 0 broken").await;
    ana.gets(war, "!timeline", "Timeline of INC-1").await;

    let board = ana
        .person
        .wait_for(war, |lines| lines.iter().find(|line| line.id == board.id && line.text.contains("closed")).cloned())
        .await
        .unwrap();
    assert!(board.edits > 0, "{board:?}");
    let lines = ana.person.lines(war).await.unwrap();
    assert!(lines.iter().all(|line| line.encrypted), "all of the war room is encrypted");
    assert!(!town.told().await.join("\n").contains("payments"), "what engineers say stays with them");
    assert_eq!(town.told().await.len(), 2);
    let tasks = lines.iter().filter(|line| line.text.contains("Task 1 for") || line.text.starts_with("Task 1:"));
    assert_eq!(tasks.count(), 1, "{}", ana.transcript(war).await);

    let (status, metrics) = herald.get("/metrics").await;
    assert_eq!(status, 200);
    assert!(metrics.contains("herald_promises_kept_total 2"), "{metrics}");
    assert_eq!(herald.get("/readyz").await, (200, "ready\n".to_owned()));
    assert!(!herald.log().contains(town.bot.password()), "the log holds no password");
    assert_eq!(herald.stop().await, 0);
}
