//! What is refused, and how whoever asked learns what to do.

use serde_json::json;

use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_seen_by_whoever_asked_and_nobody_else() {
    let (town, herald) = Town::new("").await;
    let (ana, ben) = (&town.ana, &town.ben);
    let war = town.channel("war-room");
    let nothing_open = town.chooses(ana, war, "incident status", &[]).await;
    assert!(nothing_open.content.contains("No incident is open"), "{nothing_open:?}");
    // With nothing to fill in there is no form.
    let no_form = town.chooses(ana, war, "update", &[]).await;
    assert!(no_form.ephemeral && no_form.content.contains("No incident is open here"), "{no_form:?}");
    town.chooses(ana, war, "incident declare", &[("title", json!("checkout is down"))]).await;
    town.reads(ben, war, "INC-1 checkout is down").await;
    for (command, options, words) in [
        (
            "incident resolve",
            vec![("summary", json!("all is well"))],
            "Only the commander can do that, and that is ana",
        ),
        (
            "incident updates publish",
            vec![("n", json!("1")), ("next", json!("30m"))],
            "Only the spokesperson can do that",
        ),
        ("incident updates publish", vec![("n", json!("9"))], "There is no draft 9"),
        ("incident tasks done", vec![("n", json!("1")), ("incident", json!("INC-9"))], "There is no INC-9"),
        ("incident severity", vec![("level", json!("minor"))], "Only the commander"),
    ] {
        let refused = town.chooses(ben, war, command, &options).await;
        assert!(refused.ephemeral && refused.content.contains(words), "/{command}: {refused:?}");
    }
    town.chooses(ana, war, "incident roles take", &[("role", json!("spokesperson"))]).await;
    town.reads(ben, war, "> is spokesperson now").await;
    let text = "What the company is told";
    for (next, words) in [
        ("5d", "too far off"),
        ("25:99", "I can't read `25:99` as a time"),
        ("final", "`final` is for an incident that is over"),
    ] {
        let form = ana.slash(war, "update", &[]).unwrap().modal().await.unwrap();
        let refused = ana
            .submit(&form, &[(text, "We look into it."), ("Next update in", next)])
            .unwrap()
            .message()
            .await
            .unwrap();
        assert!(refused.ephemeral && refused.content.contains(words), "{next}: {refused:?}");
        town.whispers(ana, war, "We look into it.").await;
    }
    let form = ana.slash(war, "update", &[]).unwrap().modal().await.unwrap();
    assert!(
        ana.submit(&form, &[(text, "We look into it."), ("Next update in", "")]).is_err(),
        "Discord itself asks for it"
    );
    let seen = ana.reads(war).unwrap();
    let refusals = seen.iter().filter(|it| !it.ephemeral && it.content.contains("Only the"));
    assert_eq!(refusals.count(), 0, "{}", town.transcript(ana, war));
    assert!(town.dora.reads(town.channel("company")).unwrap().is_empty());
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_known_by_name_before_they_speak() {
    let (town, herald) = Town::new("").await;
    let war = town.channel("war-room");
    town.gets(&town.ana, war, "!declare checkout is down", "INC-1 checkout is down").await;
    let given = format!("{} is spokesperson now", town.cleo.mention());
    town.gets(&town.ana, war, "!assign spokesperson cleo", &given).await;
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_is_not_mapped_is_answered_in_person() {
    let (town, herald) = Town::new("").await;
    let elsewhere = town.guild.channel("random").unwrap();
    let war = town.channel("war-room");
    let declared = town.chooses(&town.dora, elsewhere, "incident declare", &[("title", json!("help"))]).await;
    assert!(declared.ephemeral && declared.content.contains("does not work here"), "{declared:?}");
    let shown = town.chooses(&town.dora, elsewhere, "incident incidents", &[]).await;
    assert!(shown.ephemeral, "{shown:?}");
    // What is only typed there is nobody's command.
    town.dora.say(elsewhere, "!declare help").unwrap();
    town.gets(&town.ana, war, "!declare checkout is down", "INC-1 checkout is down").await;
    let said = town.dora.reads(elsewhere).unwrap();
    assert!(said.iter().all(|it| it.author != town.bot.id || it.ephemeral), "{said:#?}");
    assert_eq!(herald.stop().await, 0);
}
