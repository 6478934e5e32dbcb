//! What can be made of a session record.

use super::{Identity, Session, SessionRecord};
use crate::DecodeError;
use serde::de::DeserializeOwned;

impl SessionRecord {
    /// Reads the identity's traits into a type of the application's own.
    ///
    /// # Errors
    /// If they don't fit; the error names the JSON path inside them.
    pub fn with_traits<T: DeserializeOwned>(self) -> Result<SessionRecord<T>, DecodeError> {
        Ok(SessionRecord {
            identity: self.identity.map(Identity::with_traits).transpose()?,
            id: self.id,
            active: self.active,
            expires_at: self.expires_at,
            authenticated_at: self.authenticated_at,
            issued_at: self.issued_at,
            authenticator_assurance_level: self.authenticator_assurance_level,
            authentication_methods: self.authentication_methods,
            devices: self.devices,
            cache_for: self.cache_for,
            tokenized: self.tokenized,
            extra: self.extra,
        })
    }
}

impl<T> SessionRecord<T> {
    /// The session, if the server said whose it is.
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
            tokenized: self.tokenized,
            extra: self.extra,
        })
    }
}
