//! Words that may have been meant as the declaration of a security incident, pure: whoever types in a hurry slips.

use std::cell::OnceCell;

use strsim::osa_distance;

use super::verb::{Verb, like, named};

/// What people write of when something has to stay among few. Typed with a slip of a key, a word counts too.
#[rustfmt::skip]
const WORDS: [&str; 33] = [
    "security", "breach", "breached", "breaches", "leak", "leaks", "leaked", "leaking", "hack", "hacked", "hacker", "hackers",
    "compromise", "compromised", "exploit", "exploits", "exploited", "vulnerability", "vulnerabilities", "cve", "stolen",
    "phishing", "ransomware", "malware", "intrusion", "intruder", "intruders", "backdoor", "secret", "secrets",
    "confidential", "exfiltrated", "exfiltration",
];

/// What else an option is called that is to keep something among few.
const SECRECY: [&str; 8] =
    ["private", "restricted", "internal", "hidden", "infosec", "secret", "confidential", "sensitive"];

/// Whether one line may be meant to declare an incident: it begins with a word that is, or nearly is, `declare` or another
/// word for it, and is marked as a command, or has an option that is nearly `--security`. With such an option the command
/// may stand anywhere in it.
#[must_use]
pub fn may_declare(line: &str) -> bool {
    let has_option = has_security_option(line);
    let begins = |text: &str| {
        let (is_command, rest) = marked(text);
        let word = rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
        (is_command, is_nearly(&word, declare()))
    };
    let (is_command, is_declare) = begins(line);
    let inside = || line.split_whitespace().any(|word| begins(word) == (true, true));
    ((is_command || has_option) && is_declare) || (has_secrecy_option(line) && inside())
}

/// Whether a line gives a command that Herald does not know, which may be meant to keep something among few: `!security …`, or
/// another that is no slip of a command there is, in a text that hints at it.
#[must_use]
pub fn may_be_slip(line: &str, hints: &Hints<'_>) -> bool {
    let typed = line.trim_start_matches(['!', '1', '\u{ff01}', '\u{a1}']);
    if typed.len() == line.len() {
        return false;
    }
    let word = typed.split_whitespace().next().unwrap_or_default().to_lowercase();
    if named(&word).is_some() || !word.starts_with(char::is_alphabetic) {
        return false;
    }
    if words(&word).any(|part| is_secrecy(&part)) {
        return true;
    }
    // `1password was hacked` and `!!! the breach is closed` are no commands.
    if !line.starts_with(['!', '\u{ff01}', '\u{a1}']) || typed.starts_with(char::is_whitespace) {
        return false;
    }
    let is_declare = |name: &str| named(name) == declare();
    let begun = word.len() > 1 && ("declare".starts_with(&word) || word.starts_with("declar"));
    hints.are_there() && (begun || hints.in_options() || like(&word).0.is_none_or(is_declare))
}

/// What a whole message gives away about security: looked for once, whichever of its lines ask.
pub struct Hints<'a> {
    text: &'a str,
    any: OnceCell<bool>,
    in_options: OnceCell<bool>,
}

impl<'a> Hints<'a> {
    /// Those in `text`.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        Self { text, any: OnceCell::new(), in_options: OnceCell::new() }
    }

    /// Whether it holds a word that hints at a security incident.
    #[must_use]
    pub fn are_there(&self) -> bool {
        *self.any.get_or_init(|| hints_at_security(self.text))
    }

    fn in_options(&self) -> bool {
        *self.in_options.get_or_init(|| has_secrecy_option(self.text))
    }
}

/// Whether a word in the place of a command says by itself that something is to stay among few.
fn is_secrecy(word: &str) -> bool {
    let is_slip = || word.len() > 4 && is_nearer_to_security(word);
    word.contains("secur") || word == "sec" || word == "breach" || SECRECY.contains(&word) || is_slip()
}

/// Whether a text begins with what marks a command, or with the `1` of the same key, and the rest of it.
fn marked(text: &str) -> (bool, &str) {
    let start = text.find(char::is_alphanumeric).unwrap_or(text.len());
    let (mark, rest) = text.split_at(start);
    match rest.strip_prefix('1').filter(|rest| mark.is_empty() && rest.starts_with(char::is_alphabetic)) {
        Some(rest) => (true, rest),
        None => (mark.contains(['!', '/', '\u{ff01}', '\u{a1}', '\\']), rest),
    }
}

/// Whether a text holds a word that hints at a security incident.
#[must_use]
pub fn hints_at_security(text: &str) -> bool {
    let is = |word: &str| WORDS.iter().any(|known| *known == word || is_slip(known, word));
    words(text).any(|word| is(&word)) || has_secrecy_option(text)
}

/// Whether `word` is `known`, typed with a slip: two neighbours swapped. Of long words any slip counts; shorter ones are one
/// letter away from everyday words, as `breach` is from `reach`.
fn is_slip(known: &str, word: &str) -> bool {
    if osa_distance(known, word) != 1 {
        return false;
    }
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    known == "security" || known.len() > 8 || (known.len() > 4 && sorted(known) == sorted(word))
}

