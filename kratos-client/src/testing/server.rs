//! The server.

use super::{
    Fault, RecordedRequest, Storage,
    config::{Config, default_identity_schema},
    identity::{Identity, IdentityBody},
    random,
    state::{Data, Kratos},
};
use crate::{
    api::admin::new_identity::NewIdentity,
    http::{
        KratosClient, admin::request_body::Identity as RequestBody, builder::KratosClientBuilder,
    },
    model::{courier_message::CourierMessage, identity::IdentityId},
};
use jiff::SignedDuration;
use ory_http::{
    HttpConfig, HttpService,
    testing::{ErrorEnvelope, TestServer},
};
use serde_json::Value;
use std::{fmt, io, sync::Arc, time::Duration};
use url::Url;

/// A Kratos for tests. It stops when it is dropped. See the [module](crate::testing).
pub struct KratosServer(TestServer<Kratos, 2>);

impl fmt::Debug for KratosServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KratosServer").field("urls", self.0.urls()).finish_non_exhaustive()
    }
}

impl KratosServer {
    /// Starts a Kratos without identities on free ports of the loopback interface.
    ///
    /// # Errors
    /// Returns an error if there is no free port.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Creates a builder.
    pub fn builder() -> KratosServerBuilder {
        KratosServerBuilder::default()
    }

    /// The URL of the public API.
    pub fn public_url(&self) -> &Url {
        &self.0.urls()[0]
    }

    /// The URL of the admin API.
    pub fn admin_url(&self) -> &Url {
        &self.0.urls()[1]
    }

    /// The service that answers requests to both URLs without a network.
    pub fn service(&self) -> Arc<dyn HttpService> {
        self.0.service()
    }

    /// A builder of a client with both URLs. A server without a port also sets its
    /// [`HttpConfig`].
    pub fn client_builder(&self) -> KratosClientBuilder {
        let builder = KratosClient::builder()
            .public_url(self.public_url().as_str())
            .admin_url(self.admin_url().as_str());
        match self.0.is_in_process() {
            true => builder.http(HttpConfig::default().service(self.service())),
            false => builder,
        }
    }

    /// A client with the default settings.
    ///
    /// # Panics
    /// Panics if reqwest cannot be initialized.
    #[expect(clippy::expect_used, reason = "both URLs are valid")]
    pub fn client(&self) -> KratosClient {
        self.client_builder().build().expect("the settings of a testing server are valid")
    }

    /// Adds a fault.
    pub fn add_fault(&self, fault: Fault) {
        self.0.add_fault(fault);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.0.clear_faults();
    }

    /// The last 1,000 requests, the oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.0.requests()
    }

    /// The messages of the courier, the newest first. They are not sent.
    pub fn courier_messages(&self) -> Vec<CourierMessage> {
        let data = self.0.state().data();
        let read = |message| serde_json::from_value(serde_json::to_value(message).ok()?).ok();
        data.newest_messages_first().filter_map(read).collect()
    }

    /// The code in the newest message to an address.
    pub fn last_code(&self, recipient: &str) -> Option<String> {
        let data = self.0.state().data();
        let mut messages = data.newest_messages_first();
        messages.find(|message| message.recipient == recipient)?.code().map(str::to_owned)
    }
}

/// Configures a [`KratosServer`].
///
/// ```
/// use kratos_client::testing::KratosServer;
/// use kratos_client::{Identities, IdentityState, ImportedPassword, ListIdentities, NewIdentity};
/// use serde_json::json;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let ann = NewIdentity::new("default", json!({"email": "ann@example.test"}))?
///     .password(ImportedPassword::plain("a password of Ann"));
/// let bob = NewIdentity::new("default", json!({"email": "bob@example.test"}))?
///     .state(IdentityState::Inactive);
/// let kratos = KratosServer::builder().identity(ann).identity(bob).in_process()?;
///
/// let request = ListIdentities::new().credentials_identifier("ann@example.test");
/// let page = kratos.client().list_identities_page(&request).await?;
/// assert_eq!(page.items.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct KratosServerBuilder {
    identities: Vec<(Option<IdentityId>, NewIdentity)>,
    ui_url: Option<Url>,
    allowed_return_urls: Vec<Url>,
    session_cookie: String,
    identity_schema: Value,
    flow_lifespan: Duration,
    highest_available_aal: bool,
    show_verification_ui: bool,
    max_failed_logins_per_second: Option<u32>,
    cacheable_for: Option<Duration>,
    storage: Option<Arc<dyn Storage>>,
}

impl Default for KratosServerBuilder {
    fn default() -> Self {
        Self {
            identities: Vec::new(),
            ui_url: None,
            allowed_return_urls: Vec::new(),
            session_cookie: "ory_kratos_session".into(),
            identity_schema: default_identity_schema(),
            flow_lifespan: Duration::from_hours(1),
            highest_available_aal: true,
            show_verification_ui: false,
            max_failed_logins_per_second: None,
            cacheable_for: None,
            storage: None,
        }
    }
}

impl KratosServerBuilder {
    /// Adds an identity. With a storage, it is added only when the storage is new.
    pub fn identity(mut self, identity: NewIdentity) -> Self {
        self.identities.push((None, identity));
        self
    }

