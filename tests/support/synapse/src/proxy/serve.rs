//! One connection: requests in, each passed on by a connection of its own, answers out.

use std::fmt::{self, Display, Formatter};
use std::net::Ipv4Addr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, RETRY_AFTER, TRANSFER_ENCODING};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::Shared;
use super::rules::{Exchange, Fault, Whole};

pub(super) type Answer = Response<Full<Bytes>>;

/// Why there is no answer. The connection ends with it, and the client is told nothing.
#[derive(Debug)]
pub(super) struct NoAnswer;

/// Serves a client until it leaves or is cut off.
pub(super) async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    stream.set_nodelay(true).ok();
    let service = service_fn(|request| answer(&shared, request));
    // How it ends is the client's to notice.
    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
}

async fn answer(shared: &Shared, request: Request<Incoming>) -> Result<Answer, NoAnswer> {
    let (place, fault) = shared.state().meet(request.method().as_str(), request.uri().path());
    shared.moved.notify_waiters();
    let answer = match fault {
        Some(Fault::Cut) => Err(NoAnswer),
        Some(Fault::Limited { header, body }) => Ok(limited(header, body)),
        Some(Fault::Gateway(status)) => Ok(gateway(status)),
        Some(Fault::UnknownToken) => Ok(unknown_token()),
        Some(Fault::Says(json)) => Ok(page(StatusCode::OK, "application/json", json.to_owned())),
        Some(Fault::Withhold) => match whole(request).await {
            Ok(request) => {
                shared.state().withheld.push(request);
                Ok(matrix(StatusCode::OK, &json!({})))
            }
            Err(error) => Err(error),
        },
        None | Some(Fault::LoseAnswer | Fault::Delay(_) | Fault::Dated(_)) => match whole(request).await {
            Ok(request) => heard(shared, request).await,
            Err(error) => Err(error),
        },
    };
    let reached_nobody = answer.is_err() && fault != Some(Fault::Cut);
    if let Some(fault) = fault.filter(|_| !reached_nobody) {
        shared.state().count(fault);
    }
    if let Ok(answer) = &answer {
        shared.state().log[place].status = Some(answer.status().as_u16());
        shared.moved.notify_waiters();
    }
    match fault {
        Some(Fault::LoseAnswer) => Err(NoAnswer),
        Some(Fault::Delay(delay)) => {
            pause(delay).await;
            answer
        }
        Some(Fault::Dated(date)) => answer.map(|mut answer| {
            answer.headers_mut().insert(DATE, HeaderValue::from_static(date));
            answer
        }),
        _ => answer,
    }
}

/// Passes a request on, where whoever listens hears it.
#[expect(clippy::disallowed_methods, reason = "whoever listens measures time")]
async fn heard(shared: &Shared, request: Whole) -> Result<Answer, NoAnswer> {
    let Some(tap) = shared.state().tap.clone() else { return forward(shared.upstream, request).await };
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let (request, body) = (request.clone(), request.into_body());
    let asked = Instant::now();
    let answer = forward(shared.upstream, request).await?;
    let answered = Instant::now();
    let Ok(request) = body.collect().await;
    let Ok(body) = answer.body().clone().collect().await;
    let (request, body) = (request.to_bytes(), body.to_bytes());
    let (method, path) = (method.as_str(), path.as_str());
    (tap.0)(&Exchange { method, path, request: &request, answer: &body, asked, answered });
    Ok(answer)
}

/// Reads all of a request.
async fn whole(request: Request<Incoming>) -> Result<Whole, NoAnswer> {
    let (mut parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    of_this_hop(&mut parts.headers);
    Ok(Request::from_parts(parts, Full::new(body)))
}

/// Asks the server, through a connection of its own: it ends when the client's does.
pub(super) async fn forward(upstream: u16, request: Whole) -> Result<Answer, NoAnswer> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, upstream)).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let mut connection = pin!(connection);
    let mut exchange = pin!(async {
        let (mut parts, body) = sender.send_request(request).await?.into_parts();
        of_this_hop(&mut parts.headers);
        Ok(Response::from_parts(parts, Full::new(body.collect().await?.to_bytes())))
    });
    tokio::select! {
        biased;
        answer = &mut exchange => return answer,
        // The server closed it, maybe after a whole answer.
        _ = &mut connection => {}
    }
    exchange.await
}

/// Removes what is said between neighbours only. The body has a known length by now.
fn of_this_hop(headers: &mut HeaderMap) {
    headers.remove(CONNECTION);
    headers.remove(TRANSFER_ENCODING);
}

fn limited(header: Option<u64>, body: Option<Duration>) -> Answer {
    let mut json = json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests" });
    if let Some(wait) = body {
        json["retry_after_ms"] = json!(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
    }
    let mut answer = matrix(StatusCode::TOO_MANY_REQUESTS, &json);
    if let Some(seconds) = header {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

fn unknown_token() -> Answer {
    let json = json!({ "errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token passed.", "soft_logout": false });
    matrix(StatusCode::UNAUTHORIZED, &json)
}

fn matrix(status: StatusCode, json: &Value) -> Answer {
    page(status, "application/json", json.to_string())
}

fn gateway(status: u16) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let html =
        format!("<html>\r\n<head><title>{status}</title></head>\r\n<body><h1>{status}</h1></body>\r\n</html>\r\n");
    page(status, "text/html", html)
}

fn page(status: StatusCode, kind: &'static str, text: String) -> Answer {
    let mut answer = Response::new(Full::from(text));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

#[expect(clippy::disallowed_methods, reason = "a slow network is what was asked for")]
async fn pause(delay: Duration) {
    tokio::time::sleep(delay).await;
}

impl Display for NoAnswer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("no answer")
    }
}

impl std::error::Error for NoAnswer {}

impl From<hyper::Error> for NoAnswer {
    fn from(_: hyper::Error) -> Self {
        Self
    }
}

impl From<std::io::Error> for NoAnswer {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}
