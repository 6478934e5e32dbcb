//! The server.

use super::{
    Fault, KetoVersion, RecordedRequest, Storage,
    state::{Keto, StoredTuples},
};
use crate::{
    http::{KetoClient, builder::KetoClientBuilder},
    model::tuple::RelationTuple,
};
use ory_http::{HttpConfig, HttpService, testing::TestServer};
use std::{io, sync::Arc};
use url::Url;

/// A Keto for tests. It stops when it is dropped. See the [module](crate::testing).
#[derive(Debug)]
pub struct KetoServer(TestServer<Keto, 2>);

impl KetoServer {
    /// Starts a Keto v26.2.0 with these namespaces on free ports of the loopback interface.
    ///
    /// # Errors
    /// Returns an error if there is no free port.
    pub fn start<N: Into<String>>(namespaces: impl IntoIterator<Item = N>) -> io::Result<Self> {
        Self::builder().namespaces(namespaces).start()
    }

    /// Creates a builder.
    pub fn builder() -> KetoServerBuilder {
        KetoServerBuilder::default()
    }

    /// The URL of the read API.
    pub fn read_url(&self) -> &Url {
        &self.0.urls()[0]
    }

    /// The URL of the write API.
    pub fn write_url(&self) -> &Url {
        &self.0.urls()[1]
    }

    /// The service that answers requests to both URLs without a network.
    pub fn service(&self) -> Arc<dyn HttpService> {
        self.0.service()
    }

    /// A builder of a client with both URLs. A server without a port also sets its
    /// [`HttpConfig`].
    pub fn client_builder(&self) -> KetoClientBuilder {
        let builder = KetoClient::builder()
            .read_url(self.read_url().as_str())
            .write_url(self.write_url().as_str());
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
    pub fn client(&self) -> KetoClient {
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

    /// The relation tuples, in the order of their creation.
    pub fn tuples(&self) -> Vec<RelationTuple> {
        self.0.state().tuples()
    }
}

/// Configures a [`KetoServer`].
///
/// ```
/// use keto_client::testing::{KetoServer, KetoVersion};
/// use keto_client::{Decision, Permissions, RelationTuple};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let tuple: RelationTuple = "app:homepage#read@ann".parse()?;
/// let keto = KetoServer::builder()
///     .version(KetoVersion::V0_7)
///     .namespaces(["app"])
///     .tuples([tuple.clone()])
///     .in_process()?;
/// assert_eq!(keto.client().check(&tuple.into()).await?, Decision::Allowed);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct KetoServerBuilder {
    version: KetoVersion,
    namespaces: Vec<String>,
    tuples: Vec<RelationTuple>,
    storage: Option<Arc<dyn Storage>>,
}

impl KetoServerBuilder {
    /// Sets the version; v26.2.0 by default.
    pub fn version(mut self, version: KetoVersion) -> Self {
        self.version = version;
        self
    }

    /// Adds namespaces. A request with another namespace gets the error of an unknown one.
    pub fn namespaces<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.namespaces.extend(names.into_iter().map(Into::into));
        self
    }

    /// Adds relation tuples. With a storage, they are added only when it is new.
    pub fn tuples(mut self, tuples: impl IntoIterator<Item = RelationTuple>) -> Self {
        self.tuples.extend(tuples);
        self
    }

    /// Keeps the relation tuples in a storage.
    pub fn storage(mut self, storage: Arc<dyn Storage>) -> Self {
        self.storage = Some(storage);
        self
    }

    /// Starts the server on free ports of the loopback interface.
    ///
    /// # Errors
    /// Returns an error if there is no free port, or the storage fails.
    pub fn start(self) -> io::Result<KetoServer> {
        TestServer::start(|_| self.state()).map(KetoServer)
    }

    /// Creates the server without a port, for the clients that it builds.
    ///
    /// # Errors
    /// Returns an error if the storage fails.
    pub fn in_process(self) -> io::Result<KetoServer> {
        let hosts = ["read.keto.test", "write.keto.test"];
        TestServer::in_process(hosts, |_| self.state()).map(KetoServer)
    }

    fn state(self) -> io::Result<Keto> {
        let tuples = StoredTuples::open(self.storage, self.tuples)?;
        Ok(Keto::new(self.version, self.namespaces, tuples))
    }
}
