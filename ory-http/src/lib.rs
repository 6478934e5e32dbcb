//! What `kratos-client` and `keto-client` share: calls to the HTTP APIs of Ory's servers, the
//! settings that shape them, and the error that every operation returns.
//!
//! Applications do not depend on this crate by name; both clients re-export what they need of it.
//! A call goes one way: a public trait of a client makes a [`Request`] of an [`Endpoint`], which
//! sends it by an [`HttpService`] within a deadline and gives back a [`Response`], and the client
//! decodes its own wire types out of that.
//!
//! What holds for every call, whatever the settings:
//!
//! - connect and total time are limited, and so is the size of a response;
//! - a redirect is a response, never followed;
//! - a credential goes to the API that it is for, and to no other;
//! - no credential, cookie or query string reaches an error, `Debug` or a log line.

mod base_url;
mod call;
mod config;
mod decode;
mod detected;
mod endpoint;
mod error;
mod field_names;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod json_object;
mod link;
mod metadata;
mod newtype;
mod optional;
mod page;
mod policy;
mod request;
mod response;
mod retry;
mod retry_after;
mod secret;
mod server_error;
mod service;
mod setting;
#[cfg(feature = "cache")]
mod single_flight;
mod versioned;

pub use base_url::BaseUrl;
pub use call::{CallOptions, as_one_operation, as_one_operation_since, deadline};
pub use config::HttpConfig;
pub use decode::{DecodeError, from_value};
pub use detected::{Detected, Proved};
pub use endpoint::{Endpoint, Endpoints};
pub use error::{Error, ErrorKind};
pub use json_object::JsonObject;
pub use link::link_parameter;
pub use metadata::{Metadata, is_alive, is_ready, version};
pub use optional::Optional;
pub use page::{Page, PageToken, stream_pages};
pub use policy::CallPolicy;
pub use request::Request;
pub use response::Response;
pub use retry::RetryConfig;
pub use secret::{ApiKey, BasicAuth, InvalidSecret, check_secret, secret_header};
pub use server_error::{Hint, ReasonVisibility, ServerError};
pub use service::{
    Connection, Connections, HttpConnector, HttpService, HttpServiceError, HttpServiceErrorKind,
    Protocol, Proxy, ReqwestConnector, Trailers,
};
pub use setting::{ConfigError, EnvironmentVariable, env_vars, parse_setting};
pub use versioned::send_versioned;

/// The clock of deadlines and of what is cached or remembered: a monotonic one, which a test can
/// pause by `tokio::time::pause`.
pub use tokio::time::Instant;

#[cfg(feature = "cache")]
pub use single_flight::SingleFlightCache;

// Lets the macro below name this crate from inside it.
extern crate self as ory_http;

#[cfg(feature = "mock")]
pub use metadata::MockMetadata;

#[doc(hidden)]
pub use serde as __serde;
