//! What admins read about people.

use herald_chat::{Person, Text, UserRef};

use crate::announce::accounts::accounts;
use crate::incident::IncidentNo;

/// Who administers, and whose accounts are linked.
#[must_use]
pub fn house_people(admins: &[(Person, Vec<&UserRef>)], others: &[(Person, Vec<&UserRef>)]) -> Text {
    let list = |text: Text, people: &[(Person, Vec<&UserRef>)]| {
        people.iter().fold(text, |text, (person, all)| accounts(text.line("- ").person(person).and(": "), all))
    };
    let mut text = list(Text::says("Admins, named in the configuration under `people.admins`:"), admins);
    if others.is_empty() {
        text = text.line("Nobody else has linked accounts.");
    } else {
        text = list(text.line("Others with linked accounts:"), others);
    }
    text.line("`!admin link <account> <account>` links two, `!admin unlink <account>` takes one apart.")
}

/// For the admin who linked two accounts.
#[must_use]
pub fn linked_for(known: &[&UserRef]) -> Text {
    accounts(Text::says("Done: "), known).and(" are one person for me now. Both are told.")
}

/// For both accounts.
#[must_use]
pub fn linked_by(by: &Person, account: &UserRef, to: &UserRef) -> Text {
    accounts(Text::new().person(by).and(", an admin, says that "), &[to, account])
        .and(" are both yours, so they are one person for me now. If they are not, type `!unlink` at once.")
}

/// Somebody is off everything: of these incidents they had a part.
#[must_use]
pub fn removed(person: &Person, concerned: &[IncidentNo], is_admin: bool, known: &[&UserRef]) -> Text {
    let text = Text::says("Done: ").person(person);
    let mut text = match concerned {
        [] => text.and(" had no role, offer or task in anything open."),
        concerned => {
            let all: Vec<String> = concerned.iter().map(IncidentNo::to_string).collect();
            text.and(&format!(" is off {}. Who takes over is asked there.", all.join(", ")))
        }
    };
    text = accounts(text.line("What is left to you: close "), known).and(" on the network itself");
    if is_admin {
        text = text.and(", and take them out of `people.admins` in the configuration");
    }
    text.and(".")
}
