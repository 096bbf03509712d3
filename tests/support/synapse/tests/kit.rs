//! The kit does what its tests rely on. Few cases, each about several things, since most need a Synapse of their own.

use std::time::Duration;

use herald_synapse::{Admin, Event, Options, Synapse, transcript};
use serde_json::json;

#[tokio::test]
async fn people_meet_talk_and_are_refused() {
    let server = Synapse::shared().await.unwrap();
    let ana = server.register("ana", Admin::No).await.unwrap();
    let ben = server.register("ben", Admin::No).await.unwrap();
    let alias = server.unique("war-room");
    let room = ana.create_room(json!({ "preset": "public_chat", "room_alias_name": alias })).await.unwrap();
    assert_eq!(ben.join(&format!("#{alias}:example.org")).await.unwrap(), room);

    let hello = ana.say(&room, "hello\nall").await.unwrap();
    ana.edit(&room, &hello, "hello everybody").await.unwrap();
    ben.react(&room, &hello, "👍").await.unwrap();
    let slip = ben.say(&room, "my password").await.unwrap();
    ben.redact(&room, &slip).await.unwrap();
    let events = ben.messages(&room).await.unwrap();
    assert_eq!(
        transcript(&events),
        "ana: hello\n    all\n\
         ana: (edits) hello everybody\n\
         ben: (reacts with 👍)\n\
         ben: (removed)\n\
         ben: (removes a message)"
    );
    assert_eq!(events[0].kind(), "m.room.create");
    let edit = events.iter().find_map(Event::edit).unwrap();
    assert_eq!(edit, (hello.as_str(), "hello everybody"));

    ana.put_state(&room, "m.room.power_levels", "", &json!({ "events_default": 50 })).await.unwrap();
    let refused = ben.say(&room, "may I?").await.unwrap_err();
    assert_eq!(refused.code(), Some((403, "M_FORBIDDEN")), "{refused}");
    ana.set_power(&room, ben.user_id(), 50).await.unwrap();
    ben.say(&room, "I may").await.unwrap();
    assert_eq!(ana.power_levels(&room).await.unwrap()["users"][ben.user_id()], 50);

    ben.set_display_name("Ben B.").await.unwrap();
    let renamed = |it: &&Event| it.state_key() == Some(ben.user_id()) && it.content()["displayname"] == "Ben B.";
    ana.wait_for(&room, |events| events.iter().find(renamed).cloned()).await.unwrap();
    assert_eq!(ana.state(&room, "m.room.member", ben.user_id()).await.unwrap()["displayname"], "Ben B.");
    ana.kick(&room, ben.user_id()).await.unwrap();
    assert_eq!(ana.members(&room).await.unwrap()[ben.user_id()], "leave");
    assert_eq!(ben.joined_rooms().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn people_wait_for_what_others_do() {
    let server = Synapse::shared().await.unwrap();
    let ana = server.register("ana", Admin::No).await.unwrap();
    let ben = server.register("ben", Admin::No).await.unwrap();
    let ask = json!({ "preset": "trusted_private_chat", "is_direct": true, "invite": [ben.user_id()] });
    let (invite, room) = tokio::join!(ben.wait_for_invite(|it| it.direct), ana.create_room(ask));
    let (invite, room) = (invite.unwrap(), room.unwrap());
    assert_eq!((invite.room.as_str(), invite.by.as_str()), (room.as_str(), ana.user_id()));
    assert_eq!(ben.invites().await.unwrap(), [invite]);
    ben.join(&room).await.unwrap();

    let (answered, ..) = tokio::join!(
        ana.wait_for(&room, says("pong")),
        async {
            ben.wait_for(&room, says("ping")).await.unwrap();
            ben.say(&room, "pong").await.unwrap();
        },
        async { ana.say(&room, "ping").await.unwrap() },
    );
    assert_eq!(answered.unwrap().name(), "ben");

    let in_vain = ana.patient(Duration::ZERO).wait_for(&room, says("never said")).await.unwrap_err();
    assert!(in_vain.to_string().starts_with("waited 0 s in vain"), "{in_vain}");
}

/// Finds the message with this text.
fn says(text: &str) -> impl Fn(&[Event]) -> Option<Event> {
    move |events| events.iter().find(|it| it.body() == text).cloned()
}

#[tokio::test]
async fn a_restart_keeps_data_port_and_sessions() {
    let mut server = Synapse::start_with(Options::new().default_message_limit()).await.unwrap();
    let ana = server.register("ana", Admin::Yes).await.unwrap();
    let room = ana.create_room(json!({})).await.unwrap();
    ana.say(&room, "before").await.unwrap();
    let (url, worked) = (server.url(), server.cpu_time().unwrap());
    assert!(!worked.is_zero());

    server.stop().await.unwrap();
    assert_eq!(server.pid(), None);
    ana.say(&room, "nobody is there").await.unwrap_err();
    server.start_again().await.unwrap();
    ana.say(&room, "after").await.unwrap();
    server.kill();
    server.start_again().await.unwrap();
    assert_eq!(server.url(), url);
    assert_eq!(transcript(&ana.messages(&room).await.unwrap()), "ana: before\nana: after");

    let mut said = Ok(String::new());
    while said.is_ok() {
        said = ana.say(&room, "again").await;
    }
    let refused = said.unwrap_err();
    assert_eq!(refused.code(), Some((429, "M_LIMIT_EXCEEDED")));
    assert!(refused.refusal().unwrap().retry_after.is_some());
    ana.limit_messages(ana.user_id(), 0, 0).await.unwrap();
    ana.say(&room, "and again").await.unwrap();
}
