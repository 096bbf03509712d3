//! Secrets that stand behind a name, in a command or in an address.

use super::said::{bare, looks_like_a_secret, stands_for_one};
use super::words::IS_SAID;
use crate::incident::policy::Hit;

/// Accounts that are called so everywhere.
#[rustfmt::skip]
const ACCOUNTS: [&str; 17] = [
    "admin", "administrator", "root", "user", "test", "guest", "sa", "postgres", "mysql", "ubuntu", "deploy", "demo", "operator",
    "support", "service", "oracle", "jenkins",
];
/// What is said where somebody is told how to get in.
const GETS_IN: [&str; 8] = ["log in", "login", "log on", "sign in", "signin", "credential", "creds", "account"];

/// What stands behind a name is no password: it does not look like one, or the name is no account.
pub(super) fn is_no_pair(hit: &Hit<'_>) -> bool {
    let Some((name, password)) = hit.found.split_once([':', '/']) else { return true };
    let is_spaced = name.ends_with(' ');
    let (name, password) = (name.trim(), password.trim());
    if hit.before.ends_with(['/', '@', '.']) || !looks_like_a_secret(password) || stands_for_one(password, password) {
        return true;
    }
    let is_account = ACCOUNTS.contains(&&*name.to_lowercase());
    let before = hit.before.lines().next_back().unwrap_or_default().to_lowercase();
    let after = hit.after.lines().next().unwrap_or_default().to_lowercase();
    let led = before.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '=' | '"' | '`'));
    let is_led =
        ["login", "user", "credentials", "creds", "account", "with", "as"].iter().any(|word| led.ends_with(word));
    let gets_in = GETS_IN.iter().any(|words| before.contains(words) || after.contains(words));
    let is = |test: fn(&u8) -> bool| password.bytes().any(|b| test(&b));
    let is_strong = is(u8::is_ascii_uppercase) && is(u8::is_ascii_lowercase) && is(u8::is_ascii_digit);
    !(is_account && (gets_in || !is_spaced) || !is_spaced && gets_in && (is_led || is_strong))
}

/// `$TOKEN` and `<yours>` stand for one.
pub(super) fn is_no_secret_in_command(hit: &Hit<'_>) -> bool {
    let last = hit.found.split_whitespace().next_back().unwrap_or_default();
    let secret = last.split_once(':').map_or(last, |(_, secret)| secret);
    let secret = secret.strip_prefix("-p").unwrap_or(secret);
    stands_for_one(secret, secret)
}

/// A word, or a short number.
pub(super) fn is_no_signature(hit: &Hit<'_>) -> bool {
    let (name, value) = hit.found.split_once('=').unwrap_or_default();
    let bare = bare(value);
    let is_word = bare.len() < 16 && bare.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'_' | b'.'));
    let is_short = bare.len() < 6;
    // Those of a discount are in one case.
    let is_discount = name.ends_with("code") && bare.len() < 16 && bare == bare.to_uppercase();
    is_discount || IS_SAID.contains(&bare) || is_word || is_short || stands_for_one(value, value)
}
