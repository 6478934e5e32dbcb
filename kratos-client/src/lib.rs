#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "actix")]
pub mod actix;
mod api;
#[cfg(feature = "axum")]
pub mod axum;
mod cookie_header;
mod credential;
pub mod flow;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "guard")]
pub mod guard;
#[cfg(any(doc, doctest))]
pub mod guide;
mod http;
#[cfg(feature = "jwt")]
pub mod jwt;
mod layer;
mod model;
mod secret;
mod session_secret;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tower")]
pub mod tower;

pub use crate::http::{
    KratosClient,
    api_version::ApiVersion,
    builder::{ENVIRONMENT_VARIABLES, KratosClientBuilder},
};
pub use api::{
    admin::{
        batch::{MAX_BATCH_IDENTITIES, MAX_BATCH_PASSWORDS},
        courier::{Courier, CourierExt, ListCourierMessages},
        get_identity::{DeleteIdentityCredentials, GetIdentityOptions},
        identities::{Identities, IdentitiesExt, ListIdentitySessions},
        import::{
            ImportedPassword, ImportedWebAuthn, NewAddress, ProviderAccount, WebAuthnCredential,
        },
        list_identities::{Consistency, ListIdentities},
        manage_sessions::{
            ManageSessions, ManageSessionsAction, ManagedSessions, SessionSelection,
        },
        new_identity::{IdentityUpdate, ImportedCredentials, NewIdentity},
        patch::{InvalidJsonPointer, JsonPointer, PatchOperation},
        recovery::{
            AdminRecovery, CreateRecoveryCode, CreateRecoveryLink, RecoveryCodeForIdentity,
            RecoveryFlowType, RecoveryLink, RecoveryLinkForIdentity,
        },
        sessions::{
            AdminSessions, AdminSessionsExt, GetSessionOptions, ListSessions, SessionExpand,
        },
    },
    flows::{Flows, FlowsExt},
    frontend::{FedcmFlow, FlowError, Frontend, UpdateFedcmFlowBody},
    logout::{Logout, LogoutOptions, LogoutUrl},
    my_sessions::{LoginOrRegistrationFlow, MySessions, MySessionsExt, TokenExchangeOutcome},
    page::PageRequest,
    schemas::{IdentitySchema, IdentitySchemas, IdentitySchemasExt, ListSchemas},
    sessions::{Sessions, Whoami},
    test_login::TestLogin,
};
pub use cookie_header::{CookieHeader, SessionCookieDiagnostics};
pub use credential::Credential;
pub use flow::error::ErrorExt;
#[cfg(feature = "cache")]
pub use layer::cached_sessions::CachedSessions;
pub use model::{
    ExtraFields,
    address::{AddressType, RecoveryAddress, VerifiableAddress, VerifiableAddressStatus},
    authentication::{AuthenticationMethod, AuthenticatorAssuranceLevel},
    courier_message::{
        CourierMessage, CourierMessageId, CourierMessageStatus, CourierMessageType,
        MessageDispatch, MessageDispatchStatus,
    },
    credentials::{CredentialsType, IdentityCredentials},
    device::Device,
    error_id::ErrorId,
    identity::{ExternalId, Identity, IdentityId, IdentityState, Region, SchemaId},
    session::{Session, SessionId},
    session_record::SessionRecord,
    violation::Violation,
};
pub use ory_http::{
    ApiKey, BasicAuth, CallOptions, CallSummary, ConfigError, Connection, DecodeError,
    EnvironmentVariable, Error, ErrorKind, HttpConfig, HttpConnector, HttpService,
    HttpServiceError, HttpServiceErrorKind, InvalidSecret, Metadata, Observer, Page, PageToken,
    Protocol, Proxy, ReasonVisibility, ReqwestConnector, RetryConfig, ServerError, Trailers,
    env_vars,
};
pub use secret::{ExchangeCode, RecoveryCode, TotpUrl};
pub use session_secret::{SessionCookie, SessionToken};

/// The traits of this crate, for a glob import: `use kratos_client::prelude::*`.
pub mod prelude {
    pub use crate::{
        AdminRecovery, AdminSessions, AdminSessionsExt, Courier, CourierExt, Flows, FlowsExt,
        Frontend, Identities, IdentitiesExt, IdentitySchemas, IdentitySchemasExt, Logout, Metadata,
        MySessions, MySessionsExt, Sessions, TestLogin,
    };
    // Without its name, which the prelude of `keto-client` has, too.
    pub use crate::ErrorExt as _;
}

pub mod reexports {
    //! The crates whose types appear in the API of this crate.
    //!
    //! A breaking change of one of their versions is a breaking change of this crate.
    #[cfg(feature = "mock")]
    pub use mockall;
    pub use {::http, async_trait, bytes, futures_util, jiff, serde, serde_json, url};
}

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
        test_login::MockTestLogin,
    };
    pub use ory_http::MockMetadata;
}
