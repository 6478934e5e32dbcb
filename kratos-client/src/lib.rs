//! Who is this? A client for [Ory Kratos](https://www.ory.com/docs/kratos): today's server and
//! the v0.8 line, by HTTP.
//!
//! ```no_run
//! use kratos_client::{Credential, KratosClient, Sessions, Whoami};
//!
//! # async fn example(cookie_header: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//! let kratos = KratosClient::builder().public_url("http://127.0.0.1:4433").build()?;
//! match kratos.whoami(&Credential::cookie_header(cookie_header)).await? {
//!     Whoami::Active(session) => println!("identity {}", session.identity.id),
//!     Whoami::NoSession => println!("log in first"),
//!     Whoami::SecondFactorRequired { .. } => println!("one more step"),
//!     Whoami::Inactive(_) => println!("not any more"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - [`Sessions`] answers who is behind a cookie or token, [`Logout`] ends a browser's session.
//!   Both are object safe, and with the feature `mock` the module `mock` has a mockall mock of
//!   each.
//! - [`KratosClient`] implements them over HTTP. Of a `Cookie` header it forwards the session
//!   cookie and nothing else.
//! - No session is a value, [`Whoami::NoSession`]. An [`Error`] is no answer, and never a session.
//! - `Debug` of a session, an identity or a credential shows no trait, address, cookie or token.

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