    /// Adds an identity with an ID, a UUID, which Kratos itself would choose.
    pub fn identity_with_id(mut self, id: impl Into<IdentityId>, identity: NewIdentity) -> Self {
        self.identities.push((Some(id.into()), identity));
        self
    }

    /// Sets the URL of the UI, to which browsers are sent: `login`, `registration`, `recovery`,
    /// `verification`, `settings` and `error` below it. By default it is a URL that nobody serves.
    pub fn ui_url(mut self, url: Url) -> Self {
        self.ui_url = Some(url);
        self
    }

    /// Adds a URL to whose origin a browser may return after a flow, beside that of the UI. The first
    /// one is the URL to which it returns by default.
    pub fn allowed_return_url(mut self, url: Url) -> Self {
        self.allowed_return_urls.push(url);
        self
    }

    /// Sets the name of the session cookie; `ory_kratos_session` by default.
    pub fn session_cookie(mut self, name: impl Into<String>) -> Self {
        self.session_cookie = name.into();
        self
    }

    /// Sets the identity schema, whose ID is `default`. By default, the traits are an `email`, which
    /// is required, and a `name` with `first` and `last`. Of JSON Schema, the server understands
    /// `type`, `properties`, `required`, `additionalProperties`, `enum`, `minLength` and
    /// `format: email`.
    pub fn identity_schema(mut self, schema: Value) -> Self {
        self.identity_schema = schema;
        self
    }

    /// Sets the time after which a flow expires; an hour by default.
    pub fn flow_lifespan(mut self, lifespan: Duration) -> Self {
        self.flow_lifespan = lifespan;
        self
    }

    /// Sets whether sessions and settings need the highest authenticator assurance level that an
    /// identity has (`required_aal: highest_available`), which is the default, or only the first
    /// factor (`aal1`).
    pub fn require_highest_available_aal(mut self, required: bool) -> Self {
        self.highest_available_aal = required;
        self
    }

    /// Sets whether a registration in a browser continues with the verification of the new address (the
    /// hook `show_verification_ui`); not by default.
    pub fn show_verification_ui(mut self, shown: bool) -> Self {
        self.show_verification_ui = shown;
        self
    }

    /// Limits the number of failed logins per second, after which the server responds with 429; no
    /// limit by default, as in Kratos.
    pub fn max_failed_logins_per_second(mut self, logins: u32) -> Self {
        self.max_failed_logins_per_second = Some(logins);
        self
    }

    /// Lets clients cache the result of `whoami` for this time (`feature_flags.cacheable_sessions`), in
    /// whole seconds; not by default.
    pub fn cacheable_sessions(mut self, max_age: Duration) -> Self {
        self.cacheable_for = Some(max_age);
        self
    }

    /// Keeps identities, sessions and messages in a storage.
    pub fn storage(mut self, storage: Arc<dyn Storage>) -> Self {
        self.storage = Some(storage);
        self
    }

    /// Starts the server on free ports of the loopback interface.
    ///
    /// # Errors
    /// Returns an error if there is no free port, an identity is invalid, or the storage fails.
    pub fn start(self) -> io::Result<KratosServer> {
        TestServer::start(|urls| self.state(urls)).map(KratosServer)
    }

    /// Creates the server without a port, for the clients that it builds.
    ///
    /// # Errors
    /// Returns an error if an identity is invalid, or the storage fails.
    pub fn in_process(self) -> io::Result<KratosServer> {
        let hosts = ["public.kratos.test", "admin.kratos.test"];
        TestServer::in_process(hosts, |urls| self.state(urls)).map(KratosServer)
    }

    fn state(self, [public, admin]: &[Url; 2]) -> io::Result<Kratos> {
        let nobody = || Url::parse("http://ui.kratos.test/").map_err(io::Error::other);
        let config = Config {
            public: public.clone(),
            admin: admin.clone(),
            ui: self.ui_url.map_or_else(nobody, Ok)?,
            allowed_return_urls: self.allowed_return_urls,
            session_cookie: self.session_cookie,
            identity_schema: self.identity_schema,
            flow_lifespan: SignedDuration::try_from(self.flow_lifespan)
                .map_err(io::Error::other)?,
            highest_available_aal: self.highest_available_aal,
            show_verification_ui: self.show_verification_ui,
            max_failed_logins_per_second: self.max_failed_logins_per_second,
            cacheable_for: match self.cacheable_for {
                Some(max_age) => Some(SignedDuration::try_from(max_age).map_err(io::Error::other)?),
                None => None,
            },
        };
        let mut data = Data::open(self.storage.as_ref())?;
        // In memory first, where the identities are checked, and then all of them at once.
        let mut seeds = Data::open(None)?;
        for (id, new) in self.identities {
            let id = id.map_or_else(random::id, |id| id.to_string());
            let added = seed(id, &new, &config).and_then(|new| seeds.put_identity(new));
            added.map_err(|error| io::Error::other(error.error().to_string()))?;
        }
        data.identities.seed(seeds.identities.into_entries())?;
        Ok(Kratos::new(config, data))
    }
}

fn seed(id: String, new: &NewIdentity, config: &Config) -> Result<Identity, ErrorEnvelope> {
    let body = serde_json::to_value(RequestBody::from(new))
        .and_then(serde_json::from_value::<IdentityBody>);
    let body = body.map_err(|error| ErrorEnvelope::bad_request(error.to_string()))?;
    Identity::import(id, body, config)
}
