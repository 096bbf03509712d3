//! For tests: what every adapter must pass, and a platform that fails as the real ones do.
//!
//! [`contract`] holds the promises of [`Platform`](crate::Platform) as cases that any adapter runs against its own
//! server. [`Faulty`] stands before a platform and makes it late, forgetful and unsure, from a seed.

pub mod contract;
mod faulty;

pub use faulty::{Deed, Faults, Faulty, Injected, Now, Timer};

/// Whether a whole room is called, as the platforms hear it: outside code and addresses. Looked at more strictly, and more
/// simply, than by what keeps it from happening: only an address that the `@` itself stands in and code around it count.
#[must_use]
pub fn calls_a_room(line: &str) -> bool {
    let small = line.to_lowercase();
    small.match_indices('@').any(|(at, _)| {
        let (before, after) = (&small[..at], &small[at + 1..]);
        let ends = |call: &str| {
            after.strip_prefix(call).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        let is_call = after.starts_with("everyone") || after.starts_with("here") || ends("room") || ends("channel");
        let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        let host = after.split(|c: char| !(c.is_ascii_alphanumeric() || ".-".contains(c))).next().unwrap_or_default();
        let is_mail = word.ends_with(|c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c)) && host.contains('.');
        let is_code = before.contains('`') && after.contains('`');
        is_call && !is_mail && !is_code && !word.contains("://")
    })
}
