//! Against a real homeserver: what an admin can get wrong, and what a machine can lose.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use herald_synapse::{Account, Admin, Fault, Homeserver, Proxy, Rule, Synapse};
use matrix_sdk::Client;
use matrix_sdk::config::SyncSettings;
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::session::open;
use crate::store::Store;
use crate::{Secret, Settings, StartError};

/// Herald's account on a homeserver, and a store directory.
pub(crate) struct Home {
    pub(crate) server: Homeserver,
    pub(crate) herald: Account,
    pub(crate) settings: Settings,
    _dir: TempDir,
}

impl Home {
    pub(crate) async fn new() -> Self {
        let server = Synapse::shared().await.unwrap();
        let herald = server.register("herald", Admin::No).await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings {
            homeserver: server.url(),
            user: herald.user_id().try_into().unwrap(),
            secret: Some(Secret::Password(herald.password().into())),
            device_name: "Herald".to_owned(),
            store: dir.path().join("store"),
            recovery_key: None,
            admins: Vec::new(),
            responders: Vec::new(),
            space: None,
            room_version: None,
        };
        Self { server, herald, settings, _dir: dir }
    }

    /// The same, with another store directory.
    pub(crate) fn elsewhere(&self, name: &str) -> Settings {
        Settings { store: self.settings.store.with_file_name(name), ..self.settings.clone() }
    }

    /// Starts once, as far as the device's keys are known to the server, and ends.
    async fn start_once(&self) -> String {
        start_once(&self.settings).await
    }

    fn token(&self) -> String {
        let session: Value = serde_json::from_slice(&fs::read(self.file("session.json")).unwrap()).unwrap();
        session["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.settings.store.join(name)
    }

    /// Why it does not start. Nothing that it says may give a secret away.
    async fn refused(&self, settings: &Settings) -> StartError {
        let settings = settings.clone();
        let error = as_a_process(async move || open(&settings).await.expect_err("it should not start")).await;
        let said = format!("{error} {error:?}");
        for secret in [self.herald.password(), self.herald.token()] {
            assert!(!said.contains(secret), "{said}");
        }
        assert!(!error.to_string().contains(['{', '}', '\u{22}']) && error.to_string().ends_with('.'), "{error}");
        error
    }
}

/// Opens the session and syncs once.
pub(crate) async fn start(settings: &Settings) -> Result<(Client, Store), StartError> {
    let (client, store) = open(settings).await?;
    client.sync_once(SyncSettings::new()).await.unwrap();
    Ok((client, store))
}

/// The same, and ends.
async fn start_once(settings: &Settings) -> String {
    let settings = settings.clone();
    as_a_process(async move || start(&settings).await.unwrap().0.device_id().unwrap().to_string()).await
}

/// Does something and ends as a process does: the SDK closes its databases some time after the client is dropped, but
/// not after the runtime.
async fn as_a_process<T: Send + 'static>(work: impl AsyncFnOnce() -> T + Send + 'static) -> T {
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(work())
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

pub(crate) fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::Permissions::from_mode(0o700)).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// The databases with the device's keys.
fn databases(dir: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    all.filter(|path| path.to_string_lossy().contains("crypto.sqlite3")).collect()
}

fn remove(files: Vec<PathBuf>) {
    for file in files {
        fs::remove_file(file).unwrap();
    }
}

#[tokio::test]
async fn the_first_start_logs_in_and_every_later_one_is_the_same_device() {
    let mut home = Home::new().await;
    let device = home.start_once().await;
    assert_eq!(mode(&home.settings.store), 0o700);
    assert_eq!(mode(&home.file("session.json")), 0o600);

    home.settings.secret = None;
    assert_eq!(home.start_once().await, device);
    assert_eq!(home.start_once().await, device);
    let devices = home.herald.get("/_matrix/client/v3/devices").await.unwrap();
    let devices = devices["devices"].as_array().unwrap();
    assert_eq!(devices.len(), 2, "{devices:?}");
    assert!(devices.iter().any(|it| it["device_id"] == *device && it["display_name"] == "Herald"), "{devices:?}");
}

#[tokio::test]
async fn a_token_starts_the_device_that_it_belongs_to() {
    let mut home = Home::new().await;
    home.settings.secret = Some(Secret::Token(home.herald.token().into()));
    assert_eq!(home.start_once().await, home.herald.device_id());
    assert_eq!(home.start_once().await, home.herald.device_id());

    let taken = home.refused(&home.elsewhere("second")).await;
    assert!(matches!(taken, StartError::DeviceTaken { .. }), "{taken}");
    let again = home.refused(&home.elsewhere("second")).await;
    assert!(matches!(again, StartError::DeviceTaken { .. }), "{again}");
}

