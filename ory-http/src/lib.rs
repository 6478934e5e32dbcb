//! What `kratos-client` and `keto-client` share: one bounded HTTP transport, the settings that
//! shape it, and the error that every operation returns.
//!
//! Applications do not depend on this crate by name; both clients re-export what they need of it.
//! The way of a call is one direction: a public trait of a client builds a [`Request`], the
//! [`Transport`] sends it and gives back an [`Response`], and the client reads its own wire types
//! out of that.
//!
//! What holds for every call, whatever the settings:
//!
//! - connect and total time are limited, and so is the size of an answer;
//! - a redirect is an answer, never followed;
//! - TLS is rustls with the platform's certificate verifier;
//! - no credential, cookie or query string reaches an error, `Debug` or a log line.

mod base_url;
mod call;
mod config;
mod connect;
mod deadline;
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
mod meaning;
mod metadata;
mod newtype;
mod page;
mod request;
mod response;
mod retry;
mod secret;
mod server_error;
#[cfg(feature = "cache")]
mod single_flight;
mod tls;

pub use base_url::BaseUrl;
pub use call::{CallOptions, as_one_operation, deadline, detached};
pub use config::{ConfigError, HttpConfig, Limits, Setting, env_vars, parse_setting};
pub use deadline::until;
pub use decode::{DecodeError, from_value};
pub use detected::Detected;
pub use endpoint::Transport;
pub use error::{Error, ErrorKind};
pub use json_object::JsonObject;
pub use link::link_parameter;
pub use meaning::{Meaning, Violation};
pub use metadata::{Metadata, MetadataClient};
pub use page::{Page, PageToken, stream_pages};
pub use request::Request;
pub use response::Response;
pub use retry::RetryConfig;
pub use secret::{ApiKey, InvalidSecret, check_secret, secret_header};
pub use server_error::{ReasonVisibility, ServerError};

#[cfg(feature = "cache")]
pub use single_flight::SingleFlightCache;

// Lets the macro below name this crate from inside it.
extern crate self as ory_http;

#[cfg(feature = "mock")]
pub use metadata::MockMetadata;

#[doc(hidden)]
pub use serde as __serde;
