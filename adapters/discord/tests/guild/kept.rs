//! What Herald puts back in its own rooms and where only Herald writes, and what it makes good once it can.

use herald_chat::{Arrival, Inbound, MessageRef, Origin, Platform, Posting, RoomPart, SendError, What};
use herald_discord::RoomKind;
use herald_guild::permissions::{
    MANAGE_CHANNELS, MANAGE_MESSAGES, MANAGE_ROLES, MANAGE_THREADS, READ_MESSAGE_HISTORY, SEND_MESSAGES, VIEW_CHANNEL,
};
use herald_guild::{Fault, Id, Rule};
use serde_json::{Value, json};

use crate::common::{Herald, INVITED, Maybe, Tested, Town, id, key, room, until, user};
use crate::squatters::{altered, guarded, says, spec, stop, with};

/// Herald's own rule in a channel: what it allows and denies.
fn own_rule(town: &Town, channel: Id) -> Value {
    let shown = town.guild.shown(channel).unwrap_or_default();
    let rules = shown["permission_overwrites"].as_array().cloned().unwrap_or_default();
    rules.into_iter().find(|it| it["id"] == json!(town.bot.id)).unwrap_or_default()
}

/// The next message with gold in it, new or changed.
async fn gold(herald: &Herald) -> Maybe<MessageRef> {
    herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound {
                room, id, what: What::Message { text, .. } | What::Edit { text, .. }, ..
            }) if text.contains("gold") => Some(MessageRef { room, id }),
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_let_in_stays_whatever_others_make_of_the_rules_with_herald_up_and_down() -> Tested {
    let (town, herald, _) = guarded(0).await?;
    let opened = herald.discord.open_room(&spec(&town), &key("open")).await?;
    let own = id(opened.id());
    herald.discord.invite(&opened, &user(town.ben.id())).await?;
    let mal = with(&town, "mal", MANAGE_ROLES);
    herald.discord.invite(&opened, &user(mal.id())).await?;
    let path = format!("/channels/{own}/permissions/{}", town.ana.id());
    mal.call("DELETE", &path, Value::Null)?;
    assert_eq!(altered(&herald, RoomPart::Members).await?, (Origin::Human, "mal".to_owned()));
    assert!(town.ana.sees(own));
    // All of them at once, while Herald is down, and somebody else let in.
    stop(&town, herald).await;
    let cy = with(&town, "cy", 0);
    let other = town.discord.application("Other", town.guild.owner());
    town.guild.add(other.id, 0);
    let bot = town.discord.acting_as(&other);
    let see = |id: Id| json!({ "id": id, "type": 1, "allow": VIEW_CHANNEL.to_string(), "deny": "0" });
    let rules = json!({ "permission_overwrites": [see(cy.id()), see(other.id), see(town.bot.id)] });
    town.guild.owner().call("PATCH", &format!("/channels/{own}"), rules)?;
    assert!(cy.sees(own) && bot.sees(own));
    let herald = town.herald().await?;
    altered(&herald, RoomPart::Members).await?;
    assert!(!cy.sees(own) && !bot.sees(own) && town.ana.sees(own) && town.ben.sees(own) && mal.sees(own));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_was_closed_for_good_is_closed_again_when_its_rules_are_taken_away() -> Tested {
    let (town, herald, _) = guarded(0).await?;
    let opened = herald.discord.open_room(&spec(&town), &key("open")).await?;
    let own = id(opened.id());
    herald.discord.archive(&opened).await?;
    town.guild.owner().call("PATCH", &format!("/channels/{own}"), json!({ "permission_overwrites": [] }))?;
    altered(&herald, RoomPart::Members).await?;
    assert_eq!(town.ana.rights(own) & (VIEW_CHANNEL | SEND_MESSAGES), VIEW_CHANNEL);
    assert!(!town.ben.sees(own));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_of_heralds_that_is_deleted_or_that_herald_cannot_see_is_told() -> Tested {
    let (town, herald, _) = guarded(0).await?;
    let opened = herald.discord.open_room(&spec(&town), &key("open")).await?;
    let own = id(opened.id());
    let out = json!([{ "id": town.bot.id, "type": 1, "deny": VIEW_CHANNEL.to_string() }]);
    town.guild.owner().call("PATCH", &format!("/channels/{own}"), json!({ "permission_overwrites": out }))?;
    altered(&herald, RoomPart::Control).await?;
    assert!(town.ben.sees(own), "nothing but its own rule keeps Herald out");
    stop(&town, herald).await;
    let herald = town.herald().await?;
    altered(&herald, RoomPart::Control).await?;
    let news = herald.discord.news().await.join("\n");
    assert!(news.contains("which is a room of its own"), "{news}");
    town.guild.delete(own)?;
    assert_eq!(altered(&herald, RoomPart::Gone).await?, (Origin::Human, "olga".to_owned()));
    let again = herald.discord.open_room(&spec(&town), &key("open")).await?;
    assert!(again != opened && town.ana.sees(id(again.id())));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_of_heralds_that_is_deleted_is_forgotten_only_when_that_was_told() -> Tested {
    let (town, herald, _) = guarded(0).await?;
    let opened = herald.discord.open_room(&spec(&town), &key("open")).await?;
    let on_record = || std::fs::read_to_string(town.settings.store.join("rooms.json")).unwrap_or_default();
    let asked = || town.discord.count("GET /guilds/{id}/audit-logs").0;
    town.discord.eventually(|| (asked() > 0).then_some(())).await?;
    town.discord.fault(Rule::new(Fault::Hold).on(|_, path| path.ends_with("/audit-logs")).times(1));
    town.guild.delete(id(opened.id()))?;
    town.discord.held(1).await;
    assert!(on_record().contains(opened.id()), "Herald might be killed now");
    town.discord.release();
    assert_eq!(altered(&herald, RoomPart::Gone).await?, (Origin::Human, "olga".to_owned()));
    until(|| !on_record().contains(opened.id())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_while_a_channel_was_everybodys_is_no_matter_once_it_is_the_companys_again() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    for posting in [Posting::HeraldOnly, Posting::Members] {
        herald.discord.restrict(&room(company), posting).await?;
    }
    let mal = with(&town, "mal", MANAGE_ROLES);
    let path = format!("/channels/{company}/permissions/{}", town.ben.id());
    mal.call("PUT", &path, json!({ "type": 1, "allow": "0", "deny": SEND_MESSAGES.to_string() }))?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let path = format!("/channels/{company}/permissions/{}", town.bot.id);
    town.guild.owner().call("DELETE", &path, Value::Null)?;
    assert_eq!(altered(&herald, RoomPart::Rules).await?, (Origin::Human, "olga".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_where_only_herald_writes_is_shown_again_to_those_who_read_it() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let everybody = town.guild.id();
    let mal = with(&town, "mal", MANAGE_ROLES);
    let denies = |what: u64| json!({ "type": 0, "allow": "0", "deny": what.to_string() });
    let path = format!("/channels/{company}/permissions/{everybody}");
    mal.call("PUT", &path, denies(VIEW_CHANNEL))?;
    assert_eq!(altered(&herald, RoomPart::Rules).await?, (Origin::Human, "mal".to_owned()));
    assert!(town.ana.sees(company) && town.ana.rights(company) & SEND_MESSAGES == 0);
    mal.call("PUT", &path, denies(READ_MESSAGE_HISTORY))?;
    let reads = || town.ana.rights(company) & READ_MESSAGE_HISTORY != 0;
    town.discord.eventually(|| reads().then_some(())).await?;
    // While Herald is down.
    stop(&town, herald).await;
    mal.call("PUT", &path, denies(VIEW_CHANNEL))?;
    let herald = town.herald().await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    altered(&herald, RoomPart::Rules).await?;
    assert!(town.ana.sees(company));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn heralds_own_rule_where_only_it_writes_is_put_back_and_told() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let before = own_rule(&town, company);
    let path = format!("/channels/{company}/permissions/{}", town.bot.id);
    town.guild.owner().call("DELETE", &path, Value::Null)?;
    assert_eq!(altered(&herald, RoomPart::Rules).await?, (Origin::Human, "olga".to_owned()));
    assert_eq!(own_rule(&town, company), before);
    herald.discord.post(&room(company), &says("update 1"), &key("u")).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_discord_did_not_let_herald_remove_is_removed_once_it_does() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    let old = town.ana.say(company, "lunch at noon")?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let owner = town.guild.owner();
    let path = format!("/channels/{company}/permissions/{}", town.bot.id);
    let before = own_rule(&town, company);
    let allow: u64 = before["allow"].as_str().unwrap_or_default().parse()?;
    let without = |what: u64| json!({ "type": 1, "allow": (allow & !what).to_string(), "deny": what.to_string() });
    // Right by right: what it cannot remove, and what it does not even see.
    owner.call("PUT", &path, without(MANAGE_MESSAGES | MANAGE_THREADS | MANAGE_ROLES))?;
    owner.say(company, "buy gold")?;
    let told = gold(&herald).await?;
    let refused = herald.discord.delete(&told, &key("stray")).await;
    assert!(matches!(refused, Err(SendError::Refused { .. })), "{refused:?}");
    owner.call("PUT", &path, json!({ "type": 1, "allow": before["allow"], "deny": "0" }))?;
    let left = || -> Vec<String> {
        let seen = town.ana.reads(company).unwrap_or_default();
        seen.into_iter().map(|it| it.content).filter(|it| it.contains("gold")).collect()
    };
    town.discord.eventually(|| left().is_empty().then_some(())).await?;
    owner.call("PUT", &path, without(VIEW_CHANNEL))?;
    owner.say(company, "buy more gold")?;
    town.discord.advance(std::time::Duration::from_secs(10));
    town.ana.edit(company, old, "no lunch: buy gold")?;
    let thread = owner.call("POST", &format!("/channels/{company}/threads"), json!({ "name": "gold", "type": 11 }))?;
    owner.call("PUT", &path, json!({ "type": 1, "allow": before["allow"], "deny": "0" }))?;
    while !left().is_empty() {
        let told = gold(&herald).await?;
        herald.discord.delete(&told, &key(&told.id)).await?;
    }
    let thread = id(thread["id"].as_str().unwrap_or_default());
    town.discord.eventually(|| town.guild.shown(thread).is_none().then_some(())).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_discord_refused_without_a_word_of_why_is_removed_without_one_that_it_is_over() -> Tested {
    let town = Town::new().await?;
    let company = town.guild.channel("company")?;
    let herald = Herald::listening(town.connect_at(60).await?);
    herald.gap().await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let deletes = |method: &str, path: &str| method == "DELETE" && path.contains("/messages/");
    town.discord.fault(Rule::new(Fault::Denied(403, 50013)).on(deletes).times(2));
    town.guild.owner().say(company, "buy gold")?;
    let told = gold(&herald).await?;
    let refused = herald.discord.delete(&told, &key("stray")).await;
    assert!(matches!(refused, Err(SendError::Refused { .. })), "{refused:?}");
    let gone = || town.ana.reads(company).is_some_and(|seen| seen.is_empty()).then_some(());
    town.discord.eventually(gone).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_is_found_behind_a_flood_and_the_flood_goes_at_once() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    let old = town.ana.say(company, "lunch at noon")?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    stop(&town, herald).await;
    let owner = town.guild.owner();
    for n in 0..130 {
        owner.say(company, &format!("gold {n}"))?;
    }
    town.discord.advance(std::time::Duration::from_secs(10));
    town.ana.edit(company, old, "no lunch: buy gold")?;
    let herald = town.herald().await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let edit = herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { room, id, what: What::Edit { .. }, .. }) => Some(MessageRef { room, id }),
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await?;
    assert!(edit.id.contains(&old.to_string()), "{edit:?}");
    herald.discord.delete(&edit, &key("edit")).await?;
    let mut since = None;
    loop {
        let page = herald.discord.read_back(&room(company), since.as_ref(), 100).await?;
        for told in &page.events {
            let message = MessageRef { room: told.room.clone(), id: told.id.clone() };
            herald.discord.delete(&message, &key(&told.id)).await?;
            since.clone_from(&told.cursor);
        }
        if !page.more {
            break;
        }
    }
    assert_eq!(town.ana.reads(company).unwrap_or_default(), []);
    assert!(town.discord.count("POST /channels/{id}/messages/bulk-delete").0 >= 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_thread_that_was_opened_while_herald_was_down_keeps_nothing_that_was_changed_in_it() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    let started = town.ana.say(company, "lunch?")?;
    let thread = town.ana.thread(company, started, "lunch")?;
    let pizza = town.ben.say(thread, "pizza")?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let metadata = || town.guild.shown(thread).unwrap_or_default()["thread_metadata"].clone();
    let is_shut = || metadata()["archived"] == true && metadata()["locked"] == true;
    town.discord.eventually(|| is_shut().then_some(())).await?;
    stop(&town, herald).await;
    let mal = with(&town, "mal", MANAGE_THREADS);
    let path = format!("/channels/{thread}");
    town.discord.advance(std::time::Duration::from_secs(10));
    mal.call("PATCH", &path, json!({ "archived": false, "locked": false }))?;
    town.ben.edit(thread, pizza, "buy gold")?;
    mal.call("PATCH", &path, json!({ "archived": true, "locked": true }))?;
    let herald = town.herald().await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    assert!(is_shut() && !town.ben.reads(thread).unwrap_or_default().iter().any(|it| it.content.contains("gold")));
    // Again and again.
    for _ in 0..20 {
        mal.call("PATCH", &path, json!({ "archived": false, "locked": false })).ok();
        tokio::task::yield_now().await;
    }
    town.discord.eventually(|| is_shut().then_some(())).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_are_taken_off_and_a_pin_is_a_persons() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let post = herald.discord.post(&room(company), &says("update 1"), &key("u")).await?;
    for emoji in ["🇫", "🇮", "👍", "🇫🇷"] {
        town.ana.react(company, id(&post.id), emoji)?;
    }
    let left = || -> Vec<String> {
        let seen = town.ana.reads(company).unwrap_or_default();
        seen.iter().flat_map(|it| &it.reactions).map(|(emoji, _)| emoji.clone()).collect()
    };
    town.discord.eventually(|| (left() == ["👍", "🇫🇷"]).then_some(())).await?;
    town.guild.owner().pin(company, id(&post.id))?;
    let (origin, by) = herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { room: at, origin, by, what: What::Message { .. }, .. }) if at == room(company) => {
                Some((origin, by.name))
            }
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await?;
    assert_eq!((origin, by.as_str()), (Origin::Human, "olga"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sees_a_room_of_those_who_respond_no_more_has_left_it_and_sends_no_form_there() -> Tested {
    let mut town = Town::new().await?;
    let responders = town.guild.role("responders", 0);
    town.settings.responders = Some(responders.0.into());
    town.guild.give(town.ana.id(), responders);
    town.guild.overwrite(town.channel, town.guild.id(), 0, VIEW_CHANNEL)?;
    town.guild.overwrite(town.channel, responders, VIEW_CHANNEL, 0)?;
    town.guild.overwrite(town.channel, town.bot.id, INVITED, 0)?;
    let herald = town.herald().await?;
    herald.gap().await?;
    herald.discord.mapped(&town.room(), RoomKind::Private)?;
    let form = town.ana.slash(town.channel, "update", &[])?.modal().await?;
    town.guild.take(town.ana.id(), responders);
    let left = herald
        .hears(|arrival| match arrival {
            Arrival::Event(Inbound { room, what: What::Left { user }, .. }) => Some((room, user)),
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await?;
    assert_eq!(left, (town.room(), user(town.ana.id())));
    let answer = town.ana.submit(&form, &[("What is known", "all is well"), ("Next update in", "20m")])?;
    let told = answer.message().await?;
    assert!(told.content.contains("not in this room any more"), "{told:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_put_back_while_a_name_has_to_wait() -> Tested {
    let (town, herald, company) = guarded(0).await?;
    herald.discord.restrict(&room(company), Posting::HeraldOnly).await?;
    let mal = with(&town, "mal", MANAGE_CHANNELS);
    let change = |body: Value| mal.call("PATCH", &format!("/channels/{company}"), body);
    let shown = || town.guild.shown(company).unwrap_or_default();
    for n in 0..2 {
        change(json!({ "name": format!("gold-{n}") }))?;
        town.discord.eventually(|| (shown()["name"] == "company").then_some(())).await?;
    }
    change(json!({ "name": "gold" }))?;
    change(json!({ "rate_limit_per_user": 60, "nsfw": true, "type": 5 }))?;
    let is_back = || shown()["rate_limit_per_user"] == 0 && shown()["nsfw"] == false && shown()["type"] == 0;
    town.discord.eventually(|| is_back().then_some(())).await?;
    assert_eq!(shown()["name"], "gold");
    Ok(())
}
