//! The names in a relation tuple. Keto accepts any text for each of them.

use serde::{Deserialize, Deserializer};

ory_http::text_newtype! {
    /// The name of a namespace: a type of objects, such as `app` or `Document`.
    ///
    /// See <https://www.ory.com/docs/keto/concepts/namespaces>.
    Namespace
}

ory_http::text_newtype! {
    /// The name of an object in a namespace, such as `homepage`.
    ///
    /// See <https://www.ory.com/docs/keto/concepts/objects>.
    Object
}

ory_http::text_newtype! {
    /// The name of a relation or a permission, such as `owner` or `read`.
    ///
    /// See <https://www.ory.com/docs/keto/concepts/relation-tuples>.
    Relation
}

ory_http::text_newtype! {
    /// The id of a subject, such as a user. The application chooses it, for example the id of an
    /// identity in Ory Kratos. Email addresses as subjects put personal data into Keto.
    ///
    /// See <https://www.ory.com/docs/keto/concepts/subjects>.
    SubjectId
}

/// An empty name, which JSON encoded from Protocol Buffers omits.
pub(super) fn empty<T: From<&'static str>>() -> T {
    "".into()
}

/// Deserializes `null` as an empty name.
pub(super) fn null_as_empty<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + From<&'static str>,
{
    Ok(Option::deserialize(from)?.unwrap_or_else(empty))
}
