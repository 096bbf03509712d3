//! Who is known, and whom a name means. A name is never trusted: whoever could be mistaken for somebody else is named
//! by account.

use std::collections::{BTreeMap, BTreeSet};

use herald_chat::{Person, UserRef, clean_line};
use unicode_security::skeleton;

use crate::incident::{Excerpt, Name, Refusal};

/// How much of a name counts, in characters.
const NAME_MAX: usize = 100;
/// Nobody is called by more than this, in bytes.
const WORD_MAX: usize = 1024;
/// How many people are listed when several are meant.
const CHOICES_MAX: usize = 5;

/// Everybody who was seen, found by what people call them.
#[derive(Debug, Clone, Default)]
pub struct People {
    known: BTreeMap<UserRef, Person>,
    /// By what a name looks like.
    looks: BTreeMap<String, BTreeSet<UserRef>>,
    /// By what an account is called on its own network.
    accounts: BTreeMap<String, BTreeSet<UserRef>>,
    /// Accounts that do not stand for themselves, with the one that does.
    links: BTreeMap<UserRef, UserRef>,
}

impl People {
    /// Nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes note of somebody, or of their new name. Costs nothing when nothing is new.
    pub fn saw(&mut self, person: Person) {
        match self.known.get(&person.id) {
            Some(known) if known.name == person.name => return,
            Some(known) => looks(&known.name).iter().for_each(|look| forget(&mut self.looks, look, &person.id)),
            None => {
                for account in accounts(&person.id) {
                    self.accounts.entry(account).or_default().insert(person.id.clone());
                }
            }
        }
        for look in looks(&person.name) {
            self.looks.entry(look).or_default().insert(person.id.clone());
        }
        self.known.insert(person.id.clone(), person);
    }

    /// From now on these accounts do not stand for themselves: the other one of each pair does.
    pub fn link<'a>(&mut self, links: impl Iterator<Item = (&'a UserRef, &'a UserRef)>) {
        self.links = links.map(|(account, to)| (account.clone(), to.clone())).collect();
    }

    /// The person behind an account, called as nobody else is.
    #[must_use]
    pub fn behind(&self, seen: &Person) -> Person {
        let person = self.one(seen);
        Person { name: self.shown(&person), ..person }
    }

    /// Whoever has the account `id`, called as is known, or else as their account `other` is.
    #[must_use]
    pub fn called_as(&self, id: &UserRef, other: &UserRef) -> Person {
        let known = self.known.get(id).or_else(|| self.known.get(other));
        let name = known.map_or(id.id(), |known| &known.name).to_owned();
        self.behind(&Person { id: id.clone(), name })
    }

    fn one(&self, seen: &Person) -> Person {
        let Some(id) = self.links.get(&seen.id) else { return seen.clone() };
        self.known.get(id).cloned().unwrap_or_else(|| Person { id: id.clone(), name: seen.name.clone() })
    }

    fn stands_for<'a>(&'a self, id: &'a UserRef) -> &'a UserRef {
        self.links.get(id).unwrap_or(id)
    }

    /// Whom `word` means when `by` writes it: a name, with or without `@` and quotes; an account, with or without its
    /// network; or `me`.
    ///
    /// # Errors
    /// [`Refusal::UnknownPerson`] when nobody is called so, [`Refusal::WhichPerson`] when several are, or look as if
    /// they were.
    pub fn find(&self, word: &str, by: &Person) -> Result<Person, Refusal> {
        if word.len() > WORD_MAX {
            return Err(Refusal::UnknownPerson { word: Excerpt::of(word) });
        }
        let line = clean_line(word).replace('＠', "@");
        let unmarked = line.trim_end_matches([':', ',', '.', ';', '!', '?']);
        let mut meant = self.called(&line, by);
        if meant.is_empty() {
            meant = self.called(unmarked, by);
        }
        match meant.as_slice() {
            [] => Err(Refusal::UnknownPerson { word: Excerpt::of(word) }),
            [person] => Ok(person.clone()),
            several => Err(Refusal::WhichPerson { word: Excerpt::of(word), choices: choices(several) }),
        }
    }

    /// The name of somebody, with their account in brackets when they could be taken for somebody else.
    #[must_use]
    pub fn shown(&self, person: &Person) -> String {
        let name = Name::from(person).to_string();
        let same = |id: &UserRef| self.stands_for(id) == self.stands_for(&person.id);
        let alone = |look: &String| self.looks.get(look).is_none_or(|alike| alike.iter().all(same));
        if name.is_empty() || name.contains(['[', ']']) || !looks(&person.name).iter().all(alone) {
            format!("{name} [{}]", account(person)).trim_start().to_owned()
        } else {
            name
        }
    }

    fn called(&self, word: &str, by: &Person) -> Vec<Person> {
        let word = unquoted(word);
        let bare = unquoted(word.strip_prefix('@').unwrap_or(word));
        if bare.eq_ignore_ascii_case("me") {
            return vec![by.clone()];
        }
        if let Ok(id) = UserRef::try_from(bare.to_owned())
            && let Some(person) = self.known.get(&id)
        {
            return vec![self.one(person)];
        }
        let mut ids: BTreeSet<&UserRef> = self.accounts.get(&bare.to_lowercase()).into_iter().flatten().collect();
        for look in looks(bare) {
            ids.extend(self.looks.get(&look).into_iter().flatten());
        }
        let meant = ids.into_iter().filter_map(|id| self.known.get(id)).map(|person| self.one(person));
        meant.map(|person| (person.id.clone(), person)).collect::<BTreeMap<_, _>>().into_values().collect()
    }
}

/// Without quotes, or the brackets that accounts are shown in.
fn unquoted(word: &str) -> &str {
    let word = word.strip_prefix('[').and_then(|word| word.strip_suffix(']')).unwrap_or(word);
    word.trim_matches(['"', '“', '”', '„', '\'', '`']).trim()
}

fn forget(looks: &mut BTreeMap<String, BTreeSet<UserRef>>, look: &str, id: &UserRef) {
    let Some(alike) = looks.get_mut(look) else { return };
    alike.remove(id);
    if alike.is_empty() {
        looks.remove(look);
    }
}

/// What a name looks like: as it is written, and in small letters. `Ian` looks like `lan`, and like `ian`.
fn looks(name: &str) -> BTreeSet<String> {
    let name: String = clean_line(name).chars().take(NAME_MAX).collect();
    let look = |name: &str| skeleton(name).collect::<String>().to_lowercase();
    BTreeSet::from([look(&name), look(&name.to_lowercase())]).into_iter().filter(|look| !look.is_empty()).collect()
}

/// What an account is called on its own network: `@ben:example.org` is `ben:example.org` and `ben`.
fn accounts(id: &UserRef) -> BTreeSet<String> {
    let id = id.id().trim_start_matches('@').to_lowercase();
    let local = id.split(':').next().unwrap_or_default().to_owned();
    BTreeSet::from([id, local])
}

fn account(person: &Person) -> String {
    clean_line(person.id.as_str()).replace('`', "'")
}

fn choices(people: &[Person]) -> String {
    let shown = |person: &Person| format!("{} [`{}`]", Name::from(person), account(person));
    let mut listed: Vec<String> = people.iter().take(CHOICES_MAX).map(shown).collect();
    match people.len() - listed.len() {
        0 => {}
        more => listed.push(format!("{more} more")),
    }
    let last = listed.pop().unwrap_or_default();
    if listed.is_empty() { last } else { format!("{} or {last}", listed.join(", ")) }
}
