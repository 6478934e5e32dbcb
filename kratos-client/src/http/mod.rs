//! [`KratosClient`]: the traits over HTTP.

mod admin;
pub(crate) mod api_version;
pub(crate) mod builder;
mod flows;
mod frontend;
mod list;
mod logout;
pub(crate) mod my_sessions;
mod schemas;
pub(crate) mod whoami;

use crate::credential::{CookieHeader, CookieName, Credential};
use crate::http::{api_version::Known, builder::KratosClientBuilder};
use async_trait::async_trait;
use http::header::COOKIE;
use ory_http::{BaseUrl, Detected, MetadataClient, Request, Transport};
use ory_http::{Error, ErrorKind, InvalidSecret, Metadata};
use std::sync::Arc;
use url::Url;

/// A client of one Kratos. Cheap to clone: clones share connections.
#[derive(Clone, Debug)]
pub struct KratosClient(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    transport: Transport,
    public: BaseUrl,
    /// Where people are asked about, put together once.
    whoami: Url,
    admin: Option<BaseUrl>,
    cookie: CookieName,
    dialect: Detected<Known>,
}

impl KratosClient {
    /// Starts the configuration of a client.
    pub fn builder() -> KratosClientBuilder {
        KratosClientBuilder::default()
    }

    /// A client configured by the environment alone, see [`SETTINGS`].
    pub fn from_env() -> Result<Self, crate::ConfigError> {
        KratosClientBuilder::from_env()?.build()
    }

    /// This client with connections of its own; all else is shared: how many calls may be in
    /// flight, the retry budget, and what was found out about the server.
    ///
    /// For servers whose threads have a runtime each, as actix-web's workers have: a connection is
    /// driven by the runtime that opened it, so that a call by another thread's connection waits
    /// for that thread as well. Make one of these in each worker.
    pub fn with_own_connections(&self) -> Result<Self, crate::ConfigError> {
        let transport = self.0.transport.with_own_connections()?;
        Ok(Self(Arc::new(Inner { transport, ..Inner::clone(&self.0) })))
    }

    fn metadata(&self) -> MetadataClient {
        MetadataClient::new(self.0.transport.clone(), self.0.public.clone(), self.0.admin.clone())
    }

    fn admin_url(&self, operation: &'static str) -> Result<&BaseUrl, Error> {
        let missing = || Error::new(operation, ErrorKind::NotConfigured { setting: "admin URL" });
        self.0.admin.as_ref().ok_or_else(missing)
    }

    /// The name of the session cookie.
    #[cfg(feature = "cache")]
    pub(crate) fn cookie(&self) -> &CookieName {
        &self.0.cookie
    }

    /// Adds a person's credential to a request. `None` where there is none to add.
    fn authenticate(
        &self,
        request: Request,
        credential: &Credential,
    ) -> Result<Option<Request>, Error> {
        let header = credential.header(&self.0.cookie).map_err(refuse(request.operation()))?;
        Ok(header.map(|(name, value)| request.without_api_key().header(name, value)))
    }

    /// Adds the cookies of a browser's flow to a request.
    fn with_flow_cookies(
        &self,
        request: Request,
        cookies: &CookieHeader,
    ) -> Result<Request, Error> {
        let refuse = refuse(request.operation());
        Ok(match cookies.flow_cookies(&self.0.cookie).map_err(refuse)? {
            Some(header) => request.header(COOKIE, header),
            None => request,
        })
    }
}

fn refuse(operation: &'static str) -> impl Fn(InvalidSecret) -> Error {
    move |problem| {
        let problem = format!("the session cookie {problem}");
        Error::new(operation, ErrorKind::InvalidInput { problem })
    }
}

/// The health of the public API, and the version by the admin API, which alone tells it.
#[async_trait]
impl Metadata for KratosClient {
    async fn is_alive(&self) -> Result<bool, Error> {
        self.metadata().is_alive().await
    }

    async fn is_ready(&self) -> Result<bool, Error> {
        self.metadata().is_ready().await
    }

    async fn version(&self) -> Result<String, Error> {
        self.metadata().version().await
    }
}
