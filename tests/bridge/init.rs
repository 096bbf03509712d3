//! `herald init`, in a terminal and by flags, with every answer that can be wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use herald_guild::permissions;
use herald_synapse::{SERVER_NAME, Synapse};
use tokio::process::Command;

use crate::checked::Checked;
use crate::herald::Herald;
use crate::terminal::Terminal;
use crate::town::Town;

/// Who is on the server, and what people write: what an application may be given.
const MEMBERS: u64 = 1 << 1;
const CONTENT: u64 = 1 << 15;

/// All that is needed, as flags.
fn flags(town: &Town) -> Vec<String> {
    let home = town.home();
    fs::write(home.join("password"), town.me.password()).unwrap();
    fs::write(home.join("token"), &town.bot.token).unwrap();
    let alias = |name: &str| format!("matrix:#{}:{SERVER_NAME}", town.alias(name));
    let flags = [
        ("--matrix-homeserver", town.server.url()),
        ("--matrix-user", town.me.user_id().to_owned()),
        ("--matrix-password-file", "password".to_owned()),
        ("--matrix-invite", town.max.id().to_owned()),
        ("--discord-api", town.discord.address()),
        ("--discord-token-file", "token".to_owned()),
        ("--discord-server", town.guild.id().to_string()),
        ("--discord-responders", town.responders.to_string()),
        ("--admin", format!("matrix:{}", town.mia.id())),
        ("--room", format!("war-room={}", alias("war"))),
        ("--room", "war-room=discord:#war-room".to_owned()),
        ("--room", format!("company={}", alias("company"))),
        ("--room", "company=discord:#company".to_owned()),
    ];
    flags.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value]).collect()
}

/// The same with one of them changed.
fn with(mut flags: Vec<String>, flag: &str, value: &str) -> Vec<String> {
    let at = flags.iter().position(|it| it == flag).unwrap();
    value.clone_into(&mut flags[at + 1]);
    flags
}

/// `herald init` where nobody can be asked.
async fn init(home: &Path, flags: &[String]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
    command.arg("init").args(flags).current_dir(home).stdin(Stdio::null());
    command.output().await.unwrap()
}

/// It says no, in one sentence with these words.
#[track_caller]
fn refused(output: &Output, words: &str) {
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), err.lines().count()), (Some(2), 1), "{err}");
    assert!(err.contains(words), "no {words:?} in {err}");
}

