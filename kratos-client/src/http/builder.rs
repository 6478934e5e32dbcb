//! The builder of [`KratosClient`].

use crate::http::{Inner, KratosClient, api_version::ApiVersion};
use crate::session_secret::CookieName;
use http::Method;
use ory_http::{
    ConfigError, Endpoint, Endpoints, EnvironmentVariable, HttpConfig, Optional, Protocol,
    ReasonVisibility, env_vars, parse_setting,
};
use std::sync::Arc;

const PUBLIC_URL: &str = "KRATOS_EXTERNAL_API_URL";
const ADMIN_URL: &str = "KRATOS_ADMIN_API_URL";
const API_VERSION: &str = "KRATOS_API_VERSION";
const SESSION_COOKIE: &str = "KRATOS_SESSION_COOKIE";

/// The environment variables that [`KratosClientBuilder::from_env`] reads.
pub const ENVIRONMENT_VARIABLES: &[EnvironmentVariable] = ory_http::environment_variables!(
    "KRATOS",
    "Kratos",
    [
        EnvironmentVariable {
            name: PUBLIC_URL,
            help: "Kratos's public API, such as http://127.0.0.1:4433",
        },
        EnvironmentVariable {
            name: ADMIN_URL,
            help: "Kratos's admin API, such as http://127.0.0.1:4434; default none",
        },
        EnvironmentVariable {
            name: API_VERSION,
            help: "which admin API: detect, current (below /admin) or v0.8 (before); default detect",
        },
        EnvironmentVariable {
            name: SESSION_COOKIE,
            help: "name of the session cookie, on Ory Network ory_session_<slug>; default \
                   ory_kratos_session",
        },
        EnvironmentVariable {
            name: "KRATOS_API_KEY",
            help: "bearer token to send to Kratos's admin API; default none",
        },
    ]
);

/// The default user agent.
const USER_AGENT: &str = concat!("kratos-client/", env!("CARGO_PKG_VERSION"));

/// Configures a [`KratosClient`].
///
/// ```
/// use kratos_client::{HttpConfig, KratosClient};
/// use std::time::Duration;
///
/// let kratos = KratosClient::builder()
///     .public_url("https://my-project.projects.oryapis.com")
///     .session_cookie("ory_session_myproject")
///     .http(HttpConfig::default().timeout(Duration::from_secs(2)))
///     .build()?;
///
/// let error = KratosClient::builder().public_url("localhost").build().unwrap_err();
/// assert!(error.to_string().starts_with("KRATOS_EXTERNAL_API_URL is not a URL"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct KratosClientBuilder {
    public: Option<String>,
    admin: Option<String>,
    api_version: ApiVersion,
    cookie: Option<String>,
    http: HttpConfig,
}

impl KratosClientBuilder {
    /// Sets the URL of the public API (sessions, flows and schemas), whose default port is 4433.
    ///
    /// A client needs at least one URL. An operation of an API without a URL returns
    /// [`ErrorKind::NotConfigured`](ory_http::ErrorKind::NotConfigured).
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public = Some(url.into());
        self
    }

    /// Sets the URL of the admin API (identities, recovery, courier and version), whose default port is
    /// 4434.
    pub fn admin_url(mut self, url: impl Into<String>) -> Self {
        self.admin = Some(url.into());
        self
    }

    /// Sets the API version of the server; [`ApiVersion::Detect`] by default.
    pub fn api_version(mut self, api_version: ApiVersion) -> Self {
        self.api_version = api_version;
        self
    }

    /// Sets the name of the session cookie; `ory_kratos_session` by default. On Ory Network it is
    /// `ory_session_<slug>`.
    pub fn session_cookie(mut self, name: impl Into<String>) -> Self {
        self.cookie = Some(name.into());
        self
    }

    /// Sets limits, headers, credentials and connections. The API key is sent to the admin API only,
    /// because the public API would treat it as a session token. Everything else applies to both APIs.
    pub fn http(mut self, config: HttpConfig) -> Self {
        self.http = config;
        self
    }

    /// Creates a builder from the environment variables in [`ENVIRONMENT_VARIABLES`].
    ///
    /// # Errors
    /// Returns the name of an invalid variable, and the problem.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_vars(&env_vars)
    }

    /// Creates a builder from variables in place of the environment. It reads the variables in
    /// [`ENVIRONMENT_VARIABLES`].
    ///
    /// # Errors
    /// Returns the name of an invalid variable, and the problem.
    pub fn from_vars(vars: &impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let expected = "detect, current or v0.8";
        Ok(Self {
            public: vars(PUBLIC_URL),
            admin: vars(ADMIN_URL),
            api_version: parse_setting(API_VERSION, vars, expected)?.unwrap_or_default(),
            cookie: vars(SESSION_COOKIE),
            http: HttpConfig::from_vars("KRATOS", vars)?,
        })
    }

    /// Builds the client. No request is sent.
    ///
    /// # Errors
    /// Returns the name of a missing or invalid setting, and the problem.
    pub fn build(self) -> Result<KratosClient, ConfigError> {
        if self.public.is_none() && self.admin.is_none() {
            return Err(ConfigError::new(PUBLIC_URL, format!("is not set, nor is {ADMIN_URL}")));
        }
        let cookie = match self.cookie.map(CookieName::new) {
            None => CookieName::default(),
            Some(name) => {
                name.map_err(|problem| ConfigError::new(SESSION_COOKIE, problem.to_string()))?
            }
        };
        let mut endpoints = Endpoints::new(&self.http, ReasonVisibility::Hidden, USER_AGENT)?;
        // The public API would treat the API key as a session token.
        let mut endpoint = |url: &str| endpoints.endpoint(PUBLIC_URL, url, Protocol::Negotiated);
        let public = self.public.as_deref().map(&mut endpoint).transpose()?;
        let mut endpoint =
            |url: &str| endpoints.endpoint_with_api_key(ADMIN_URL, url, Protocol::Negotiated);
        let admin = self.admin.as_deref().map(&mut endpoint).transpose()?;
        let public = Optional::new(PUBLIC_URL, public);
        let admin = Optional::new(ADMIN_URL, admin);
        let version = self.api_version.detected();
        let whoami = |api: &Endpoint| api.request("whoami", Method::GET, "/sessions/whoami");
        let whoami = public.map(|api| whoami(api).prepared());
        let inner = Inner { public, admin, whoami, cookie, version };
        Ok(KratosClient(Arc::new(inner)))
    }
}
