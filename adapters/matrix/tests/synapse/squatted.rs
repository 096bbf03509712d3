//! Rooms and aliases that a member takes for themselves: Herald knows its rooms by what it alone can have put into them.

use std::sync::{Arc, Mutex};

use futures::StreamExt;
use herald_chat::{Arrival, Network, Platform, Posting, RoomRef, RoomSpec, SendError, SendKey, UserRef};
use herald_matrix::{Matrix, RoomKind};
use herald_synapse::{Account, Admin, Fault, Homeserver, Proxy, Rule, Synapse};
use matrix_sdk::ruma::RoomOrAliasId;
use serde_json::Value;

use crate::common::{Bot, Maybe, Tested};

/// Herald, an admin of it, and somebody who is only in the company's room.
struct Squat {
    server: Homeserver,
    proxy: Proxy,
    bot: Bot,
    matrix: Matrix,
    ana: Account,
    mal: Account,
    /// Runs the homeserver.
    root: Account,
    /// The company's room, which Herald has made.
    company: String,
    /// The bodies of the rooms that Herald asked for.
    asked: Arc<Mutex<Vec<Value>>>,
}

fn user(account: &Account) -> UserRef {
    UserRef::new(&Network::new("matrix"), account.user_id())
}

fn spec(member: &Account) -> RoomSpec {
    RoomSpec {
        name: "INC-1".to_owned(),
        topic: "signing key was stolen".to_owned(),
        members: vec![user(member)],
        posting: Posting::Members,
    }
}

/// Connects, and has the arrivals run by themselves.
async fn connect(bot: &Bot) -> Maybe<Matrix> {
    let matrix = bot.connect().await?;
    let arrivals = matrix.arrivals();
    tokio::spawn(arrivals.for_each(|_: Arrival| async {}));
    matrix.rooms().await?;
    Ok(matrix)
}

impl Squat {
    async fn start() -> Maybe<Self> {
        let server = Synapse::shared().await?;
        let (ana, mal) = (server.register("ana", Admin::No).await?, server.register("mal", Admin::No).await?);
        let root = server.register("root", Admin::Yes).await?;
        let (proxy, bot) = Bot::behind(&server, ana.user_id()).await?;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        proxy.tap(move |exchange| {
            if exchange.path.ends_with("/createRoom")
                && let (Ok(body), Ok(mut kept)) = (serde_json::from_slice(exchange.request), kept.lock())
            {
                kept.push(body);
            }
        });
        let matrix = connect(&bot).await?;
        let alias = format!("#{}:example.org", server.unique("company"));
        let company = matrix.create(&alias, RoomKind::Announcements).await?.id().to_owned();
        mal.join(&company).await?;
        ana.join(&company).await?;
        Ok(Self { server, proxy, bot, matrix, ana, mal, root, company, asked })
    }

    /// The full alias under which Herald asked for a room the last time.
    fn alias(&self) -> Maybe<String> {
        let asked = self.asked.lock().map_err(|_| "a tap has failed")?;
        let name = asked.last().and_then(|body| body["room_alias_name"].as_str()).ok_or("no room was asked for")?;
        Ok(format!("#{name}:example.org"))
    }

    /// The alias under which Herald asks for the room that is opened with this key. It is free again, and what was made of the
    /// request is gone: it was lost on its way, and somebody saw it.
    async fn seen(&self, key: &SendKey) -> Maybe<String> {
        let creation = |method: &str, path: &str| method == "POST" && path.ends_with("/createRoom");
        self.proxy.inject(Rule::new(Fault::LoseAnswer).on(creation).times(1));
        let before = self.bot.account.joined_rooms().await?;
        let first = self.matrix.open_room(&spec(&self.ana), key).await;
        assert!(matches!(first, Err(SendError::Unknown { .. })), "{first:?}");
        self.proxy.heal();
        for room in self.bot.account.joined_rooms().await?.iter().filter(|room| !before.contains(room)) {
            self.bot.account.leave(room).await?;
        }
        let alias = self.alias()?;
        self.root.unpoint(&alias).await?;
        Ok(alias)
    }

