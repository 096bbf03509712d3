//! What people read about their accounts.

use herald_chat::{Person, Text, UserRef};

use super::Out;
use crate::incident::Incident;

/// An account turned out to be that of somebody who has a part. Its own room is open to it too, and everybody sees who
/// speaks for whoever has a role.
pub(super) fn joined(incident: &Incident, account: &UserRef, person: &Person) -> Vec<Out> {
    let invite = incident.own_room.then(|| Out::invite(account));
    let text = || Text::new().person(person).and(" also speaks as ").code(account.as_str()).and(" from now on.");
    let told = incident.has_role(&person.id).then(|| Out::war(text()));
    invite.into_iter().chain(told).collect()
}

/// The code that another account has to give. `known` are the accounts that are linked already.
#[must_use]
pub fn code(code: &str, minutes: i64, known: &[&UserRef]) -> Text {
    let text = match known {
        [] | [_] => Text::new(),
        known => accounts(Text::says("You are "), known).and(" for me. To add another account:"),
    };
    text.line(&format!(
        "Send me `!link {code}` from your other account, as a direct message, within {minutes} min. Show the code to \
         nobody: whoever sends it has your roles from then on."
    ))
}

/// For whoever gave the code.
#[must_use]
pub fn linked(known: &[&UserRef]) -> Text {
    accounts(Text::says("Done: "), known)
        .and(" are one person for me now, and your roles and tasks are the same with each. `!unlink` undoes it.")
}

/// For the account that had asked for the code.
#[must_use]
pub fn linked_there(account: &UserRef) -> Text {
    Text::new()
        .code(account.as_str())
        .and(" gave the code that you asked for, so it is yours for me now. If it is not, type `!unlink` at once.")
}

/// For whoever undid it: the accounts that stand for themselves again.
#[must_use]
pub fn unlinked(apart: &[&UserRef], person: &UserRef) -> Text {
    let text = accounts(Text::says("Done: "), apart);
    let text = text.and(if apart.len() == 1 { " stands" } else { " stand" });
    text.and(" alone again. Roles and tasks stay with ").code(person.as_str()).and(".")
}

pub(super) fn accounts(text: Text, all: &[&UserRef]) -> Text {
    all.iter().enumerate().fold(text, |text, (i, account)| {
        let glue = match i {
            0 => "",
            i if i + 1 == all.len() => " and ",
            _ => ", ",
        };
        text.and(glue).code(account.as_str())
    })
}
