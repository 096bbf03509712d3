//! Embeds: their limits, and how they come back.

use serde_json::{Value, json};

use crate::check::invalid;
use crate::refused::Refused;

/// Characters in all embeds of a message.
const ALL: usize = 6_000;

/// Embeds as they are kept.
pub(super) fn kept(embeds: &Value) -> Result<Vec<Value>, Refused> {
    let embeds: Vec<&Value> = embeds.as_array().into_iter().flatten().collect();
    if embeds.iter().map(|it| length(it)).sum::<usize>() > ALL {
        let said = "Embed size exceeds maximum size of 6000";
        return Err(invalid(&["embeds"], "MAX_EMBED_SIZE_EXCEEDED", said));
    }
    for (at, embed) in embeds.iter().enumerate() {
        if is_empty(embed) {
            let path = ["embeds", &at.to_string(), "description"];
            return Err(invalid(&path, "BASE_TYPE_REQUIRED", "This field is required"));
        }
    }
    Ok(embeds.into_iter().map(shown).collect())
}

fn length(embed: &Value) -> usize {
    let count = |it: &Value| it.as_str().map_or(0, |it| it.trim().chars().count());
    let fields = embed["fields"].as_array().into_iter().flatten();
    count(&embed["title"])
        + count(&embed["description"])
        + count(&embed["footer"]["text"])
        + count(&embed["author"]["name"])
        + fields.map(|it| count(&it["name"]) + count(&it["value"])).sum::<usize>()
}

fn is_empty(embed: &Value) -> bool {
    let picture = ["image", "thumbnail"].iter().any(|it| embed[it].is_object());
    length(embed) == 0 && !picture
}

fn shown(embed: &Value) -> Value {
    let mut shown = json!({ "type": "rich" });
    let mut copy = |name: &str| {
        let given = &embed[name];
        if !given.is_null() && given != "" {
            shown[name] = given.clone();
        }
    };
    for name in ["title", "description", "url", "color", "timestamp", "footer", "author"] {
        copy(name);
    }
    for name in ["image", "thumbnail"] {
        if let Some(url) = embed[name]["url"].as_str() {
            shown[name] = json!({ "url": url, "proxy_url": url, "width": 0, "height": 0, "flags": 0 });
        }
    }
    if let Some(fields) = embed["fields"].as_array().filter(|it| !it.is_empty()) {
        let field = |it: &Value| json!({ "name": it["name"], "value": it["value"], "inline": it["inline"] == true });
        shown["fields"] = fields.iter().map(field).collect();
    }
    if let Some(time) = embed["timestamp"].as_str().and_then(|it| it.parse().ok()) {
        shown["timestamp"] = json!(crate::clock::iso(time));
    }
    shown
}
