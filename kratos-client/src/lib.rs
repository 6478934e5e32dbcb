#![doc = include_str!("../README.md")]

mod api;
mod cookie_header;
mod credential;
pub mod flow;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod http;
mod layer;
mod model;
mod session_secret;

pub use crate::http::{
    KratosClient,
    api_version::ApiVersion,
    builder::{ENVIRONMENT_VARIABLES, KratosClientBuilder},
};
pub use api::{
    admin::{
        batch::{BATCH_LIMIT, BATCH_PASSWORD_LIMIT},
        courier::{Courier, CourierExt, ListMessages},
        identities::{Identities, IdentitiesExt, ListIdentitySessions},
        import::{AddressVia, ImportedPassword, NewAddress, ProviderLink},
        list_identities::{Consistency, ListIdentities},
        new_identity::{IdentityUpdate, NewIdentity},
        patch::{JsonPointer, PatchOperation},
        recovery::{
            AdminRecovery, CreateRecoveryCode, CreateRecoveryLink, RecoveryCode,
            RecoveryCodeCreated, RecoveryFlowType, RecoveryLink, RecoveryLinkCreated,
        },
        sessions::{AdminSessions, AdminSessionsExt, ListSessions, SessionExpand},
    },
    flows::{Flows, FlowsExt},
    frontend::{FedCm, FedCmToken, FlowError, Frontend},
    logout::{Logout, LogoutUrl},
    my_sessions::{ExchangeCode, MySessions, MySessionsExt, PendingFlow, TokenExchangeOutcome},
    page::PageRequest,
    schemas::{IdentitySchema, IdentitySchemas, IdentitySchemasExt, ListSchemas},
    sessions::{Sessions, Whoami},
};
pub use cookie_header::{CookieHeader, SessionCookieFindings};
pub use credential::Credential;
pub use flow::error::ErrorExt;
#[cfg(feature = "cache")]
pub use layer::cached_sessions::CachedSessions;
pub use model::{
    address::{RecoveryAddress, VerifiableAddress},
    authentication::{Aal, AuthenticationMethod},
    credentials::{CredentialsType, IdentityCredentials},
    error_id::ErrorId,
    identity::{ExternalId, Identity, IdentityId, IdentityState, SchemaId},
    message::{Dispatch, DispatchStatus, Message, MessageId, MessageStatus, MessageType},
    session::{Device, Session, SessionId, SessionRecord},
    violation::Violation,
};
pub use ory_http::{
    ApiKey, CallOptions, ConfigError, Connection, DecodeError, EnvironmentVariable, Error,
    ErrorKind, HttpConfig, HttpConnector, HttpService, HttpServiceError, HttpServiceErrorKind,
    InvalidSecret, Metadata, Page, PageToken, Protocol, Proxy, ReqwestConnector, RetryConfig,
    ServerError, Trailers, env_vars,
};
pub use session_secret::{SessionCookie, SessionToken};

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
    //! let nobody = sessions.whoami(&Credential::from_cookie_headers([""])).await.unwrap();
    //! assert!(nobody.active().is_none());
    //! # });
    //! ```
    pub use crate::api::{
        admin::{
            courier::MockCourier, identities::MockIdentities, recovery::MockAdminRecovery,
            sessions::MockAdminSessions,
        },
        flows::MockFlows,
        frontend::MockFrontend,
        logout::MockLogout,
        my_sessions::MockMySessions,
        schemas::MockIdentitySchemas,
        sessions::MockSessions,
    };
    pub use ory_http::MockMetadata;
}
