//! How Discord shows a post.

use herald_chat::Post;
use serde_json::{Value, json};

/// The messages that a post comes to, as bodies of requests that lack only the nonce and what they answer.
pub(crate) fn bodies(post: &Post) -> Vec<Value> {
    let flags = 0;
    vec![json!({ "content": post.text.to_string(), "allowed_mentions": { "parse": [] }, "flags": flags })]
}
