//! The check against Discord's description finds what it should, on a small description of the same kind.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]

use herald_guild::openapi::{Description, Seen};
use serde_json::{Value, json};

fn description() -> Description {
    let answers = |schema: Value| {
        json!({
            "200": { "content": { "application/json": { "schema": schema } } },
            "429": { "$ref": "#/components/responses/Limited" },
            "4XX": { "$ref": "#/components/responses/Refused" },
        })
    };
    let id = json!({ "$ref": "#/components/schemas/Id" });
    let channel = json!({ "in": "path", "name": "channel_id", "required": true, "schema": id });
    let json_body = |schema: &str| json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } });
    let paths = json!({
        "/users/@me": { "get": { "responses": answers(json!({ "type": "object", "properties": { "me": {} } })) } },
        "/users/{user_id}": { "get": { "responses": answers(json!({ "type": "object", "properties": { "id": id } })) } },
        "/channels/{channel_id}/messages": {
            "parameters": [channel],
            "get": {
                "parameters": [
                    { "in": "query", "name": "limit", "schema": { "type": "integer", "minimum": 1, "maximum": 100 } },
                    { "in": "query", "name": "full", "schema": { "type": "boolean" } },
                ],
                "responses": answers(json!({ "type": "array", "items": { "$ref": "#/components/schemas/Message" } })),
            },
            "post": {
                "requestBody": { "required": true, "content": json_body("NewMessage") },
                "responses": answers(json!({ "$ref": "#/components/schemas/Message" })),
            },
        },
        "/channels/{channel_id}/typing": { "parameters": [channel], "post": { "responses": { "204": {} } } },
    });
    let part = |kind: u64, field: &str| {
        json!({
            "type": "object", "required": ["type", field],
            "properties": { "type": { "type": "integer", "enum": [kind] }, field: { "type": "string", "maxLength": 5 } },
        })
    };
    let error = json!({
        "type": "object", "required": ["code"], "properties": { "code": { "type": "integer" } },
    });
    let limited = json!({
        "type": "object",
        "allOf": [
            { "$ref": "#/components/schemas/Error" },
            { "type": "object", "required": ["after"], "properties": { "after": { "type": "number" } } },
        ],
    });
    let new = json!({
        "type": "object",
        "properties": {
            "content": { "type": ["string", "null"], "maxLength": 10 },
            "parts": { "type": "array", "items": { "oneOf": [
                { "$ref": "#/components/schemas/Button" }, { "$ref": "#/components/schemas/Menu" },
            ] } },
        },
    });
    let message = json!({
        "type": "object", "required": ["id", "content"],
        "properties": { "id": id, "content": { "type": "string" }, "at": { "type": "string", "format": "date-time" } },
    });
    let schemas = json!({
        "Id": { "type": "string", "pattern": "^[0-9]+$" },
        "Button": part(1, "label"), "Menu": part(2, "hint"),
        "Error": error, "Limited": limited, "NewMessage": new, "Message": message,
    });
    let responses = json!({
        "Refused": { "content": json_body("Error") }, "Limited": { "content": json_body("Limited") },
    });
    Description::new(json!({ "paths": paths, "components": { "schemas": schemas, "responses": responses } })).unwrap()
}

/// What is found in an exchange, each as a line.
fn found(method: &str, path: &str, request: Option<&Value>, status: u16, answer: Option<&Value>) -> Vec<String> {
    let seen = Seen { method, path, request, answer: Some((status, answer)) };
    description().deviations(&seen).iter().map(ToString::to_string).collect()
}

