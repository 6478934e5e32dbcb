//! HTTP transport, configuration and errors shared by `kratos-client` and `keto-client`.
//!
//! Applications do not depend on this crate directly: both clients re-export every type of it that
//! appears in their APIs. A client creates a [`Request`] from an [`Endpoint`], which sends it
//! through an [`HttpService`] within a deadline and returns a [`Response`]. The client then decodes
//! the body of the response.
//!
//! For every call, whatever the configuration:
//!
//! - the time to connect, the total time and the size of the response are limited;
//! - redirects are not followed;
//! - a credential is sent only to the API that it is meant for;
//! - errors, `Debug` output and logs contain no credential, cookie or query string.

#![cfg_attr(docsrs, feature(doc_cfg))]

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
#[cfg(feature = "guard")]
pub mod guard;
mod json_object;
mod link;
mod metadata;
mod newtype;
mod observer;
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
#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod testing;
mod text_enum;
mod versioned;

pub use base_url::BaseUrl;
pub use call::{CallOptions, deadline, with_shared_deadline, with_shared_deadline_since};
pub use config::HttpConfig;
pub use decode::{DecodeError, from_value};
pub use detected::{Detected, Detection};
pub use endpoint::{Endpoint, Endpoints};
pub use error::{Error, ErrorKind};
pub use json_object::JsonObject;
pub use link::link_parameter;
pub use metadata::{Metadata, is_alive, is_ready, version};
pub use observer::{CallSummary, Observer};
pub use optional::Optional;
pub use page::{Page, PageToken, stream_pages};
pub use policy::CallPolicy;
pub use request::Request;
pub use response::Response;
pub use retry::RetryConfig;
pub use secret::{ApiKey, BasicAuth, InvalidSecret, secret_header, validate_secret};
pub use server_error::{Hint, ReasonVisibility, ServerError};
pub use service::{
    Connection, Connections, HttpConnector, HttpService, HttpServiceError, HttpServiceErrorKind,
    Protocol, Proxy, ReqwestConnector, Trailers,
};
pub use setting::{ConfigError, EnvironmentVariable, env_vars, parse_setting};
pub use versioned::send_versioned;

/// The monotonic clock of deadlines and caches, which tests can pause with `tokio::time::pause`.
pub use tokio::time::Instant;

#[cfg(feature = "cache")]
pub use single_flight::SingleFlightCache;

// Lets `text_newtype!` name this crate from inside it.
extern crate self as ory_http;

#[cfg(feature = "mock")]
pub use metadata::MockMetadata;

#[doc(hidden)]
pub use serde as __serde;

#[doc(hidden)]
pub use text_enum::TextVisitor;
