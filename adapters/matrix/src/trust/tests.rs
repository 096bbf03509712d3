//! Against a real homeserver: what others see of Herald's keys, wherever its first start was cut short.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use herald_synapse::{Account, Admin, Fault, Proxy, Rule};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::session::tests::{Home, mode, start};
use crate::{Secret, Settings, StartError, Trust};

/// Starts, and says how far Herald is trusted and which device it is.
async fn trust(settings: &Settings) -> Result<(Trust, String), StartError> {
    let (client, _store) = start(settings).await?;
    let trust = super::establish(&client, settings).await?;
    Ok((trust, client.device_id().unwrap().to_string()))
}

/// Whether somebody who asks the homeserver finds the device signed by the account's identity.
async fn is_signed(asks: &Account, user: &str, device: &str) -> bool {
    let keys = asks.post("/_matrix/client/v3/keys/query", &json!({ "device_keys": { user: [] } })).await.unwrap();
    let signer = keys["self_signing_keys"][user]["keys"].as_object().unwrap().keys().next().unwrap().clone();
    keys["device_keys"][user][device]["signatures"][user][&signer].is_string()
}

#[tokio::test]
async fn the_first_start_makes_an_identity_and_a_recovery_key_that_serves_another_device() {
    let home = Home::new().await;
    let ana = home.server.register("ana", Admin::No).await.unwrap();
    let user = home.herald.user_id();

    let (first, device) = trust(&home.settings).await.unwrap();
    let Trust::NewKey { path, key } = first else { panic!("{first:?}") };
    assert_eq!(fs::read_to_string(&path).unwrap().trim(), key.expose_secret());
    assert_eq!((path.clone(), mode(&path)), (home.file("recovery-key"), 0o600));
    assert!(is_signed(&ana, user, &device).await);

    let (second, same) = trust(&home.settings).await.unwrap();
    assert!(matches!(second, Trust::Fine), "{second:?}");
    assert_eq!(same, device);

    let mut other = home.elsewhere("other");
    let (unknown, other_device) = trust(&other).await.unwrap();
    assert!(matches!(unknown, Trust::Unverified { .. }), "{unknown:?}");
    assert!(!is_signed(&ana, user, &other_device).await);
    other.recovery_key = Some("EsTc 5rr1 4UQW 6DEp bYQN wDwf 3tLf 9Emn 5gm5 KkXo 9dXh j3Sm".into());
    let (wrong, _) = trust(&other).await.unwrap();
    assert!(matches!(&wrong, Trust::Unverified { why, .. } if why.contains("not the account's")), "{wrong:?}");
    other.recovery_key = Some(key);
    let (known, other_device) = trust(&other).await.unwrap();
    assert!(matches!(known, Trust::Fine), "{known:?}");
    assert!(is_signed(&ana, user, &other_device).await);
}

#[tokio::test]
async fn a_token_alone_is_enough_on_a_server_that_asks_for_no_password() {
    let mut home = Home::new().await;
    home.settings.secret = Some(Secret::Token(home.herald.token().into()));
    let (first, device) = trust(&home.settings).await.unwrap();
    assert!(matches!(first, Trust::NewKey { .. }), "{first:?}");
    assert!(is_signed(&home.herald, home.herald.user_id(), &device).await);
}

#[tokio::test]
async fn a_first_start_that_is_cut_short_before_any_request_is_completed_by_the_next() {
    cut_short_everywhere(Fault::Cut).await;
}

#[tokio::test]
async fn a_first_start_that_is_cut_short_after_any_request_is_completed_by_the_next() {
    cut_short_everywhere(Fault::LoseAnswer).await;
}

/// Establishes trust with `fault` at the first request that changes something and nothing after it, then with it at the
/// second, and so on.
async fn cut_short_everywhere(fault: Fault) {
    let mut cut_short = 0;
    for passed in 0.. {
        let mut home = Home::new().await;
        let proxy = Proxy::start(home.server.port(), 1).await.unwrap();
        home.settings.homeserver = proxy.url();
        let (client, store) = start(&home.settings).await.unwrap();

        let seen = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&seen);
        let changes = |method: &str, path: &str| method != "GET" && !path.ends_with("/keys/query");
        proxy.inject(
            Rule::new(fault)
                .on(move |method, path| changes(method, path) && count.fetch_add(1, Ordering::SeqCst) == passed),
        );
        let count = Arc::clone(&seen);
        proxy.inject(Rule::new(Fault::Cut).on(move |_, _| count.load(Ordering::SeqCst) > passed));
        let first = super::establish(&client, &home.settings).await;
        let all = seen.load(Ordering::SeqCst) <= passed;
        drop((client, store));
        proxy.heal();

        let (second, device) = trust(&home.settings).await.unwrap();
        let done = matches!(second, Trust::NewKey { .. } | Trust::Fine);
        assert!(done, "cut after {passed} changes, it became {first:?}, then {second:?}");
        assert!(is_signed(&home.herald, home.herald.user_id(), &device).await, "after {passed} changes");
        // It looks whether the key that was kept opens all that should be there.
        let (third, _) = trust(&home.settings).await.unwrap();
        assert!(matches!(third, Trust::Fine), "after {passed} changes: {third:?}");

        if all {
            break;
        }
        cut_short += 1;
    }
    assert!(cut_short >= 10, "only {cut_short} requests changed something");
}
