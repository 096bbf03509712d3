//! Where only Herald writes: what others have set there is set back to what somebody set who may, and what the homeserver does
//! not answer at once is looked at again.

use std::time::Duration;

use herald_chat::{Arrival, Cursor, Network, Origin, Platform, Posting, RoomRef, SendError, SendKey, What};
use herald_matrix::Matrix;
use herald_synapse::{Account, Admin, Event, Fault, Proxy, Rule, Synapse};
use serde_json::{Value, json};

use crate::common::{Bot, Listening, Maybe, Tested};

/// How many events of a room Herald asks of one sync.
const MOST: usize = 50;

/// A room that is to be the company's, in which everybody may set everything still.
struct Guarded {
    proxy: Proxy,
    bot: Bot,
    matrix: Matrix,
    listening: Listening,
    /// Has as much power there as Herald.
    ben: Account,
    /// A member.
    mal: Account,
    room: RoomRef,
}

impl Guarded {
    async fn start() -> Maybe<Self> {
        let server = Synapse::shared().await?;
        let (ana, ben) = (server.register("ana", Admin::No).await?, server.register("ben", Admin::No).await?);
        let mal = server.register("mal", Admin::No).await?;
        let (proxy, bot) = Bot::behind(&server, ana.user_id()).await?;
        let matrix = bot.connect().await?;
        let listening = Listening::to(&matrix).await?;
        let herald = bot.account.user_id();
        let room = json!({
            "preset": "public_chat", "room_version": "11", "invite": [herald], "name": "Incidents", "topic": "Only updates",
            "power_level_content_override": {
                "users": { (ana.user_id()): 100, (ben.user_id()): 100, (herald): 100 }, "state_default": 0,
                "events": { "m.room.name": 0, "m.room.avatar": 0, "m.room.topic": 0, "m.room.tombstone": 100 },
            },
        });
        let room = ana.create_room(room).await?;
        for somebody in [&ben, &mal] {
            somebody.join(&room).await?;
        }
        let room = RoomRef::new(&Network::new("matrix"), &room);
        listening.knows(&room).await?;
        Ok(Self { proxy, bot, matrix, listening, ben, mal, room })
    }

    async fn sets(&self, who: &Account, kind: &str, content: Value) -> Tested {
        Ok(who.put_state(self.room.id(), kind, "", &content).await.map(drop)?)
    }

    async fn state(&self, kind: &str) -> Maybe<Value> {
        Ok(self.mal.state(self.room.id(), kind, "").await?)
    }

    async fn restrict(&self, posting: Posting) -> Tested {
        Ok(self.matrix.restrict(&self.room, posting).await?)
    }

    /// Waits until only Herald may write there.
    async fn is_closed(&self) -> Tested {
        let closed = |events: &[Event]| {
            let newest = events.iter().rev().find(|event| event.kind() == "m.room.power_levels")?;
            (newest.content()["events_default"] == 100).then_some(())
        };
        Ok(self.mal.wait_for(self.room.id(), closed).await?)
    }

    /// Whether reading the room back is to be tried again.
    async fn has_to_read_again(&self) -> Maybe<bool> {
        self.has_to_read_on(None).await
    }

    /// The same from some place on.
    async fn has_to_read_on(&self, since: Option<&Cursor>) -> Maybe<bool> {
        match self.matrix.read_back(&self.room, since, 200).await {
            Ok(_) => Ok(false),
            Err(SendError::Retry { .. } | SendError::Unknown { .. }) => Ok(true),
            Err(refused) => Err(refused.into()),
        }
    }

