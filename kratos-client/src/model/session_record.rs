//! A session whose identity may be missing.

use crate::model::{
    ExtraFields,
    authentication::{AuthenticationMethod, AuthenticatorAssuranceLevel},
    device::Device,
    identity::Identity,
    lenient_object::lenient_object,
    session::{Session, SessionId},
    set_cookies::SetCookies,
};
use derive_more::Debug;
use jiff::Timestamp;
use ory_http::DecodeError;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::time::Duration;

/// A session as lists and login responses contain it, which do not always include the identity.
///
/// See <https://www.ory.com/docs/kratos/session-management/overview>.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SessionRecord<T = Value> {
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
    /// The identity, if the response includes it. Lists omit its addresses.
    pub identity: Option<Identity<T>>,
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

lenient_object!(SessionRecord<T: DeserializeOwned, Serialize> {
    needed: [id],
    lenient: [
        active, expires_at, authenticated_at, issued_at, authenticator_assurance_level,
        authentication_methods, identity, devices, tokenized
    ],
    skipped: [cache_for, set_cookies]
});

impl SessionRecord {
    /// Deserializes the identity's traits into an application type.
    ///
    /// # Errors
    /// If the traits do not match the type; the error contains the JSON path of the mismatch.
    pub fn with_traits<T: DeserializeOwned>(self) -> Result<SessionRecord<T>, DecodeError> {
        let identity = self.identity.map(Identity::with_traits).transpose()?;
        Ok(SessionRecord {
            identity,
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

impl<T> SessionRecord<T> {
    /// An active session with no other data, such as for a test.
    pub fn new(id: impl Into<SessionId>) -> Self {
        Self {
            id: id.into(),
            identity: None,
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

    /// The session with its identity; `None` if the identity is missing.
    pub fn into_session(self) -> Option<Session<T>> {
        Some(Session {
            identity: self.identity?,
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
