//! What may stand in a message, whoever typed it.

/// What may stand in a message: no control characters but line breaks, nothing that turns the writing direction,
/// nothing invisible; tabs become spaces, foreign line breaks become ours, blanks at the ends of the text and at the
/// end of a line go. The joiner and the selector that emoji and some scripts are made with stay where they make one.
/// Cleaning what is clean changes nothing.
#[must_use]
pub fn clean(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        // Nearly every message: one line on which nothing else can be wrong.
        return defang(text.trim());
    }
    let kept = seen(text);
    let lines: Vec<&str> = kept.split('\n').map(str::trim_end).collect();
    defang(lines.join("\n").trim())
}

/// [`clean`], of a piece of a line: blanks stay where they are, and a line break becomes one.
#[must_use]
pub fn clean_piece(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return defang(text);
    }
    defang(&seen(text).replace('\n', " "))
}

/// What can be seen of it.
fn seen(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n").replace('\t', " ");
    let seen: Vec<char> = unified.chars().filter(|c| *c == '\n' || !(c.is_control() || is_invisible(*c))).collect();
    let mut kept = String::with_capacity(unified.len());
    for (i, c) in seen.iter().enumerate() {
        let (before, after) = (kept.chars().next_back(), seen.get(i + 1).copied());
        let stays = match *c {
            ZERO_WIDTH_JOINER => joins(before, after),
            EMOJI_SELECTOR => selects(before, after),
            _ => true,
        };
        if stays {
            kept.push(*c);
        }
    }
    kept
}

/// [`clean`], on one line.
#[must_use]
pub fn clean_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Breaks the words that call a whole room on one platform or another, whatever their case: their `@` becomes `＠`.
#[must_use]
pub fn defang(text: &str) -> String {
    const CALLS: [&str; 4] = ["everyone", "here", "room", "channel"];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        out.push_str(before);
        let called =
            CALLS.iter().any(|call| after.get(..call.len()).is_some_and(|head| head.eq_ignore_ascii_case(call)));
        out.push(if called { '＠' } else { '@' });
        rest = after;
    }
    out.push_str(rest);
    out
}

const ZERO_WIDTH_JOINER: char = '\u{200d}';
const EMOJI_SELECTOR: char = '\u{fe0f}';
const KEYCAP: char = '\u{20e3}';

/// Whether a joiner between these makes one sign of two: emoji, or letters of an Indic script. Inside other words it
/// would only hide that a word is there.
fn joins(before: Option<char>, after: Option<char>) -> bool {
    match (before, after) {
        (Some(b), Some(a)) if is_pictograph(a) => is_pictograph(b) || b == EMOJI_SELECTOR,
        (Some(b), Some(a)) => is_virama(b) && !a.is_ascii() && a.is_alphabetic(),
        (None, _) | (_, None) => false,
    }
}

/// Whether the selector makes an emoji of what stands before it.
fn selects(before: Option<char>, after: Option<char>) -> bool {
    match before {
        Some('0'..='9' | '#' | '*') => after == Some(KEYCAP),
        Some(c) => is_pictograph(c),
        None => false,
    }
}

/// Emoji and the symbols that can become one.
pub(crate) fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{2bff}'
        | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// The sign that takes a letter's vowel away, in the scripts where a joiner after it changes the letter's form.
fn is_virama(c: char) -> bool {
    matches!(
        c,
        '\u{94d}'
            | '\u{9cd}'
            | '\u{a4d}'
            | '\u{acd}'
            | '\u{b4d}'
            | '\u{bcd}'
            | '\u{c4d}'
            | '\u{ccd}'
            | '\u{d4d}'
            | '\u{dca}'
    )
}

/// Zero-width, direction-turning, tag, filler, private-use and non-characters.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
        || u32::from(c) & 0xfffe == 0xfffe
}
