//! The traits of a submission.

use super::Submission;
use crate::testing::{
    flow::messages,
    schema::{SchemaViolation, ViolationKind, validate},
};
use serde_json::Value;

impl Submission<'_> {
    /// Whether the traits are valid. The flow gets a message for each violation.
    pub(super) fn check_traits(&mut self, traits: &Value) -> bool {
        let violations = validate(&self.kratos.config.identity_schema, traits);
        for SchemaViolation { instance, kind, .. } in &violations {
            let field = instance.trim_start_matches('/').replace('/', ".");
            let (field, message) = match kind {
                ViolationKind::Required(name) => {
                    (format!("{field}.{name}"), messages::property_is_missing(name))
                }
                ViolationKind::Email(value) => (field, messages::invalid_email(value)),
                ViolationKind::AdditionalProperty(name) => {
                    let reason = format!("additionalProperties \"{name}\" not allowed");
                    self.flow.messages.push(messages::invalid(&reason));
                    continue;
                }
                ViolationKind::Type { expected, actual } => {
                    let reason = format!("expected {expected}, but got {actual}");
                    (field, messages::invalid(&reason))
                }
                ViolationKind::MinLength { min, actual } => {
                    let reason = format!("length must be >= {min}, but got {actual}");
                    (field, messages::invalid(&reason))
                }
                ViolationKind::Enum => {
                    (field, messages::invalid("value must be one of the allowed values"))
                }
            };
            self.flow.field_messages.push((field, message));
        }
        violations.is_empty()
    }
}