    /// Waits until Herald says that something has to be read back.
    async fn misses_something(&self) -> Tested {
        self.listening.until(|arrival| (arrival == Arrival::Gap).then_some(())).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_more_than_once_goes_back_to_what_somebody_set_who_may() -> Tested {
    let house = Guarded::start().await?;
    for name in ["All is fine", "Go home"] {
        house.sets(&house.mal, "m.room.name", json!({ "name": name })).await?;
        house.sets(&house.mal, "m.room.avatar", json!({ "url": format!("mxc://example.org/{}", name.len()) })).await?;
    }
    house.sets(&house.mal, "m.room.topic", json!({ "topic": "It is over" })).await?;
    house.sets(&house.ben, "m.room.topic", json!({ "topic": "Updates, and nothing else" })).await?;
    for topic in ["Ask mal", "Ask mal, really"] {
        house.sets(&house.mal, "m.room.topic", json!({ "topic": topic })).await?;
    }
    house.restrict(Posting::HeraldOnly).await?;
    assert!(!house.has_to_read_again().await?);
    assert_eq!(house.state("m.room.name").await?["name"], "Incidents");
    assert_eq!(house.state("m.room.avatar").await?, json!({}), "there was none before");
    assert_eq!(house.state("m.room.topic").await?["topic"], "Updates, and nothing else");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_set_back_or_removed_now_is_read_again() -> Tested {
    let house = Guarded::start().await?;
    let kept = "Updates, and nothing else";
    house.sets(&house.mal, "m.room.name", json!({ "name": "All is fine" })).await?;
    let setting = |method: &str, path: &str| method == "PUT" && path.contains("/state/m.room.name");
    house.proxy.inject(Rule::new(Fault::Gateway(502)).on(setting));
    house.restrict(Posting::HeraldOnly).await?;
    assert!(house.has_to_read_again().await?);
    house.proxy.heal();
    assert!(!house.has_to_read_again().await?);
    assert_eq!(house.state("m.room.name").await?["name"], "Incidents");

    // Whoever may is not taken for somebody else because the homeserver asks to go slower.
    let asking = |method: &str, path: &str| method == "GET" && path.contains("/state/m.room.power_levels");
    let limited = Fault::Limited { header: None, body: Some(Duration::from_millis(10)) };
    house.proxy.inject(Rule::new(limited).on(asking));
    house.sets(&house.ben, "m.room.topic", json!({ "topic": kept })).await?;
    house.misses_something().await?;
    assert!(house.has_to_read_again().await?);
    house.proxy.heal();
    assert!(!house.has_to_read_again().await?);
    assert_eq!(house.state("m.room.topic").await?["topic"], kept);

    // Who may write is held again, too.
    let before = house.proxy.injected().gateway;
    house.proxy.inject(Rule::new(Fault::Gateway(502)).on(asking).times(1));
    let mut open = house.state("m.room.power_levels").await?;
    open["events_default"] = json!(0);
    house.sets(&house.ben, "m.room.power_levels", open).await?;
    house.is_closed().await?;
    assert_eq!(house.proxy.injected().gateway, before + 1);

    let member = json!({ "membership": "join", "displayname": "mal", "reason": "It is over, go home" });
    let removing = |method: &str, path: &str| method == "PUT" && path.contains("/redact/");
    house.proxy.inject(Rule::new(Fault::Gateway(502)).on(removing));
    let words = house.mal.put_state(house.room.id(), "m.room.member", house.mal.user_id(), &member).await?;
    house.misses_something().await?;
    assert!(house.has_to_read_again().await?);
    house.proxy.heal();
    assert!(!house.has_to_read_again().await?);
    let events = house.mal.messages(house.room.id()).await?;
    assert!(events.iter().any(|event| event.id() == words && event.is_redacted()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stood_there_before_is_not_taken_for_nothing_because_the_homeserver_does_not_tell_it_now() -> Tested {
    let house = Guarded::start().await?;
    // A picture: Synapse takes no empty name for one.
    let (picture, other) = (json!({ "url": "mxc://example.org/own" }), json!({ "url": "mxc://example.org/other" }));
    house.sets(&house.ben, "m.room.avatar", picture.clone()).await?;
    // What stood there was read long ago.
    let since = house.matrix.newest(&house.room).await?;
    house.sets(&house.mal, "m.room.avatar", other.clone()).await?;
    let last = house.mal.say(house.room.id(), "That is all").await?;
    house.listening.heard(house.room.id(), &last).await?;
    house.restrict(Posting::HeraldOnly).await?;
    let telling = |method: &str, path: &str| method == "GET" && path.contains("/event/");
    house.proxy.inject(Rule::new(Fault::Gateway(502)).on(telling));
    // After many tries it is passed over: what else was said there is not to wait for ever.
    while house.has_to_read_on(Some(&since)).await? {}
    assert_eq!(house.state("m.room.avatar").await?, other);
    house.proxy.heal();
    assert!(!house.has_to_read_again().await?);
    assert_eq!(house.state("m.room.avatar").await?, picture);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_write_is_held_again_also_where_so_much_was_said_that_a_sync_leaves_the_change_out() -> Tested {
    let house = Guarded::start().await?;
    house.restrict(Posting::HeraldOnly).await?;
    house.proxy.inject(Rule::new(Fault::Gateway(502)).on(|_, path| path.ends_with("/sync")));
    // The sync that is under way already ends with this, and the next one fails.
    house.ben.say(house.room.id(), "One moment").await?;
    house.proxy.wait_for(|log| log.iter().any(|it| it.fault.is_some()).then_some(())).await?;
    let mut open = house.state("m.room.power_levels").await?;
    open["events_default"] = json!(0);
    house.sets(&house.ben, "m.room.power_levels", open).await?;
    for n in 0..=MOST {
        house.mal.say(house.room.id(), &n.to_string()).await?;
    }
    house.proxy.heal();
    house.is_closed().await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_changes_a_room_and_takes_that_back_leaves_it_as_it_was() -> Tested {
    let house = Guarded::start().await?;
    let topic = json!({ "topic": "It is over" });
    let set = house.mal.put_state(house.room.id(), "m.room.topic", "", &topic).await?;
    house.mal.redact(house.room.id(), &set).await?;
    house.restrict(Posting::HeraldOnly).await?;
    assert!(!house.has_to_read_again().await?);
    assert_eq!(house.state("m.room.topic").await?["topic"], "Only updates");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn where_everybody_writes_again_they_may_do_again_what_people_usually_may() -> Tested {
    let house = Guarded::start().await?;
    let usual = json!({
        "users": house.state("m.room.power_levels").await?["users"], "users_default": 0, "events_default": 0,
        "state_default": 50, "invite": 50, "redact": 50, "kick": 50, "ban": 50,
        "events": {
            "m.room.name": 50, "m.room.avatar": 50, "m.room.canonical_alias": 50, "m.room.power_levels": 100,
            "m.room.history_visibility": 100, "m.room.encryption": 100, "m.room.server_acl": 100, "m.room.tombstone": 100,
            "m.reaction": 0, "m.room.redaction": 0,
        },
    });
    house.sets(&house.ben, "m.room.power_levels", usual.clone()).await?;
    for _ in 0..2 {
        house.restrict(Posting::HeraldOnly).await?;
        assert_eq!(house.state("m.room.power_levels").await?["state_default"], 100);
    }
    for _ in 0..2 {
        house.restrict(Posting::Members).await?;
        assert_eq!(house.state("m.room.power_levels").await?, usual);
    }
    // What is higher there by somebody's choice stays so.
    let mut stricter = usual;
    stricter["state_default"] = json!(100);
    house.sets(&house.ben, "m.room.power_levels", stricter.clone()).await?;
    house.restrict(Posting::Members).await?;
    assert_eq!(house.state("m.room.power_levels").await?, stricter);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_herald_has_removed_is_not_told_as_its_author_s_removal() -> Tested {
    let house = Guarded::start().await?;
    let said = house.mal.say(house.room.id(), "hello?").await?;
    let message = herald_chat::MessageRef { room: house.room.clone(), id: said.clone() };
    house.matrix.delete(&message, &SendKey::derive("remove", house.room.as_str(), 0)).await?;
    let read = house.matrix.read_back(&house.room, None, 200).await?;
    let told = |what: &What| matches!(what, What::Delete { of } if *of == said);
    let removals: Vec<_> = read.events.iter().filter(|event| told(&event.what)).collect();
    assert!(!removals.is_empty());
    for removal in removals {
        assert_eq!((removal.origin, removal.by.id.id()), (Origin::Own, house.bot.account.user_id()), "{removal:?}");
    }
    let events = house.mal.messages(house.room.id()).await?;
    assert!(events.iter().filter(|event| event.id() == said).all(Event::is_redacted));
    Ok(())
}

/// Waits until an event was taken away.
async fn is_gone(house: &Guarded, id: &str) -> Tested {
    let gone = |events: &[Event]| events.iter().find(|it| it.id() == id).is_some_and(Event::is_redacted).then_some(());
    Ok(house.mal.wait_for(house.room.id(), gone).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_is_one_emoji_and_nothing_else_and_ten_of_them_are_enough() -> Tested {
    let house = Guarded::start().await?;
    house.restrict(Posting::HeraldOnly).await?;
    let (room, mal) = (house.room.id(), &house.mal);
    let said = house.ben.say(room, "We are looking into it").await?;
    let relation = json!({ "rel_type": "m.annotation", "event_id": said, "key": "🎈" });
    let mut more = relation.clone();
    more["words"] = json!("It is over");
    more["key"] = json!("🧯");
    let calling = json!({ "m.relates_to": relation, "m.mentions": { "user_ids": [house.ben.user_id()] } });
    for content in [calling, json!({ "m.relates_to": more })] {
        let id = mal.send(room, "m.reaction", content).await?;
        let what = house.listening.heard(room, &id).await?.what;
        assert!(matches!(what, What::Message { .. }), "{what:?}");
    }
    let own = mal.react(room, &said, "🔥").await?;
    let removal = json!({ "redacts": own, "m.mentions": { "user_ids": [house.ben.user_id()] } });
    let removal = mal.send(room, "m.room.redaction", removal).await?;
    is_gone(&house, &removal).await?;

    let emojis = ["👍", "👎", "😀", "😂", "🎉", "👀", "🚀", "✅", "🙏", "💯", "🐙"];
    let mut put = Vec::new();
    for emoji in emojis {
        put.push(mal.react(room, &said, emoji).await?);
    }
    is_gone(&house, put.last().ok_or("none")?).await?;
    let events = mal.messages(room).await?;
    let left = events.iter().filter(|it| put.iter().any(|put| put == it.id()) && !it.is_redacted()).count();
    // One more was taken back by mal, and counts.
    assert_eq!(left, 9);

    let member = json!({ "membership": "join", "displayname": "🔴 INC-1 It is over" });
    let member = mal.put_state(room, "m.room.member", mal.user_id(), &member).await?;
    is_gone(&house, &member).await
}
