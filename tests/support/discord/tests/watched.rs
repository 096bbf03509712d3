//! A test in which anything deviates from the description fails, although nothing in it looks.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]

use std::process::{Command, Output};

use herald_guild::Discord;
use herald_guild::openapi::VARIABLE;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What others are told to run, with a description of theirs.
const WATCHED: &str = "asks_where_the_gateway_is";

#[tokio::test]
#[ignore = "run by the others here"]
async fn asks_where_the_gateway_is() {
    let discord = Discord::start().await.unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", discord.port())).await.unwrap();
    stream.write_all(b"GET /api/v10/gateway HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

/// Runs it with a file that says this, and returns how it ended, and what it wrote.
fn watched_by(description: &Value) -> (bool, String) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), description.to_string()).unwrap();
    let mut test = Command::new(std::env::current_exe().unwrap());
    test.args(["--ignored", "--exact", WATCHED, "--nocapture"]).env(VARIABLE, file.path());
    let Output { status, stdout, stderr } = test.output().unwrap();
    let written = String::from_utf8([stdout, stderr].concat()).unwrap();
    assert!(written.contains("running 1 test"), "{written}");
    (status.success(), written)
}

/// A description of one operation, which answers with this.
fn description(path: &str, answer: &Value) -> Value {
    json!({ "paths": { path: { "get": { "responses": {
        "200": { "content": { "application/json": { "schema": answer } } },
    } } } } })
}

#[test]
fn what_is_as_described_passes() {
    let url = json!({ "type": "object", "required": ["url"], "properties": { "url": { "type": "string" } } });
    let (passed, written) = watched_by(&description("/gateway", &url));
    assert!(
        passed && written.contains("1 exchanges against Discord's description: 0 unexplained deviations"),
        "{written}"
    );
}

#[test]
fn what_is_not_described_fails_the_test() {
    let (passed, written) = watched_by(&description("/gateway", &json!({ "type": "object", "properties": {} })));
    assert!(!passed && written.contains("1 × GET /gateway (answer 200) /url: is not described"), "{written}");
    let (passed, written) = watched_by(&description("/elsewhere", &json!({})));
    assert!(!passed && written.contains("1 × GET /gateway (request) : there is no such operation"), "{written}");
}

#[test]
fn a_file_that_is_no_description_fails_the_test() {
    let (passed, written) = watched_by(&json!([]));
    assert!(!passed && written.contains("describes no operation"), "{written}");
}
