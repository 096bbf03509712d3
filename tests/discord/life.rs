//! A critical incident from its declaration to its end, by people who choose, press and fill in.

use serde_json::json;

use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn three_people_run_a_critical_incident_with_menus_buttons_and_a_form() {
    let (town, herald) = Town::new("").await;
    let (ana, ben, cleo, dora) = (&town.ana, &town.ben, &town.cleo, &town.dora);
    let [war, engineering, company] = ["war-room", "engineering", "company"].map(|name| town.channel(name));
    assert!(!dora.sees(war) && dora.sees(company), "the war room is for those who respond");

    let options = [("title", json!("checkout is down")), ("severity", json!("critical"))];
    let done = town.chooses(ana, war, "incident declare", &options).await;
    assert!(done.ephemeral, "{done:?}");
    let declared = town.reads(cleo, war, "INC-1 checkout is down").await;
    assert!(declared.content.contains("critical"), "{declared:?}");

    let options = [("role", json!("spokesperson")), ("person", json!(ben.id().to_string()))];
    town.chooses(ana, war, "incident roles assign", &options).await;
    town.reads(cleo, war, "is spokesperson now").await;

    // The form asks for the promise, and takes no statement without one.
    let form = ben.slash(war, "update", &[]).unwrap().modal().await.unwrap();
    assert_eq!(form.title, "Update on INC-1");
    let next = form.field("Next update in").unwrap();
    assert!(next.required && next.value == "30m", "{next:?}");
    let text = form.fields[0].label.clone();
    let too_far = ben.submit(&form, &[(&text, "We are looking into it"), ("Next update in", "2d")]).unwrap();
    let refused = too_far.message().await.unwrap();
    assert!(refused.ephemeral && refused.content.contains("too far off"), "{refused:?}");
    town.whispers(ben, war, "```\nWe are looking into it\n```").await;
    assert!(dora.reads(company).unwrap().is_empty(), "{}", town.transcript(dora, company));
    let form = ben.slash(war, "update", &[]).unwrap().modal().await.unwrap();
    ben.submit(&form, &[(&text, "We are looking into it"), ("Next update in", "20m")])
        .unwrap()
        .message()
        .await
        .unwrap();
    let update = town.reads(dora, company, "We are looking into it").await;
    assert!(
        update.content.starts_with("🔴 **INC-1 checkout is down** · critical · investigating · update 1"),
        "{update:?}"
    );
    assert!(update.content.contains("<t:") && update.content.contains(":R>"), "each reader's own zone: {update:?}");
    assert!(update.pinged.is_empty() && update.embeds.len() == 1, "{update:?}");

    // Discord itself keeps everybody else from writing there, and lets them react.
    assert_eq!(dora.say(company, "is it fixed?").unwrap_err().code, 50013);
    assert_eq!(ana.say(company, "nearly").unwrap_err().code, 50013);
    dora.react(company, update.id, "👀").unwrap();

    // Who wants to know asks Herald alone, from where they are.
    let asked = town.chooses(dora, company, "ask", &[("question", json!("will orders be lost?"))]).await;
    assert!(asked.ephemeral, "{asked:?}");
    let question = town.reads(ben, war, "will orders be lost?").await;
    assert_eq!(question.pinged, [ben.id()], "{question:?}");

    // A draft is published with one press, by the spokesperson alone.
    let options = [("text", json!("Orders are kept and go through later.")), ("next", json!("25m"))];
    town.chooses(cleo, war, "draft", &options).await;
    let draft = town.reads(ben, war, "Orders are kept").await;
    let no = cleo.press(draft.id, "Publish").unwrap().message().await.unwrap();
    assert!(no.ephemeral && no.content.contains("Only the spokesperson can do that, and that is ben"), "{no:?}");
    let form = ben.press(draft.id, "Edit").unwrap().modal().await.unwrap();
    assert_eq!(form.fields[0].value, "Orders are kept and go through later.");
    ben.submit(&form, &[(&text, "No order is lost."), ("Next update in", "25m")]).unwrap().message().await.unwrap();
    let draft = town.reads(ben, war, "No order is lost.").await;
    ben.press(draft.id, "Publish").unwrap().message().await.unwrap();
    town.reads(dora, company, "No order is lost.").await;

    // The same words typed are the same commands; an edit of one is no second one.
    let before = cleo.reads(war).unwrap().len();
    let typed = cleo.say(war, "!task roll back payments").unwrap();
    town.reads_after(cleo, war, before, "Task 1").await;
    cleo.edit(war, typed, "!task roll back everything").unwrap();
    let seen = cleo.say(war, "errors began with the deploy of 11:52").unwrap();
    ana.react(war, seen, "📌").unwrap();
    town.reads(ana, war, "Message 1 is on the timeline").await;
    let board = town.reads(ana, war, "I keep this board up to date").await;
    assert!(ana.pins(war).iter().any(|pin| pin.id == board.id), "{board:?}");
    let choices = ana.autocomplete(war, "incident tasks done", ("n", ""), &[]).unwrap().reply().await;
    assert!(format!("{choices:?}").contains("roll back payments"), "{choices:?}");
    let listed = town.chooses(ana, war, "incident tasks list", &[]).await;
    assert!(listed.content.contains("roll back payments"), "{listed:?}");

    let options = [("role", json!("spokesperson")), ("person", json!(cleo.id().to_string()))];
    town.chooses(ben, war, "incident roles handoff", &options).await;
    town.chooses(cleo, war, "incident roles accept", &[]).await;
    town.reads(ana, war, "handed over by").await;
    town.chooses(ana, war, "incident resolve", &[("summary", json!("a bad deploy, rolled back"))]).await;
    town.reads(ana, war, "resolved after").await;
    let form = cleo.slash(war, "update", &[]).unwrap().modal().await.unwrap();
    let values = [(text.as_str(), "Orders go through again, and none was lost."), ("Next update in", "final")];
    cleo.submit(&form, &values).unwrap().message().await.unwrap();
    town.reads(dora, company, "This was the last update.").await;
    town.gets(ana, war, "!done 1", "Task 1 is done").await;
    town.gets(ana, war, "!answered 1", "Question 1").await;
    town.gets(ana, war, "!close", "Promises: 3 kept, 0 broken").await;
    let timeline = town.chooses(ana, war, "incident timeline", &[]).await;
    assert!(!timeline.ephemeral && timeline.content.contains("Timeline of **INC-1"), "all see results: {timeline:?}");
    let closed = |seen: &[herald_guild::Seen]| {
        seen.iter().find(|it| it.id == board.id && it.content.contains("closed")).cloned()
    };
    ana.wait_for(war, closed).await.unwrap();

    assert!(!town.transcript(dora, company).contains("payments"), "what engineers say stays with them");
    let told = dora.reads(company).unwrap();
    assert_eq!(told.iter().filter(|it| !it.ephemeral).count(), 3, "{}", town.transcript(dora, company));
    assert!(town.transcript(ana, engineering).contains("INC-1"));
    let (status, metrics) = herald.get("/metrics").await;
    assert!(status == 200 && metrics.contains("herald_promises_kept_total 3"), "{metrics}");
    assert_eq!(herald.get("/readyz").await, (200, "ready\n".to_owned()));
    assert!(town.discord.unknown_requests().is_empty(), "{:?}", town.discord.unknown_requests());
    let log = herald.log();
    assert_eq!(herald.stop().await, 0);
    assert!(!log.contains(&town.bot.token), "the log holds no token");
}
