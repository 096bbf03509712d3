//! From a request to an answer: who asks, whether they must wait, what goes wrong, and what is said.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::{Value, json};

use super::{Cut, Server, read};
use crate::clock;
use crate::faults::{Fault, Scope};
use crate::limits::{self, Left, Wait};
use crate::record::Request;
use crate::refused::{self, Refused};
use crate::rest::{self, Call};
use crate::state::State;
use crate::tap::Exchange;

/// What goes back.
#[derive(Debug, Default)]
struct Reply {
    status: u16,
    /// Null: none.
    body: Value,
    /// Instead of the body.
    page: Option<String>,
    headers: Vec<(&'static str, String)>,
    code: Option<u32>,
}

/// Answers one request.
pub(super) async fn rest(
    server: &Arc<Server>,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Body>, Cut> {
    let at = clock::instant();
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
    let header = |name| parts.headers.get(name).and_then(|it| it.to_str().ok());
    let (method, uri) = (parts.method.as_str(), &parts.uri);
    let text = uri.query().unwrap_or_default();
    let segments = read::path(uri.path()).unwrap_or_else(|| vec!["unknown version".to_owned()]);
    let mut call = Call { method: method.to_owned(), path: segments, query: read::query(text), body: Value::Null };
    let unreadable = match read::body(header("content-type"), &body) {
        Ok(body) => {
            call.body = body;
            None
        }
        Err(refused) => Some(refused),
    };
    let path = format!("/{}", call.path.join("/"));
    let fault = server.shared.with(|state| state.faults.meet(method, &path));
    let token = header("authorization").map(str::to_owned);
    let ask = || server.shared.with(|state| ask(state, token.as_deref(), &call, unreadable.as_ref(), at));
    let reply = match fault {
        None | Some(Fault::LoseAnswer) => ask(),
        Some(Fault::Cut) => Reply::default(),
        Some(Fault::Hold) => {
            hold(server).await;
            ask()
        }
        Some(Fault::HoldAnswer) => {
            let reply = ask();
            hold(server).await;
            reply
        }
        Some(Fault::Delay(by)) => {
            delay(by).await;
            ask()
        }
        Some(Fault::Limited { scope, retry_after, headers, body }) => {
            limited(scope, retry_after, Vec::new(), headers, body)
        }
        Some(Fault::Error(status)) => Reply {
            status,
            body: json!({ "message": format!("{status}: {}", reason(status)), "code": 0 }),
            ..Reply::default()
        },
        Some(Fault::Page(status)) => Reply { status, page: Some(page(status)), ..Reply::default() },
    };
    let (route, _) = limits::template(method, &call.path);
    let record = Request {
        method: method.to_owned(),
        path,
        route,
        status: reply.status,
        code: reply.code,
        at,
        fault: fault.is_some(),
    };
    server.shared.with(|state| state.requests.push(record));
    if server.tapped() && reply.status != 0 {
        let shown = |it: &Value| Some(it.clone()).filter(|it| !it.is_null());
        server.tell(&Exchange::Rest {
            method: method.to_owned(),
            path: uri.path().to_owned(),
            query: text.to_owned(),
            request: shown(&call.body),
            status: reply.status,
            response: shown(&reply.body),
            fault: matches!(fault, Some(Fault::Limited { .. } | Fault::Error(_) | Fault::Page(_))),
        });
    }
    if matches!(fault, Some(Fault::Cut | Fault::LoseAnswer)) {
        return Err(Cut);
    }
    reply.into_response()
}

/// Has the request done.
fn ask(state: &mut State, token: Option<&str>, call: &Call, unreadable: Option<&Refused>, at: Instant) -> Reply {
    let by = match token {
        None => None,
        Some(given) => {
            let given = given.strip_prefix("Bot ");
            let app = state.apps.values().find(|it| Some(it.token.as_str()) == given);
            match app {
                Some(app) => Some(app.id),
                None => return refused_with(&refused::unauthorized()),
            }
        }
    };
    let (mut route, place) = limits::template(&call.method, &call.path);
    let renames = call.body.get("name").is_some() || call.body.get("topic").is_some();
    if route == "PATCH /channels/{id}" && renames {
        route.push_str(" name");
    }
    let who = by.map_or_else(|| "nobody".to_owned(), |it| it.to_string());
    let now = state.clock.monotonic().max(at);
    let left = match state.limiter.take(&who, &route, &place, now) {
        Ok(left) => left.filter(|_| state.limiter.limits.headers),
        Err(Wait { after, global, left }) => {
            let scope = if global { Scope::Global } else { Scope::User };
            let headers = state.limiter.limits.headers;
            let left = left.map(|it| told(&it, state.now())).unwrap_or_default();
            return limited(scope, after, left, headers, true);
        }
    };
    let answered = match unreadable {
        Some(refused) => Err(refused.clone()),
        None => rest::route(state, by, call),
    };
    let mut reply = match answered {
        Ok(answer) => Reply { status: answer.status, body: answer.body, ..Reply::default() },
        Err(refused) => refused_with(&refused),
    };
    if let Some(left) = left {
        reply.headers.extend(told(&left, state.now()));
    }
    reply
}

fn refused_with(refused: &Refused) -> Reply {
    Reply { status: refused.status, body: refused.body(), code: Some(refused.code), ..Reply::default() }
}

/// The headers that tell how much is left.
fn told(left: &Left, now: jiff::Timestamp) -> Vec<(&'static str, String)> {
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

fn limited(scope: Scope, after: Duration, left: Vec<(&'static str, String)>, headers: bool, body: bool) -> Reply {
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

/// Waits until a test says that it may go on.
async fn hold(server: &Server) {
    let before = server.shared.with(|state| {
        state.faults.held += 1;
        state.faults.released
    });
    server.shared.until(|state| (state.faults.released > before).then_some(())).await;
    server.shared.with(|state| state.faults.held -= 1);
}

#[expect(clippy::disallowed_methods, reason = "a slow network is what was asked for")]
async fn delay(by: Duration) {
    tokio::time::sleep(by).await;
}

fn reason(status: u16) -> &'static str {
    hyper::StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason()).unwrap_or("Error")
}

/// What stands before Discord speaks to people.
fn page(status: u16) -> String {
    let reason = reason(status);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-US\">\n<head><title>discord.com | {status}: {reason}</title></head>\n<body>\n\
         <h1>Error {status}</h1><h2>{reason}</h2>\n<p>Cloudflare Ray ID: 8e1f2a3b4c5d6e7f</p>\n</body>\n</html>\n"
    )
}

impl Reply {
    fn into_response(self) -> Result<hyper::Response<Body>, Cut> {
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