#[tokio::test]
async fn what_an_admin_can_get_wrong_is_told() {
    let home = Home::new().await;
    let ben = home.server.register("ben", Admin::No).await.unwrap();
    let with = |change: &dyn Fn(&mut Settings)| {
        let mut settings = home.settings.clone();
        change(&mut settings);
        settings
    };
    let wrong: SecretString = "wrong".into();

    let refused = home.refused(&with(&|it| it.secret = None)).await;
    assert!(matches!(refused, StartError::NoSecret { .. }), "{refused}");
    let refused = home.refused(&with(&|it| it.secret = Some(Secret::Password(wrong.clone())))).await;
    assert!(matches!(refused, StartError::WrongPassword { .. }), "{refused}");
    let refused = home.refused(&with(&|it| it.user = "@nobody:example.org".try_into().unwrap())).await;
    assert!(matches!(refused, StartError::WrongPassword { .. }), "{refused}");
    let refused = home.refused(&with(&|it| it.secret = Some(Secret::Token(wrong.clone())))).await;
    assert!(matches!(refused, StartError::TokenRevoked { stored: false }), "{refused}");
    let refused = home.refused(&with(&|it| it.secret = Some(Secret::Token(ben.token().into())))).await;
    assert!(matches!(refused, StartError::TokenOfAnother { .. }), "{refused}");
    for address in ["matrix.example.org", "ftp://example.org", "", "https://"] {
        let refused = home.refused(&with(&|it| it.homeserver = address.to_owned())).await;
        assert!(matches!(refused, StartError::BadAddress { .. }), "{refused}");
    }

    // Whatever was wrong, nothing of it stays.
    home.start_once().await;
    let refused = home.refused(&with(&|it| it.user = ben.user_id().try_into().unwrap())).await;
    assert!(matches!(refused, StartError::OtherAccount { .. }), "{refused}");
    let refused = home.refused(&with(&|it| it.homeserver = "https://matrix.example.org".to_owned())).await;
    assert!(matches!(refused, StartError::OtherHomeserver { .. }), "{refused}");

    fs::set_permissions(&home.settings.store, fs::Permissions::from_mode(0o750)).unwrap();
    let refused = home.refused(&home.settings).await;
    assert!(matches!(refused, StartError::StoreOpenToOthers { .. }), "{refused}");
}

#[tokio::test]
async fn a_token_that_was_revoked_is_told() {
    let home = Home::new().await;
    let (client, store) = start(&home.settings).await.unwrap();
    client.matrix_auth().logout().await.unwrap();
    drop((client, store));
    let refused = home.refused(&home.settings).await;
    assert!(matches!(refused, StartError::TokenRevoked { stored: true }), "{refused}");
}

#[tokio::test]
async fn a_homeserver_in_trouble_can_be_tried_again() {
    let mut home = Home::new().await;
    let proxy = Proxy::start(home.server.port(), 1).await.unwrap();
    home.settings.homeserver = proxy.url();
    for fault in [Fault::Cut, Fault::Gateway(502), Fault::Limited { header: Some(1), body: None }] {
        for path in ["/versions", "/login"] {
            proxy.inject(Rule::new(fault).on(move |_, it| it.ends_with(path)));
            let refused = home.refused(&home.settings).await;
            assert!(matches!(refused, StartError::Unreachable { .. }), "{refused}");
            proxy.heal();
        }
    }
    proxy.go_dark().await;
    let refused = home.refused(&home.settings).await;
    assert!(matches!(refused, StartError::Unreachable { .. }), "{refused}");
    proxy.go_light().await.unwrap();
    home.start_once().await;
    assert!(proxy.log().iter().filter(|it| it.path.ends_with("/login")).count() == 4, "nothing is repeated");
}

