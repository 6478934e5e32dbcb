//! The API of a server by plain HTTP: what tests use beside the clients under test.

use reqwest::{Client, RequestBuilder, redirect::Policy};
use std::time::Duration;
use url::Url;

/// A plain HTTP client that follows no redirects.
pub fn plain_http() -> Client {
    client(None)
}

fn client(unix_socket: Option<&str>) -> Client {
    // Fails where a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // The apps close a connection that has been idle for 5 seconds, also under a request that is on
    // its way.
    let idle = Duration::from_secs(2);
    let client = Client::builder().redirect(Policy::none()).no_proxy().pool_idle_timeout(idle);
    match unix_socket {
        None => client.build(),
        #[cfg(unix)]
        Some(path) => client.unix_socket(path).build(),
        #[cfg(not(unix))]
        Some(_) => panic!("a Unix socket on a system that has none"),
    }
    .unwrap()
}

/// An API at a URL or on a Unix socket.
#[derive(Clone, Debug)]
pub struct Api {
    http: Client,
    url: Url,
}

impl Api {
    /// The API at a URL such as `http://127.0.0.1:4433` or `unix:/run/kratos.sock`.
    pub fn at(url: &Url) -> Self {
        match url.scheme() {
            "unix" => Self {
                http: client(Some(url.path())),
                url: Url::parse("http://localhost").unwrap(),
            },
            _ => Self { http: plain_http(), url: url.clone() },
        }
    }

    /// A request for a path of the API, or for the URL that its server gave for one.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.http.request(method.parse().unwrap(), self.url.join(path).unwrap())
    }
}
