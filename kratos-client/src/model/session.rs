//! A session: the result of a login.

use crate::model::{
    ExtraFields,
    authentication::{AuthenticationMethod, AuthenticatorAssuranceLevel},
    device::Device,
    identity::Identity,
    lenient_object::lenient_object,
    set_cookies::SetCookies,
};
use derive_more::Debug;
use jiff::Timestamp;
use ory_http::DecodeError;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::time::Duration;

ory_http::text_newtype! {
    /// The id of a session: a UUID. It is not a credential.
    SessionId
}

/// A session and its identity, with traits of type `T`.
///
/// See <https://www.ory.com/docs/kratos/session-management/overview>.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Session<T = Value> {
    /// The id.
    pub id: SessionId,
    /// Whether the session is active. `false` if the server does not state it.
    pub active: bool,
    /// The time at which the session expires.
    pub expires_at: Option<Timestamp>,
    /// The time of the last authentication.
    pub authenticated_at: Option<Timestamp>,
    /// The time at which the session was issued.
    pub issued_at: Option<Timestamp>,
    /// The authenticator assurance level (AAL).
    pub authenticator_assurance_level: Option<AuthenticatorAssuranceLevel>,
    /// The completed authentication methods, in order.
    pub authentication_methods: Option<Vec<AuthenticationMethod>>,
    /// The identity.
    pub identity: Identity<T>,
    /// The devices that used the session; `None` if the server does not return them.
    pub devices: Option<Vec<Device>>,
    /// The time for which the response may be cached, from the header `Ory-Session-Cache-For`.
    pub cache_for: Option<Duration>,
    /// Cookies that the response set. Pass them on to the browser: Kratos sends a new session
    /// cookie once after it extended a session.
    pub set_cookies: SetCookies,
    /// The session as a signed JSON Web Token, see [`MySessions::tokenize`](crate::MySessions).
    #[debug("[redacted]")]
    pub tokenized: Option<String>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

lenient_object!(Session<T: DeserializeOwned, Serialize> {
    needed: [id, identity],
    lenient: [
        active, expires_at, authenticated_at, issued_at, authenticator_assurance_level,
        authentication_methods, devices, tokenized
    ],
    skipped: [cache_for, set_cookies]
});

impl<T> Session<T> {
    /// An active session of an identity with no other data, such as for a test.
    ///
    /// ```
    /// use kratos_client::{Identity, Session};
    ///
    /// let identity = Identity::new("9f425a8d", "default", serde_json::json!({}));
    /// let mut session = Session::new("b6f5a4c1", identity);
    /// session.active = false;
    /// ```
    pub fn new(id: impl Into<SessionId>, identity: Identity<T>) -> Self {
        Self {
            id: id.into(),
            identity,
            active: true,
            expires_at: None,
            authenticated_at: None,
            issued_at: None,
            authenticator_assurance_level: None,
            authentication_methods: None,
            devices: None,
            cache_for: None,
            set_cookies: SetCookies::default(),
            tokenized: None,
            extra: ExtraFields::new(),
        }
    }
}

impl Session {
    /// Deserializes the identity's traits into an application type.
    ///
    /// # Errors
    /// If the traits do not match the type; the error contains the JSON path of the mismatch.
    pub fn with_traits<T: DeserializeOwned>(self) -> Result<Session<T>, DecodeError> {
        Ok(Session {
            identity: self.identity.with_traits()?,
            id: self.id,
            active: self.active,
            expires_at: self.expires_at,
            authenticated_at: self.authenticated_at,
            issued_at: self.issued_at,
            authenticator_assurance_level: self.authenticator_assurance_level,
            authentication_methods: self.authentication_methods,
            devices: self.devices,
            cache_for: self.cache_for,
            set_cookies: self.set_cookies,
            tokenized: self.tokenized,
            extra: self.extra,
        })
    }
}
