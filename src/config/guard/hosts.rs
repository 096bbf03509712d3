//! Addresses and names of hosts: which are private, and which only look as if they were.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::incident::policy::Hit;

/// Words that a number of a version stands behind.
const OF_VERSIONS: [&str; 9] = ["version", "versions", "release", "releases", "build", "tag", "ver", "v", "patch"];
/// Words that go from one version to another, before `to` or `from`.
#[rustfmt::skip]
const CHANGES: [&str; 19] = [
    "roll", "rolls", "rolled", "rolling", "rollback", "revert", "reverted", "reverting", "upgrade", "upgraded", "upgrading",
    "downgrade", "downgraded", "downgrading", "update", "updated", "updating", "patched", "bumped",
];
/// What is set to an address, and has no version.
#[rustfmt::skip]
const OF_HOSTS: [&str; 15] = [
    "dns", "record", "records", "traffic", "balancer", "proxy", "host", "server", "node", "address", "ip", "route", "cluster",
    "requests", "gateway",
];
/// What a private name ends with.
#[rustfmt::skip]
const PRIVATE: [&str; 12] = [
    "internal", "intranet", "intra", "private", "priv", "local", "localdomain", "lan", "corp", "consul", "svc", "arpa",
];
/// What a name begins with that is meant for everybody, whatever stands in its middle.
const FOR_ALL: [&str; 5] = ["www", "status", "help", "support", "docs"];

/// A version has four numbers, too.
pub(super) fn is_no_ipv4(hit: &Hit<'_>) -> bool {
    let before = hit.before.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '=' | '"' | '\'' | '`'));
    let words =
        |text: &str| text.split(|c: char| !c.is_ascii_alphabetic()).next_back().unwrap_or_default().to_lowercase();
    let line = before.lines().next_back().unwrap_or_default().to_lowercase();
    let mut last = line.rsplit(' ').filter(|word| !word.is_empty());
    let leads = matches!(last.next(), Some("to" | "from"));
    let said: Vec<&str> = last.take(4).collect();
    let any = |words: &[&str]| said.iter().any(|word| words.contains(word));
    let changes = leads && (any(&CHANGES) || any(&OF_VERSIONS)) && !any(&OF_HOSTS);
    let behind = hit.after.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let is_version =
        OF_VERSIONS.contains(&&*words(before)) || changes || matches!(behind, "release" | "build" | "version");
    let digit = |c: char| c.is_ascii_digit();
    let longer = hit.before.strip_suffix('.').is_some_and(|rest| rest.ends_with(digit))
        || hit.after.strip_prefix('.').is_some_and(|rest| rest.starts_with(digit))
        || hit.after.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    // Some fill it up with noughts, which the type reads as no address.
    let plain = |part: &str| part.parse::<u16>().map(|part| part.to_string()).unwrap_or_default();
    let plain = hit.found.split('.').map(plain).collect::<Vec<_>>().join(".");
    is_version || longer || plain.parse::<Ipv4Addr>().is_err()
}

pub(super) fn is_no_ipv6(hit: &Hit<'_>) -> bool {
    let address = hit.found.split('%').next().unwrap_or_default();
    let parsed = |address: &str| address.parse::<Ipv6Addr>().is_ok();
    !parsed(address) && !parsed(address.trim_end_matches(':'))
}

/// What stands behind an `@` is for mail; a name that goes on to a public one is private only by a label in its middle.
pub(super) fn is_no_private_host(hit: &Hit<'_>) -> bool {
    let name = hit.found.to_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    let first = labels.first().copied().unwrap_or_default();
    let ends_so = labels.last().is_some_and(|last| PRIVATE.contains(last)) || first.starts_with("localhost:");
    let inner = labels.get(1..labels.len().saturating_sub(1)).unwrap_or_default();
    let holds_one =
        matches!(first, "intranet" | "internal") || inner.iter().any(|it| PRIVATE.contains(it) || *it == "int");
    hit.before.ends_with('@') || !ends_so && (FOR_ALL.contains(&first) || !holds_one)
}

/// A name with a full stop in it is looked at elsewhere.
pub(super) fn is_public_url(hit: &Hit<'_>) -> bool {
    let goes_on = |after: &str| after.starts_with(|c: char| c.is_alphanumeric());
    let has_user =
        hit.after.split(|c: char| c.is_whitespace() || c == '/').next().is_some_and(|rest| rest.contains('@'));
    has_user || hit.after.strip_prefix('.').is_some_and(goes_on)
}

/// The port of a public name.
pub(super) fn is_public_port(hit: &Hit<'_>) -> bool {
    hit.before.ends_with(['.', '@', '-'])
}
