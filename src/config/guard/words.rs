//! Everyday words that follow the word for a secret, and are none.

/// What is said of a secret in one word.
#[rustfmt::skip]
pub(super) const IS_SAID: &[&str] = &[
    "a", "about", "absent", "accepted", "active", "affected", "all", "already", "also", "always", "an", "and", "any", "at",
    "available", "back", "bad", "be", "being", "blank", "blocked", "broken", "cached", "changed", "checked", "compromised",
    "correct", "denied", "different", "disabled", "down", "empty", "enabled", "encrypted", "expired", "expiring", "failing",
    "fine", "fixed", "for", "from", "good", "gone", "hashed", "hidden", "identical", "ignored", "in", "inactive", "incorrect",
    "invalid", "invalidated", "issued", "it", "known", "leaked", "limited", "logged", "long", "longer", "lost", "missing",
    "needed", "never", "new", "nil", "no", "none", "not", "now", "null", "off", "often", "ok", "okay", "old", "on", "one",
    "only", "optional", "our", "out", "permanent", "present", "public", "readable", "redacted", "refused", "rejected", "removed",
    "required", "reset", "resets", "resolved", "revoked", "rotated", "rotating", "safe", "same", "secure", "sensitive", "sent",
    "set", "shared", "short", "shorter", "slow", "slower", "some", "sometimes", "stale", "still", "stored", "strong", "temporary",
    "that", "the", "their", "there", "this", "to", "too", "true", "false", "unaffected", "unavailable", "unchanged",
    "undefined", "unknown", "unset", "unsafe", "untouched", "up", "used", "useless", "valid", "visible", "void", "we", "weak",
    "what", "when", "why", "working", "works", "wrong", "yes", "yet", "your",
    // The same in other languages.
    "falsch", "gesperrt", "keins", "korrekt", "nicht", "sicher", "ungültig", "unbekannt", "неверный", "нет", "inconnu",
    "incorrecta", "incorrecto", "ninguna", "aucun", "oui", "ja", "nein",
];

/// What a sentence begins with, when more words follow.
#[rustfmt::skip]
pub(super) const OPENS_A_SENTENCE: &[&str] = &[
    "after", "as", "ask", "because", "before", "between", "both", "but", "by", "can", "cannot", "can't", "change", "changes",
    "check", "contact", "could", "customers", "do", "does", "don't", "don’t", "during", "each", "either", "engineers", "enter",
    "every", "everybody", "everyone", "everything", "fail", "fails", "few", "first", "has", "have", "he", "here", "how", "i",
    "if", "into", "is", "it's", "its", "last", "many", "may", "might", "more", "most", "much", "must", "neither", "next",
    "nobody", "none", "nothing", "once", "or", "other", "others", "people", "per", "please", "retry", "see", "several", "she",
    "should", "since", "so", "than", "then", "these", "they", "those", "till", "try", "under", "until", "us", "use", "users",
    "very", "via", "wait", "was", "were", "where", "whether", "which", "while", "who", "will", "with", "within", "without",
    "would", "you",
    // The same in other languages.
    "alle", "bitte", "das", "der", "die", "ein", "eine", "es", "für", "ihr", "ist", "kein", "keine", "niemand", "sie", "wer",
    "wir", "wird", "wurde", "el", "la", "las", "los", "no", "nadie", "por", "se", "su", "il", "le", "les", "ne", "on", "personne",
    "votre", "veuillez", "ваш", "все", "мы", "не", "никто", "пожалуйста",
];

/// Whether a word of letters and digits is one of everyday life: a version, a span, a ticket, an algorithm, an address.
pub(super) fn is_technical(bare: &str) -> bool {
    const FAMILIES: [&str; 18] = [
        "oauth", "sha", "md", "base", "aes", "argon", "pbkdf", "ed", "rs", "hs", "es", "rfc", "http", "utf", "iso",
        "ipv", "bcrypt", "scrypt",
    ];
    let lower = bare.to_lowercase();
    let letters = lower.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'));
    let figures = lower
        .trim_start_matches('v')
        .trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | ':'));
    let starts_with_figure = lower.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit());
    let is_figure = starts_with_figure && figures.len() < 4 && figures.bytes().all(|b| b.is_ascii_alphabetic());
    let is_ticket = bare.split_once('-').is_some_and(|(key, rest)| {
        key.len() > 1
            && key.bytes().all(|b| b.is_ascii_uppercase())
            && rest.bytes().all(|b| b.is_ascii_digit() || b == b'-')
    });
    let is_day = bare.len() >= 10 && bare.get(..10).is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok());
    let is_mail = bare.split_once('@').is_some_and(|(_, host)| host.contains('.'));
    FAMILIES.contains(&letters) && lower.len() < 10
        || is_figure
        || is_ticket
        || is_day
        || is_mail
        || bare.contains("://")
        || bare.ends_with("'s")
        || bare.ends_with("’s")
}
