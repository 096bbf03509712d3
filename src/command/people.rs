//! Who is known, and whom a name means. A name is never trusted: whoever could be mistaken for somebody else is named
//! by account.

use std::collections::{BTreeMap, BTreeSet};

use herald_chat::{Person, UserRef, clean_line};
use unicode_security::skeleton;

use super::args::unended;
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
    /// By what the account's own name, which is its first part, looks like.
    accounts: BTreeMap<String, BTreeSet<UserRef>>,
    /// By an id that cannot be taken for a name.
    ids: BTreeMap<String, BTreeSet<UserRef>>,
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
                for look in looks(local(&person.id)) {
                    self.accounts.entry(look).or_default().insert(person.id.clone());
                }
                if let Some(id) = plain_id(person.id.id()) {
                    self.ids.entry(id).or_default().insert(person.id.clone());
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

    /// Somebody by the name that they were seen with, if they were.
    #[must_use]
    pub fn known(&self, person: &Person) -> Person {
        self.known.get(&person.id).cloned().unwrap_or_else(|| person.clone())
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

    /// Whom `word` means when `by` writes it: an account, as it is shown in brackets or with its network; `me`; or a name,
    /// in which only letters and digits count. An account leaves nothing open; a name has to be read as one person's only.
    ///
    /// # Errors
    /// [`Refusal::UnknownPerson`] when nobody is called so, [`Refusal::WhichPerson`] when several are, or look as if
    /// they were.
    pub fn find(&self, word: &str, by: &Person) -> Result<Person, Refusal> {
        if word.len() > WORD_MAX {
            return Err(Refusal::UnknownPerson { word: Excerpt::of(word) });
        }
        let line = clean_line(word).replace('＠', "@");
        let meant = self.called(&line, by);
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
        if name.is_empty()
            || name.contains(['[', ']'])
            || name.contains(is_dot)
            || !looks(&person.name).iter().all(alone)
        {
            format!("{name} [{}]", account(person)).trim_start().to_owned()
        } else {
            name
        }
    }

    fn called(&self, word: &str, by: &Person) -> Vec<Person> {
        let bare = unquoted(word);
        if unended(bare).eq_ignore_ascii_case("me") {
            return vec![by.clone()];
        }
        if let Some(person) = [bare, unended(bare)].into_iter().find_map(|word| self.account(word)) {
            return vec![person];
        }
        let mut ids: BTreeSet<&UserRef> = BTreeSet::new();
        for look in looks(bare).union(&looks(word)) {
            ids.extend(self.looks.get(look).into_iter().flatten());
            ids.extend(self.accounts.get(look).into_iter().flatten());
        }
        let meant = ids.into_iter().filter_map(|id| self.known.get(id)).map(|person| self.one(person));
        meant.map(|person| (person.id.clone(), person)).collect::<BTreeMap<_, _>>().into_values().collect()
    }

    /// Whose account is written out: `console:ben`, `@dora:example.org`, `80351110224678912`, `ben [console:ben]`.
    fn account(&self, word: &str) -> Option<Person> {
        let word = word.strip_suffix(']').and_then(|word| word.rsplit_once('[')).map_or(word, |(_, account)| account);
        let word = unquoted(word);
        let known = |id: &UserRef| self.known.get(id).map(|person| self.one(person));
        let full = UserRef::try_from(word.to_owned()).ok().and_then(|id| known(&id));
        let only = || {
            let mut ids = self.ids.get(&plain_id(word)?)?.iter();
            known(ids.next()?).filter(|_| ids.next().is_none())
        };
        full.or_else(only)
    }
}

/// Without quotes and the `@` before it.
fn unquoted(word: &str) -> &str {
    const QUOTES: [char; 6] = ['"', '“', '”', '„', '\'', '`'];
    let word = word.trim_matches(QUOTES).trim();
    word.strip_prefix('@').unwrap_or(word).trim_matches(QUOTES).trim()
}

fn forget(looks: &mut BTreeMap<String, BTreeSet<UserRef>>, look: &str, id: &UserRef) {
    let Some(alike) = looks.get_mut(look) else { return };
    alike.remove(id);
    if alike.is_empty() {
        looks.remove(look);
    }
}

/// What a name looks like: as it is written, and in small letters. `Ian` looks like `lan`, and like `ian`. Only letters and
/// digits count, and none of what Herald writes around names: `ben.`, `@ben`, `“ben”` and `ben · Discord` look like `ben`.
fn looks(name: &str) -> BTreeSet<String> {
    let name: String = clean_line(name).chars().take(NAME_MAX).collect();
    let look = |name: &str| skeleton(name).collect::<String>().to_lowercase();
    let whole = |name: &str| BTreeSet::from([look(name), look(&name.to_lowercase())]);
    let letters = |look: String| look.chars().filter(|c| counts(*c)).collect::<String>();
    let bare =
        whole(undecorated(&name)).into_iter().map(letters).filter(|look| !look.is_empty()).collect::<BTreeSet<_>>();
    if !bare.is_empty() {
        return bare;
    }
    // A name of nothing but signs is told by those, but for what is taken off whatever is typed.
    let signs = Some(unquoted(&name)).filter(|signs| !signs.is_empty()).unwrap_or(&name);
    whole(signs).into_iter().filter(|look| !look.is_empty()).collect()
}

/// Without the account or network that Herald itself shows behind a name.
fn undecorated(name: &str) -> &str {
    let name = name.strip_suffix(']').and_then(|name| name.rsplit_once('[')).map_or(name, |(name, _)| name);
    let (bare, mark) = name.rsplit_once(is_dot).unwrap_or((name, ""));
    if bare.chars().any(counts) && mark.trim().chars().all(char::is_alphanumeric) { bare } else { name }
}

/// The dot between a name and a network, and whatever could be taken for it.
fn is_dot(c: char) -> bool {
    matches!(
        c,
        '·' | '•' | '‧' | '∙' | '⋅' | '・' | '･' | '᛫' | '⸱' | '⸳' | 'ꞏ' | '●' | '⦁' | '◦' | '\u{2024}' | '\u{2e30}'
    )
}

/// Letters, digits, and the accents on them.
fn counts(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}')
}

/// What an account is called on its own network: `@ben:example.org` is `ben`.
fn local(id: &UserRef) -> &str {
    id.id().trim_start_matches('@').split(':').next().unwrap_or_default()
}

/// An id that cannot be taken for a name: one with a server, or a long number.
fn plain_id(id: &str) -> Option<String> {
    let bare = id.trim_start_matches('@');
    let is_number = bare.len() >= 15 && bare.bytes().all(|byte| byte.is_ascii_digit());
    (is_number || bare.contains(':')).then(|| bare.to_lowercase())
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
