//! What an admin does in chat, on a real server.

use herald_guild::permissions;
use serde_json::json;

use crate::herald::Herald;
use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_is_mapped_in_chat_is_closed_told_and_opened_again() {
    let town = Town::plan().await;
    let status = town.guild.channel("status").unwrap();
    let herald = Herald::start(town.home()).await;
    let (ana, ben, dora) = (&town.ana, &town.ben, &town.dora);
    let talk = ana.dm(town.bot.id).unwrap();
    assert!(dora.say(status, "what was said before").is_ok());

    let other = ben.dm(town.bot.id).unwrap();
    town.gets(ben, other, "!admin map company discord:#status", "Only an admin of Herald can do that").await;
    town.gets(ana, talk, "!admin map engineering discord:1", "the server has no such channel").await;
    let preview = town.gets(ana, talk, "!admin map company discord:#status", "Only Herald could write there").await;
    let confirm = code(&preview.content);
    town.gets(ana, talk, &confirm, "is for company from now on").await;
    let closed = || (dora.rights(status) & permissions::SEND_MESSAGES == 0).then_some(());
    town.discord.eventually(closed).await.unwrap();
    town.gets(ana, talk, "!admin test discord:#status", "The test stands in").await;
    town.reads(dora, status, "This is a test").await;

    // What is mapped in chat is so after a restart.
    assert_eq!(herald.stop().await, 0);
    let herald = Herald::start(town.home()).await;
    let war = town.channel("war-room");
    town.gets(ana, war, "!declare checkout is down", "INC-1").await;
    town.gets(ana, war, "!take spokesperson", "is spokesperson now").await;
    town.gets(ana, war, "!update We are looking next 30m", "goes to the company").await;
    town.reads(dora, status, "We are looking").await;
    town.reads(dora, town.channel("company"), "We are looking").await;

    // By the menu, in the channel itself, where no command is typed.
    let preview = town.chooses(ana, status, "admin", &[("what", json!("unmap")), ("words", json!("here"))]).await;
    assert!(preview.ephemeral, "{preview:?}");
    town.gets(ana, talk, &code(&preview.content), "is for nobody any more").await;
    let open = || (dora.rights(status) & permissions::SEND_MESSAGES != 0).then_some(());
    town.discord.eventually(open).await.unwrap();
    assert!(dora.say(status, "we can talk again").is_ok());
    town.gets(ana, war, "!update It is fixed next 30m", "goes to the company").await;
    town.reads(dora, town.channel("company"), "It is fixed").await;
    assert!(!town.transcript(dora, status).contains("It is fixed"));
    assert_eq!(herald.stop().await, 0);
}

/// The command that confirms what was previewed.
fn code(preview: &str) -> String {
    let code = preview.split("!admin confirm ").nth(1).unwrap_or_else(|| panic!("{preview}"));
    format!("!admin confirm {}", &code[..4])
}
