//! The fields of a request body, and their JSON encoding.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The fields of a request body, in the order in which they were set. A name can be a path with
/// dots, such as `traits.name.first`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Fields(Vec<(String, Value)>);

impl Fields {
    /// Sets a field. It replaces an earlier field of the same name and those nested in it.
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.0.retain(|(set, _)| set != name && !is_nested(set, name));
        self.0.push((name.to_owned(), value));
    }

    /// The value of a field.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(set, _)| set == name).map(|(_, value)| value)
    }

    /// Iterates over the fields.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The names of the fields.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Encodes the fields as JSON.
    ///
    /// Kratos decodes a name with dots as an HTML form field, whose value is a string: it decodes
    /// `{"traits.tags": ["a"]}` as the string `["a"]`, and of `traits` and `traits.tags` it uses an
    /// arbitrary one. Fields with the same first path segment are therefore encoded as a nested
    /// object, `{"traits": {"tags": ["a"]}}`, unless all of their values are strings.
    ///
    /// # Errors
    /// If fields contradict each other, such as `traits.name` and `traits.name.first`.
    pub(crate) fn to_json(&self) -> Result<Map<String, Value>, String> {
        let mut roots: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for field in &self.0 {
            roots.entry(root(&field.0)).or_default().push(field);
        }
        let mut json = Map::new();
        for (root, fields) in roots {
            if is_form(root, &fields) {
                reject_nested(&fields)?;
                json.extend(fields.into_iter().cloned());
            } else {
                json.insert(root.to_owned(), tree(&fields)?);
            }
        }
        Ok(json)
    }
}

/// The first path segment of a name.
fn root(name: &str) -> &str {
    name.split_once('.').map_or(name, |(root, _)| root)
}

/// Whether fields can be encoded as HTML form fields. The server does not support this for the
/// transient payload, which has no schema.
fn is_form(root: &str, fields: &[&(String, Value)]) -> bool {
    root != "transient_payload"
        && fields.iter().all(|(name, value)| name != root && value.is_string())
}

/// Whether a name is nested in another, as `a.b` in `a`.
fn is_nested(name: &str, parent: &str) -> bool {
    name.strip_prefix(parent).is_some_and(|rest| rest.starts_with('.'))
}

/// Rejects a field that is nested in another field with a string value.
fn reject_nested(fields: &[&(String, Value)]) -> Result<(), String> {
    for (name, _) in fields {
        if let Some((parent, _)) = fields.iter().find(|(parent, _)| is_nested(name, parent)) {
            return Err(not_an_object(name, parent));
        }
    }
    Ok(())
}

/// Merges fields with a common root into one value. A nested field replaces that part of an
/// earlier value.
fn tree(fields: &[&(String, Value)]) -> Result<Value, String> {
    let mut tree = Value::Null;
    for (name, value) in fields {
        let mut place = &mut tree;
        for (start, _) in name.match_indices('.') {
            let (parent, rest) = name.split_at(start);
            let key = root(&rest[1..]);
            if key.is_empty() {
                return Err(format!("the field name {name:?} has an empty segment"));
            }
            if place.is_null() {
                *place = Value::Object(Map::new());
            }
            let Value::Object(object) = place else { return Err(not_an_object(name, parent)) };
            place = object.entry(key).or_insert(Value::Null);
        }
        *place = value.clone();
    }
    Ok(tree)
}

fn not_an_object(name: &str, parent: &str) -> String {
    format!("the field {name:?} is nested in {parent:?}, whose value is not an object")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn json_of(fields: &[(&str, Value)]) -> Result<Value, String> {
        let mut set = Fields::default();
        for (name, value) in fields {
            set.set(name, value.clone());
        }
        set.to_json().map(Value::Object)
    }

    #[test]
    fn strings_are_encoded_as_form_fields() {
        let fields =
            [("method", json!("profile")), ("traits.a.b", json!("1")), ("traits.c", json!(""))];
        let expected = json!({"method": "profile", "traits.a.b": "1", "traits.c": ""});
        assert_eq!(json_of(&fields), Ok(expected));
    }

    #[test]
    fn other_values_are_encoded_as_nested_objects() {
        for value in [json!(["a"]), json!({"x": 1}), json!(7), json!(true), Value::Null] {
            let fields = [("traits.email", json!("a@b.test")), ("traits.deep.tags", value.clone())];
            let expected = json!({"traits": {"email": "a@b.test", "deep": {"tags": value}}});
            assert_eq!(json_of(&fields), Ok(expected));
        }
        let fields = [("transient_payload.origin", json!("shop")), ("code", json!("1"))];
        let expected = json!({"transient_payload": {"origin": "shop"}, "code": "1"});
        assert_eq!(json_of(&fields), Ok(expected));
    }

    #[test]
    fn a_later_field_replaces_an_earlier_one() {
        let whole = ("traits", json!({"name": {"first": "A", "last": "B"}}));
        let part = ("traits.name.first", json!("C"));
        let expected = json!({"traits": {"name": {"first": "C", "last": "B"}}});
        assert_eq!(json_of(&[whole.clone(), part.clone()]), Ok(expected));
        let expected = json!({"traits": {"name": {"first": "A", "last": "B"}}});
        assert_eq!(json_of(&[part, whole]), Ok(expected));
        let fields = [("traits.name.first", json!("A")), ("traits.name", json!("B"))];
        assert_eq!(json_of(&fields), Ok(json!({"traits.name": "B"})));
        let twice = [("a.b", json!(1)), ("a.c", json!(2)), ("a.b", json!("3"))];
        assert_eq!(json_of(&twice), Ok(json!({"a": {"b": "3", "c": 2}})));
    }

    #[test]
    fn contradicting_fields_are_rejected() {
        for fields in [
            [("traits.name", json!("A")), ("traits.name.first", json!("B"))],
            [("traits.name", json!(["A"])), ("traits.name.first", json!("B"))],
        ] {
            let expected = "the field \"traits.name.first\" is nested in \"traits.name\", whose value is \
                            not an object";
            assert_eq!(json_of(&fields).unwrap_err(), expected);
        }
        let problem = json_of(&[("traits", json!("text")), ("traits.a", json!("b"))]).unwrap_err();
        assert!(problem.contains("\"traits\""), "{problem}");
        let problem = json_of(&[("traits.", json!(1))]).unwrap_err();
        assert_eq!(problem, "the field name \"traits.\" has an empty segment");
    }

    proptest! {
        /// Each value is encoded by its name or by its path, unless the fields are rejected.
        #[test]
        fn nothing_is_lost(names in prop::collection::btree_set("[ab](\\.[ab]){0,3}", 1..6), bits in any::<u8>()) {
            let value = |index: usize| match bits >> index & 1 {
                0 => json!(index.to_string()),
                _ => json!([index]),
            };
            let fields: Vec<_> =
                names.iter().enumerate().map(|(index, name)| (name.as_str(), value(index))).collect();
            if let Ok(json) = json_of(&fields) {
                for (name, value) in &fields {
                    let pointer = format!("/{}", name.replace('.', "/"));
                    prop_assert_eq!(json.get(*name).or_else(|| json.pointer(&pointer)), Some(value));
                }
            }
        }
    }
}
