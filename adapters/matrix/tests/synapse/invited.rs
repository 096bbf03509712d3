//! Invitations: a talk is private because of what the homeserver holds, never because whoever invites says so.

use std::time::Duration;

use herald_chat::{
    Arrival, Inbound, Network, Platform, Post, Posting, RoomRef, RoomSpec, SendKey, Text, Tone, UserRef, What,
};
use herald_matrix::Matrix;
use herald_synapse::{Account, Admin, Event, Fault, Homeserver, PATIENCE, Proxy, Rule, Synapse};
use serde_json::{Value, json};

use crate::common::{Bot, Listening, Maybe, Somebody, Tested};

struct House {
    server: Homeserver,
    /// Between the homeserver and Herald.
    proxy: Proxy,
    bot: Bot,
    matrix: Matrix,
    listening: Listening,
    /// The admin.
    ana: Somebody,
    /// A stranger.
    mal: Somebody,
    eve: Account,
}

impl House {
    async fn start() -> Maybe<Self> {
        let server = Synapse::shared().await?;
        let (ana, mal) = (Somebody::new(&server, "ana").await?, Somebody::new(&server, "mal").await?);
        let eve = server.register("eve", Admin::No).await?;
        let (proxy, bot) = Bot::behind(&server, ana.account.user_id()).await?;
        let matrix = bot.connect().await?;
        let listening = Listening::to(&matrix).await?;
        Ok(Self { server, proxy, bot, matrix, listening, ana, mal, eve })
    }

    fn herald(&self) -> &str {
        self.bot.account.user_id()
    }

    /// A room of somebody's, with Herald invited to a talk.
    async fn invites(&self, who: &Account, more: Value) -> Maybe<String> {
        let mut room = json!({ "is_direct": true, "preset": "trusted_private_chat", "invite": [self.herald()] });
        if let (Some(room), Value::Object(more)) = (room.as_object_mut(), more) {
            room.extend(more);
        }
        Ok(who.create_room(room).await?)
    }

    /// Waits until what Herald has done of itself in a room is this, and was nothing else before.
    async fn herald_does(&self, who: &Account, room: &str, expected: &[&str]) -> Tested {
        let done = |events: &[Event]| {
            let of_herald =
                events.iter().filter(|it| it.kind() == "m.room.member" && it.state_key() == Some(self.herald()));
            let own = of_herald.filter(|it| it.sender() == self.herald());
            let own: Vec<String> =
                own.map(|it| it.content()["membership"].as_str().unwrap_or_default().to_owned()).collect();
            (own.len() >= expected.len()).then_some(own)
        };
        assert_eq!(who.wait_for(room, done).await?, expected);
        Ok(())
    }

    async fn heard(&self, room: &str, id: &str) -> Maybe<Inbound> {
        self.listening.heard(room, id).await
    }

    /// Waits until Herald has heard that somebody has left a room.
    async fn hears_leave(&self, room: &str) -> Tested {
        let left = |arrival: Arrival| matches!(arrival, Arrival::Event(it) if it.room.id() == room && matches!(it.what, What::Left { .. }));
        self.listening.until(|arrival| left(arrival).then_some(())).await
    }

    async fn talk_with(&self, who: &Account) -> Maybe<RoomRef> {
        Ok(self.matrix.direct(&UserRef::new(&Network::new("matrix"), who.user_id())).await?)
    }
}

