//! What is wrong with a body, nested like the body.

use serde_json::{Map, Value, json};

use crate::refused::Refused;

/// Where the mistakes of a value stand.
const ERRORS: &str = "_errors";

/// Collects mistakes.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    root: Map<String, Value>,
}

impl Problems {
    /// Notes one at a path. What is wrong as a whole is not looked into any further.
    pub(crate) fn add(&mut self, path: &[String], code: &str, message: &str) {
        let mut here = &mut self.root;
        for step in path {
            if here.contains_key(ERRORS) {
                return;
            }
            let next = here.entry(step.clone()).or_insert_with(|| json!({}));
            let Value::Object(next) = next else { return };
            here = next;
        }
        here.retain(|name, _| name == ERRORS);
        let errors = here.entry(ERRORS).or_insert_with(|| json!([]));
        if let Value::Array(errors) = errors {
            errors.push(json!({ "code": code, "message": message }));
        }
    }

    /// Notes a length out of bounds.
    pub(crate) fn length(&mut self, path: &[String], length: usize, min: usize, max: usize) {
        if (min..=max).contains(&length) {
        } else if min == 0 {
            self.add(path, "BASE_TYPE_MAX_LENGTH", &format!("Must be {max} or fewer in length."));
        } else {
            self.add(path, "BASE_TYPE_BAD_LENGTH", &format!("Must be between {min} and {max} in length."));
        }
    }

    /// 50035 if there was any.
    pub(crate) fn finish(self) -> Result<(), Refused> {
        if self.root.is_empty() {
            return Ok(());
        }
        let errors = Some(Value::Object(self.root));
        Err(Refused { errors, ..Refused::new(400, 50035, "Invalid Form Body") })
    }
}

/// One mistake.
pub(crate) fn invalid(path: &[&str], code: &str, message: &str) -> Refused {
    let mut problems = Problems::default();
    let path: Vec<String> = path.iter().map(|it| (*it).to_owned()).collect();
    problems.add(&path, code, message);
    problems.finish().err().unwrap_or_else(crate::refused::bad_request)
}