/// Whether a title begins or ends with the word `security`, or nearly, or holds such an option: its dashes were lost, perhaps,
/// or are none that a command knows.
#[must_use]
pub fn is_marked_security(title: &str) -> bool {
    let is = |word: &String| osa_distance("security", word) <= 1;
    words(title).next().is_some_and(|word| is(&word))
        || words(title).last().is_some_and(|word| is(&word))
        || has_secrecy_option(title)
}

/// Whether an option stands in it that is nearly `--security`, whatever became of its dashes.
#[must_use]
pub fn has_security_option(text: &str) -> bool {
    let is_begun = |name: &str| name.len() > 2 && "security".starts_with(name);
    options(text).any(|name| is_begun(&name) || is_nearer_to_security(&name))
}

/// Whether that or another option stands in it that means the same.
fn has_secrecy_option(text: &str) -> bool {
    has_security_option(text) || options(text).any(|name| name == "s" || SECRECY.contains(&name.as_str()))
}

/// The names of what may be options, in small letters.
fn options(text: &str) -> impl Iterator<Item = String> {
    let dashes = ['-', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2212}'];
    let options = text.split_whitespace().filter(move |word| word.starts_with(dashes));
    let names = options.map(move |word| word.trim_start_matches(dashes).to_lowercase());
    names.map(|name| name.split(['=', ':']).next().unwrap_or_default().trim_end_matches(is_no_letter).to_owned())
}

fn is_no_letter(c: char) -> bool {
    !c.is_alphanumeric()
}

/// Whether a word is a slip of `security`. `severity` is not far from it, and is meant.
fn is_nearer_to_security(word: &str) -> bool {
    osa_distance("security", word) <= 2.min(osa_distance("severity", word).saturating_sub(1))
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

fn declare() -> Option<&'static Verb> {
    named("declare")
}

fn is_nearly(word: &str, verb: Option<&Verb>) -> bool {
    let names = verb.into_iter().flat_map(|verb| std::iter::once(&verb.name).chain(verb.aliases));
    let slips = |name: &str| if name.len() < 5 { 1 } else { 2 };
    names.into_iter().any(|name| osa_distance(word, name) <= slips(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_a_key_hides_no_declaration() {
        for line in [
            "!declaer keys are leaked --security",
            "! declare keys are leaked --security",
            "!decalre keys are leaked",
            "/declare keys are leaked --security",
            "declare keys are leaked --securtiy",
            "!incidnet keys stolen",
            "!oepn security hole",
            "!declare keys are out —secuirty",
            "!declaer keys are laeked",
            "!declaer a secuirty hole",
            "!declaer comprimised hosts",
            "!declaer a brecah",
            "!declare the payroll was copied —private",
            "1declare keys are stolen",
            "please !declare the payroll was copied --security",
            "hey (!declare the payroll was copied --security)",
        ] {
            assert!(may_declare(line) && hints_at_security(line), "{line}");
        }
    }

    #[test]
    fn a_command_that_is_none_may_be_meant_to_be_secret() {
        for line in [
            "!security the payroll was copied",
            "! security the payroll was copied",
            "1security the payroll was copied",
            "!sec the payroll was copied",
            "!securty the payroll was copied",
            "!declaresecurity the payroll was copied",
            "!declare-security the payroll was copied",
            "!private the payroll was copied",
            "!dec the payroll was stolen",
            "!decl the payroll was copied --security",
            "!dclr the payroll was stolen",
            "!de clare the payroll was copied --security",
            "!declared the payroll was copied --security",
        ] {
            assert!(may_be_slip(line, &Hints::of(line)), "{line}");
        }
        for line in [
            "!decision the leaked keys are revoked",
            "!done 3",
            "!severity critical the keys are leaked",
            "!sevurity critical",
            "!decl checkout is down",
            "!lgo the security team is here",
            "1password was hacked",
            "!!! the breach is closed",
            "security is informed",
        ] {
            assert!(!may_be_slip(line, &Hints::of(line)), "{line}");
        }
    }

    #[test]
    fn what_people_say_otherwise_is_no_declaration() {
        for line in [
            "we declare victory, the security team agrees",
            "!log the security team is here",
            "!note security is informed",
            "!declare checkout is down --severity high",
            "open the security console",
            "new keys are stolen",
            // One letter away from words for it.
            "!declaer users can't reach checkout",
            "!declaer nobody reached it, and reaches us neither",
            "!declaer servers were leased and packed, the tracker backed off",
            "!declaer the bleached page stole a beat",
        ] {
            assert!(!(may_declare(line) && hints_at_security(line)), "{line}");
        }
    }

    #[test]
    fn a_title_is_marked_by_the_word_at_its_end_or_beginning() {
        assert!(is_marked_security("keys leaked security") && is_marked_security("Securtiy: keys leaked"));
        assert!(!is_marked_security("the security page is down") && !is_marked_security("login is down"));
    }
}