    /// Whether a room was made by Herald for nobody but this person, apart from Herald.
    async fn is_for(&self, room: &RoomRef, member: &Account) -> Tested {
        assert_ne!(room.id(), self.company);
        let herald = self.bot.account.user_id();
        let members = self.bot.account.members(room.id()).await?;
        let there: Vec<&str> = members.iter().filter(|(_, it)| *it != "leave").map(|(who, _)| who.as_str()).collect();
        assert!(there.iter().all(|who| [herald, member.user_id()].contains(who)), "{there:?}");
        assert!(there.contains(&member.user_id()), "{there:?}");
        let state = self.bot.account.all_state(room.id()).await?;
        assert!(state.iter().any(|event| event.kind() == "m.room.create" && event.sender() == herald));
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_that_follows_from_what_everybody_knows_leads_herald_nowhere() -> Tested {
    let squat = Squat::start().await?;
    let key = SendKey::derive("in:a declaration", "a lane", 1);
    // What earlier Heralds called their rooms.
    for old in [key.clone(), SendKey::derive("direct", squat.ana.user_id(), 0)] {
        squat.mal.point(&format!("#herald-{old}:example.org"), &squat.company).await?;
    }
    let opened = squat.matrix.open_room(&spec(&squat.ana), &key).await?;
    squat.is_for(&opened, &squat.ana).await?;
    let talk = squat.matrix.direct(&user(&squat.ana)).await?;
    squat.is_for(&talk, &squat.ana).await?;
    assert_ne!(opened, talk);
    for event in squat.mal.all_state(&squat.company).await? {
        assert!(!format!("{event:?}").contains("signing key"), "{event:?}");
    }

    // Whoever is in a room reads its alias and its mark. Neither helps: the alias is Herald's, and the mark counts where
    // Herald is the maker.
    squat.ana.join(opened.id()).await?;
    let alias = squat.ana.state(opened.id(), "m.room.canonical_alias", "").await?["alias"].clone();
    let alias = alias.as_str().unwrap_or_default().to_owned();
    squat.ana.unpoint(&alias).await.unwrap_err();
    squat.ana.point(&alias, &squat.company).await.unwrap_err();
    let creation = squat.ana.state(opened.id(), "m.room.create", "").await?;
    assert!(creation["im.herald.mark"].is_string(), "{creation}");
    let copy = serde_json::json!({
        "preset": "public_chat", "invite": [squat.bot.account.user_id()],
        "creation_content": { "im.herald.mark": creation["im.herald.mark"], "im.herald.with": squat.ana.user_id() },
    });
    // Of the admin's rooms Herald is in each.
    let copy = squat.ana.create_room(copy).await?;
    let herald = squat.bot.account.user_id();
    squat.ana.wait_for_join(&copy, herald).await?;
    assert_eq!(squat.matrix.open_room(&spec(&squat.ana), &key).await?, opened);
    assert_eq!(squat.matrix.direct(&user(&squat.ana)).await?, talk);

    // Also where the alias leads elsewhere by the word of somebody who has all power on the homeserver.
    squat.root.unpoint(&alias).await?;
    squat.mal.point(&alias, &squat.company).await?;
    assert_eq!(squat.matrix.open_room(&spec(&squat.ana), &key).await?, opened);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_whose_answer_was_lost_is_found_by_its_mark_wherever_its_alias_leads() -> Tested {
    let squat = Squat::start().await?;
    let creation = |method: &str, path: &str| method == "POST" && path.ends_with("/createRoom");
    for (n, talk) in [false, true].into_iter().enumerate() {
        let key = SendKey::derive("in:a declaration", "a lane", n);
        let rooms = squat.bot.account.joined_rooms().await?.len();
        squat.proxy.inject(Rule::new(Fault::LoseAnswer).on(creation).times(1));
        let open = async || {
            if talk {
                squat.matrix.direct(&user(&squat.ana)).await
            } else {
                squat.matrix.open_room(&spec(&squat.ana), &key).await
            }
        };
        let lost = open().await;
        assert!(matches!(lost, Err(SendError::Unknown { .. })), "{lost:?}");
        squat.proxy.heal();
        let alias = squat.alias()?;
        squat.root.unpoint(&alias).await?;
        squat.mal.point(&alias, &squat.company).await?;
        let found = open().await?;
        squat.is_for(&found, &squat.ana).await?;
        assert_eq!(squat.bot.account.joined_rooms().await?.len(), rooms + 1, "one room was made");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn where_even_an_alias_that_nobody_can_guess_is_taken_a_room_is_made_under_another() -> Tested {
    let squat = Squat::start().await?;
    let key = SendKey::derive("in:a declaration", "a lane", 1);
    let seen = Arc::clone(&squat.asked);
    let alias = squat.seen(&key).await?;
    squat.mal.point(&alias, &squat.company).await?;
    let opened = squat.matrix.open_room(&spec(&squat.ana), &key).await?;
    squat.is_for(&opened, &squat.ana).await?;
    assert_ne!(squat.alias()?, alias);
    assert!(seen.lock().is_ok_and(|seen| seen.len() >= 4), "the company's, the lost one, the taken one, the new one");
    assert_eq!(squat.matrix.open_room(&spec(&squat.ana), &key).await?, opened);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_of_the_configuration_that_somebody_is_quicker_to_take_waits_for_an_admin() -> Tested {
    let squat = Squat::start().await?;
    for kind in [RoomKind::Private, RoomKind::Internal, RoomKind::Announcements] {
        let alias = format!("#{}:example.org", squat.server.unique(&format!("{kind:?}").to_lowercase()));
        assert_eq!(squat.matrix.resolve(&alias).await?, None);
        let theirs = squat.mal.create_room(serde_json::json!({ "preset": "public_chat" })).await?;
        squat.mal.point(&alias, &theirs).await?;
        for tried in [squat.matrix.create(&alias, kind).await.map(Some), squat.matrix.resolve(&alias).await] {
            let Err(SendError::Refused { reason }) = &tried else { panic!("{tried:?}") };
            assert!(reason.contains(&alias) && reason.contains(&theirs), "{reason}");
        }
        assert!(!squat.bot.account.joined_rooms().await?.contains(&theirs));
        squat.mal.unpoint(&alias).await?;
        // Nor another room that they lead it to then.
        let other = squat.mal.create_room(serde_json::json!({ "preset": "public_chat" })).await?;
        squat.mal.point(&alias, &other).await?;
        let tried = squat.matrix.resolve(&alias).await;
        let Err(SendError::Refused { reason }) = &tried else { panic!("{tried:?}") };
        assert!(reason.contains(&alias) && reason.contains(&other), "{reason}");
        squat.mal.unpoint(&alias).await?;
        let made = squat.matrix.create(&alias, kind).await?;
        assert_eq!(squat.matrix.create(&alias, kind).await?, made, "its own it knows again");
        assert_eq!(squat.matrix.resolve(&alias).await?, Some(made));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_races_herald_for_its_alias_wins_no_room() -> Tested {
    let squat = Squat::start().await?;
    for n in 0..3 {
        let key = SendKey::derive("in:a race", "a lane", n);
        let alias = squat.seen(&key).await?;
        let race = async {
            let mut won = false;
            for _ in 0..10 {
                // As soon as it can be taken, and again when it was taken away.
                won |= squat.mal.point(&alias, &squat.company).await.is_ok();
            }
            won
        };
        let spec = spec(&squat.ana);
        let (opened, won) = tokio::join!(squat.matrix.open_room(&spec, &key), race);
        squat.is_for(&opened?, &squat.ana).await?;
        assert_eq!(squat.alias()? != alias, won, "it is Herald's alias that they race for");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_that_a_stranger_has_from_the_first_is_not_used_where_herald_would_make_the_room() -> Tested {
    let squat = Squat::start().await?;
    let herald = squat.bot.account.user_id();
    for preset in ["public_chat", "private_chat"] {
        for (who, is_used) in [(&squat.mal, false), (&squat.ana, true)] {
            let name = squat.server.unique(&format!("{preset}-{is_used}").replace('_', "-"));
            let alias = format!("#{name}:example.org");
            let room = serde_json::json!({ "preset": preset, "room_alias_name": name, "invite": [herald] });
            let room = who.create_room(room).await?;
            if is_used {
                who.wait_for_join(&room, herald).await?;
            }
            let found = squat.matrix.resolve_made(&alias).await;
            if is_used {
                assert_eq!(found?.ok_or("no room")?.id(), room);
                continue;
            }
            let Err(SendError::Refused { reason }) = &found else { panic!("{found:?}") };
            assert!(preset == "private_chat" || reason.contains(&room) && reason.contains(who.user_id()), "{reason}");
            assert!(!squat.bot.account.joined_rooms().await?.contains(&room));
            // By its id it is what whoever writes that means.
            if preset == "public_chat" {
                assert_eq!(squat.matrix.resolve_made(&room).await?.ok_or("no room")?.id(), room);
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_is_no_space_is_not_used_as_one_whatever_alias_leads_there() -> Tested {
    let server = Synapse::shared().await?;
    let (ana, mal) = (server.register("ana", Admin::No).await?, server.register("mal", Admin::No).await?);
    let mut bot = Bot::new(&server, ana.user_id()).await?;
    let room = mal.create_room(serde_json::json!({ "preset": "public_chat" })).await?;
    bot.account.join(&room).await?;
    let alias = format!("#{}:example.org", server.unique("space"));
    mal.point(&alias, &room).await?;
    bot.settings.space = Some(RoomOrAliasId::parse(&alias)?);
    let matrix = connect(&bot).await?;
    let opened = matrix.open_room(&spec(&ana), &SendKey::derive("in:a declaration", "a lane", 1)).await?;
    let state = bot.account.all_state(opened.id()).await?;
    assert!(state.iter().all(|event| event.kind() != "m.space.parent"), "{state:?}");
    Ok(())
}
