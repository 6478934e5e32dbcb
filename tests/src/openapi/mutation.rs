//! What may be different about a response.

use serde_json::{Value, json};

/// What is done to a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Unchanged,
    /// A field is left out.
    Absent,
    /// A field has another value: `null`, an empty one, or one of another type or enum.
    Replaced(Value),
    /// An object has one member more.
    Added,
}

/// A change of a response in one place.
#[derive(Clone, Debug)]
pub struct Mutation {
    /// The fields that lead to the place, such as `identity.state`; a list has no part in it.
    pub path: String,
    /// What is done there.
    pub kind: Kind,
    pointer: String,
}

impl Mutation {
    /// The response with the change.
    pub fn of(&self, response: &Value) -> Value {
        let mut response = response.clone();
        let place = response.pointer_mut(&self.pointer).unwrap();
        match &self.kind {
            Kind::Unchanged => {}
            Kind::Replaced(value) => *place = value.clone(),
            Kind::Added => place["unheard_of"] = json!({"a": [1, null]}),
            Kind::Absent => {
                let (object, name) = self.pointer.rsplit_once('/').unwrap();
                let object = response.pointer_mut(object).unwrap();
                object.as_object_mut().unwrap().remove(name);
            }
        }
        response
    }
}

/// All mutations of a response, the first of which changes nothing.
pub fn mutations(response: &Value) -> Vec<Mutation> {
    let unchanged = Mutation { path: String::new(), kind: Kind::Unchanged, pointer: String::new() };
    let mut mutations = vec![unchanged];
    find(response, &Place::default(), &mut mutations);
    mutations
}

#[derive(Default)]
struct Place {
    pointer: String,
    path: String,
    /// Whether it is a member of an object, and not of a list.
    is_field: bool,
}

fn find(value: &Value, place: &Place, found: &mut Vec<Mutation>) {
    let Place { pointer, path, is_field } = place;
    let mut add = |kind| {
        found.push(Mutation { path: path.clone(), kind, pointer: pointer.clone() });
    };
    if value.is_object() {
        add(Kind::Added);
    }
    if *is_field {
        add(Kind::Absent);
        let others = [
            json!(null),
            json!(""),
            json!([]),
            json!({}),
            json!("unheard-of"),
            json!(5),
            json!([[5]]),
        ];
        others.into_iter().filter(|other| other != value).map(Kind::Replaced).for_each(add);
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let pointer = format!("{pointer}/{name}");
                find(value, &Place { pointer, path, is_field: true }, found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                let pointer = format!("{pointer}/{index}");
                find(value, &Place { pointer, path: path.clone(), is_field: false }, found);
            }
        }
        _ => {}
    }
}
