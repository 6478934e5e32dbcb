//! [`KratosClient`]: the traits over HTTP.

pub(crate) mod admin;
pub(crate) mod api_version;
pub(crate) mod builder;
mod flow_body;
pub(crate) mod flow_responses;
mod flows;
mod frontend;
mod list;
mod logout;
pub(crate) mod my_sessions;
mod schemas;
mod test_login;
pub(crate) mod whoami;

use crate::{
    cookie_header::CookieHeader,
    credential::Credential,
    http::{api_version::DetectedVersion, builder::KratosClientBuilder},
    session_secret::CookieName,
};
use async_trait::async_trait;
use http::header::COOKIE;
use ory_http::{
    ConfigError, Connections, Detected, Endpoint, Error, InvalidSecret, Metadata, Optional, Request,
};
use std::{fmt, sync::Arc};

/// A client for Ory Kratos over HTTP. It is cheap to clone: clones share connections and detected
/// properties of the server.
#[derive(Clone, Debug)]
pub struct KratosClient(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    public: Optional<Endpoint>,
    admin: Optional<Endpoint>,
    /// The whoami request without a credential.
    whoami: Optional<Request>,
    cookie: CookieName,
    version: Detected<DetectedVersion>,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner")
            .field("public", &self.public)
            .field("admin", &self.admin)
            .field("cookie", &self.cookie)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl KratosClient {
    /// Creates a builder.
    pub fn builder() -> KratosClientBuilder {
        KratosClientBuilder::default()
    }

    /// Creates a client from the environment variables in [`crate::ENVIRONMENT_VARIABLES`].
    ///
    /// # Errors
    /// Returns the name of a missing or invalid variable, and the problem.
    pub fn from_env() -> Result<Self, ConfigError> {
        KratosClientBuilder::from_env()?.build()
    }

    /// Returns this client with separate connections. The concurrency limit, the retry budget and the
    /// detected API version remain shared.
    ///
    /// Call it in each worker of a server with one Tokio runtime per thread, such as actix-web: a
    /// connection is driven by the runtime that opened it, so that a call through the connection of
    /// another thread would wait for that thread.
    ///
    /// # Errors
    /// Returns an error if the connections can't be set up.
    pub fn with_own_connections(&self) -> Result<Self, ConfigError> {
        let Inner { public, admin, .. } = &*self.0;
        let mut connections = None;
        let mut anew = |endpoint: &Endpoint| {
            let connections: &mut Connections =
                connections.get_or_insert_with(|| endpoint.new_connections());
            endpoint.with_connections(connections)
        };
        let public = public.try_map(&mut anew)?;
        let admin = admin.try_map(&mut anew)?;
        Ok(Self(Arc::new(Inner { public, admin, ..Inner::clone(&self.0) })))
    }

    fn any_api(&self, operation: &'static str) -> Result<&Endpoint, Error> {
        self.0.public.or(&self.0.admin).get(operation)
    }

    pub(in crate::http) fn public(&self, operation: &'static str) -> Result<&Endpoint, Error> {
        self.0.public.get(operation)
    }

    /// Adds a credential to a request. Returns `None` if the credential is empty.
    fn authenticate(
        &self,
        request: Request,
        credential: &Credential,
    ) -> Result<Option<Request>, Error> {
        let refuse = |problem| refuse(request.operation(), &self.0.cookie, problem);
        let header = credential.header(&self.0.cookie).map_err(refuse)?;
        Ok(header.map(|(name, value)| request.header(name, value)))
    }

    /// Adds the cookies of a browser flow to a request.
    fn with_flow_cookies(&self, request: Request, cookies: &CookieHeader) -> Request {
        match cookies.flow_cookies(&self.0.cookie) {
            Some(header) => request.header(COOKIE, header),
            None => request,
        }
    }
}

fn refuse(operation: &'static str, cookie: &CookieName, problem: InvalidSecret) -> Error {
    Error::invalid_input(operation, format!("the session cookie {} {problem}", cookie.as_str()))
}

/// The health of the public API, or of the admin API if the client has no public URL, and the version,
/// which only the admin API returns.
#[async_trait]
impl Metadata for KratosClient {
    async fn is_alive(&self) -> Result<bool, Error> {
        ory_http::is_alive(self.any_api("is alive")?).await
    }

    async fn is_ready(&self) -> Result<bool, Error> {
        ory_http::is_ready(self.any_api("is ready")?).await
    }

    async fn version(&self) -> Result<String, Error> {
        ory_http::version(self.admin("version")?).await
    }
}
