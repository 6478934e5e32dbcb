//! The fields of a form, and the JSON that they are sent as.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Fields of a form in the order in which they were set. A name can have dots, such as
/// `traits.name.first`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Fields(Vec<(String, Value)>);

impl Fields {
    /// Sets a field, in place of an earlier one of the same name and of those inside of it.
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.0.retain(|(set, _)| set != name && !is_inside(set, name));
        self.0.push((name.to_owned(), value));
    }

    /// The value of a field.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(set, _)| set == name).map(|(_, value)| value)
    }

    /// The names.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The JSON to send.
    ///
    /// Kratos reads a name with dots as a field of an HTML form: the value is text to it, so that
    /// it keeps the list in `{"traits.tags": ["a"]}` as the text `["a"]`; and of `traits` beside
    /// `traits.tags` it takes whichever it comes across last. Fields with a common beginning of
    /// their names are therefore sent as one tree, `{"traits": {"tags": ["a"]}}`, unless all of
    /// them are text.
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
                refuse_parents(&fields)?;
                json.extend(fields.into_iter().cloned());
            } else {
                json.insert(root.to_owned(), tree(&fields)?);
            }
        }
        Ok(json)
    }
}

/// The name up to the first dot.
fn root(name: &str) -> &str {
    name.split_once('.').map_or(name, |(root, _)| root)
}

/// Whether fields mean the same to a server that reads them as those of an HTML form. It does not
/// read names in the transient payload, whose parts no schema lists.
fn is_form(root: &str, fields: &[&(String, Value)]) -> bool {
    root != "transient_payload"
        && fields.iter().all(|(name, value)| name != root && value.is_string())
}

/// Whether a name is that of a part of another field, as `a.b` is of `a`.
fn is_inside(name: &str, parent: &str) -> bool {
    name.strip_prefix(parent).is_some_and(|rest| rest.starts_with('.'))
}

/// Refuses a field inside of another one, where all are text.
fn refuse_parents(fields: &[&(String, Value)]) -> Result<(), String> {
    for (name, _) in fields {
        if let Some((parent, _)) = fields.iter().find(|(parent, _)| is_inside(name, parent)) {
            return Err(no_object(name, parent));
        }
    }
    Ok(())
}

/// The value that fields with a common root make up. A part that is set later replaces that of
/// the whole.
fn tree(fields: &[&(String, Value)]) -> Result<Value, String> {
    let mut tree = Value::Null;
    for (name, value) in fields {
        let mut place = &mut tree;
        for (start, _) in name.match_indices('.') {
            let (parent, rest) = name.split_at(start);
            let key = root(&rest[1..]);
            if key.is_empty() {
                return Err(format!("the name of the field {name:?} has an empty part"));
            }
            if place.is_null() {
                *place = Value::Object(Map::new());
            }
            let Value::Object(object) = place else { return Err(no_object(name, parent)) };
            place = object.entry(key).or_insert(Value::Null);
        }
        *place = value.clone();
    }
    Ok(tree)
}

fn no_object(name: &str, parent: &str) -> String {
    format!("the field {name:?} is inside of the field {parent:?}, whose value is no object")
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
    fn text_stays_a_field_of_a_form() {
        let fields =
            [("method", json!("profile")), ("traits.a.b", json!("1")), ("traits.c", json!(""))];
        let expected = json!({"method": "profile", "traits.a.b": "1", "traits.c": ""});
        assert_eq!(json_of(&fields), Ok(expected));
    }

    #[test]
    fn anything_else_makes_a_tree_of_all_fields_with_its_root() {
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
    fn a_later_field_replaces_what_is_in_its_place() {
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
    fn contradictions_are_refused() {
        for fields in [
            [("traits.name", json!("A")), ("traits.name.first", json!("B"))],
            [("traits.name", json!(["A"])), ("traits.name.first", json!("B"))],
        ] {
            let expected = "the field \"traits.name.first\" is inside of the field \"traits.name\", \
                            whose value is no object";
            assert_eq!(json_of(&fields).unwrap_err(), expected);
        }
        let problem = json_of(&[("traits", json!("text")), ("traits.a", json!("b"))]).unwrap_err();
        assert!(problem.contains("\"traits\""), "{problem}");
        let problem = json_of(&[("traits.", json!(1))]).unwrap_err();
        assert_eq!(problem, "the name of the field \"traits.\" has an empty part");
    }

    proptest! {
        /// Whatever is set is sent or refused: a value is at its name, or at its place in a tree.
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