#[tokio::test]
async fn a_web_server_is_no_homeserver() {
    let mut home = Home::new().await;
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    home.settings.homeserver = format!("http://{}/", server.local_addr().unwrap());
    let page = async {
        for status in ["200 OK", "404 Not Found", "301 Moved Permanently\r\nLocation: https://example.org/"] {
            let (mut stream, _) = server.accept().await.unwrap();
            assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    };
    let starts = async {
        for _ in 0..3 {
            let refused = home.refused(&home.settings).await;
            assert!(matches!(refused, StartError::NotAHomeserver { .. }), "{refused}");
        }
    };
    tokio::join!(page, starts);
}

#[tokio::test]
async fn one_herald_runs_on_a_store() {
    let home = Home::new().await;
    let first = start(&home.settings).await.unwrap();
    let refused = home.refused(&home.settings).await;
    assert!(matches!(refused, StartError::AlreadyRunning { .. }), "{refused}");
    drop(first);
    home.start_once().await;
}

#[tokio::test]
async fn a_copy_of_the_store_is_noticed_by_whoever_starts_next() {
    let home = Home::new().await;
    home.start_once().await;
    let copied = home.elsewhere("copy");
    copy(&home.settings.store, &copied.store);
    home.start_once().await;
    let refused = home.refused(&copied).await;
    assert!(matches!(refused, StartError::UsedElsewhere { .. }), "{refused}");
    home.start_once().await;
}

#[tokio::test]
async fn a_copy_that_was_made_of_a_running_store_is_noticed_while_both_run() {
    let home = Home::new().await;
    let ben = home.server.register("ben", Admin::No).await.unwrap();
    let (first, _store) = start(&home.settings).await.unwrap();
    let copied = home.elsewhere("copy");
    copy(&home.settings.store, &copied.store);
    let (second, store) = start(&copied).await.unwrap();

    let noticed = crate::twin::noticed(&second, &store);
    let upload = async {
        // Each makes up for a key that was taken, with one of the same name.
        let device = json!({ home.herald.user_id(): { second.device_id().unwrap(): "signed_curve25519" } });
        let news = format!("/_matrix/client/v3/user/{}/account_data/news", home.herald.user_id());
        for client in [&first, &second] {
            // The SDK does not look at an answer without news, how many keys are left included.
            home.herald.put(&news, &json!({ "for": client.user_id() })).await.unwrap();
            ben.post("/_matrix/client/v3/keys/claim", &json!({ "one_time_keys": device })).await.unwrap();
            client.sync_once(SyncSettings::new().timeout(Duration::ZERO)).await.unwrap();
        }
    };
    let (noticed, ()) = tokio::join!(noticed, upload);
    assert!(matches!(noticed, StartError::UsedElsewhere { .. }), "{noticed}");
}

#[tokio::test]
async fn a_start_cut_short_at_its_mark_is_no_copy() {
    let mut home = Home::new().await;
    let proxy = Proxy::start(home.server.port(), 1).await.unwrap();
    home.settings.homeserver = proxy.url();
    home.start_once().await;
    for fault in [Fault::Cut, Fault::LoseAnswer] {
        proxy.inject(Rule::new(fault).on(|method, path| method == "PUT" && path.contains("im.herald")));
        let refused = home.refused(&home.settings).await;
        assert!(matches!(refused, StartError::Unreachable { .. }), "{refused}");
        proxy.heal();
        home.start_once().await;
    }
}

#[tokio::test]
async fn lost_keys_are_told_until_they_are_put_back() {
    let home = Home::new().await;
    home.start_once().await;
    let saved = home.settings.store.with_file_name("saved");
    copy(&home.settings.store, &saved);

    remove(databases(&home.settings.store));
    for _ in 0..2 {
        let refused = home.refused(&home.settings).await;
        assert!(matches!(refused, StartError::KeysLost { .. }), "{refused}");
    }

    // Another device's are as bad.
    let other = home.elsewhere("other");
    start_once(&other).await;
    let put = |from: &Path| {
        remove(databases(&home.settings.store));
        for file in databases(from) {
            fs::copy(&file, home.file(file.file_name().unwrap().to_str().unwrap())).unwrap();
        }
    };
    put(&other.store);
    let refused = home.refused(&home.settings).await;
    assert!(matches!(refused, StartError::KeysLost { .. }), "{refused}");

    put(&saved);
    home.start_once().await;
}

#[tokio::test]
async fn a_session_whose_keys_were_never_kept_is_told_if_others_have_seen_some() {
    let home = Home::new().await;
    home.start_once().await;
    // As if the first start had been killed right after the login, and another program had gone on with its token.
    let mut session: Value = serde_json::from_slice(&fs::read(home.file("session.json")).unwrap()).unwrap();
    session["identity"] = Value::Null;
    fs::write(home.file("session.json"), session.to_string()).unwrap();
    remove(databases(&home.settings.store));
    let refused = home.refused(&home.settings).await;
    assert!(matches!(refused, StartError::KeysLost { .. }), "{refused}");
}

#[tokio::test]
async fn a_damaged_store_is_told() {
    let home = Home::new().await;
    home.start_once().await;
    let token = home.token();

    let session = fs::read(home.file("session.json")).unwrap();
    fs::write(home.file("session.json"), &session[..session.len() / 2]).unwrap();
    let refused = home.refused(&home.settings).await;
    assert!(matches!(refused, StartError::Damaged { .. }) && !refused.to_string().contains(&token), "{refused}");

    let mut newer: Value = serde_json::from_slice(&session).unwrap();
    newer["format"] = 99.into();
    fs::write(home.file("session.json"), newer.to_string()).unwrap();
    let refused = home.refused(&home.settings).await;
    assert!(matches!(refused, StartError::Newer { .. }), "{refused}");

    fs::write(home.file("session.json"), &session).unwrap();
    for file in databases(&home.settings.store) {
        fs::write(file, "no database at all, but long enough to have a header of one hundred bytes. ".repeat(20))
            .unwrap();
    }
    let refused = home.refused(&home.settings).await;
    assert!(matches!(refused, StartError::Damaged { .. }), "{refused}");
}
