//! The methods that a path has. Every other method is answered with 405 and the `Allow` header.

use actix_web::{
    FromRequest, Handler, HttpResponse, Resource, Responder, Route,
    dev::{AppService, HttpServiceFactory},
    guard::fn_guard,
    http::{Method, StatusCode, header::ALLOW},
    web,
};

/// A path with a handler for each of its methods.
pub(crate) struct Methods {
    resource: Resource,
    allowed: Vec<Method>,
}

impl Methods {
    /// A path that answers `HEAD` wherever it answers `GET`, but for the body.
    pub(crate) fn at(path: &str) -> Self {
        Self { resource: web::resource(path), allowed: Vec::new() }
    }

    /// Answers `GET` by this handler.
    pub(crate) fn get<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args, Output: Responder + 'static>,
        Args: FromRequest + 'static,
    {
        self.on(&[Method::GET], handler)
    }

    /// Answers these methods by this handler.
    pub(crate) fn on<F, Args>(self, methods: &[Method], handler: F) -> Self
    where
        F: Handler<Args, Output: Responder + 'static>,
        Args: FromRequest + 'static,
    {
        self.route(methods, web::route().to(handler))
    }

    /// Answers these methods by this route, which can have middleware.
    pub(crate) fn route(mut self, methods: &[Method], route: Route) -> Self {
        let mut methods = methods.to_vec();
        if methods.contains(&Method::GET) {
            methods.push(Method::HEAD);
        }
        self.allowed.extend_from_slice(&methods);
        let is_one_of_them = fn_guard(move |request| methods.contains(&request.head().method));
        self.resource = self.resource.route(route.guard(is_one_of_them));
        self
    }
}

impl HttpServiceFactory for Methods {
    fn register(self, config: &mut AppService) {
        let Self { resource, mut allowed } = self;
        allowed.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        let allow = allowed.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
        let other_methods = move || {
            let mut response = plain_text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n");
            if let Ok(allow) = allow.parse() {
                response.headers_mut().insert(ALLOW, allow);
            }
            async { response }
        };
        resource.default_service(web::to(other_methods)).register(config);
    }
}

/// The response for a path that the server does not have, the same as that of Kratos and Keto.
pub(crate) async fn not_found() -> HttpResponse {
    plain_text(StatusCode::NOT_FOUND, "404 page not found\n")
}

/// A response of a sentence.
pub(crate) fn plain_text(status: StatusCode, text: &'static str) -> HttpResponse {
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(text)
}
