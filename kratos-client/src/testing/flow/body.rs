//! The body of a submission: JSON or a form.

use ory_http::testing::Call;
use serde_json::{Map, Value};
use url::form_urlencoded;

/// The fields of a submission, with those of dotted names such as `traits.name.first` as a tree.
pub(in crate::testing) struct Body(Value);

impl Body {
    /// `None` if the body is neither JSON nor a form.
    pub(in crate::testing) fn parse(call: &Call<'_>) -> Option<Self> {
        let media_type = call.header("content-type")?;
        let fields: Map<String, Value> = if media_type.starts_with("application/json") {
            call.json().ok()?
        } else if media_type.starts_with("application/x-www-form-urlencoded") {
            let pairs = form_urlencoded::parse(call.body()).into_owned();
            pairs.map(|(name, value)| (name, value.into())).collect()
        } else {
            return None;
        };
        let mut tree = Value::Object(Map::new());
        // The longer names last, so that they complete a whole object.
        for (name, value) in fields {
            let mut place = &mut tree;
            for part in name.split('.') {
                if !place.is_object() {
                    *place = Value::Object(Map::new());
                }
                place = &mut place[part];
            }
            match (place, value) {
                (Value::Object(known), Value::Object(more)) => known.extend(more),
                (place, value) => *place = value,
            }
        }
        Some(Self(tree))
    }

    pub(in crate::testing) fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }

    /// Whether a button or a checkbox of this name was sent.
    pub(in crate::testing) fn is_set(&self, name: &str) -> bool {
        self.0[name] == true || self.0[name] == "true"
    }

    /// The traits. A form sends an empty text for a field that was left empty.
    pub(in crate::testing) fn traits(&self) -> Value {
        let mut traits = match &self.0["traits"] {
            Value::Null => Value::Object(Map::new()),
            traits => traits.clone(),
        };
        remove_empty(&mut traits);
        traits
    }
}

fn remove_empty(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.retain(|_, field| *field != "");
        fields.values_mut().for_each(remove_empty);
    }
}