/// As [`found`], where there is one thing to find.
fn one(method: &str, path: &str, request: Option<&Value>, status: u16, answer: Option<&Value>) -> String {
    let mut all = found(method, path, request, status, answer);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[test]
fn what_is_as_described_passes() {
    let none: [&str; 0] = [];
    let message = || json!({ "id": "7", "content": "hello", "at": "2026-01-02T03:04:05.678+00:00" });
    let new = json!({ "content": "hello", "parts": [{ "type": 2, "hint": "which" }, { "type": 1, "label": "go" }] });
    assert_eq!(found("POST", "/channels/5/messages", Some(&new), 200, Some(&message())), none);
    assert_eq!(found("GET", "/channels/5/messages?limit=100&full=1", None, 200, Some(&json!([message()]))), none);
    assert_eq!(found("POST", "/channels/5/typing", None, 204, None), none);
    assert_eq!(found("GET", "/users/@me", None, 200, Some(&json!({ "me": 1 }))), none);
    assert_eq!(found("GET", "/users/5", None, 404, Some(&json!({ "code": 10013 }))), none);
    assert_eq!(found("GET", "/users/5", None, 429, Some(&json!({ "code": 0, "after": 0.5 }))), none);
    assert_eq!(found("GET", "/users/5", None, 502, None), none, "what stands before the server answers as it likes");
    let long = json!({ "content": "longer than ten" });
    assert_eq!(found("POST", "/channels/5/messages", Some(&long), 400, Some(&json!({ "code": 50035 }))), none);
}

#[test]
fn each_deviation_is_named_at_its_place() {
    let message = json!({ "id": "7", "content": "hello" });
    let post = |request: Value| found("POST", "/channels/5/messages", Some(&request), 200, Some(&message));
    assert_eq!(
        post(json!({ "content": "longer than ten" })),
        [
            "POST /channels/{channel_id}/messages (request) /content: it is longer than 10 characters (\"longer than ten\")"
        ]
    );
    assert_eq!(
        post(json!({ "content": null, "colour": 1 })),
        ["POST /channels/{channel_id}/messages (request) /colour: is not described"]
    );
    // Of two alternatives the one that was meant.
    assert_eq!(
        post(json!({ "parts": [{ "type": 1, "label": "too long" }] })),
        [
            "POST /channels/{channel_id}/messages (request) /parts/*/label: it is longer than 5 characters (\"too long\")"
        ]
    );
    assert_eq!(
        post(json!({ "parts": [{ "type": 2, "label": "go" }] })).len(),
        2,
        "a menu without its hint, and with a label"
    );
    assert_eq!(
        found("POST", "/channels/5/messages", Some(&json!({})), 200, Some(&json!({ "id": 7, "content": "" }))),
        ["POST /channels/{channel_id}/messages (answer 200) /id: it is not of type \"string\" (7)"]
    );
    assert_eq!(
        found("GET", "/users/5", None, 429, Some(&json!({ "code": 0, "after": 1, "global": true }))),
        ["GET /users/{user_id} (answer 429) /global: is not described"]
    );
    assert_eq!(
        found("GET", "/channels/5/messages", None, 200, Some(&json!([{ "id": "7", "content": "", "at": "now" }]))),
        ["GET /channels/{channel_id}/messages (answer 200) /*/at: it is not a \"date-time\" (\"now\")"]
    );
}

#[test]
fn what_is_not_described_is_a_deviation() {
    let none = json!([]);
    assert_eq!(one("PUT", "/users/@me", None, 200, None), "PUT /users/@me (request) : there is no such operation");
    assert_eq!(one("GET", "/nowhere", None, 404, None), "GET /nowhere (request) : there is no such operation");
    let get = "GET /channels/{channel_id}/messages (request)";
    assert_eq!(
        one("GET", "/channels/5/messages?limit=101", None, 200, Some(&none)),
        format!("{get} ?limit: it is greater than the maximum of 100 (101)")
    );
    assert_eq!(
        one("GET", "/channels/5/messages?since=1", None, 200, Some(&none)),
        format!("{get} ?since: there is no such parameter")
    );
    assert_eq!(
        one("GET", "/channels/x/messages", None, 200, Some(&none)),
        format!("{get} {{channel_id}}: it does not match \"^[0-9]+$\" (\"x\")")
    );
    let typing = "POST /channels/{channel_id}/typing";
    assert_eq!(
        one("POST", "/channels/5/typing", Some(&json!({})), 204, None),
        format!("{typing} (request) : has a body, and none is described")
    );
    assert_eq!(
        one("POST", "/channels/5/typing", None, 204, Some(&json!({}))),
        format!("{typing} (answer 204) : has a body in JSON, and none is described")
    );
    assert_eq!(
        one("POST", "/channels/5/typing", None, 200, None),
        format!("{typing} (answer 200) : this status is not described")
    );
    let post = "POST /channels/{channel_id}/messages";
    assert_eq!(
        one("POST", "/channels/5/messages", None, 200, Some(&json!({ "id": "7", "content": "" }))),
        format!("{post} (request) : has no body in JSON, and needs one")
    );
    assert_eq!(
        one("POST", "/channels/5/messages", Some(&json!({})), 200, None),
        format!("{post} (answer 200) : has no body in JSON, and one is described")
    );
}

#[test]
fn a_file_that_is_no_description_is_refused() {
    assert_eq!(Description::new(json!({ "paths": {} })).err().as_deref(), Some("describes no operation"));
    let missing = std::path::Path::new("no/such/file.json");
    assert!(Description::read(missing).err().is_some_and(|it| it.starts_with("no/such/file.json: ")));
}
