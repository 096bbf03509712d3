//! What Herald could not do for want of a right, and does as soon as the right is given back.

use herald_chat::{Arrival, Inbound, MessageRef, Origin, Platform, Posting, RoomPart, SendError, What};
use herald_guild::permissions::{MANAGE_CHANNELS, MANAGE_ROLES, SEND_MESSAGES, VIEW_CHANNEL};
use herald_guild::{Fault, Id, Limits, Rule};
use serde_json::json;

use crate::common::{Herald, INVITED, Maybe, Tested, Town, id, key, room, user};
use crate::squatters::{altered, guarded, says, spec, stop, with};

/// A server where Herald listens by a clock so slow that nothing is tried again because time has passed; and a role.
async fn slowly() -> Maybe<(Town, Herald, Id)> {
    let mut town = Town::new().await?;
    // By that clock each would be waited for sixty times as long.
    town.discord.limits(Limits::off());
    let responders = town.guild.role("responders", 0);
    town.settings.responders = Some(responders.0.into());
    let herald = town.slow_herald(60).await?;
    herald.gap().await?;
    Ok((town, herald, responders))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_could_not_be_put_back_is_told_and_put_back_once_herald_may() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let mal = with(&town, "mal", MANAGE_CHANNELS);
    town.guild.permit(town.role, INVITED & !MANAGE_CHANNELS);
    mal.call("PATCH", &format!("/channels/{company}"), json!({ "name": "gold", "rate_limit_per_user": 60 }))?;
    assert_eq!(altered(&herald, RoomPart::Control).await?, (Origin::Human, "mal".to_owned()));
    let shown = || town.guild.shown(company).unwrap_or_default();
    assert_eq!(shown()["name"], "gold");
    town.guild.permit(town.role, INVITED);
    let is_back = || shown()["name"] == "company" && shown()["rate_limit_per_user"] == 0;
    town.discord.eventually(|| is_back().then_some(())).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_discord_did_not_let_herald_take_off_at_its_start_goes_when_its_role_is_changed() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let post = herald.discord.post(&room(company), &says("update 1"), &key("u")).await?;
    stop(&town, herald).await;
    let emoji = town.guild.emoji("we_are_bankrupt");
    town.ana.react(company, id(&post.id), &emoji)?;
    let takes_off = |method: &str, path: &str| method == "DELETE" && path.contains("/reactions/");
    town.discord.fault(Rule::new(Fault::Error(403)).on(takes_off).times(1));
    let herald = town.herald().await?;
    herald.gap().await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    town.guild.permit(town.role, INVITED | herald_guild::permissions::MANAGE_WEBHOOKS);
    let is_bare = || town.ana.reads(company).unwrap_or_default().iter().all(|it| it.reactions.is_empty());
    town.discord.eventually(|| is_bare().then_some(())).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_of_heralds_that_could_not_be_closed_is_closed_once_its_role_may() -> Tested {
    let (town, herald, _) = slowly().await?;
    let opened = herald.discord.open_room(&spec(&town), &key("open")).await?;
    let own = id(opened.id());
    town.guild.permit(town.role, INVITED & !MANAGE_ROLES);
    town.guild.overwrite(own, town.ben.id(), VIEW_CHANNEL, 0)?;
    assert_eq!(altered(&herald, RoomPart::Control).await?, (Origin::Human, "olga".to_owned()));
    assert!(town.ben.sees(own));
    town.guild.permit(town.role, INVITED);
    town.discord.eventually(|| (!town.ben.sees(own)).then_some(())).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_responds_no_more_is_out_of_heralds_rooms_once_its_role_may() -> Tested {
    let (town, herald, responders) = slowly().await?;
    town.guild.give(town.ana.id(), responders);
    let opened = herald.discord.open_room(&spec(&town), &key("open")).await?;
    let own = id(opened.id());
    town.guild.permit(town.role, INVITED & !MANAGE_ROLES);
    town.guild.take(town.ana.id(), responders);
    let lets_out = "DELETE /channels/{id}/permissions/{id}";
    town.discord.eventually(|| (town.discord.count(lets_out).0 > 0).then_some(())).await?;
    assert!(town.ana.sees(own));
    town.guild.permit(town.role, INVITED);
    town.discord.eventually(|| (!town.ana.sees(own)).then_some(())).await?;
    let left = herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { room, what: What::Left { user }, .. }) => Some((room, user)),
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await?;
    assert_eq!(left, (opened, user(town.ana.id())));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_herald_lacks_for_long_is_told_once() -> Tested {
    let mut town = Town::new().await?;
    town.discord.limits(Limits::off());
    let company = town.guild.channel("company")?;
    town.company.push(company);
    // Ten minutes are a second.
    let herald = Herald::listening(town.connect_at(600).await?);
    herald.gap().await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let opened = herald.discord.open_room(&spec(&town), &key("open")).await?;
    town.guild.permit(town.role, INVITED & !MANAGE_ROLES);
    town.guild.overwrite(company, town.ana.id(), SEND_MESSAGES, 0)?;
    town.guild.overwrite(id(opened.id()), town.ben.id(), VIEW_CHANNEL, 0)?;
    // It goes on trying for longer than the same would be told but once anyway.
    let tried = || town.discord.count("PUT /channels/{id}/permissions/{id}").0;
    let before = tried();
    town.discord.eventually(|| (tried() > before + 8).then_some(())).await?;
    town.guild.permit(town.role, INVITED);
    let mut told = Vec::new();
    while !told.contains(&(room(company), RoomPart::Rules)) || !told.contains(&(opened.clone(), RoomPart::Access)) {
        let next = herald.hears(|arrival| match arrival {
            Arrival::Event(Inbound { room, what: What::Altered { part }, .. }) => Some((room, part)),
            Arrival::Event(_) | Arrival::Gap => None,
        });
        told.push(next.await?);
    }
    let lost: Vec<_> = told.iter().filter(|(_, part)| *part == RoomPart::Control).map(|(room, _)| room).collect();
    assert!(lost.len() <= 2 && lost.first() != lost.get(1), "{told:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_removed_is_although_something_before_it_cannot() -> Tested {
    let town = Town::new().await?;
    let company = town.guild.channel("company")?;
    let herald = Herald::listening(town.connect_at(60).await?);
    herald.gap().await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let (first, second) = (town.guild.owner().say(company, "gold")?, town.guild.owner().say(company, "more gold")?);
    let removes = |message: Id| {
        move |method: &str, path: &str| method == "DELETE" && path.ends_with(&format!("/messages/{message}"))
    };
    town.discord.fault(Rule::new(Fault::Denied(403, 50013)).on(removes(first)));
    town.discord.fault(Rule::new(Fault::Denied(403, 50013)).on(removes(second)).times(1));
    town.discord.fault(Rule::new(Fault::Denied(403, 50013)).on(|_, path| path.ends_with("/bulk-delete")));
    for message in [first, second] {
        let message = MessageRef { room: room(company), id: message.to_string() };
        let refused = herald.discord.delete(&message, &key(&message.id)).await;
        assert!(matches!(refused, Err(SendError::Refused { .. })), "{refused:?}");
    }
    let left = || -> Vec<Id> { town.ana.reads(company).unwrap_or_default().into_iter().map(|it| it.id).collect() };
    town.discord.eventually(|| (left() == [first]).then_some(())).await?;
    Ok(())
}