fn state(kind: &str, content: &Value) -> Value {
    json!({ "type": kind, "state_key": "", "content": content })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_s_word_that_a_room_is_a_talk_is_not_enough() -> Tested {
    let house = House::start().await?;
    let mal = &house.mal.account;
    let rule = |rule: &Value| json!({ "initial_state": [state("m.room.join_rules", rule)] });
    let readable = state("m.room.history_visibility", &json!({ "history_visibility": "world_readable" }));
    let allow =
        json!({ "join_rule": "restricted", "allow": [{ "type": "m.room_membership", "room_id": "!x:example.org" }] });
    let rooms = [
        ("public", json!({ "preset": "public_chat" })),
        ("knock", rule(&json!({ "join_rule": "knock" }))),
        ("restricted", rule(&allow)),
        ("world readable", json!({ "initial_state": [readable] })),
        ("a space", json!({ "creation_content": { "type": "m.space" } })),
        ("no talk", json!({ "is_direct": false })),
        (
            "named like one of Herald's",
            json!({
                "preset": "public_chat", "name": "Herald", "room_alias_name": house.server.unique("herald-talk"),
                "creation_content": { "im.herald.mark": "00", "im.herald.with": mal.user_id() },
            }),
        ),
    ];
    for (what, room) in rooms {
        let room = house.invites(mal, room).await?;
        house.herald_does(mal, &room, &["leave"]).await.map_err(|error| format!("{what}: {error}"))?;
    }
    // Somebody else was let in first, and somebody else has made it.
    let shared = mal.create_room(json!({ "preset": "private_chat", "invite": [house.eve.user_id()] })).await?;
    house.eve.join(&shared).await?;
    let direct = async |room: &str, who: &Account| {
        let member = json!({ "membership": "invite", "is_direct": true });
        who.put_state(room, "m.room.member", house.herald(), &member).await
    };
    direct(&shared, mal).await?;
    house.herald_does(mal, &shared, &["leave"]).await?;
    let lent = house.eve.create_room(json!({ "preset": "trusted_private_chat", "invite": [mal.user_id()] })).await?;
    mal.join(&lent).await?;
    house.eve.leave(&lent).await?;
    direct(&lent, mal).await?;
    house.herald_does(mal, &lent, &["leave"]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_talk_of_two_is_taken_up_but_what_is_secret_goes_to_the_one_that_herald_made() -> Tested {
    let house = House::start().await?;
    let mal = &house.mal.account;
    let mut talks = Vec::new();
    for _ in 0..3 {
        let talk = house.invites(mal, json!({})).await?;
        house.herald_does(mal, &talk, &["join"]).await?;
        talks.push(talk);
    }
    let many = house.invites(mal, json!({})).await?;
    house.herald_does(mal, &many, &["leave"]).await?;
    let said = mal.say(&talks[0], "!status").await?;
    assert!(house.heard(&talks[0], &said).await?.direct);

    let own = house.talk_with(mal).await?;
    assert!(!talks.iter().any(|talk| talk == own.id()), "{own} is one that they made");
    let create = house.bot.account.all_state(own.id()).await?;
    assert!(create.iter().any(|event| event.kind() == "m.room.create" && event.sender() == house.herald()));
    house.mal.person.accept().await?;
    let said = house.mal.person.say(own.id(), "!status").await?;
    assert!(house.heard(own.id(), &said).await?.direct);

    // An admin's word brings Herald into any room, and makes none of them private.
    let public = house.invites(&house.ana.account, json!({ "preset": "public_chat" })).await?;
    house.herald_does(&house.ana.account, &public, &["join"]).await?;
    let said = house.ana.account.say(&public, "!status").await?;
    assert!(!house.heard(&public, &said).await?.direct);
    assert_ne!(house.talk_with(&house.ana.account).await?.id(), public);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_talk_that_is_opened_to_others_is_left_and_the_person_told_in_herald_s_own() -> Tested {
    let house = House::start().await?;
    let (mal, eve) = (&house.mal.account, &house.eve);
    let own = house.talk_with(mal).await?;
    house.mal.person.accept().await?;
    for what in ["a third", "a third who is only invited", "open", "readable", "replaced", "nobody"] {
        let talk = house.invites(mal, json!({})).await?;
        house.herald_does(mal, &talk, &["join"]).await?;
        let before = house.mal.person.lines(own.id()).await?.len();
        match what {
            "a third" => {
                mal.invite(&talk, eve.user_id()).await?;
                eve.join(&talk).await?;
            }
            "a third who is only invited" => mal.invite(&talk, eve.user_id()).await?,
            "open" => {
                mal.put_state(&talk, "m.room.join_rules", "", &json!({ "join_rule": "public" })).await?;
            }
            "readable" => {
                let content = json!({ "history_visibility": "world_readable" });
                mal.put_state(&talk, "m.room.history_visibility", "", &content).await?;
            }
            "replaced" => {
                let body = json!({ "new_version": "11" });
                mal.post(&format!("/_matrix/client/v3/rooms/{}/upgrade", talk.replace('!', "%21")), &body).await?;
            }
            _ => mal.leave(&talk).await?,
        }
        if what == "nobody" {
            let left = async {
                while house.bot.account.joined_rooms().await?.contains(&talk) {
                    tokio::task::yield_now().await;
                }
                Ok::<_, herald_synapse::Error>(())
            };
            tokio::time::timeout(PATIENCE, left).await??;
            continue;
        }
        house.herald_does(mal, &talk, &["join", "leave"]).await.map_err(|error| format!("{what}: {error}"))?;
        let told = |lines: &[herald_element::Line]| {
            lines.iter().skip(before).find(|line| line.text.starts_with("I have left the conversation")).map(drop)
        };
        house.mal.person.wait_for(own.id(), told).await.map_err(|error| format!("{what}: {error}"))?;
    }
    // Herald's own talk nobody but Herald opens.
    mal.invite(own.id(), eve.user_id()).await.unwrap_err();
    for (kind, content) in [
        ("m.room.join_rules", json!({ "join_rule": "public" })),
        ("m.room.history_visibility", json!({ "history_visibility": "world_readable" })),
        ("m.room.power_levels", json!({})),
    ] {
        mal.put_state(own.id(), kind, "", &content).await.unwrap_err();
    }
    // Who leaves it finds it again.
    mal.leave(own.id()).await?;
    house.hears_leave(own.id()).await?;
    assert_eq!(house.talk_with(mal).await?, own);
    mal.wait_for_invite(|invite| invite.room == own.id()).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_homeserver_lets_herald_look_no_more_is_no_talk_of_two() -> Tested {
    let house = House::start().await?;
    let mal = &house.mal.account;
    let talk = house.invites(mal, json!({})).await?;
    house.herald_does(mal, &talk, &["join"]).await?;
    house.proxy.inject(Rule::new(Fault::Gateway(403)).on(|_, path| path.ends_with("/members")));
    // Something about the members changes, so they are looked at again.
    let member = json!({ "membership": "join", "displayname": "somebody" });
    mal.put_state(&talk, "m.room.member", mal.user_id(), &member).await?;
    let said = mal.say(&talk, "!status").await?;
    assert!(!house.heard(&talk, &said).await?.direct);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_somebody_else_has_invited_is_in_no_room_until_they_join_or_herald_invites_them() -> Tested {
    let house = House::start().await?;
    let (ana, mal) = (&house.ana.account, &house.mal.account);
    let room = house.invites(ana, json!({ "is_direct": false, "preset": "private_chat" })).await?;
    house.herald_does(ana, &room, &["join"]).await?;
    let room = RoomRef::new(&Network::new("matrix"), &room);
    let user = UserRef::new(&Network::new("matrix"), mal.user_id());
    let rooms = std::slice::from_ref(&room);
    ana.invite(room.id(), mal.user_id()).await?;
    assert!(house.matrix.present(&user, rooms).await?.is_empty());
    mal.leave(room.id()).await?;
    house.matrix.invite(&room, &user).await?;
    assert_eq!(house.matrix.present(&user, rooms).await?, [room.clone()].into());
    mal.leave(room.id()).await?;
    ana.invite(room.id(), mal.user_id()).await?;
    mal.join(room.id()).await?;
    assert_eq!(house.matrix.present(&user, rooms).await?, [room.clone()].into());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_herald_invites_can_read_what_is_said_next() -> Tested {
    let house = House::start().await?;
    let user = |account: &Account| UserRef::new(&Network::new("matrix"), account.user_id());
    let spec = RoomSpec {
        name: "INC-1".to_owned(),
        topic: String::new(),
        members: vec![user(&house.ana.account)],
        posting: Posting::Members,
    };
    let key = |n: usize| SendKey::derive("in:a declaration", "a lane", n);
    let post = |words: &str| Post::new(Tone::Notice, Text::says(words));
    let room = house.matrix.open_room(&spec, &key(0)).await?;
    house.matrix.post(&room, &post("the key was stolen"), &key(1)).await?;
    // What Herald hears next comes after all that it has heard of the room.
    house.ana.person.accept().await?;
    let said = house.ana.person.say(room.id(), "I look").await?;
    house.heard(room.id(), &said).await?;
    house.matrix.invite(&room, &user(&house.mal.account)).await?;
    house.matrix.post(&room, &post("somebody new is let in"), &key(2)).await?;
    house.mal.person.accept().await?;
    house.mal.person.hears(room.id(), "somebody new is let in").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_room_names_as_its_predecessor_herald_leaves_that_room_alone() -> Tested {
    let house = House::start().await?;
    let (ana, mal) = (&house.ana.account, &house.mal.account);
    let room = house.invites(ana, json!({ "is_direct": false, "preset": "private_chat" })).await?;
    house.herald_does(ana, &room, &["join"]).await?;
    let before = ana.say(&room, "hello").await?;
    house.heard(&room, &before).await?;
    // One invitation is considered after the other.
    for _ in 0..2 {
        let heir = json!({
            "is_direct": false, "room_version": "11",
            "creation_content": { "predecessor": { "room_id": room, "event_id": before } },
        });
        let heir = house.invites(mal, heir).await?;
        house.herald_does(mal, &heir, &["leave"]).await?;
    }
    house.herald_does(ana, &room, &["join"]).await?;
    let said = ana.say(&room, "are you there?").await?;
    house.heard(&room, &said).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_a_room_that_it_serves_herald_comes_back_or_says_that_it_is_missing_there() -> Tested {
    let house = House::start().await?;
    let ana = &house.ana.account;
    let room = house.invites(ana, json!({ "is_direct": false, "preset": "public_chat" })).await?;
    house.herald_does(ana, &room, &["join"]).await?;
    let named = house.matrix.resolve(&room).await?.ok_or("no room")?;
    // It does not give up because the homeserver is busy.
    let joining = |method: &str, path: &str| method == "POST" && path.ends_with("/join");
    let limited = Fault::Limited { header: None, body: Some(Duration::from_millis(10)) };
    house.proxy.inject(Rule::new(limited).on(joining).times(1));
    house.proxy.inject(Rule::new(Fault::Gateway(502)).on(joining).times(1));
    ana.kick(&room, house.herald()).await?;
    house.herald_does(ana, &room, &["join", "join"]).await?;
    assert_eq!((house.proxy.injected().limited, house.proxy.injected().gateway), (1, 1));
    house.hears_leave(&room).await?;
    // Until a sync has brought it back.
    let said = ana.say(&room, "are you there?").await?;
    house.heard(&room, &said).await?;
    assert_eq!(house.matrix.missing(), []);

    ana.put_state(&room, "m.room.join_rules", "", &json!({ "join_rule": "invite" })).await?;
    ana.kick(&room, house.herald()).await?;
    house.hears_leave(&room).await?;
    assert_eq!(house.matrix.missing(), [named]);
    ana.invite(&room, house.herald()).await?;
    house.herald_does(ana, &room, &["join", "join", "join"]).await?;
    let said = ana.say(&room, "and now?").await?;
    house.heard(&room, &said).await?;
    assert_eq!(house.matrix.missing(), []);
    Ok(())
}
