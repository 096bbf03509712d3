//! The kit does what its tests rely on. Few cases, each about several things, since most need a Synapse of their own.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use herald_synapse::{
    Account, Admin, Event, Fault, Homeserver, Injected, Options, Proxy, Request, Rule, Synapse, transcript,
};
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

#[tokio::test]
async fn the_network_fails_as_it_is_told_and_counts_it() {
    let server = Synapse::shared().await.unwrap();
    let (proxy, ana, room) = behind_a_proxy(&server).await;
    let far = ana.through(proxy.port());
    let sends = |method: &str, path: &str| method == "PUT" && path.contains("/send/m.room.message/");

    proxy.inject(Rule::new(Fault::LoseAnswer).on(sends).times(1));
    assert_eq!(far.say(&room, "heard").await.unwrap_err().code(), None);
    proxy.inject(Rule::new(Fault::Cut).on(sends).times(1));
    assert_eq!(far.say(&room, "not heard").await.unwrap_err().code(), None);
    proxy.inject(Rule::new(Fault::Delay(Duration::from_millis(1))).times(1));
    far.say(&room, "late").await.unwrap();
    assert_eq!(transcript(&ana.messages(&room).await.unwrap()), "ana: heard\nana: late");

    let wait = Duration::from_millis(1500);
    proxy.inject(Rule::new(Fault::Limited { header: Some(2), body: Some(wait) }).times(1));
    let limited = far.say(&room, "no").await.unwrap_err();
    assert_eq!(limited.code(), Some((429, "M_LIMIT_EXCEEDED")));
    assert_eq!(limited.refusal().unwrap().retry_after, Some(wait));
    proxy.inject(Rule::new(Fault::Limited { header: None, body: None }).times(1));
    assert_eq!(far.say(&room, "no").await.unwrap_err().refusal().unwrap().retry_after, None);
    proxy.inject(Rule::new(Fault::Gateway(502)).times(1));
    let gateway = far.say(&room, "no").await.unwrap_err();
    assert_eq!(gateway.code(), Some((502, "")));
    assert!(gateway.refusal().unwrap().message.starts_with("<html>"));
    proxy.inject(Rule::new(Fault::UnknownToken));
    assert_eq!(far.joined_rooms().await.unwrap_err().code(), Some((401, "M_UNKNOWN_TOKEN")));
    proxy.heal();
    assert_eq!(far.joined_rooms().await.unwrap(), [room]);

    let each = Injected { cut: 1, answers_lost: 1, delayed: 1, gateway: 1, unknown_token: 1, ..Injected::default() };
    assert_eq!(proxy.injected(), Injected { limited: 2, ..each });
    let log = proxy.log();
    let statuses: Vec<Option<u16>> = log.iter().map(|it| it.status).collect();
    let expected = [Some(200), None, Some(200), Some(429), Some(429), Some(502), Some(401), Some(200)];
    assert_eq!(statuses, expected);
    assert_eq!((log[7].method.as_str(), log[7].path.as_str()), ("GET", "/_matrix/client/v3/joined_rooms"));
}

#[tokio::test]
async fn chance_follows_from_the_seed() {
    let server = Synapse::shared().await.unwrap();
    let ana = server.register("ana", Admin::No).await.unwrap();
    let mut runs = Vec::new();
    for seed in [7, 7, 8] {
        let proxy = Proxy::start(server.port(), seed).await.unwrap();
        proxy.inject(Rule::new(Fault::Cut).chance(0.5));
        let mut passed = Vec::new();
        for _ in 0..20 {
            passed.push(ana.through(proxy.port()).joined_rooms().await.is_ok());
        }
        assert_eq!(proxy.injected().cut, passed.iter().filter(|it| !**it).count());
        runs.push(passed);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

#[tokio::test]
async fn a_dark_network_drops_and_refuses_until_it_is_light() {
    let server = Synapse::shared().await.unwrap();
    let (proxy, ana, room) = behind_a_proxy(&server).await;
    let far = ana.through(proxy.port());

    // The second poll is the one that waits on the server.
    let polls = |log: &[Request]| log.iter().filter(|it| it.path.ends_with("/sync")).count();
    let (lost, ()) = tokio::join!(far.wait_for(&room, says("never said")), async {
        proxy.wait_for(|log| (polls(log) == 2).then_some(())).await.unwrap();
        proxy.go_dark().await;
    });
    assert_eq!(lost.unwrap_err().code(), None);
    assert!(proxy.injected().connections_dropped > 0);
    assert_eq!(far.say(&room, "nobody hears").await.unwrap_err().code(), None);

    proxy.go_light().await.unwrap();
    let (heard, ()) = tokio::join!(far.wait_for(&room, says("light again")), async {
        far.say(&room, "light again").await.unwrap();
    });
    assert_eq!(heard.unwrap().name(), "ana");
    assert_eq!(transcript(&ana.messages(&room).await.unwrap()), "ana: light again");
}

/// Starts itself in a second process, which is the test that is killed.
#[tokio::test]
async fn a_test_that_is_killed_leaves_nothing_behind() {
    const NAME: &str = "a_test_that_is_killed_leaves_nothing_behind";
    if std::env::var_os("KILLED").is_some() {
        let (own, shared) = tokio::try_join!(Synapse::start(), Synapse::shared()).unwrap();
        for server in [&own, &shared] {
            eprintln!("{} {}", server.port(), server.directory().display());
        }
        return std::future::pending().await;
    }
    // Without the id of a run the shared one belongs to that process too.
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", NAME, "--nocapture"]).env("KILLED", "").env_remove("NEXTEST_RUN_ID");
    let mut killed = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(killed.stderr.take().unwrap()).lines();
    let mut left = Vec::new();
    for _ in 0..2 {
        let line = lines.next().unwrap().unwrap();
        let (port, dir) = line.split_once(' ').unwrap();
        left.push((port.parse::<u16>().unwrap(), PathBuf::from(dir)));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    for (port, dir) in left {
        // A connection ends when the server does, and then there are no more.
        while let Ok(mut connection) = TcpStream::connect(("127.0.0.1", port)) {
            connection.read_to_end(&mut Vec::new()).ok();
        }
        assert!(!dir.exists(), "{} is left", dir.display());
    }
}

/// A proxy, and somebody in a room of their own. They reach the server directly.
#[expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]
async fn behind_a_proxy(server: &Homeserver) -> (Proxy, Account, String) {
    let proxy = Proxy::start(server.port(), 7).await.unwrap();
    let ana = server.register("ana", Admin::No).await.unwrap();
    let room = ana.create_room(json!({})).await.unwrap();
    (proxy, ana, room)
}
