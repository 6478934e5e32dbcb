//! The routes of an API.

use super::{
    call::Call,
    error_envelope::ErrorEnvelope,
    response::{empty, text},
};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header::ALLOW};
use std::fmt;

type Handler<S> =
    Box<dyn Fn(&S, &Call<'_>) -> Result<Response<Bytes>, ErrorEnvelope> + Send + Sync>;

/// The method that a server answers at a path without a handler of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutomaticMethod {
    /// `HEAD`, wherever there is `GET`.
    Head,
    /// `OPTIONS`, everywhere, as Keto v0.7 does.
    Options,
}

/// The routes of an API. Another method is answered with 405 and the header `Allow`, and another
/// path with 404 in plain text.
pub struct Router<S> {
    paths: matchit::Router<Vec<(Method, Handler<S>)>>,
    automatic: AutomaticMethod,
}

impl<S> fmt::Debug for Router<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router").finish_non_exhaustive()
    }
}

impl<S> Router<S> {
    /// An API without routes.
    pub fn new(automatic: AutomaticMethod) -> Self {
        Self { paths: matchit::Router::new(), automatic }
    }

    /// Adds a route, whose path can have parameters such as `{id}`.
    ///
    /// # Panics
    /// Panics if the path contradicts another route.
    #[must_use]
    pub fn route<F>(mut self, methods: &[Method], path: &str, handler: F) -> Self
    where
        F: Fn(&S, &Call<'_>) -> Result<Response<Bytes>, ErrorEnvelope>,
        F: Clone + Send + Sync + 'static,
    {
        let handlers = methods.iter().map(|method| {
            let handler: Handler<S> = Box::new(handler.clone());
            (method.clone(), handler)
        });
        if let Ok(found) = self.paths.at_mut(path)
            && found.params.iter().all(|(name, value)| value == format!("{{{name}}}"))
        {
            found.value.extend(handlers);
            return self;
        }
        if let Err(error) = self.paths.insert(path, handlers.collect()) {
            panic!("{path}: {error}");
        }
        self
    }

    /// Adds a route for `GET`.
    #[must_use]
    pub fn get<F>(self, path: &str, handler: F) -> Self
    where
        F: Fn(&S, &Call<'_>) -> Result<Response<Bytes>, ErrorEnvelope>,
        F: Clone + Send + Sync + 'static,
    {
        self.route(&[Method::GET], path, handler)
    }

    /// Adds a route for `POST`.
    #[must_use]
    pub fn post<F>(self, path: &str, handler: F) -> Self
    where
        F: Fn(&S, &Call<'_>) -> Result<Response<Bytes>, ErrorEnvelope>,
        F: Clone + Send + Sync + 'static,
    {
        self.route(&[Method::POST], path, handler)
    }

    /// The response to a request.
    pub fn respond(&self, state: &S, request: &Request<Bytes>) -> Response<Bytes> {
        let Ok(found) = self.paths.at(request.uri().path()) else {
            return text(StatusCode::NOT_FOUND, "404 page not found\n");
        };
        let handlers = found.value;
        let wanted = match request.method() {
            &Method::HEAD if self.automatic == AutomaticMethod::Head => &Method::GET,
            method => method,
        };
        match handlers.iter().find(|(method, _)| method == wanted) {
            Some((_, handler)) => {
                let call = Call::new(request, &found.params);
                handler(state, &call).unwrap_or_else(|error| error.response())
            }
            None => self.other_method(handlers, request.method()),
        }
    }

    fn other_method(&self, handlers: &[(Method, Handler<S>)], method: &Method) -> Response<Bytes> {
        let mut allowed: Vec<_> = handlers.iter().map(|(method, _)| method.as_str()).collect();
        match self.automatic {
            AutomaticMethod::Head if allowed.contains(&"GET") => allowed.push("HEAD"),
            AutomaticMethod::Head => {}
            AutomaticMethod::Options => allowed.push("OPTIONS"),
        }
        allowed.sort_unstable();
        let mut response = match method {
            &Method::OPTIONS if self.automatic == AutomaticMethod::Options => empty(StatusCode::OK),
            _ => text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n"),
        };
        if let Ok(allowed) = HeaderValue::from_str(&allowed.join(", ")) {
            response.headers_mut().insert(ALLOW, allowed);
        }
        response
    }
}
