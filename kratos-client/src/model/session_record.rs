//! A session as the admin API tells of it.

use super::{Aal, AuthenticationMethod, Device, Extra, Identity, Session, SessionId};
use crate::DecodeError;
use derive_more::Debug;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A session that an administrator looks at: whose it is and where it has been used is only there
/// if the request asked for it.
///
/// See <https://www.ory.com/docs/kratos/session-management/overview>.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionRecord<T = Value> {
    /// The id.
    pub id: SessionId,
    /// Whether it counts. Where the server does not say, it does not.
    #[serde(default)]
    pub active: bool,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When the last factor was given.
    pub authenticated_at: Option<Timestamp>,
    /// When it began.
    pub issued_at: Option<Timestamp>,
    /// How many factors it rests on.
    pub authenticator_assurance_level: Option<Aal>,
    /// Which ones, in order.
    pub authentication_methods: Option<Vec<AuthenticationMethod>>,
    /// Who it is. Lists leave the addresses out.
    #[serde(default = "Option::default")]
    pub identity: Option<Identity<T>>,
    /// Where it has been used.
    pub devices: Option<Vec<Device>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    #[debug(skip)]
    pub extra: Extra,
}

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
            tokenized: None,
            extra: self.extra,
        })
    }
}
