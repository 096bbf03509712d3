//! What Discord sends as numbers is read as the names and times that people see.

use serde_json::json;

use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_as_numbers_reaches_the_company_as_names_and_times() {
    let (town, herald) = Town::new("").await;
    let (ana, ben, war) = (&town.ana, &town.ben, town.channel("war-room"));
    let oncall = town.guild.role("on-call", 0);
    town.gets(ana, war, "!declare checkout is down", "INC-1 checkout is down").await;
    town.gets(ana, war, &format!("!assign spokesperson {}.", ben.mention()), "is spokesperson now").await;
    let status = town.channel("company");
    let text = format!(
        "!update {} and <@&{oncall}> look, see <#{status}> <:fire:12> since <t:1700000000:t>. `<#{status}>` next 30m",
        town.cleo.mention()
    );
    town.gets(ben, war, &text, "Update 1 goes to the company").await;
    let said = town.reads(&town.dora, status, "update 1").await;
    for words in ["@cleo and @on-call look, see #company ", ":fire", "since 22:13 UTC. "] {
        assert!(said.content.replace('\\', "").contains(words), "{words}: {}", said.content);
    }
    // A promise may be a timestamp; what was typed is answered as people see it.
    town.gets(ben, war, "!update We look. next <t:1700000000:f>", "14 Nov 22:13 UTC is past").await;
    town.gets(ben, war, &format!("!handoff spokesperson <@&{oncall}>"), "I know nobody called `@on-call`").await;
    // In a menu and a reaction, too.
    town.chooses(ben, war, "incident log", &[("text", json!(format!("see <#{status}>")))]).await;
    town.gets(ben, war, "!timeline 1", "see \\#company").await;
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobodys_name_says_what_is_done() {
    let (town, herald) = Town::new("").await;
    let (ana, ben, war) = (&town.ana, &town.ben, town.channel("war-room"));
    town.guild.nick(town.cleo.id(), "cleo --customers next 1h").unwrap();
    town.gets(ana, war, "!declare checkout is down", "INC-1 checkout is down").await;
    town.gets(ben, war, "!take spokesperson", "is spokesperson now").await;
    let refused = town.gets(ben, war, &format!("!update Thanks to {}", town.cleo.mention()), "needs the time").await;
    // A line with that name in it would be read as something else.
    assert!(refused.content.contains("one more line at its end: `next 1h`"), "{}", refused.content);
    assert!(town.dora.reads(town.channel("company")).unwrap().is_empty());
    assert_eq!(herald.stop().await, 0);
}
