//! Bodies with files: what is said about them, and how they are shown.

use serde_json::{Map, Value, json};

use crate::rest::UPLOADED;

/// The JSON of a body that came with files, and the files as attachments. `None` when it is not well formed.
pub(super) fn body(kind: &str, bytes: &[u8]) -> Option<Value> {
    let boundary = kind.split("boundary=").nth(1)?.trim_matches('"');
    let delimiter = format!("--{boundary}");
    let mut body = Value::Object(Map::new());
    let mut files: Vec<(String, Value)> = Vec::new();
    for part in parts(bytes, delimiter.as_bytes()) {
        let at = find(part, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&part[..at]).ok()?;
        let content = part[at + 4..].strip_suffix(b"\r\n").unwrap_or(&part[at + 4..]);
        let name = value(head, "name=\"")?;
        if name == "payload_json" {
            body = serde_json::from_slice(content).ok()?;
        } else if let Some(file) = value(head, "filename=\"") {
            let kind = head.lines().find_map(|it| it.to_lowercase().strip_prefix("content-type: ").map(str::to_owned));
            let number = name.trim_start_matches("files[").trim_end_matches(']').to_owned();
            let shown = json!({
                "filename": file, "size": content.len(), "content_type": kind,
                "url": format!("https://cdn.discordapp.com/attachments/{file}"),
                "proxy_url": format!("https://media.discordapp.net/attachments/{file}"),
            });
            files.push((number, shown));
        }
    }
    // What the body says of new files names them by number; what is left names those that are kept.
    let named = |it: &Value| it.as_str().map_or_else(|| it.to_string(), str::to_owned);
    if let Some(said) = body["attachments"].as_array_mut() {
        said.retain(|it| files.iter().all(|(number, _)| named(&it["id"]) != *number));
    }
    body[UPLOADED] = files.into_iter().map(|(_, it)| it).collect();
    Some(body)
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
