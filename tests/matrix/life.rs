//! A critical incident from its declaration to its timeline.

use herald_synapse::Synapse;

use crate::herald::Herald;
use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn three_people_run_a_critical_incident() {
    let server = Synapse::shared().await.unwrap();
    let (town, herald) = Town::new(server, "").await;
    for line in &herald.said {
        println!("{line}");
    }
    let (ana, ben, cleo, war) = (&town.ana, &town.ben, &town.cleo, &town.war);

    let declared = ana.gets(war, "!declare checkout is down --severity critical", "INC-1 checkout is down").await;
    assert!(declared.encrypted && declared.has_mentions, "{declared:?}");
    ben.gets(war, "!take spokesperson", "is spokesperson now").await;
    let refused = ben.gets(war, "!update We are looking into it", "next").await;
    assert_eq!(refused.kind, "m.notice");
    ben.gets(war, "!update We are looking into it next 20m", "Update 1 goes to the company").await;
    let update = town.hears("We are looking into it").await;
    assert_eq!(update.content()["msgtype"], "m.text");
    for line in ana.person.lines(war).await.unwrap() {
        println!("{} [{}] {:?}", line, line.kind, line.mentions);
    }
    for line in town.told().await {
        println!("company: {line}");
    }
    assert_eq!(herald.stop().await, 0);
    let _ = cleo;
    let _ = Herald::begin;
}
