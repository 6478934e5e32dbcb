//! The traits type of an application against an identity schema.

mod mismatch;
mod sample;

pub use mismatch::{TraitsMismatch, TraitsMismatchKind, TraitsMismatches};

use crate::api::admin::patch::JsonPointer;
use sample::{Property, Schema};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Compares the traits type of an application with an identity schema, for a test.
///
/// It deserializes the type from sample traits: with all properties, without each, and with each of
/// the types and `enum` values that a property can have. A property can have sample values of its own
/// in the schema, by `examples`, for a type that only accepts some texts.
///
/// ```
/// use kratos_client::testing::assert_traits_match_schema;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Traits {
///     email: String,
///     #[serde(skip_serializing_if = "Option::is_none")]
///     nickname: Option<String>,
/// }
///
/// // Or `include_str!("identity.schema.json")`.
/// let schema = serde_json::json!({
///     "properties": {"traits": {
///         "type": "object",
///         "properties": {
///             "email": {"type": "string", "format": "email"},
///             "nickname": {"type": "string"},
///         },
///         "required": ["email"],
///     }},
/// });
/// assert_traits_match_schema::<Traits>(&schema);
/// ```
///
/// # Panics
/// If the type does not match, with all differences by name. [`compare_traits`] returns them.
#[track_caller]
pub fn assert_traits_match_schema<T: Serialize + DeserializeOwned>(schema: &Value) {
    if let Err(mismatches) = compare_traits::<T>(schema) {
        panic!("{} does not match the identity schema:\n{mismatches}", std::any::type_name::<T>());
    }
}

/// Compares the traits type of an application with an identity schema, as
/// [`assert_traits_match_schema`] does.
///
/// # Errors
/// All differences.
pub fn compare_traits<T: Serialize + DeserializeOwned>(
    schema: &Value,
) -> Result<(), TraitsMismatches> {
    let schema = Schema::of_traits(schema);
    let properties = schema.properties();
    let mut comparison = Comparison { found: Vec::new() };
    if let Some((sample, traits)) = comparison.readable_sample::<T>(schema.sample()) {
        comparison.written(&schema, &properties, &sample, &traits);
        for property in &properties {
            comparison.property::<T>(property, &sample);
        }
    }
    match comparison.found.is_empty() {
        true => Ok(()),
        false => Err(TraitsMismatches(comparison.found)),
    }
}

struct Comparison {
    found: Vec<TraitsMismatch>,
}

/// Why a sample can't be read.
struct ReadError {
    pointer: String,
    message: String,
}

impl ReadError {
    /// The property that is meant, and its difference.
    fn into_mismatch(self) -> TraitsMismatch {
        let Self { pointer, message } = self;
        if let Some(name) = named(&message, "missing field ") {
            let pointer = pointer + JsonPointer::new([name]).as_str();
            return TraitsMismatch { pointer, kind: TraitsMismatchKind::NotInSchema };
        }
        let kind = match named(&message, "unknown field ") {
            Some(_) => TraitsMismatchKind::NotInType,
            None => TraitsMismatchKind::OtherType { message },
        };
        TraitsMismatch { pointer, kind }
    }
}

fn read<T: DeserializeOwned>(sample: &Value) -> Result<T, ReadError> {
    serde_path_to_error::deserialize(sample).map_err(|error| {
        let pointer = JsonPointer::new(error.path().iter().map(ToString::to_string));
        ReadError { pointer: pointer.as_str().to_owned(), message: error.inner().to_string() }
    })
}

/// The name between backticks after a text, in a message of serde.
fn named<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    message.strip_prefix(before)?.strip_prefix('`')?.split('`').next()
}

impl Comparison {
    fn add(&mut self, pointer: &str, kind: TraitsMismatchKind) {
        if !self.is_known(pointer) {
            self.found.push(TraitsMismatch { pointer: pointer.to_owned(), kind });
        }
    }

    /// Whether something was found at the pointer, or above it where nothing below can be compared.
    fn is_known(&self, pointer: &str) -> bool {
        self.found.iter().any(|found| match pointer.strip_prefix(&found.pointer) {
            Some("") => true,
            Some(below) => {
                below.starts_with('/')
                    && matches!(
                        found.kind,
                        TraitsMismatchKind::NotInType | TraitsMismatchKind::OtherType { .. }
                    )
            }
            None => false,
        })
    }

    /// Changes a sample until the type can be deserialized from it: each change is a difference.
    fn readable_sample<T: Serialize + DeserializeOwned>(
        &mut self,
        mut sample: Value,
    ) -> Option<(Value, Value)> {
        loop {
            let TraitsMismatch { pointer, kind } = match read::<T>(&sample) {
                Ok(traits) => return Some((sample, serde_json::to_value(traits).ok()?)),
                Err(error) => error.into_mismatch(),
            };
            if self.is_known(&pointer) {
                return None;
            }
            let values = match kind {
                TraitsMismatchKind::NotInType => vec![None],
                _ => sample::of_any_type().into_iter().map(Some).collect(),
            };
            let mut samples =
                values.into_iter().map(|value| sample::changed(&sample, &pointer, value));
            // The next error, if there is one, is that of another property.
            let next = samples.find(|sample| {
                read::<T>(sample)
                    .map_or_else(|error| error.into_mismatch().pointer != pointer, |_| true)
            });
            self.add(&pointer, kind);
            sample = next?;
        }
    }

    /// What the type makes of a sample: properties that it leaves out, adds or writes otherwise.
    fn written(
        &mut self,
        schema: &Schema<'_>,
        known: &[Property<'_>],
        read: &Value,
        written: &Value,
    ) {
        for Property { pointer, .. } in known {
            match (read.pointer(pointer), written.pointer(pointer)) {
                (Some(_), None) => self.add(pointer, TraitsMismatchKind::NotInType),
                (Some(read), Some(written)) if !sample::same_type(read, written) => {
                    let message = format!("it is written as {}", sample::type_name(written));
                    self.add(pointer, TraitsMismatchKind::OtherType { message });
                }
                _ => {}
            }
        }
        for pointer in schema.unknown(written) {
            self.add(&pointer, TraitsMismatchKind::NotInSchema);
        }
    }

    fn property<T: DeserializeOwned>(&mut self, property: &Property<'_>, sample: &Value) {
        let Property { pointer, required, schema } = property;
        if self.is_known(pointer) {
            return;
        }
        let without = read::<T>(&sample::changed(sample, pointer, None));
        match (required, without.is_ok()) {
            (true, true) => self.add(pointer, TraitsMismatchKind::OptionalInType),
            (false, false) => self.add(pointer, TraitsMismatchKind::RequiredByType),
            _ => {}
        }
        for value in schema.alternatives() {
            let with = read::<T>(&sample::changed(sample, pointer, Some(value.clone())));
            if let Err(ReadError { message, .. }) = with {
                self.add(pointer, TraitsMismatchKind::OtherType { message });
            }
        }
    }
}
