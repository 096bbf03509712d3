//! What may stand in a message, whoever typed it.

/// What may stand in a message: no control characters but line breaks, nothing that turns the writing direction,
/// nothing invisible; tabs become spaces, foreign line breaks become ours, blanks at the ends of the text and at the
/// end of a line go. The joiners, selectors and tags that emoji and some scripts are written with stay where they are part
/// of one.
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

/// [`clean_piece`], of code: what calls a room elsewhere is only what it is there.
#[must_use]
pub fn clean_code(text: &str) -> String {
    seen(text).replace('\n', " ")
}

/// What can be seen of it.
fn seen(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n").replace('\t', " ");
    let unified = without_loose_tags(&unified);
    let seen: Vec<char> = unified.chars().filter(|c| *c == '\n' || !(c.is_control() || is_invisible(*c))).collect();
    let mut kept = String::with_capacity(unified.len());
    for (i, c) in seen.iter().enumerate() {
        let (before, after) = (kept.chars().next_back(), seen.get(i + 1).copied());
        let stays = match *c {
            ZERO_WIDTH_JOINER => joins(before, after) || is_between_cursive(before, after),
            ZERO_WIDTH_NON_JOINER => is_between_cursive(before, after) || is_after_virama(before, after),
            EMOJI_SELECTOR | TEXT_SELECTOR => selects(before, after),
            c if is_ideographic_selector(c) => before.is_some_and(is_ideograph),
            _ => true,
        };
        if stays {
            kept.push(*c);
        }
    }
    kept
}

/// Without tags but those that make another flag of a black one: `\u{1f3f4}`, three to six letters and digits as tags, and
/// the tag that ends them.
fn without_loose_tags(text: &str) -> String {
    if !text.contains(is_tag) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        if !is_tag(c) {
            out.push(c);
        }
        rest = after;
        if c != BLACK_FLAG {
            continue;
        }
        let tags: Vec<char> = after.chars().take(8).take_while(|c| is_tag(*c)).collect();
        if let [region @ .., TAGS_END] = tags.as_slice()
            && (3..=6).contains(&region.len())
            && region.iter().all(|tag| matches!(tag, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}'))
        {
            let taken = tags.iter().map(|tag| tag.len_utf8()).sum();
            out.push_str(&after[..taken]);
            rest = &after[taken..];
        }
    }
    out
}

/// [`clean`], on one line.
#[must_use]
pub fn clean_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Breaks the words that call a whole room on one platform or another, whatever their case: their `@` becomes `＠`. What
/// stands in backquotes, an address of the web or of mail is no call, and stays as it is.
#[must_use]
pub fn defang(text: &str) -> String {
    if !text.contains('@') {
        return text.to_owned();
    }
    let code = code(text);
    let mut code = code.iter().peekable();
    let mut out = String::with_capacity(text.len());
    let (mut at, mut word) = (0, Word::default());
    while let Some(found) = text[at..].find('@').map(|found| at + found) {
        out.push_str(&text[at..found]);
        word.goes_on(text, at, found);
        while code.next_if(|(_, end)| *end <= found).is_some() {}
        let is_code = code.peek().is_some_and(|(begin, _)| *begin <= found);
        let after = &text[found + 1..];
        let is_address = || word.has_scheme == Some(true) || is_mail(&text[word.begin..found], after);
        out.push(if calls(after) && !is_code && !is_address() { '＠' } else { '@' });
        at = found + 1;
    }
    out.push_str(&text[at..]);
    out
}

/// What is known of the word that an `@` stands in. It is kept from one `@` to the next: a word can be long and hold many.
#[derive(Default)]
struct Word {
    /// Where it begins.
    begin: usize,
    /// Whether what stands before its first `://` is a scheme: `https://medium.com/@everyonebank`.
    has_scheme: Option<bool>,
}

