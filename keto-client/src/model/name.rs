//! The names in a relation tuple. Keto takes any text for each of them.

use serde::{Deserialize, Deserializer};

ory_http::text_newtype! {
    /// A kind of thing that permissions are about, such as `app` or `Document`.
    ///
    /// See <https://www.ory.com/docs/keto/concepts/namespaces>.
    Namespace
}

ory_http::text_newtype! {
    /// One thing in a namespace, such as `homepage`.
    ///
    /// See <https://www.ory.com/docs/keto/concepts/objects>.
    Object
}

ory_http::text_newtype! {
    /// How a subject stands to an object, or what it may do with it, such as `owner` or `read`.
    ///
    /// See <https://www.ory.com/docs/keto/concepts/relation-tuples>.
    Relation
}

ory_http::text_newtype! {
    /// Somebody, by an id of the application's choice, such as an identity's id. An email address
    /// as a subject puts personal data into the permission store.
    ///
    /// See <https://www.ory.com/docs/keto/concepts/subjects>.
    SubjectId
}

/// A name that the server leaves out, as JSON made of protobuf does with one that is empty.
pub(super) fn empty<T: From<&'static str>>() -> T {
    "".into()
}

/// A name, which is empty where the server sends `null`.
pub(super) fn null_is_empty<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + From<&'static str>,
{
    Ok(Option::deserialize(from)?.unwrap_or_else(empty))
}
