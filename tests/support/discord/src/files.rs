//! Files as Discord's hosts give them out: to whoever has an address that is signed and still good.

use std::sync::Arc;

use crate::check;
use crate::id::Id;
use crate::rest::HELD;
use crate::state::State;

/// For how long an address is good, in seconds.
const GOOD: i64 = 24 * 60 * 60;

/// The address of a file, good from now on for a day.
pub(crate) fn address(state: &State, channel: &str, file: &str, name: &str) -> String {
    let begins = state.now().as_second();
    let ends = begins + GOOD;
    let signed = signature(channel, file, ends);
    let name: String = name.bytes().fold(String::new(), |name, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            name + &char::from(byte).to_string()
        } else {
            format!("{name}%{byte:02X}")
        }
    });
    format!("{}/attachments/{channel}/{file}/{name}?ex={ends:x}&is={begins:x}&hm={signed:x}", state.address())
}

/// What nobody can guess who was not told.
fn signature(channel: &str, file: &str, ends: i64) -> u64 {
    let all = channel.bytes().chain(file.bytes()).chain(ends.to_be_bytes());
    all.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What is at an address: the path below the host, and its query.
pub(crate) fn find(state: &State, path: &[String], query: &dyn Fn(&str) -> Option<String>) -> Option<Arc<Vec<u8>>> {
    match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["attachments", channel, file, _] => {
            let number = |name: &str| i64::from_str_radix(&query(name)?, 16).ok();
            let ends = number("ex")?;
            let signed = u64::from_str_radix(&query("hm")?, 16).ok()?;
            if signed != signature(channel, file, ends) || ends < state.now().as_second() {
                return None;
            }
            let (channel, file): (Id, Id) = (channel.parse().ok()?, file.parse().ok()?);
            let here = state.channels.get(&channel)?;
            let all = here.messages.values().flat_map(|it| &it.attachments);
            let found = all.clone().find(|it| check::id(&it["id"]) == Some(file.0))?;
            state.files.get(&found[HELD].as_u64()?).cloned()
        }
        ["stickers", name] => {
            let id: Id = name.split('.').next()?.parse().ok()?;
            state.stickers.get(&id).map(|it| it.picture.clone())
        }
        _ => None,
    }
}
