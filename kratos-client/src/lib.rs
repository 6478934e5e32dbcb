#![doc = include_str!("../README.md")]

mod client;
mod credential;
mod logout;
mod model;
mod sessions;

pub use client::{KratosClient, KratosClientBuilder, SETTINGS};
pub use credential::{CookieHeader, Credential, InvalidCookieName, SessionCookie, SessionToken};
pub use logout::{Logout, LogoutUrl};
pub use model::{
    Aal, AuthenticationMethod, Device, Identity, IdentityId, IdentityState, RecoveryAddress,
    SchemaId, Session, SessionId, VerifiableAddress,
};
pub use ory_http::{
    ApiKey, ConfigError, DecodeError, Error, ErrorKind, HttpConfig, InvalidSecret, Metadata,
    ServerError, Setting, env_vars,
};
pub use sessions::{Sessions, Whoami};

#[cfg(feature = "mock")]
pub mod mock {
    //! A mockall mock of every trait.
    //!
    //! ```
    //! use kratos_client::{Credential, Sessions, Whoami, mock::MockSessions};
    //!
    //! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    //! let mut sessions = MockSessions::new();
    //! sessions.expect_whoami().returning(|_| Ok(Whoami::NoSession));
    //!
    //! let nobody = sessions.whoami(&Credential::cookie_header("")).await.unwrap();
    //! assert!(nobody.active().is_none());
    //! # });
    //! ```
    pub use crate::{logout::MockLogout, sessions::MockSessions};
    pub use ory_http::MockMetadata;
}
