//! What goes back: answers, limits and pages.

use std::time::Duration;

use axum::body::Body;
use serde_json::{Value, json};

use super::Cut;
use crate::faults::Scope;
use crate::limits::Left;
use crate::refused::Refused;

/// What goes back.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// Null: none.
    pub(super) body: Value,
    /// Instead of the body.
    pub(super) page: Option<String>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) code: Option<u32>,
}

pub(super) fn refused_with(refused: &Refused) -> Reply {
    let wait = refused.retry_after.map(|it| ("retry-after", it.ceil().to_string()));
    Reply {
        status: refused.status,
        body: refused.body(),
        code: Some(refused.code),
        headers: wait.into_iter().collect(),
        ..Reply::default()
    }
}

/// The headers that tell how much is left.
pub(super) fn told(left: &Left, now: jiff::Timestamp) -> Vec<(&'static str, String)> {
    // Rounded up: who waits as long as told must not come too early.
    let after = (left.reset_after.as_secs_f64() * 1_000.0).ceil() / 1_000.0;
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit")]
    let reset = now.as_millisecond() as f64 / 1_000.0 + after;
    vec![
        ("x-ratelimit-limit", left.limit.to_string()),
        ("x-ratelimit-remaining", left.remaining.to_string()),
        ("x-ratelimit-reset", format!("{reset:.3}")),
        ("x-ratelimit-reset-after", format!("{after:.3}")),
        ("x-ratelimit-bucket", left.bucket.clone()),
    ]
}

pub(super) fn limited(
    scope: Scope,
    after: Duration,
    left: Vec<(&'static str, String)>,
    headers: bool,
    body: bool,
) -> Reply {
    let mut reply = Reply { status: 429, ..Reply::default() };
    let global = scope == Scope::Global;
    if body {
        let message =
            if scope == Scope::Shared { "The resource is being rate limited." } else { "You are being rate limited." };
        // Rounded up: who waits as long as told must not come too early.
        let seconds = (after.as_secs_f64() * 1_000.0).ceil() / 1_000.0;
        reply.body = json!({ "message": message, "retry_after": seconds, "global": global });
    } else {
        reply.page = Some(page(429));
    }
    if headers {
        // Whole seconds, also rounded up.
        reply.headers.push(("retry-after", (after.as_secs_f64().ceil()).to_string()));
        let scope = match scope {
            Scope::User => "user",
            Scope::Global => "global",
            Scope::Shared => "shared",
        };
        reply.headers.push(("x-ratelimit-scope", scope.to_owned()));
        if global {
            reply.headers.push(("x-ratelimit-global", "true".to_owned()));
        }
        reply.headers.extend(left);
    }
    reply
}

pub(super) fn reason(status: u16) -> &'static str {
    hyper::StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason()).unwrap_or("Error")
}

/// What stands before Discord speaks to people.
pub(super) fn page(status: u16) -> String {
    let reason = reason(status);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-US\">\n<head><title>discord.com | {status}: {reason}</title></head>\n<body>\n\
         <h1>Error {status}</h1><h2>{reason}</h2>\n<p>Cloudflare Ray ID: 8e1f2a3b4c5d6e7f</p>\n</body>\n</html>\n"
    )
}

impl Reply {
    pub(super) fn into_response(self) -> Result<hyper::Response<Body>, Cut> {
        let mut response = hyper::Response::builder().status(self.status);
        if self.page.is_none() {
            // So clients tell a limit of Discord's from a ban by what stands before it.
            response = response.header("via", "1.1 google");
        }
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        let body = match (self.page, self.body) {
            (Some(page), _) => {
                response = response.header("content-type", "text/html; charset=UTF-8").header("server", "cloudflare");
                Body::from(page)
            }
            (None, Value::Null) => Body::empty(),
            (None, body) => {
                response = response.header("content-type", "application/json");
                Body::from(body.to_string())
            }
        };
        response.body(body).map_err(|_| Cut)
    }
}
