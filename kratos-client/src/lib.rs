#![doc = include_str!("../README.md")]

#[cfg(feature = "cache")]
mod cached;
mod client;
mod credential;
pub mod flow;
mod flows;
mod frontend;
mod logout;
mod model;
mod own_sessions;
mod sessions;

#[cfg(feature = "cache")]
pub use cached::CachedSessions;
pub use client::{KratosClient, KratosClientBuilder, SETTINGS};
pub use credential::{CookieHeader, Credential, InvalidCookieName, SessionCookie, SessionToken};
pub use flows::Flows;
pub use frontend::{FedCm, FedCmToken, FlowError, Frontend};
pub use logout::{Logout, LogoutUrl};
pub use model::{
    Aal, AuthenticationMethod, Device, Identity, IdentityId, IdentityState, RecoveryAddress,
    SchemaId, Session, SessionId, SessionRecord, VerifiableAddress,
};
pub use ory_http::{
    ApiKey, ConfigError, DecodeError, Error, ErrorKind, HttpConfig, InvalidSecret, Metadata, Page,
    PageToken, ServerError, Setting, env_vars,
};
pub use own_sessions::{ExchangeCode, OwnSessions, OwnSessionsExt};
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
    pub use crate::{
        flows::MockFlows, frontend::MockFrontend, logout::MockLogout,
        own_sessions::MockOwnSessions, sessions::MockSessions,
    };
    pub use ory_http::MockMetadata;
}
