#![doc = include_str!("../README.md")]

mod admin;
#[cfg(feature = "cache")]
mod cached;
mod client;
mod credential;
pub mod flow;
mod flows;
mod frontend;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod logout;
mod model;
mod own_sessions;
mod sessions;

pub use admin::{
    AddressVia, AdminRecovery, AdminSessions, AdminSessionsExt, BATCH_LIMIT, BATCH_PASSWORD_LIMIT,
    Consistency, Courier, CourierExt, CreateRecoveryCode, CreateRecoveryLink, Identities,
    IdentitiesExt, IdentitySchema, IdentitySchemas, IdentitySchemasExt, IdentityUpdate,
    ImportedPassword, JsonPointer, ListIdentities, ListIdentitySessions, ListMessages, ListSchemas,
    ListSessions, NewAddress, NewIdentity, PageRequest, PatchOperation, ProviderLink, RecoveryCode,
    RecoveryCodeCreated, RecoveryFlowType, RecoveryLink, RecoveryLinkCreated, SessionExpand,
};
#[cfg(feature = "cache")]
pub use cached::CachedSessions;
pub use client::{Dialect, KratosClient, KratosClientBuilder, SETTINGS};
pub use credential::{CookieHeader, Credential, SessionCookie, SessionToken};
pub use flows::Flows;
pub use frontend::{FedCm, FedCmToken, FlowError, Frontend};
pub use logout::{Logout, LogoutUrl};
pub use model::{
    Aal, AuthenticationMethod, CredentialsType, Device, Dispatch, DispatchStatus, ExternalId,
    Identity, IdentityCredentials, IdentityId, IdentityState, Message, MessageId, MessageStatus,
    MessageType, RecoveryAddress, SchemaId, Session, SessionId, SessionRecord, VerifiableAddress,
};
pub use ory_http::{
    ApiKey, ConfigError, DecodeError, Error, ErrorKind, HttpConfig, InvalidSecret, Meaning,
    Metadata, Page, PageToken, RetryConfig, ServerError, Setting, Violation, env_vars,
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
        admin::{
            MockAdminRecovery, MockAdminSessions, MockCourier, MockIdentities, MockIdentitySchemas,
        },
        flows::MockFlows,
        frontend::MockFrontend,
        logout::MockLogout,
        own_sessions::MockOwnSessions,
        sessions::MockSessions,
    };
    pub use ory_http::MockMetadata;
}
