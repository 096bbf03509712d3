//! From a request to an answer: who asks, whether they must wait, what goes wrong, and what is said.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::DATE;
use serde_json::{Value, json};

use super::multipart::Held;
use super::reply::{Reply, limited, page, reason, refused_with, told};
use super::{Cut, Server, read};
use crate::clock;
use crate::faults::{Fault, Scope};
use crate::limits::{self, Wait};
use crate::record::Request;
use crate::refused::{self, Refused};
use crate::rest::{self, Call};
use crate::state::State;
use crate::tap::Exchange;

/// How large a request may be, in bytes.
const LARGEST: usize = 25 << 20;

/// A request as it came.
struct Asked {
    call: Call,
    /// What came with its files.
    held: Vec<Held>,
    /// Why its body cannot be read.
    unreadable: Option<Refused>,
    token: Option<String>,
    at: Instant,
    /// As it was written, with its query.
    written: (String, String),
    fault: Option<Fault>,
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
    let text = parts.uri.query().unwrap_or_default();
    let path = read::path(parts.uri.path()).unwrap_or_else(|| vec!["unknown version".to_owned()]);
    let (body, held, unreadable) = match read::body(header("content-type"), &body) {
        _ if body.len() > LARGEST => (Value::Null, Vec::new(), Some(refused::too_large())),
        Ok((body, held)) => (body, held, None),
        Err(refused) => (Value::Null, Vec::new(), Some(refused)),
    };
    let method = parts.method.as_str().to_owned();
    let fault = server.shared.quietly(|state| state.faults.meet(&method, &format!("/{}", path.join("/"))));
    let asked = Asked {
        call: Call { method, path, query: read::query(text), body },
        held,
        unreadable,
        token: header("authorization").map(str::to_owned),
        at,
        written: (parts.uri.path().to_owned(), text.to_owned()),
        fault,
    };
    let waits = matches!(fault, Some(Fault::Hold | Fault::HoldAnswer | Fault::Delay(_)));
    let reply = if waits {
        // It goes on also when its client has given up, as a request does that is on its way.
        let server = Arc::clone(server);
        tokio::spawn(async move { asked.answer(&server).await }).await.map_err(|_| Cut)?
    } else {
        asked.answer(server).await
    };
    if matches!(fault, Some(Fault::Cut | Fault::LoseAnswer)) {
        return Err(Cut);
    }
    let mut response = reply.into_response()?;
    let date = server.shared.quietly(|state| state.clock.now()).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    response.headers_mut().extend(date.parse().ok().map(|date| (DATE, date)));
    Ok(response)
}

impl Asked {
    async fn answer(&self, server: &Server) -> Reply {
        let reply = match self.fault {
            None | Some(Fault::LoseAnswer) => self.ask(server),
            Some(Fault::Cut) => self.instead(server, Reply::default()),
            Some(Fault::Hold) => {
                hold(server).await;
                self.ask(server)
            }
            Some(Fault::HoldAnswer) => {
                let reply = self.ask(server);
                hold(server).await;
                reply
            }
            Some(Fault::Delay(by)) => {
                delay(by).await;
                self.ask(server)
            }
            Some(Fault::Limited { scope, retry_after, headers, body }) => {
                self.instead(server, limited(scope, retry_after, Vec::new(), headers, body))
            }
            Some(Fault::Error(status)) => {
                let body = json!({ "message": format!("{status}: {}", reason(status)), "code": 0 });
                self.instead(server, Reply { status, body, ..Reply::default() })
            }
            Some(Fault::Denied(status, code)) => {
                let body = json!({ "message": "internal network error", "code": code });
                self.instead(server, Reply { status, body, ..Reply::default() })
            }
            Some(Fault::Elsewhere) => {
                let headers = vec![("location", "/elsewhere".to_owned())];
                self.instead(server, Reply { status: 302, headers, ..Reply::default() })
            }
            Some(Fault::Page(status)) => {
                self.instead(server, Reply { status, page: Some(page(status)), ..Reply::default() })
            }
        };
        let is_unread = self.unreadable.as_ref().is_some_and(|it| it.status == 413);
        if server.tapped() && reply.status != 0 && !is_unread {
            let shown = |it: &Value| Some(it.clone()).filter(|it| !it.is_null());
            server.tell(&Exchange::Rest {
                method: self.call.method.clone(),
                path: self.written.0.clone(),
                query: self.written.1.clone(),
                request: shown(&self.call.body),
                status: reply.status,
                response: shown(&reply.body),
                fault: matches!(
                    self.fault,
                    Some(
                        Fault::Limited { .. } | Fault::Error(_) | Fault::Elsewhere | Fault::Page(_) | Fault::Denied(..)
                    )
                ),
            });
        }
        reply
    }

    /// Has it done. Whoever sees what it did sees it recorded.
    fn ask(&self, server: &Server) -> Reply {
        server.shared.with(|state| {
            state.files.extend(self.held.iter().cloned());
            let reply = ask(state, self.token.as_deref(), &self.call, self.unreadable.as_ref(), self.at);
            self.record(state, &reply);
            reply
        })
    }

    /// Leaves it undone.
    fn instead(&self, server: &Server, reply: Reply) -> Reply {
        server.shared.with(|state| self.record(state, &reply));
        reply
    }

    fn record(&self, state: &mut State, reply: &Reply) {
        let (route, _) = limits::template(&self.call.method, &self.call.path);
        state.requests.push(Request {
            method: self.call.method.clone(),
            path: format!("/{}", self.call.path.join("/")),
            route,
            status: reply.status,
            code: reply.code,
            at: self.at,
            fault: self.fault.is_some(),
        });
    }
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
