//! Requests taken apart.

use std::collections::BTreeMap;

use serde_json::Value;

use super::multipart::Held;
use crate::refused::{self, Refused};

/// `%20` and its like.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        if let Some(byte) = hex.filter(|_| first == b'%').and_then(|it| u8::from_str_radix(it, 16).ok()) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `a=1&b=2`.
pub(super) fn query(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter(|it| !it.is_empty());
    let pair = |it: &str| {
        let (name, value) = it.split_once('=').unwrap_or((it, ""));
        (decoded(name), decoded(&value.replace('+', " ")))
    };
    pairs.map(pair).collect()
}

/// The segments of a path.
pub(super) fn segments(path: &str) -> Vec<String> {
    path.split('/').filter(|it| !it.is_empty()).map(decoded).collect()
}

/// The segments after `/api/v10`. `None` for another version.
pub(super) fn path(path: &str) -> Option<Vec<String>> {
    let rest = path.strip_prefix("/api")?;
    // Addresses of webhooks name no version.
    let rest = rest.strip_prefix("/v10").or_else(|| rest.starts_with("/webhooks/").then_some(rest))?;
    Some(segments(rest))
}

/// A body, read as what its type says. Null when there is none.
pub(super) fn body(kind: Option<&str>, body: &[u8]) -> Result<(Value, Vec<Held>), Refused> {
    let kind = kind.unwrap_or_default();
    if body.is_empty() {
        return Ok((Value::Null, Vec::new()));
    }
    if kind.starts_with("multipart/form-data") {
        return super::multipart::body(kind, body).ok_or_else(refused::bad_request);
    }
    if !kind.starts_with("application/json") {
        // Discord takes the body of another type for a form, and finds no field in it.
        return Ok((Value::Null, Vec::new()));
    }
    let mut body = serde_json::from_slice::<Value>(body).map_err(|_| refused::not_json())?;
    if let Some(fields) = body.as_object_mut() {
        fields.remove(crate::rest::UPLOADED);
    }
    Ok((body, Vec::new()))
}
