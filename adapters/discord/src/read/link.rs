//! Words that lead somewhere, and addresses that stand for themselves.

/// The longest that an address may be, in bytes.
const LONGEST: usize = 2048;

/// `[label](address)` at the beginning of `rest`: where the label ends, the address, and how many bytes all of it takes.
/// A label holds no brackets, but escaped ones.
pub(super) fn masked(rest: &str) -> Option<(usize, &str, usize)> {
    let label = label_end(rest)?;
    if rest.get(1..label)?.trim().is_empty() {
        return None;
    }
    let inner = rest.get(label..)?.strip_prefix("](")?;
    let bytes = inner.as_bytes();
    let begin = bytes.iter().take_while(|b| **b == b' ').count();
    let is_bracketed = bytes.get(begin) == Some(&b'<');
    let from = begin + usize::from(is_bracketed);
    let mut depth = 0_usize;
    let mut end = from;
    for byte in bytes.get(from..)?.iter().take(LONGEST) {
        match byte {
            b' ' | b'\n' | b'<' => break,
            b'>' if is_bracketed => break,
            b'(' => depth += 1,
            b')' if depth == 0 => break,
            b')' => depth -= 1,
            _ => {}
        }
        end += 1;
    }
    let address = inner.get(from..end).filter(|it| it.contains("://") || it.starts_with("mailto:"))?;
    let mut at = end + usize::from(is_bracketed && bytes.get(end) == Some(&b'>'));
    at += bytes.get(at..)?.iter().take_while(|b| **b == b' ').count();
    // A title shows only under the pointer.
    if let Some(quote) = bytes.get(at).filter(|b| matches!(b, b'"' | b'\'')) {
        let length = bytes.get(at + 1..)?.iter().take(LONGEST).position(|b| b == quote)?;
        at += length + 2;
        at += bytes.get(at..)?.iter().take_while(|b| **b == b' ').count();
    }
    (bytes.get(at) == Some(&b')')).then_some((label, address, label + 2 + at + 1))
}

fn label_end(rest: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'[' | b'\n' => return None,
            b']' => return Some(at),
            _ => {}
        }
    }
    None
}

/// How many bytes an address takes that `rest` begins with. What ends a sentence is not part of it.
pub(super) fn bare(rest: &str) -> Option<usize> {
    let scheme = ["https://", "http://"].into_iter().find(|it| rest.starts_with(it))?;
    let end = rest.find(|c: char| c.is_whitespace() || c == '<').unwrap_or(rest.len());
    let mut address = &rest[..end];
    let (opened, mut shut) = (address.matches('(').count(), address.matches(')').count());
    while let Some(last) = address.bytes().next_back() {
        match last {
            b'.' | b',' | b':' | b';' | b'"' | b'\'' | b']' | b'*' | b'_' | b'~' | b'|' => {}
            b')' if shut > opened => shut -= 1,
            _ => break,
        }
        address = &address[..address.len() - 1];
    }
    (address.len() > scheme.len()).then_some(address.len())
}
