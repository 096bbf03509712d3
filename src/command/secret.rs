//! Words that may have been meant as the declaration of a security incident, pure: whoever types in a hurry slips.

use strsim::osa_distance;

use super::verb::{Verb, named};

/// What people write of when something has to stay among few. Typed with a slip of a key, a word counts too.
#[rustfmt::skip]
const WORDS: [&str; 33] = [
    "security", "breach", "breached", "breaches", "leak", "leaks", "leaked", "leaking", "hack", "hacked", "hacker", "hackers",
    "compromise", "compromised", "exploit", "exploits", "exploited", "vulnerability", "vulnerabilities", "cve", "stolen",
    "phishing", "ransomware", "malware", "intrusion", "intruder", "intruders", "backdoor", "secret", "secrets",
    "confidential", "exfiltrated", "exfiltration",
];
/// Whether one line may be meant to declare an incident: it begins with a word that is, or nearly is, `declare` or another
/// word for it, and is marked as a command, or has an option that is nearly `--security`.
#[must_use]
pub fn may_declare(line: &str) -> bool {
    let start = line.find(char::is_alphanumeric).unwrap_or(line.len());
    let (mark, rest) = line.split_at(start);
    let is_command = mark.contains(['!', '/', '\u{ff01}', '\u{a1}', '\\']);
    let word = rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
    (is_command || has_security_option(line)) && is_nearly(&word, declare())
}

/// Whether a text holds a word that hints at a security incident.
#[must_use]
pub fn hints_at_security(text: &str) -> bool {
    let is = |word: &str| WORDS.iter().any(|known| *known == word || is_slip(known, word));
    words(text).any(|word| is(&word)) || has_security_option(text)
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
        || has_security_option(title)
}

/// Whether an option stands in it that is nearly `--security`, whatever became of its dashes.
fn has_security_option(text: &str) -> bool {
    let dashes = ['-', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2212}'];
    let options = text.split_whitespace().filter(|word| word.starts_with(dashes));
    // `--severity` is not far from it, and is meant.
    let is_slip =
        |name: &str| osa_distance("security", name) <= 2.min(osa_distance("severity", name).saturating_sub(1));
    let names = options.map(|word| word.trim_start_matches(dashes).to_lowercase());
    let is = |name: &str| name.len() > 2 && ("security".starts_with(name) || is_slip(name));
    names.map(|name| name.split(['=', ':']).next().unwrap_or_default().to_owned()).any(|name| is(&name))
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
        ] {
            assert!(may_declare(line) && hints_at_security(line), "{line}");
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
