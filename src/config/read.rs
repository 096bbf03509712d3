//! From a tree of values to typed sections.
//!
//! The deserializer of the `config` crate rounds 6.7 to 7, takes 1 for true, and reports what is wrong as prose. This
//! one takes a file at its word, and knows for each fault the key, the value, where it was set, and what is allowed.

use std::collections::BTreeMap;
use std::path::Path;

use ::config::{Value, ValueKind};
use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

use super::ConfigError;
use super::fault::{Fault, Place};
use super::shown::shown;
use super::variables::PREFIX;

/// Reads all of `tree`, which came from `file` and from variables.
pub(super) fn read<T: DeserializeOwned>(tree: Value, file: Option<&Path>) -> Result<T, ConfigError> {
    let place = Place::of("", &tree);
    T::deserialize(Node { key: String::new(), value: tree }).map_err(|fault| fault.at(place).into_error(file))
}

/// The fault that the value of `key` in `tree` is not as `wanted`.
pub(super) fn unfit(key: &str, tree: &Value, wanted: String, file: Option<&Path>) -> ConfigError {
    let mut value = tree;
    // Stops short at a list that came in one variable: the variable stands for each of its entries.
    for step in key.split(['.', '[']) {
        let next = if let ValueKind::Table(table) = &value.kind {
            table.get(step.trim_end_matches(']'))
        } else if let ValueKind::Array(list) = &value.kind {
            step.trim_end_matches(']').parse().ok().and_then(|at: usize| list.get(at))
        } else {
            None
        };
        let Some(next) = next else { break };
        value = next;
    }
    Fault::unfit(wanted).at(Place::of(key, value)).into_error(file)
}

/// One value and its key from the top.
struct Node {
    key: String,
    value: Value,
}

impl Node {
    /// The text, if it came from a variable: there, everything is text.
    fn variable(&self) -> Option<&str> {
        let ValueKind::String(text) = &self.value.kind else { return None };
        self.value.origin().filter(|origin| origin.starts_with(PREFIX)).map(|_| text.as_str())
    }
}

impl<'de> Deserializer<'de> for Node {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value.kind {
            ValueKind::Nil => visitor.visit_unit(),
            ValueKind::Boolean(it) => visitor.visit_bool(it),
            ValueKind::I64(it) => visitor.visit_i64(it),
            ValueKind::U64(it) => visitor.visit_u64(it),
            ValueKind::I128(it) => visitor.visit_i128(it),
            ValueKind::U128(it) => visitor.visit_u128(it),
            ValueKind::Float(it) => visitor.visit_f64(it),
            ValueKind::String(it) => visitor.visit_string(it),
            ValueKind::Array(list) => visitor.visit_seq(Entries { list: self.key, next: 0, values: list.into_iter() }),
            ValueKind::Table(table) => {
                // In the order of their names, so that of two faults the same is always told.
                let mut keys: Vec<_> = table.into_iter().collect();
                keys.sort_by(|(one, _), (other, _)| one.cmp(other));
                visitor.visit_map(Keys { table: self.key, left: keys.into_iter(), value: None })
            }
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let wanted = "write true or false";
        match self.variable().map(str::parse) {
            Some(parsed) => visitor.visit_bool(parsed.map_err(|_| Fault::custom(wanted))?),
            None => self.deserialize_any(visitor).map_err(|_: Fault| Fault::custom(wanted)),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.variable().map(str::parse) {
            Some(parsed) => visitor.visit_u64(parsed.map_err(|_| Fault::custom("write a whole number"))?),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if matches!(self.value.kind, ValueKind::Array(_)) {
            return self.deserialize_any(visitor);
        }
        if let ValueKind::Table(table) = &self.value.kind
            && let Some(values) = numbered(table)
        {
            return visitor.visit_seq(Entries { list: self.key, next: 0, values: values.into_iter() });
        }
        let Some(text) = self.variable() else {
            return Err(Fault::unfit(format!("write a list, [{}]", shown(&self.key, &self.value))));
        };
        let origin = self.value.origin().map(str::to_owned);
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let values: Vec<_> = entries.map(|entry| Value::new(origin.as_ref(), entry)).collect();
        visitor.visit_seq(Entries { list: self.key, next: 0, values: values.into_iter() })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if matches!(self.value.kind, ValueKind::Table(_)) {
            return self.deserialize_any(visitor);
        }
        let section = self.key.split('[').next().unwrap_or_default();
        let in_list = self.key.ends_with(']');
        Err(Fault::unfit(if in_list {
            format!("write a section of its own, [[{section}]]")
        } else {
            format!("write a section, [{section}]")
        }))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let ValueKind::String(word) = self.value.kind else { return Err(Fault::unknown_variant("", variants)) };
        let word: StringDeserializer<Fault> = word.into_deserializer();
        visitor.visit_enum(word)
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct
        map identifier ignored_any
    }
}

/// The entries of a list whose variables have numbers: `HERALD__GUARD__PATTERNS__0__NAME`. What is passed over in counting is
/// not there.
fn numbered(table: &::config::Map<String, Value>) -> Option<Vec<Value>> {
    let number = |(key, value): (&String, &Value)| Some((key.parse::<u32>().ok()?, value.clone()));
    let entries: Option<BTreeMap<u32, Value>> = table.iter().map(number).collect();
    entries.filter(|entries| entries.len() == table.len()).map(|entries| entries.into_values().collect())
}

/// The keys of a table.
struct Keys {
    table: String,
    left: std::vec::IntoIter<(String, Value)>,
    value: Option<Node>,
}

impl<'de> MapAccess<'de> for Keys {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((name, value)) = self.left.next() else { return Ok(None) };
        let key = if self.table.is_empty() { name.clone() } else { format!("{}.{name}", self.table) };
        let place = Place::of(&key, &value);
        self.value = Some(Node { key, value });
        let name: StringDeserializer<Fault> = name.into_deserializer();
        seed.deserialize(name).map(Some).map_err(|fault| fault.at(place))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let node = self.value.take().ok_or_else(|| Fault::custom("write a value"))?;
        let place = Place::of(&node.key, &node.value);
        seed.deserialize(node).map_err(|fault| fault.at(place))
    }
}

/// The entries of a list.
struct Entries {
    list: String,
    next: usize,
    values: std::vec::IntoIter<Value>,
}

impl<'de> SeqAccess<'de> for Entries {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(value) = self.values.next() else { return Ok(None) };
        let key = format!("{}[{}]", self.list, self.next);
        self.next += 1;
        let place = Place::of(&key, &value);
        seed.deserialize(Node { key, value }).map(Some).map_err(|fault| fault.at(place))
    }
}
