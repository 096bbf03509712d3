//! One description, and an exchange held against it.

use std::path::Path;

use serde_json::Value;

use super::deviation::{Deviation, Side};
use super::explain::{Wrong, wrongs};
use super::routes::{self, Operation};
use super::schema::{Pointer, Schemas};

/// The environment variable that names the file, from the root of the workspace on if it is a relative path.
pub const VARIABLE: &str = "DISCORD_OPENAPI";

/// Discord's description of its REST interface.
pub struct Description {
    text: Value,
    operations: Vec<Operation>,
    schemas: Schemas,
}

/// One request and its answer.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// In capitals.
    pub method: &'a str,
    /// As asked, without the part that names the version: `/channels/1/messages?limit=5`.
    pub path: &'a str,
    /// `None` when there was none, or none in JSON.
    pub request: Option<&'a Value>,
    /// HTTP status and body of the answer; the body is `None` when it was empty, or not in JSON. `None` when it was
    /// not the server that answered.
    pub answer: Option<(u16, Option<&'a Value>)>,
}

impl Description {
    /// Reads the file. The error says what is wrong with it.
    pub fn read(file: &Path) -> Result<Self, String> {
        let named = |what: &dyn std::fmt::Display| format!("{}: {what}", file.display());
        let text = std::fs::read_to_string(file).map_err(|it| named(&it))?;
        Self::new(serde_json::from_str(&text).map_err(|it| named(&it))?).map_err(|it| named(&it))
    }

    /// Takes a description as it is published.
    pub fn new(text: Value) -> Result<Self, String> {
        let operations = routes::operations(&text);
        if operations.is_empty() {
            return Err("describes no operation".to_owned());
        }
        Ok(Self { schemas: Schemas::new(&text)?, operations, text })
    }

    /// How `seen` deviates from what is described.
    #[must_use]
    pub fn deviations(&self, seen: &Seen<'_>) -> Vec<Deviation> {
        let (path, query) = seen.path.split_once('?').unwrap_or((seen.path, ""));
        let Some((operation, values)) = routes::find(&self.operations, seen.method, path) else {
            let asked = format!("{} {path}", seen.method);
            return vec![Deviation::new(&asked, Side::Request, "", "there is no such operation")];
        };
        let mut found = Vec::new();
        // What was refused as malformed may be just that.
        if seen.answer.is_none_or(|(status, _)| status != 400) {
            found.extend(self.in_path(operation, &values));
            found.extend(self.in_query(operation, query));
            found.extend(self.in_request(operation, seen.request));
        }
        found.extend(seen.answer.map(|(status, body)| self.in_answer(operation, status, body)).unwrap_or_default());
        found
    }

    fn in_path(&self, operation: &Operation, values: &[(&str, &str)]) -> Vec<Deviation> {
        let mut found = Vec::new();
        for (name, value) in values {
            if let Some(schema) = operation.in_path.get(*name) {
                found.extend(self.parameter(operation, &format!("{{{name}}}"), schema, &decoded(value)));
            }
        }
        found
    }

    fn in_query(&self, operation: &Operation, query: &str) -> Vec<Deviation> {
        let mut found = Vec::new();
        for part in query.split('&').filter(|it| !it.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = &decoded(value);
            let at = format!("?{name}");
            match operation.in_query.get(name) {
                Some(schema) => found.extend(self.parameter(operation, &at, schema, value)),
                None => found.push(Deviation::new(&operation.name, Side::Request, &at, "there is no such parameter")),
            }
        }
        found
    }

    /// A parameter is text; its schema may be about a number, a yes or no, or a list of which this is one.
    fn parameter(&self, operation: &Operation, at: &str, schema: &Pointer, value: &str) -> Vec<Deviation> {
        let mut readings = vec![Value::from(vec![value]), Value::from(value)];
        readings.extend(serde_json::from_str::<Value>(value).ok().filter(|it| !it.is_string()));
        // So some clients write a no and a yes.
        readings.extend(match value {
            "0" => Some(Value::from(false)),
            "1" => Some(Value::from(true)),
            _ => None,
        });
        let told = |reading: &Value| self.body(operation, Side::Request, schema, reading);
        // The reading that was meant is of the right type, whatever else is wrong with it.
        let other_type = |found: &[Deviation]| found.iter().any(|it| it.says.contains("is not of type"));
        let meant = readings.iter().map(told).min_by_key(|found| (other_type(found), found.len()));
        meant.into_iter().flatten().map(|it| Deviation { at: at.to_owned(), ..it }).collect()
    }

    fn in_request(&self, operation: &Operation, request: Option<&Value>) -> Vec<Deviation> {
        let place = operation.place.down("requestBody");
        let wrong = |says: &str| vec![Deviation::new(&operation.name, Side::Request, "", says)];
        let described = place.of(&self.text);
        let schema = place.down("content").down("application/json").down("schema");
        match (request, described) {
            (Some(_), None) => wrong("has a body, and none is described"),
            (Some(_), Some(_)) if schema.of(&self.text).is_none() => {
                wrong("has a body in JSON, which is not described")
            }
            (Some(request), Some(_)) => self.body(operation, Side::Request, &schema, request),
            (None, Some(body)) if body["required"] == true => wrong("has no body in JSON, and needs one"),
            (None, _) => Vec::new(),
        }
    }

    fn in_answer(&self, operation: &Operation, status: u16, answer: Option<&Value>) -> Vec<Deviation> {
        let side = Side::Answer(status);
        let wrong = |says: &str| vec![Deviation::new(&operation.name, side, "", says)];
        // Failures of the server, and of what stands before it, are in no form.
        if status >= 500 {
            return Vec::new();
        }
        let answers = operation.place.down("responses");
        let by_class = format!("{}XX", status / 100);
        let keys = [status.to_string(), by_class];
        let Some(place) = keys.iter().map(|key| answers.down(key)).find(|it| it.of(&self.text).is_some()) else {
            return wrong("this status is not described");
        };
        let reference = place.of(&self.text).and_then(|it| it["$ref"].as_str());
        let place = reference.map_or(place.clone(), Pointer::referred);
        let schema = place.down("content").down("application/json").down("schema");
        match (answer, schema.of(&self.text)) {
            (Some(_), None) => wrong("has a body in JSON, and none is described"),
            (None, Some(_)) => wrong("has no body in JSON, and one is described"),
            (Some(answer), Some(_)) => self.body(operation, side, &schema, answer),
            (None, None) => Vec::new(),
        }
    }

    /// A value against the schema at `place`.
    fn body(&self, operation: &Operation, side: Side, place: &Pointer, value: &Value) -> Vec<Deviation> {
        match self.schemas.at(place) {
            Ok(schema) => {
                let wrong = schema.iter_errors(value).flat_map(|it| wrongs(&it));
                let deviation =
                    |it: Wrong| Deviation { value: it.value, ..Deviation::new(&operation.name, side, &it.at, it.says) };
                wrong.map(deviation).collect()
            }
            Err(broken) => vec![Deviation::new(&operation.name, side, "", format!("the schema is broken: {broken}"))],
        }
    }
}

/// A part of an address without its percent signs.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = part.as_bytes();
    while let [first, tail @ ..] = rest {
        let coded = tail.get(..2).and_then(|it| str::from_utf8(it).ok()).and_then(|it| u8::from_str_radix(it, 16).ok());
        if let Some(byte) = coded.filter(|_| *first == b'%') {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
