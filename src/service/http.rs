//! The status over HTTP.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Status;
use crate::journal::Journal;

/// What Prometheus asks for first.
const OPEN_METRICS: &str = "application/openmetrics-text";

/// Answers on `listener` for ever. It is for this machine alone: whoever can reach it is not asked who they are.
///
/// # Errors
/// When the system does not let it.
pub async fn serve_http<J: Journal + 'static>(listener: TcpListener, status: Arc<Status<J>>) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let pages = get(answer::<J>);
    let router = Router::new().route("/", pages.clone()).route("/{*path}", pages).with_state(status);
    axum::serve(listener, router).await
}

async fn answer<J: Journal + 'static>(State(status): State<Arc<Status<J>>>, uri: Uri, headers: HeaderMap) -> Response {
    let answer = status.answer(uri.path()).await;
    let asked = headers.get_all(ACCEPT).iter().filter_map(|it| it.to_str().ok());
    let is_asked = asked.flat_map(|it| it.split(',')).any(|it| it.trim().starts_with(OPEN_METRICS));
    let answer = if is_asked { answer } else { answer.plain() };
    let code = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (code, [(CONTENT_TYPE, answer.kind)], answer.text).into_response()
}