fn file(home: &Path) -> String {
    fs::read_to_string(home.join("herald.toml")).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_at_a_terminal_is_asked_again_until_each_answer_holds() {
    let town = Town::plan(Synapse::shared().await.unwrap()).await;
    let (url, home) = (town.server.url(), town.home());
    let locked = town.guild.channel("locked").unwrap();
    town.guild.overwrite(locked, town.guild.id(), 0, permissions::VIEW_CHANNEL).unwrap();
    fs::write(home.join("file"), "no directory").unwrap();
    let mut at = Terminal::run(home, &["init", "--discord-api", &town.discord.address()]);

    at.answers("Directory", "file/data").await.sees("is no directory").await;
    at.answers("Directory", &home.join("data").display().to_string()).await.sees("✔ data directory").await;
    at.answers("Time zone", "Mars/Olympus").await.sees("✘ \"Mars/Olympus\" is no time zone").await;
    at.answers("Time zone", "Europe/Prague").await.sees("Europe/Prague, where it is").await;

    at.answers("homeserver", "http://127.0.0.1:9")
        .await
        .sees("✘ matrix.homeserver")
        .await
        .sees("cannot be reached")
        .await;
    at.answers("homeserver", &format!("{url}/_matrix")).await.sees("no Matrix homeserver").await;
    at.answers("homeserver", &url).await.sees("✔ matrix.homeserver").await;
    at.answers("account there", "herald").await.sees("such as \"@herald:example.org\"").await;
    at.answers("account there", town.me.user_id()).await;
    at.whispers("password", "not this").await.sees("does not accept this password").await;
    at.answers("account there", "").await;
    at.whispers("password", town.me.password()).await.sees("✔ matrix account").await;

    at.whispers("token", "not.a.token").await.sees("does not accept the token").await;
    town.discord.allow_intents(town.bot.id, MEMBERS);
    at.whispers("token", &town.bot.token).await.sees("Message Content Intent").await;
    town.discord.allow_intents(town.bot.id, MEMBERS | CONTENT);
    at.whispers("token", &town.bot.token).await.sees("✔ discord intents").await;
    at.answers("company's server", "here").await.sees("write an id as Discord copies it").await;
    at.answers("company's server", "7").await.sees("oauth2/authorize").await;
    at.answers("company's server", &town.guild.id().to_string()).await.sees("discord permissions").await;

    at.answers("Who may change", "discord:7").await.sees("7 is not on the server").await;
    let admins = format!("{}, {}", town.mia.id(), town.ana.id());
    at.answers("Who may change", &admins).await.sees("is there").await;

    let alias = |name: &str| format!("#{}:{SERVER_NAME}", town.alias(name));
    at.answers("On Matrix", "the war room").await.sees("write a room's id or alias").await;
    at.answers("On Matrix", &alias("war")).await.sees("Herald makes it").await;
    at.answers("On Discord", "#locked").await.sees("lacks `View Channel`").await;
    at.answers("On Discord", "#war-room").await.sees("Herald makes it").await;
    at.answers("On Matrix", "-").await;
    at.answers("On Discord", "-").await;
    at.answers("On Matrix", &alias("company")).await.sees("Herald makes it").await;
    at.answers("On Discord", "").await.sees("Herald makes it").await;
    // Customers: none. Administration: a room that is there.
    at.answers("On Matrix", "").await;
    at.answers("On Discord", "").await;
    at.answers("On Matrix", "").await;
    at.answers("On Discord", "#nowhere").await.sees("Herald makes it").await;
    let invited = format!("{}, {}", town.mia.id(), town.max.id());
    at.answers("Whom Herald invites", &invited).await;
    at.answers("Id of the role", "7").await.sees("the server has no role 7").await;
    at.answers("Id of the role", &town.responders.to_string()).await.sees("the role responders").await;
    at.answers("Herald makes", "").await.sees("✔ war-room on matrix").await;
    at.sees("✔ company on discord").await.sees("0 ✘").await.sees("herald run --config herald.toml").await;
    assert_eq!(at.ends().await, 0, "{}", at.all());

    for secret in [town.me.password(), &town.bot.token] {
        assert!(!at.all().contains(secret) && !file(home).contains(secret), "{}", at.all());
    }
    assert_eq!(fs::read_to_string(home.join("secrets/discord-token")).unwrap().trim(), town.bot.token);
    for name in ["secrets/discord-token", "secrets/matrix-password"] {
        assert_eq!(mode(&home.join(name)), 0o600, "{name}");
    }
    assert_eq!(mode(&home.join("secrets")), 0o700);

    // What was made is what Herald runs on; what somebody writes into the file stays there.
    let own = "\n# ours\n[health]\nlisten = \"127.0.0.1:0\" # any\n";
    fs::write(home.join("herald.toml"), file(home) + own).unwrap();
    Checked::at(home).await.well().says("✔ rooms.company[0]", "").says("✔ rooms.war_room[1]", "");
    let herald = Herald::start(home).await;
    let town = town.settle_in().await;
    town.max.gets(&town.war, "!declare checkout is down", "INC-1 checkout is down").await;
    town.reads(&town.ben, town.war_there(), "INC-1 checkout is down").await;
    assert_eq!(herald.stop().await, 0);
    let done = init(town.home(), &["--zone".to_owned(), "UTC".to_owned()]).await;
    assert!(done.status.success(), "{done:?}");
    assert!(file(town.home()).contains("zone = \"UTC\"") && file(town.home()).ends_with(own), "{}", file(town.home()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_run_goes_on_where_it_was() {
    let town = Town::plan(Synapse::shared().await.unwrap()).await;
    let home = town.home();
    let api = town.discord.address();
    let mut at = Terminal::run(home, &["init", "--discord-api", &api, "--zone", "UTC"]);
    at.answers("Directory", "").await;
    at.answers("homeserver", &town.server.url()).await;
    at.answers("account there", town.me.user_id()).await;
    at.whispers("password", town.me.password()).await.sees("✔ matrix account").await;
    at.whispers("token", &town.bot.token).await.sees("company's server").await;
    at.kill().await;
    let (before, devices) = (file(home), devices(&town).await);

    let mut at = Terminal::run(home, &["init", "--zone", "UTC"]);
    at.sees("Enter keeps what is there").await;
    at.answers("Directory", "").await;
    at.answers("homeserver", "").await.sees("✔ matrix.homeserver").await;
    at.answers("account there", "").await;
    at.whispers("password; Enter: as it is", "").await.sees("✔ matrix account").await;
    at.whispers("token; Enter: as it is", "").await.sees("✔ discord token").await;
    at.answers("company's server", &town.guild.id().to_string()).await.sees("4 of 6").await;
    at.kill().await;
    // Only what was new is new, and nobody logged in once more.
    assert!(before.lines().all(|line| file(home).lines().any(|it| it == line)), "{before}\n{}", file(home));
    assert!(file(home).contains(&format!("server = \"{}\"", town.guild.id())));
    assert_eq!(self::devices(&town).await, devices);
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_alone_set_it_up_and_once_more_changes_nothing() {
    let town = Town::plan(Synapse::shared().await.unwrap()).await;
    let home = town.home();
    refused(&init(home, &[]).await, "--matrix-homeserver URL or --discord-token-file FILE, --admin NETWORK:ACCOUNT");
    assert!(!home.join("herald.toml").exists());
    let flags = flags(&town);
    refused(&init(home, &flags).await, "have it made with --create");
    let create: Vec<String> = flags.iter().cloned().chain(["--create".to_owned()]).collect();
    let done = init(home, &create).await;
    assert!(done.status.success(), "{done:?}");
    let written = file(home);
    let rooms = town.guild.channels();
    assert_eq!(rooms.len(), 2, "{rooms:?}");
    Checked::at(home).await.says("✔ rooms.war_room[0]", "").says("✔ rooms.company[1]", "");
    for again in [&create[..], &[]] {
        let done = init(home, again).await;
        assert!(done.status.success(), "{done:?}");
        assert_eq!(file(home), written);
        assert_eq!(town.guild.channels(), rooms);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_that_are_wrong_are_refused_in_a_sentence() {
    let town = Town::plan(Synapse::shared().await.unwrap()).await;
    let home = town.home();
    let flags = flags(&town);
    fs::write(home.join("wrong"), "not this").unwrap();
    for (flag, value, words) in [
        ("--matrix-homeserver", "http://127.0.0.1:9", "cannot be reached"),
        ("--matrix-user", "herald", "write Herald's account"),
        ("--matrix-password-file", "wrong", "does not accept this password"),
        ("--matrix-password-file", "none", "there is no such file"),
        ("--discord-token-file", "wrong", "does not accept the token"),
        ("--discord-server", "7", "oauth2/authorize"),
        ("--admin", "ana", "write a network and its id"),
        ("--room", "war-room=matrix:war", "write a room's id or alias"),
    ] {
        refused(&init(home, &with(flags.clone(), flag, value)).await, words);
    }
    let mut elsewhere = flags.clone();
    elsewhere.extend(["--config".to_owned(), "wrong/herald.toml".to_owned()]);
    refused(&init(home, &elsewhere).await, "wrong/herald.toml cannot be");
    town.guild.remove(town.bot.id);
    town.guild.add(town.bot.id, permissions::VIEW_CHANNEL | permissions::SEND_MESSAGES);
    let mut create = flags.clone();
    create.push("--create".to_owned());
    refused(&init(home, &create).await, "Herald may not make channels");
    town.discord.advance(Duration::from_mins(10));
    refused(&init(home, &flags).await, "timedatectl");
    assert!(town.guild.channels().is_empty());
}

/// The devices of Herald's account.
async fn devices(town: &Town) -> usize {
    town.me.get("/_matrix/client/v3/devices").await.unwrap()["devices"].as_array().unwrap().len()
}
