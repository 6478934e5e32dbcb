//! A server in the process of a test.

use super::{
    error_envelope::ErrorEnvelope,
    fault::{Fault, FaultKind, Faults},
    recorded_request::{RecordedRequest, Requests},
    running::Running,
};
use crate::service::{HttpService, HttpServiceError, HttpServiceErrorKind};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use std::{
    fmt, io,
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
};
use url::Url;

/// The state of a server, which answers the requests to its APIs.
pub trait Respond: Send + Sync + 'static {
    /// The response to a request to the API with this index.
    fn respond(&self, api: usize, request: &Request<Bytes>) -> Response<Bytes>;
}

/// A server with an URL for each of its APIs. It stops when it is dropped.
#[derive(Debug)]
pub struct TestServer<S, const APIS: usize> {
    service: Arc<TestService<S>>,
    urls: [Url; APIS],
    running: Option<Running>,
}

impl<S: Respond, const APIS: usize> TestServer<S, APIS> {
    /// Starts a server on free ports of the loopback interface, one for each API.
    ///
    /// # Errors
    /// Returns an error if there is no free port, or the state cannot be created.
    pub fn start(state: impl FnOnce(&[Url; APIS]) -> io::Result<S>) -> io::Result<Self> {
        let mut listeners = Vec::new();
        for _ in 0..APIS {
            listeners.push(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?);
        }
        let url = |listener: &TcpListener| {
            let url = format!("http://{}/", listener.local_addr()?);
            Url::parse(&url).map_err(io::Error::other)
        };
        let urls = listeners.iter().map(url).collect::<io::Result<Vec<_>>>()?;
        let mut server = Self::new(urls, state)?;
        server.running = Some(Running::start(listeners, server.service.clone())?);
        Ok(server)
    }

    /// Creates a server without a port, for clients that send through its [`HttpService`]. The URLs
    /// have these hosts.
    ///
    /// # Errors
    /// Returns an error if the state cannot be created.
    pub fn in_process(
        hosts: [&str; APIS],
        state: impl FnOnce(&[Url; APIS]) -> io::Result<S>,
    ) -> io::Result<Self> {
        let url = |host| Url::parse(&format!("http://{host}/")).map_err(io::Error::other);
        Self::new(hosts.into_iter().map(url).collect::<io::Result<_>>()?, state)
    }

    fn new(urls: Vec<Url>, state: impl FnOnce(&[Url; APIS]) -> io::Result<S>) -> io::Result<Self> {
        let urls = <[Url; APIS]>::try_from(urls).map_err(|_| io::Error::other("one URL an API"))?;
        let service = TestService {
            state: state(&urls)?,
            authorities: urls.iter().map(|url| url.authority().to_owned()).collect(),
            faults: Faults::default(),
            requests: Requests::default(),
        };
        Ok(Self { service: Arc::new(service), urls, running: None })
    }

    /// The URLs of the APIs.
    pub fn urls(&self) -> &[Url; APIS] {
        &self.urls
    }

    /// The state.
    pub fn state(&self) -> &S {
        &self.service.state
    }

    /// The service that answers the requests to the URLs of this server without a network.
    pub fn service(&self) -> Arc<dyn HttpService> {
        self.service.clone()
    }

    /// Whether there is no port.
    pub fn is_in_process(&self) -> bool {
        self.running.is_none()
    }

    /// Adds a fault.
    pub fn add_fault(&self, fault: Fault) {
        self.service.faults.add(fault);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.service.faults.clear();
    }

    /// The last 1,000 requests, the oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.service.requests.all()
    }
}

pub(super) struct TestService<S> {
    state: S,
    authorities: Vec<String>,
    faults: Faults,
    requests: Requests,
}

impl<S> fmt::Debug for TestService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestService")
            .field("authorities", &self.authorities)
            .finish_non_exhaustive()
    }
}

/// A fault closes the connection.
#[derive(Debug, thiserror::Error)]
#[error("a fault of the testing server closed the connection")]
pub(super) struct Disconnected;

impl<S: Respond> TestService<S> {
    pub(super) async fn exchange(
        &self,
        api: usize,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, Disconnected> {
        self.requests.record(&request);
        if let Some(fault) = self.faults.next(request.uri().path()) {
            if !fault.delay.is_zero() {
                tokio::time::sleep(fault.delay).await;
            }
            match fault.kind {
                FaultKind::None => {}
                FaultKind::Disconnect => return Err(Disconnected),
                FaultKind::Status(status) => {
                    let error = ErrorEnvelope::new(status, "a fault of the testing server");
                    return Ok(error.response());
                }
            }
        }
        Ok(self.state.respond(api, &request))
    }
}

#[async_trait]
impl<S: Respond> HttpService for TestService<S> {
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpServiceError> {
        let authority = request.uri().authority().map(http::uri::Authority::as_str);
        let api = self.authorities.iter().position(|known| Some(known.as_str()) == authority);
        let Some(api) = api else {
            let kind = HttpServiceErrorKind::Connect;
            return Err(HttpServiceError::new(kind, "the testing server has another URL"));
        };
        let response = self.exchange(api, request).await;
        response.map_err(|error| HttpServiceError::new(HttpServiceErrorKind::Interrupted, error))
    }
}
