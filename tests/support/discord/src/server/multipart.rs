//! Bodies with files: what is said about them, and what they hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};

use crate::rest::{HELD, UPLOADED};

/// What a file holds, by the number that its description names.
pub(crate) type Held = (u64, Arc<Vec<u8>>);

/// Numbers what files hold.
pub(crate) fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The JSON of a body that came with files, with the files as attachments, and what they hold. `None` when it is not well
/// formed, or has parts that are neither.
pub(super) fn body(kind: &str, bytes: &[u8]) -> Option<(Value, Vec<Held>)> {
    let boundary = kind.split("boundary=").nth(1)?.trim_matches('"');
    let delimiter = format!("--{boundary}");
    let mut body = Value::Object(Map::new());
    let mut files: Vec<(String, Value)> = Vec::new();
    let mut contents = Vec::new();
    for part in parts(bytes, delimiter.as_bytes()) {
        let at = find(part, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&part[..at]).ok()?;
        let content = part[at + 4..].strip_suffix(b"\r\n").unwrap_or(&part[at + 4..]);
        let name = value(head, "name=\"")?;
        if name == "payload_json" {
            body = serde_json::from_slice(content).ok()?;
        } else if let Some(file) = value(head, "filename=\"") {
            let kind = head.lines().find_map(|it| it.to_lowercase().strip_prefix("content-type: ").map(str::to_owned));
            let at = name.strip_prefix("files[")?.strip_suffix(']')?.to_owned();
            let number = number();
            let mut shown = json!({ "filename": file, "size": content.len(), HELD: number });
            if let Some(kind) = kind {
                shown["content_type"] = json!(kind);
            }
            contents.push((number, Arc::new(content.to_vec())));
            files.push((at, shown));
        } else {
            return None;
        }
    }
    // What the body says of new files names them by number; what is left names those that are kept.
    let named = |it: &Value| it.as_str().map_or_else(|| it.to_string(), str::to_owned);
    if let Some(said) = body["attachments"].as_array_mut() {
        said.retain(|it| files.iter().all(|(number, _)| named(&it["id"]) != *number));
    }
    body[UPLOADED] = files.into_iter().map(|(_, it)| it).collect();
    Some((body, contents))
}

fn parts<'a>(bytes: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some(at) = find(rest, delimiter) {
        rest = &rest[at + delimiter.len()..];
        if rest.starts_with(b"--") {
            break;
        }
        let end = find(rest, delimiter).unwrap_or(rest.len());
        found.push(rest[..end].strip_prefix(b"\r\n").unwrap_or(&rest[..end]));
    }
    found
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|it| it == wanted)
}

fn value(head: &str, before: &str) -> Option<String> {
    // `name="` also ends `filename="`.
    let mut places = head.match_indices(before).filter(|(at, _)| !head[..*at].ends_with("file"));
    let (at, _) = places.next()?;
    head[at + before.len()..].split('"').next().map(str::to_owned)
}
