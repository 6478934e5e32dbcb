//! The server.

use super::{
    Fault, KetoVersion, RecordedRequest, Storage,
    state::{Keto, StoredTuples},
};
use crate::{
    http::{KetoClient, builder::KetoClientBuilder},
    model::tuple::RelationTuple,
    opl::{Class, Model},
};
use ory_http::{HttpConfig, HttpService, testing::TestServer};
use std::{io, sync::Arc};
use url::Url;

/// A Keto for tests. It stops when it is dropped. See the [module](crate::testing).
#[derive(Debug)]
pub struct KetoServer(TestServer<Keto, 3>);

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

    /// The URL of the API that checks the syntax of permission models, which v0.7 does not have.
    pub fn opl_url(&self) -> &Url {
        &self.0.urls()[2]
    }

    /// The service that answers requests to these URLs without a network.
    pub fn service(&self) -> Arc<dyn HttpService> {
        self.0.service()
    }

    /// A builder of a client with these URLs. A server without a port also sets its
    /// [`HttpConfig`].
    pub fn client_builder(&self) -> KetoClientBuilder {
        let builder = KetoClient::builder()
            .read_url(self.read_url().as_str())
            .write_url(self.write_url().as_str())
            .opl_url(self.opl_url().as_str());
        match self.0.is_in_process() {
            true => builder.http(HttpConfig::default().service(self.service())),
            false => builder,
        }
    }

    /// A client with the default settings.
    ///
    /// # Panics
    /// Panics if reqwest cannot be initialized.
    #[expect(clippy::expect_used, reason = "the URLs are valid")]
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
    model: Model,
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
        self.model.classes.extend(names.into_iter().map(|name| Class {
            comments: Vec::new(),
            name: name.into(),
            members: Vec::new(),
            comments_at_end: Vec::new(),
        }));
        self
    }

    /// Adds the namespaces of a permission model with their permissions. Keto v0.7 has no permission
    /// models, and only uses the names of the namespaces.
    ///
    /// ```
    /// use keto_client::{Decision, Permissions, RelationTuple, opl::Model, testing::KetoServer};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// // Or `include_str!("namespaces.ts")`.
    /// let model = "class User implements Namespace {}
    ///     class Page implements Namespace {
    ///       related: { owners: User[] }
    ///       permits = { edit: (ctx) => this.related.owners.includes(ctx.subject) }
    ///     }";
    /// let owner: RelationTuple = "Page:home#owners@User:ann".parse()?;
    /// let keto = KetoServer::builder().model(Model::parse(model)?).tuples([owner]).in_process()?;
    /// let check: RelationTuple = "Page:home#edit@User:ann".parse()?;
    /// assert_eq!(keto.client().check(&check.into()).await?, Decision::Allowed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn model(mut self, model: Model) -> Self {
        self.model.classes.extend(model.classes);
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
        let hosts = ["read.keto.test", "write.keto.test", "opl.keto.test"];
        TestServer::in_process(hosts, |_| self.state()).map(KetoServer)
    }

    fn state(self) -> io::Result<Keto> {
        let tuples = StoredTuples::open(self.storage, self.tuples, self.version, &self.model)?;
        let namespaces = self.model.classes.into_iter().map(|class| class.name).collect();
        Ok(Keto::new(self.version, namespaces, tuples))
    }
}