impl Word {
    /// Takes note of what stands between one `@`, or the beginning, and the next one.
    fn goes_on(&mut self, text: &str, from: usize, to: usize) {
        let is_edge = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"');
        if let Some((edge, c)) = text[from..to].char_indices().rev().find(|(_, c)| is_edge(*c)) {
            *self = Self { begin: from + edge + c.len_utf8(), has_scheme: None };
        }
        let new = self.begin.max(from);
        if let Some(end) = text[new..to].find("://").filter(|_| self.has_scheme.is_none()) {
            let scheme = text[self.begin..new + end].trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
            let plain = scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b));
            self.has_scheme = Some(plain && !scheme.is_empty());
        }
    }
}

/// Whether `@` and this call a room. Discord hears `@everyone` and `@here` also at the beginning of a word.
fn calls(after: &str) -> bool {
    let begins = |call: &str| after.get(..call.len()).is_some_and(|head| head.eq_ignore_ascii_case(call));
    let ends = |call: &str| after[call.len()..].chars().next().is_none_or(|c| !(c.is_alphanumeric() || c == '_'));
    ["everyone", "here"].into_iter().any(begins)
        || ["room", "channel"].into_iter().any(|call| begins(call) && ends(call))
}

/// Whether the `@` between a word's beginning and this stands in an address of mail: `support@channel.io`.
fn is_mail(word: &str, after: &str) -> bool {
    let named = word.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-'));
    let host: &str = after.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))).next().unwrap_or("");
    let is_host = host.split_once('.').is_some_and(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
    named && is_host
}

/// Where code stands: between equal runs of backquotes.
fn code(text: &str) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|byte| **byte == b'`').count();
        if length > 0 {
            runs.push((at, length));
        }
        at += length.max(1);
    }
    let (mut found, mut i) = (Vec::new(), 0);
    // Where the next run of each length is, so that many that never end cost little.
    let mut places: std::collections::BTreeMap<usize, Vec<usize>> = std::collections::BTreeMap::new();
    runs.iter().enumerate().for_each(|(n, (_, length))| places.entry(*length).or_default().push(n));
    while let Some((begin, length)) = runs.get(i) {
        let same = places.get(length).map(Vec::as_slice).unwrap_or_default();
        match same.get(same.partition_point(|n| *n <= i)) {
            Some(end) => {
                found.push((*begin, runs[*end].0));
                i = end + 1;
            }
            None => i += 1,
        }
    }
    found
}

const ZERO_WIDTH_JOINER: char = '\u{200d}';
const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';
const EMOJI_SELECTOR: char = '\u{fe0f}';
const TEXT_SELECTOR: char = '\u{fe0e}';
const BLACK_FLAG: char = '\u{1f3f4}';
const TAGS_END: char = '\u{e007f}';
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

/// Whether letters stand on both sides whose forms depend on each other: Persian words are written with such a sign inside.
fn is_between_cursive(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(is_cursive) && after.is_some_and(is_cursive)
}

fn is_after_virama(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(is_virama) && after.is_some_and(|c| !c.is_ascii() && c.is_alphabetic())
}

/// Arabic, Syriac, N'Ko, Mandaic, Mongolian.
fn is_cursive(c: char) -> bool {
    c.is_alphabetic()
        && matches!(c, '\u{620}'..='\u{6ff}' | '\u{710}'..='\u{77f}' | '\u{7ca}'..='\u{7ff}' | '\u{840}'..='\u{8ff}'
            | '\u{1820}'..='\u{18aa}' | '\u{fb50}'..='\u{fdcf}' | '\u{fe70}'..='\u{fefc}')
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// What chooses between the forms of an ideograph, as names are written with.
fn is_ideographic_selector(c: char) -> bool {
    matches!(c, '\u{e0100}'..='\u{e01ef}')
}

fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0001}' | '\u{e0020}'..='\u{e007f}')
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

/// Zero-width, direction-turning, filler, private-use and non-characters.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e001f}' | '\u{e0080}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
        || u32::from(c) & 0xfffe == 0xfffe
}
