//! The schemas of the description, compiled when they are first asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{Draft, Registry, Resource, Validator};
use serde_json::{Map, Value, json};

type Fields = Map<String, Value>;

/// What the description is called where one schema refers to another.
const NAME: &str = "urn:discord:openapi";

/// A place in the description, as a JSON pointer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pointer(String);

impl Pointer {
    pub(super) const fn root() -> Self {
        Self(String::new())
    }

    /// The place called `key` below this one.
    pub(super) fn down(&self, key: &str) -> Self {
        Self(format!("{}/{}", self.0, key.replace('~', "~0").replace('/', "~1")))
    }

    /// What stands there. References are not followed.
    pub(super) fn of<'a>(&self, description: &'a Value) -> Option<&'a Value> {
        description.pointer(&self.0)
    }

    /// The place that a reference within the description names: `#/components/responses/…`.
    pub(super) fn referred(reference: &str) -> Self {
        Self(reference.trim_start_matches('#').to_owned())
    }

    /// As the fragment of an address.
    fn fragment(&self) -> String {
        self.0.replace('%', "%25").replace('{', "%7B").replace('}', "%7D")
    }
}

/// All schemas of a description.
pub(super) struct Schemas {
    registry: Registry<'static>,
    compiled: Mutex<BTreeMap<Pointer, Arc<Validator>>>,
}

impl Schemas {
    /// Takes those of `description`, and what they name as all there is.
    pub(super) fn new(description: &Value) -> Result<Self, String> {
        let resource = Resource::from_contents(closed(description, description));
        let registry = Registry::new().add(NAME, resource).and_then(jsonschema::RegistryBuilder::prepare);
        Ok(Self { registry: registry.map_err(|it| it.to_string())?, compiled: Mutex::default() })
    }

    /// The schema at `place`, which takes some milliseconds the first time.
    pub(super) fn at(&self, place: &Pointer) -> Result<Arc<Validator>, String> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = compiled.get(place) {
            return Ok(Arc::clone(known));
        }
        let schema = json!({ "$ref": format!("{NAME}#{}", place.fragment()) });
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        let validator = options.with_registry(&self.registry).build(&schema).map_err(|it| it.to_string())?;
        let validator = Arc::new(validator);
        compiled.insert(place.clone(), Arc::clone(&validator));
        Ok(validator)
    }
}

/// `schema`, a part of `whole`, with each schema that names fields saying that there are no others.
fn closed(schema: &Value, whole: &Value) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(|item| closed(item, whole)).collect(),
        Value::Object(fields) => {
            let joined = joined(fields, whole);
            let mut strict: Fields = Map::new();
            for (key, field) in joined.as_ref().unwrap_or(fields) {
                let field = match (key.as_str(), field) {
                    ("properties", Value::Object(named)) => {
                        named.iter().map(|(name, it)| (name.clone(), closed(it, whole))).collect()
                    }
                    _ => closed(field, whole),
                };
                strict.insert(key.clone(), field);
            }
            if strict.get("properties").is_some_and(Value::is_object) {
                strict.entry("additionalProperties").or_insert(Value::Bool(false));
            }
            Value::Object(strict)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema.clone(),
    }
}

/// A schema that `allOf` puts together from several that name fields, as one that names them all: none of the parts
/// could say that there are no others. `None` when it is not of that kind.
fn joined(fields: &Fields, whole: &Value) -> Option<Fields> {
    let parts = fields.get("allOf")?.as_array().filter(|it| it.len() > 1)?;
    let mut properties: Fields = Map::new();
    let mut required = Vec::new();
    for part in parts {
        let referred = part["$ref"].as_str().map(Pointer::referred);
        let part = referred.map_or(Some(part), |it| it.of(whole))?;
        properties.extend(part["properties"].as_object()?.clone());
        required.extend(part["required"].as_array().into_iter().flatten().cloned());
    }
    let mut joined = fields.clone();
    joined.remove("allOf");
    joined.insert("properties".to_owned(), Value::Object(properties));
    joined.insert("required".to_owned(), Value::Array(required));
    Some(joined)
}
