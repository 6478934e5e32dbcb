//! A request that a route answers.

use bytes::Bytes;
use http::{Method, Request, header};
use serde::de::DeserializeOwned;
use std::{borrow::Cow, net::SocketAddr};
use url::form_urlencoded;

/// A request, with the parameters of its route.
#[derive(Debug)]
pub struct Call<'a> {
    request: &'a Request<Bytes>,
    path_parameters: Vec<(String, String)>,
}

impl<'a> Call<'a> {
    pub(super) fn new(request: &'a Request<Bytes>, parameters: &matchit::Params<'_, '_>) -> Self {
        let decode = |value| percent_encoding::percent_decode_str(value).decode_utf8_lossy();
        let parameters = parameters.iter();
        let path_parameters =
            parameters.map(|(name, value)| (name.to_owned(), decode(value).into_owned())).collect();
        Self { request, path_parameters }
    }

    /// The method.
    pub fn method(&self) -> &Method {
        self.request.method()
    }

    /// The path.
    pub fn path(&self) -> &str {
        self.request.uri().path()
    }

    /// The query string, or an empty one.
    pub fn query_string(&self) -> &'a str {
        self.request.uri().query().unwrap_or_default()
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        self.request.body()
    }

    /// A parameter of the route, decoded; empty if the route has none by this name.
    pub fn path_parameter(&self, name: &str) -> &str {
        let found = self.path_parameters.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    /// The first parameter of the query by this name.
    pub fn query(&self, name: &str) -> Option<Cow<'a, str>> {
        self.queries(name).next()
    }

    /// All parameters of the query by this name.
    pub fn queries(&self, name: &str) -> impl Iterator<Item = Cow<'a, str>> {
        let pairs = form_urlencoded::parse(self.query_string().as_bytes());
        pairs.filter_map(move |(key, value)| (key == name).then_some(value))
    }

    /// A header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request.headers().get(name)?.to_str().ok()
    }

    /// The first cookie by this name.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let headers = self.request.headers().get_all(header::COOKIE).iter();
        let cookies = headers.filter_map(|header| header.to_str().ok());
        let mut pairs = cookies.flat_map(|header| header.split(';'));
        pairs.find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then_some(value)
        })
    }

    /// The address of the client, if there is a connection.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.request.extensions().get().copied()
    }

    /// The body, as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(self.body())
    }
}
