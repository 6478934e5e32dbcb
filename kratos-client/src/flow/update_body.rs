//! The request body of a submitted flow.

use crate::flow::fields::Fields;
use serde_json::Value;
use std::{fmt, marker::PhantomData};

/// The request body of a submitted flow of the kind `K`. There is a constructor for each method.
/// `Debug` shows the method and the names of the fields, and redacts their values.
///
/// See <https://www.ory.com/docs/kratos/reference/api#tag/frontend/operation/updateLoginFlow>.
///
/// ```
/// use kratos_client::flow::{UpdateFlowBody, Login, Password};
///
/// let body = UpdateFlowBody::<Login>::password("ann@example.test", &Password::new("secret"));
/// assert!(!format!("{body:?}").contains("secret"));
/// ```
#[derive(Clone, PartialEq)]
pub struct UpdateFlowBody<K> {
    fields: Fields,
    kind: PhantomData<K>,
}

impl<K> UpdateFlowBody<K> {
    /// A body for a method without a constructor, or with custom fields.
    pub fn method(name: &str) -> Self {
        Self { fields: Fields::default(), kind: PhantomData }.field("method", name)
    }

    /// Sets a field. It replaces an earlier field of the same name.
    ///
    /// A name with dots, such as `traits.name.first`, is the path of a nested value. If all values
    /// of a path's first segment are strings, the server decodes them as HTML form fields: it
    /// converts them to the type in the schema, and ignores empty strings and unknown traits.
    /// Otherwise they are sent as one JSON object, which the server does not convert. So are all
    /// parts of `transient_payload`.
    ///
    /// Fields that contradict each other, such as a string `traits.name` and `traits.name.first`,
    /// are an [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) when the flow is
    /// submitted; no request is sent.
    ///
    /// ```
    /// use kratos_client::flow::{UpdateFlowBody, Code, Registration};
    ///
    /// let body = UpdateFlowBody::<Registration>::method("password")
    ///     .field("traits.email", "ann@example.test")
    ///     .field("traits.tags", vec!["a", "b"])
    ///     .field("password", "correct horse battery staple");
    /// ```
    #[must_use]
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.set(name, value.into());
        self
    }

    /// The fields by their names. The values contain secrets: do not log them.
    pub fn expose_fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.fields.iter()
    }

    pub(crate) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// Sets data that Kratos passes to webhooks and does not store.
    #[must_use]
    pub fn transient_payload(self, payload: impl Into<Value>) -> Self {
        self.field("transient_payload", payload)
    }
}

impl<K> fmt::Debug for UpdateFlowBody<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateFlowBody")
            .field("method", &self.fields.get("method"))
            .field("fields", &self.fields.names())
            .finish()
    }
}
