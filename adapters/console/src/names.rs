//! What people and rooms are called here.

use herald_chat::{Inbound, Network, Origin, Person, Posting, RoomRef, UserRef, What};
use jiff::Timestamp;

/// The network's name, which the references of this platform begin with, where nobody gave it another.
pub const NETWORK: &str = "console";

/// Herald's own name here.
pub const HERALD: &str = "herald";

/// The rooms that are always there, and who should write in them.
///
/// The platform does not hold the line in `company` and `customers`: a practice person can post there, so that
/// everybody can see what Herald does about it. A real network refuses.
pub const STANDING: [(&str, Posting); 5] = [
    ("war-room", Posting::Members),
    ("engineering", Posting::Members),
    ("company", Posting::HeraldOnly),
    ("customers", Posting::HeraldOnly),
    ("admin", Posting::Members),
];

const LONGEST_NAME: usize = 32;

pub(crate) fn person(network: &Network, name: &str) -> Person {
    Person { id: UserRef::new(network, name), name: name.to_owned() }
}

/// The room of one person and Herald.
pub(crate) fn direct(person: &str) -> String {
    format!("dm-{person}")
}

/// Whether somebody can be called so.
///
/// # Errors
/// A sentence for people, when not.
pub(crate) fn check(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.chars().count() > LONGEST_NAME || !name.chars().all(plain) {
        return Err(format!("`{}` is no name: use up to {LONGEST_NAME} letters, digits, `-`, `_` or `.`.", tame(name)));
    }
    if name.eq_ignore_ascii_case(HERALD) {
        return Err("Herald speaks for itself: use another name.".to_owned());
    }
    Ok(())
}

/// The room name that follows from a title: its first word, `inc-2` for `INC-2 (security)`.
pub(crate) fn slug(title: &str) -> String {
    let word = title.split_whitespace().next().unwrap_or_default().to_lowercase();
    let kept: String = word.chars().filter(|c| c.is_alphanumeric() || *c == '-').take(LONGEST_NAME).collect();
    let slug = kept.trim_matches('-');
    // `dm` and `dm-…` lead to somebody's conversation with Herald.
    if slug.is_empty() || slug == "dm" || slug.starts_with("dm-") { "room".to_owned() } else { slug.to_owned() }
}

/// What somebody typed, short and without anything that moves a terminal's cursor.
fn tame(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect()
}

/// What Herald hears of somebody who is there already.
pub(crate) fn joined(network: &Network, name: &str, at: Timestamp) -> Inbound {
    Inbound {
        room: RoomRef::new(network, STANDING[0].0),
        id: format!("member-{name}"),
        cursor: None,
        by: person(network, name),
        origin: Origin::Human,
        direct: false,
        at,
        what: What::Joined { person: person(network, name) },
    }
}
