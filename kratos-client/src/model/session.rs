//! That somebody is logged in.

use crate::model::{
    Extra,
    authentication::{AuthenticatorAssuranceLevel, AuthenticationMethod},
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
    /// The id of a session: a UUID. It is no credential.
    SessionId
}

/// Both kinds of session have the same fields but for how sure it is that there is an identity.
macro_rules! session {
    ($(#[$doc:meta])* $name:ident { $(#[$identity_doc:meta])* identity: $identity:ty }) => {
        $(#[$doc])*
        ///
        /// See <https://www.ory.com/docs/kratos/session-management/overview>.
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name<T = Value> {
            /// The id.
            pub id: SessionId,
            /// Whether it counts. Where the server does not say, it does not.
            pub active: bool,
            /// When it ends by itself.
            pub expires_at: Option<Timestamp>,
            /// When the last factor was given.
            pub authenticated_at: Option<Timestamp>,
            /// When it began.
            pub issued_at: Option<Timestamp>,
            /// How many factors it rests on.
            pub authenticator_assurance_level: Option<AuthenticatorAssuranceLevel>,
            /// Which ones, in order.
            pub authentication_methods: Option<Vec<AuthenticationMethod>>,
            $(#[$identity_doc])*
            pub identity: $identity,
            /// Where it has been used; `None` where the server does not keep or tell that.
            pub devices: Option<Vec<Device>>,
            /// How long the answer that this came in may be kept, if the server says. It stands in
            /// a header, not in the JSON.
            pub cache_for: Option<Duration>,
            /// Cookies that came with the response and have to reach the browser whose session
            /// it is: Kratos sends them once after a session was extended, and the browser's cookie
            /// would end without them.
            pub set_cookies: SetCookies,
            /// The session as a signed JSON Web Token, where one was asked for.
            #[debug("[redacted]")]
            pub tokenized: Option<String>,
            /// Fields that this version does not know.
            #[debug(skip)]
            pub extra: Extra,
        }
    };
}

session! {
    /// That somebody is logged in.
    Session {
        /// Who it is.
        identity: Identity<T>
    }
}

session! {
    /// A session as it stands in a list or in the answer to a log-in, which do not always say whose
    /// it is.
    SessionRecord {
        /// Who it is, if the server says. Lists leave the addresses out.
        identity: Option<Identity<T>>
    }
}

lenient_object!(Session<T: DeserializeOwned, Serialize> {
    needed: [id, identity],
    lenient: [
        active, expires_at, authenticated_at, issued_at, authenticator_assurance_level,
        authentication_methods, devices, tokenized
    ],
    skipped: [cache_for, set_cookies]
});

lenient_object!(SessionRecord<T: DeserializeOwned, Serialize> {
    needed: [id],
    lenient: [
        active, expires_at, authenticated_at, issued_at, authenticator_assurance_level,
        authentication_methods, identity, devices, tokenized
    ],
    skipped: [cache_for, set_cookies]
});

/// A browser or app in which a session has been used. `Debug` hides what tells of a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    /// The id.
    pub id: String,
    /// The address that it came from, perhaps with a port.
    #[debug("[redacted]")]
    pub ip_address: Option<String>,
    /// What it called itself.
    #[debug("[redacted]")]
    pub user_agent: Option<String>,
    /// Where that is, if the server knows.
    #[debug("[redacted]")]
    pub location: Option<String>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

lenient_object!(Device { needed: [], lenient: [id, ip_address, user_agent, location] });

/// A session of either kind made of one of either kind, with another identity.
macro_rules! with_identity {
    ($kind:ident, $session:expr, $identity:expr) => {
        $kind {
            identity: $identity,
            id: $session.id,
            active: $session.active,
            expires_at: $session.expires_at,
            authenticated_at: $session.authenticated_at,
            issued_at: $session.issued_at,
            authenticator_assurance_level: $session.authenticator_assurance_level,
            authentication_methods: $session.authentication_methods,
            devices: $session.devices,
            cache_for: $session.cache_for,
            set_cookies: $session.set_cookies,
            tokenized: $session.tokenized,
            extra: $session.extra,
        }
    };
}

impl Session {
    /// Reads the identity's traits into a type of the application's own.
    ///
    /// # Errors
    /// If they don't fit; the error names the JSON path inside them.
    pub fn with_traits<T: DeserializeOwned>(self) -> Result<Session<T>, DecodeError> {
        Ok(with_identity!(Session, self, self.identity.with_traits()?))
    }
}

impl SessionRecord {
    /// Reads the identity's traits into a type of the application's own.
    ///
    /// # Errors
    /// If they don't fit; the error names the JSON path inside them.
    pub fn with_traits<T: DeserializeOwned>(self) -> Result<SessionRecord<T>, DecodeError> {
        let identity = self.identity.map(Identity::with_traits).transpose()?;
        Ok(with_identity!(SessionRecord, self, identity))
    }
}

impl<T> SessionRecord<T> {
    /// The session, if the server said whose it is.
    pub fn into_session(self) -> Option<Session<T>> {
        Some(with_identity!(Session, self, self.identity?))
    }
}
