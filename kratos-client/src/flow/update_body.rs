//! What is submitted to a flow.

use crate::flow::fields::Fields;
use serde_json::Value;
use std::{fmt, marker::PhantomData};

/// What is submitted to a flow of kind `K`. It is made by the constructor of its method, and
/// `Debug` shows the method and the names of the fields.
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
    /// A method that this version does not know, or fields of one's own choice.
    pub fn method(name: &str) -> Self {
        Self { fields: Fields::default(), kind: PhantomData }.field("method", name)
    }

    /// Adds a field to what a constructor made, in place of one of the same name.
    ///
    /// A name with dots, such as `traits.name.first`, is that of an input of the form. If its
    /// value is text, the server treats it as the input of an HTML form: it makes a number of it
    /// where the schema has one, and drops it where it is empty or where the schema has no such
    /// trait. If a value is something else, or the whole `traits` are set as well, everything
    /// below `traits` is sent as one JSON tree, which the server takes as it is. So are the parts
    /// of `transient_payload`. A later field replaces what an earlier one has set in its place.
    ///
    /// Fields that contradict each other, such as a text `traits.name` and `traits.name.first`,
    /// are an error when the body is submitted ([`crate::ErrorKind::InvalidInput`]); nothing is
    /// sent.
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

    pub(crate) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// Adds data that Kratos hands to webhooks and does not keep.
    #[must_use]
    pub fn transient_payload(self, payload: impl Into<Value>) -> Self {
        self.field("transient_payload", payload)
    }
}

impl<K> fmt::Debug for UpdateFlowBody<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("method", &self.fields.get("method"))
            .field("fields", &self.fields.names())
            .finish()
    }
}
