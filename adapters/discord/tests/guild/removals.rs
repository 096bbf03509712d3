//! Who took messages away, as far as Discord tells.

use herald_chat::{Arrival, Inbound, MessageRef, Origin, Platform, Posting, What};
use herald_discord::RoomKind;
use herald_guild::permissions::{MANAGE_MESSAGES, VIEW_AUDIT_LOG, VIEW_CHANNEL};
use herald_guild::{Fault, Id, Rule};
use serde_json::json;

use crate::common::{Herald, INVITED, Maybe, Tested, id, key, room};
use crate::squatters::{guarded, says, with};

/// The next message that was removed, and by whom, by which kind of sender.
async fn removed(herald: &Herald) -> Maybe<(Origin, String)> {
    herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { by, origin, what: What::Delete { .. }, .. }) => Some((origin, by.name)),
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_took_a_message_away_is_said_as_far_as_discord_tells() -> Tested {
    let (town, herald, _) = guarded(0).await?;
    herald.discord.mapped(&town.room(), RoomKind::Private)?;
    let mal = with(&town, "mal", MANAGE_MESSAGES);
    let said: Vec<Id> = (0..7).map(|n| town.ana.say(town.channel, &format!("{n}"))).collect::<Result<_, _>>()?;
    // Twice: the second is in the same entry of the log.
    for message in &said[..2] {
        mal.delete(town.channel, *message)?;
        assert_eq!(removed(&herald).await?, (Origin::Human, "mal".to_owned()));
    }
    town.ana.delete(town.channel, said[2])?;
    assert_eq!(removed(&herald).await?, (Origin::Human, "ana".to_owned()));
    let both = json!({ "messages": [said[3], said[4]] });
    mal.call("POST", &format!("/channels/{}/messages/bulk-delete", town.channel), both)?;
    for _ in 0..2 {
        assert_eq!(removed(&herald).await?, (Origin::Human, "mal".to_owned()));
    }
    // Also when all but one were gone already, and without asking for each.
    let asked = || town.discord.count("GET /guilds/{id}/audit-logs").0;
    let before = asked();
    let both = json!({ "messages": [said[5], said[4]] });
    mal.call("POST", &format!("/channels/{}/messages/bulk-delete", town.channel), both)?;
    assert_eq!(removed(&herald).await?, (Origin::Human, "mal".to_owned()));
    assert_eq!(asked(), before + 1);
    // What happens where Herald does not work is not looked up.
    let lunch = town.guild.channel("lunch")?;
    let soup = town.ana.say(lunch, "soup")?;
    mal.delete(lunch, soup)?;
    assert_eq!(removed(&herald).await?.0, Origin::Unknown);
    assert_eq!(asked(), before + 1);
    let own = herald.discord.post(&town.room(), &says("update 1"), &key("u")).await?;
    mal.delete(town.channel, id(&own.id))?;
    assert_eq!(removed(&herald).await?, (Origin::Human, "mal".to_owned()));
    // What Herald takes away itself it knows, all of it.
    let long = "a long story ".repeat(500);
    let own = herald.discord.post(&town.room(), &says(&long), &key("long")).await?;
    herald.discord.delete(&own, &key("gone")).await?;
    let parts = town.discord.count("DELETE /channels/{id}/messages/{id}").0;
    assert!(parts > 1);
    for _ in 0..parts {
        assert_eq!(removed(&herald).await?.0, Origin::Own);
    }
    // Nothing tells a bot that takes a message away from its author.
    let other = town.discord.application("Other", town.guild.owner());
    town.guild.add(other.id, VIEW_CHANNEL | MANAGE_MESSAGES);
    town.discord.acting_as(&other).delete(town.channel, said[6])?;
    assert_eq!(removed(&herald).await?, (Origin::Unknown, "somebody".to_owned()));
    // Where a bot and a person do so at once, what the log has of the one is not taken for the other.
    let both = [town.ana.say(town.channel, "a")?, town.ana.say(town.channel, "b")?];
    town.discord.fault(Rule::new(Fault::Hold).on(|_, path| path.contains("/audit-logs")).times(2));
    town.discord.acting_as(&other).delete(town.channel, both[0])?;
    mal.delete(town.channel, both[1])?;
    town.discord.held(2).await;
    town.discord.release();
    for _ in 0..2 {
        assert_eq!(removed(&herald).await?.0, Origin::Unknown);
    }
    // Nor is what was taken away after it.
    let own = town.ana.say(town.channel, "c")?;
    town.ana.delete(town.channel, own)?;
    assert_eq!(removed(&herald).await?.0, Origin::Unknown);
    // Without the right to look, nobody is said to have done it.
    town.guild.permit(town.role, INVITED & !VIEW_AUDIT_LOG);
    let last = town.ana.say(town.channel, "last")?;
    town.discord.eventually(|| town.ana.shown(town.channel, last)).await?;
    let own = herald.discord.post(&town.room(), &says("update 2"), &key("v")).await?;
    mal.delete(town.channel, id(&own.id))?;
    assert_eq!(removed(&herald).await?, (Origin::Unknown, "somebody".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_herald_removed_at_once_is_its_own_doing_although_the_answer_was_lost() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let owner = town.guild.owner();
    let mut said = None;
    for n in 0..2 {
        owner.say(company, &format!("gold {n}"))?;
        let told = herald.hears(|arrival| match arrival {
            Arrival::Event(Inbound { room, id, what: What::Message { .. }, .. }) => Some(MessageRef { room, id }),
            Arrival::Event(_) | Arrival::Gap => None,
        });
        said = Some(told.await?);
    }
    // What the gateway tells comes after that.
    town.discord.stall(true);
    town.discord.fault(Rule::new(Fault::LoseAnswer).on(|_, path| path.ends_with("/bulk-delete")).times(1));
    herald.discord.delete(&said.ok_or("nothing was heard")?, &key("stray")).await?;
    town.discord.stall(false);
    for _ in 0..2 {
        assert_eq!(removed(&herald).await?.0, Origin::Own);
    }
    Ok(())
}
