//! What Discord's hosts of files answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use futures::stream;
use hyper::body::Incoming;

use super::{Cut, Server, read};
use crate::clock;
use crate::faults::Fault;
use crate::files;
use crate::record::Request;

/// How much goes over the wire at once.
const PIECE: usize = 64 << 10;

/// Answers a request for a file.
pub(super) fn file(server: &Arc<Server>, request: &hyper::Request<Incoming>) -> Result<hyper::Response<Body>, Cut> {
    let path: Vec<String> = read::segments(request.uri().path());
    let query: BTreeMap<String, String> = read::query(request.uri().query().unwrap_or_default());
    let shown = format!("/{}", path.join("/"));
    let fault = server.shared.quietly(|state| state.faults.meet("GET", &shown));
    let found = server.shared.look(|state| files::find(state, &path, &|name| query.get(name).cloned()));
    let status = match fault {
        Some(Fault::Error(status) | Fault::Page(status) | Fault::Denied(status, _)) => status,
        Some(Fault::Elsewhere) => 302,
        _ if found.is_some() => 200,
        _ => 404,
    };
    server.shared.with(|state| {
        state.requests.push(Request {
            method: request.method().as_str().to_owned(),
            path: shown,
            route: format!("GET /{}", path.first().map_or("", String::as_str)),
            status,
            code: None,
            at: clock::instant(),
            fault: fault.is_some(),
        });
    });
    let response = hyper::Response::builder().status(status);
    let response = match (status, fault) {
        (_, Some(Fault::Cut)) => return Err(Cut),
        (302, _) => response.header("location", "/elsewhere").body(Body::empty()),
        (200, fault) => {
            let held = found.unwrap_or_default();
            let pieces: Vec<Result<Vec<u8>, Cut>> = held.chunks(PIECE).map(|it| Ok(it.to_vec())).collect();
            match fault {
                // It breaks off on the way.
                Some(Fault::LoseAnswer) => {
                    let half = pieces.len() / 2;
                    let cut = pieces.into_iter().take(half).chain([Err(Cut)]);
                    response.body(Body::from_stream(stream::iter(cut)))
                }
                _ => response.body(Body::from_stream(stream::iter(pieces))),
            }
        }
        _ => response.body(Body::from("This content is no longer available.")),
    };
    response.map_err(|_| Cut)
}
