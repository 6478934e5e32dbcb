//! Differences between a traits type and an identity schema.

use std::{error::Error, fmt};

/// A difference between a traits type and an identity schema.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TraitsMismatch {
    /// The JSON pointer of the property in the traits, such as `/name/first`. `/0` stands for the
    /// items of a list.
    pub pointer: String,
    /// What differs.
    pub kind: TraitsMismatchKind,
}

/// What differs between a traits type and an identity schema.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TraitsMismatchKind {
    /// The type has no field for the property: it is lost when traits are read and written.
    NotInType,
    /// The type has a field that the schema does not know.
    NotInSchema,
    /// The type does not read a value that the schema allows, or writes one of another type.
    OtherType {
        /// The error of reading, or what is written.
        message: String,
    },
    /// The property is optional, but the type does not read traits without it.
    RequiredByType,
    /// The property is required, but the type reads traits without it, and may write such.
    OptionalInType,
}

/// The differences between a traits type and an identity schema, of which there is at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraitsMismatches(pub(super) Vec<TraitsMismatch>);

impl TraitsMismatches {
    /// The differences.
    pub fn mismatches(&self) -> &[TraitsMismatch] {
        &self.0
    }
}

impl fmt::Display for TraitsMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{pointer}: ")?;
        match &self.kind {
            TraitsMismatchKind::NotInType => f.write_str("the type has no such field"),
            TraitsMismatchKind::NotInSchema => f.write_str("the schema has no such property"),
            TraitsMismatchKind::OtherType { message } => write!(f, "of another type: {message}"),
            TraitsMismatchKind::RequiredByType => {
                f.write_str("optional in the schema, but required by the type")
            }
            TraitsMismatchKind::OptionalInType => {
                f.write_str("required by the schema, but optional in the type")
            }
        }
    }
}

impl fmt::Display for TraitsMismatches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mismatch) in self.0.iter().enumerate() {
            let newline = if index > 0 { "\n" } else { "" };
            write!(f, "{newline}{mismatch}")?;
        }
        Ok(())
    }
}

impl Error for TraitsMismatches {}
