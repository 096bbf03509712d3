//! Whether a text holds what must not leave the war room.

use unicode_security::skeleton;

use super::policy::{Guard, Hit};

/// What the first pattern that finds something is called. It looks at the text as it reads, too: whatever letters it is
/// written in, and whatever stands unseen between them.
#[must_use]
pub fn found<'a>(text: &str, guards: &'a [Guard]) -> Option<&'a str> {
    let folded = folded(text);
    let finds = |guard: &&Guard| {
        let harmful = |text: &str| {
            guard.regex.find_iter(text).any(|hit| {
                let (before, after) = (&text[..hit.start()], &text[hit.end()..]);
                !(guard.is_harmless)(&Hit { before, found: hit.as_str(), after })
            })
        };
        harmful(text) || (folded != text && harmful(&folded))
    };
    guards.iter().find(finds).map(|guard| guard.name.as_str())
}

/// A text in the plain letters, digits and marks that it looks as if it were written in.
#[must_use]
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{0}'..='\u{7f}' => out.push(c),
            // Full-width ones stand in the order of ASCII.
            '\u{ff01}'..='\u{ff5e}' => out.extend(char::from_u32(u32::from(c) - 0xfee0)),
            '\u{2018}' | '\u{2019}' | '\u{201b}' => out.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '«' | '»' => out.push('"'),
            // Full stops of other scripts, as browsers take them in names of hosts.
            '\u{3002}' | '\u{ff61}' | '\u{2024}' | '\u{fe52}' => out.push('.'),
            c if is_unseen(c) => {}
            c if c.is_whitespace() => out.push(if c == '\u{2028}' || c == '\u{2029}' { '\n' } else { ' ' }),
            c => {
                let alike: String = skeleton(&c.to_string()).filter(|c| !('\u{300}'..='\u{36f}').contains(c)).collect();
                out.push_str(if alike.is_ascii() && !alike.is_empty() { &alike } else { "" });
                if !alike.is_ascii() {
                    out.push(c);
                }
            }
        }
    }
    out
}

/// What takes no room, or is blank.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{1d159}' | '\u{e0000}'..='\u{e0fff}')
}
