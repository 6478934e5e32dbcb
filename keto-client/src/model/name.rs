//! The names in a relation tuple. Keto takes any text for each of them.

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
