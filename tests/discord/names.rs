//! Channels of the configuration that are renamed: a name is no proof of whose channel it is.

use serde_json::json;

use crate::checked::Checked;
use crate::herald::Herald;
use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn a_public_channel_with_the_name_of_the_war_room_is_none_until_an_admin_says_so() {
    let (town, herald) = Town::new("").await;
    let war = town.channel("war-room");
    assert_eq!(herald.stop().await, 0);
    town.olga.call("PATCH", &format!("/channels/{war}"), json!({ "name": "war-room-old" })).unwrap();
    let public = town.guild.channel("war-room").unwrap();

    Checked::at(town.home()).await.well().says("⚠ rooms.war_room[0]", &public.to_string());
    let herald = Herald::start(town.home()).await;
    let said = herald.said.join("\n");
    assert!(said.contains("⚠ rooms.war_room[0]") && said.contains(&public.to_string()), "{said}");
    let dm = town.ana.dm(town.bot.id).unwrap();
    let asked = town.reads(&town.ana, dm, "an admin says").await;
    assert!(asked.content.contains(&war.to_string()), "{asked:?}");
    // A member who is in no war room gets nowhere there, and the war room goes on.
    town.dora.say(public, "!declare checkout is down").unwrap();
    town.gets(&town.ana, war, "!declare search is slow", "INC-1 search is slow").await;
    assert!(!town.transcript(&town.dora, public).contains("INC-"), "{}", town.transcript(&town.dora, public));
    assert!(herald.get("/readyz").await.1.contains(&public.to_string()));

    let map = format!("!admin map war-room discord:{public}");
    town.gets(&town.ana, dm, &map, "is for war-room from now on").await;
    town.gets(&town.ana, public, "!status", "INC-1").await;
    assert_eq!(herald.get("/readyz").await, (200, "ready\n".to_owned()));
    assert_eq!(herald.stop().await, 0);
    let herald = Herald::start(town.home()).await;
    assert!(!herald.said.join("\n").contains("⚠ rooms.war_room[0]"), "{:?}", herald.said);
    town.gets(&town.ana, public, "!status", "INC-1").await;
    assert_eq!(herald.stop().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_was_only_renamed_is_gone_on_with_and_one_that_is_gone_is_not_replaced_by_its_name() {
    let (town, herald) = Town::new("").await;
    let company = town.channel("company");
    town.gets(&town.ana, town.channel("war-room"), "!declare checkout is down", "INC-1").await;
    town.gets(&town.ben, town.channel("war-room"), "!take spokesperson", "is spokesperson now").await;
    assert_eq!(herald.stop().await, 0);
    town.olga.call("PATCH", &format!("/channels/{company}"), json!({ "name": "all-hands" })).unwrap();
    let herald = Herald::start(town.home()).await;
    assert!(herald.said.join("\n").contains("leads to no room now"), "{:?}", herald.said);
    // None is made; a channel that Herald keeps gets its name back.
    assert!(town.guild.channels().iter().all(|(id, name)| name != "company" || *id == company));
    town.gets(&town.ben, town.channel("war-room"), "!update We are looking next 30m", "goes to the company").await;
    town.reads(&town.dora, company, "We are looking").await;
    assert_eq!(herald.stop().await, 0);

    town.guild.delete(company).unwrap();
    let public = town.guild.channel("company").unwrap();
    let mut herald = Herald::begin(town.home());
    herald.says("⚠ rooms.company[0]").await;
    let dm = town.ana.dm(town.bot.id).unwrap();
    town.reads(&town.ana, dm, "is held until").await;
    town.gets(&town.ben, town.channel("war-room"), "!update Still looking next 30m", "goes to the company").await;
    herald.logs_line("not sent, will try again", 0).await;
    assert!(!town.transcript(&town.dora, public).contains("looking"));
    town.gets(&town.ana, dm, &format!("!admin map company discord:{public}"), "goes there too").await;
    town.reads(&town.dora, public, "Still looking").await;
    herald.ready_again().await;
    assert_eq!(herald.stop().await, 0);
}
