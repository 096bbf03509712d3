//! Which operation of the description a request is.

use std::collections::BTreeMap;

use serde_json::Value;

use super::schema::Pointer;

/// A path and a method that the description knows.
#[derive(Debug)]
pub(super) struct Operation {
    /// `POST /channels/{channel_id}/messages`.
    pub(super) name: String,
    method: String,
    segments: Vec<Segment>,
    /// Where it stands in the description.
    pub(super) place: Pointer,
    /// Where those of its parameters stand that are in the path, by name.
    pub(super) in_path: BTreeMap<String, Pointer>,
    /// Where those of its parameters stand that are in the query, by name.
    pub(super) in_query: BTreeMap<String, Pointer>,
}

#[derive(Debug)]
enum Segment {
    Literal(String),
    Parameter(String),
}

impl Operation {
    /// The values of the parameters in `path`, by name. `None` when it is another path.
    fn matches<'a>(&self, path: &'a str) -> Option<Vec<(&str, &'a str)>> {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        if parts.len() != self.segments.len() {
            return None;
        }
        let mut values = Vec::new();
        for (segment, part) in self.segments.iter().zip(parts) {
            match segment {
                Segment::Literal(text) if text == part => {}
                Segment::Literal(_) => return None,
                Segment::Parameter(name) => values.push((name.as_str(), part)),
            }
        }
        Some(values)
    }

    fn literals(&self) -> usize {
        self.segments.iter().filter(|it| matches!(it, Segment::Literal(_))).count()
    }
}

/// All operations of a description.
pub(super) fn operations(description: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (template, item) in description["paths"].as_object().into_iter().flatten() {
        let place = Pointer::root().down("paths").down(template);
        let shared = parameters(item, &place);
        for (method, operation) in item.as_object().into_iter().flatten().filter(|(key, _)| *key != "parameters") {
            let place = place.down(method);
            let mut in_path = BTreeMap::new();
            let mut in_query = BTreeMap::new();
            for (kind, name, schema) in shared.iter().cloned().chain(parameters(operation, &place)) {
                match kind.as_str() {
                    "path" => in_path.insert(name, schema),
                    "query" => in_query.insert(name, schema),
                    _ => None,
                };
            }
            let method = method.to_uppercase();
            let name = format!("{method} {template}");
            all.push(Operation { name, method, segments: segments(template), place, in_path, in_query });
        }
    }
    all
}

/// The operation that `method` on `path` is, and the values of the parameters in it. Of several the one that spells
/// out most: `/users/@me` is not `/users/{user_id}`.
pub(super) fn find<'a, 'b>(
    operations: &'a [Operation],
    method: &str,
    path: &'b str,
) -> Option<(&'a Operation, Vec<(&'a str, &'b str)>)> {
    let fits = operations.iter().filter(|it| it.method == method);
    fits.filter_map(|it| Some((it, it.matches(path)?))).max_by_key(|(it, _)| it.literals())
}

/// Where a parameter is, its name, and the place of its schema.
fn parameters(of: &Value, place: &Pointer) -> Vec<(String, String, Pointer)> {
    let listed = of["parameters"].as_array().into_iter().flatten().enumerate();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let place = place.down("parameters");
    listed.map(|(at, it)| (text(&it["in"]), text(&it["name"]), place.down(&at.to_string()).down("schema"))).collect()
}

fn segments(template: &str) -> Vec<Segment> {
    let parts = template.trim_start_matches('/').split('/');
    parts
        .map(|part| match part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            Some(name) => Segment::Parameter(name.to_owned()),
            None => Segment::Literal(part.to_owned()),
        })
        .collect()
}
