//! Guards as middleware of actix-web, whose requests have types of an older version of `http`.

use super::{
    Guard,
    caller::Caller,
    extensions::{PathParameters, ResponseHeaders},
    problem::Problem,
    refused::Refused,
};
use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{Payload, Service, ServiceRequest, ServiceResponse},
    http::{StatusCode, header},
    web,
};
use futures_util::future::LocalBoxFuture;
use http::{HeaderMap, Method, Request, Uri, request::Parts};
use std::rc::Rc;

/// The request of actix-web as one of `http`, with the extensions that the guards around it have
/// inserted.
///
/// # Errors
/// If `http` does not accept a part of the request.
pub fn parts(request: &HttpRequest) -> Result<Rc<Parts>, Refused> {
    if let Some(parts) = request.extensions().get::<Rc<Parts>>() {
        return Ok(parts.clone());
    }
    let invalid = || {
        let problem = Problem::new(http::StatusCode::BAD_REQUEST, "The request is not valid.");
        problem.respond(Caller::Script)
    };
    Ok(Rc::new(convert(request).ok_or_else(invalid)?))
}

fn convert(request: &HttpRequest) -> Option<Parts> {
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.method = Method::from_bytes(request.method().as_str().as_bytes()).ok()?;
    parts.uri = request.uri().to_string().parse::<Uri>().ok()?;
    parts.headers = HeaderMap::with_capacity(request.headers().len());
    for (name, value) in request.headers() {
        let name = http::HeaderName::from_bytes(name.as_ref()).ok()?;
        parts.headers.append(name, http::HeaderValue::from_bytes(value.as_bytes()).ok()?);
    }
    Some(parts)
}

/// The same, with the parameters of the route that was matched last.
///
/// # Errors
/// If `http` does not accept a part of the request.
pub async fn parts_of_route(request: &HttpRequest) -> Result<Parts, Refused> {
    let mut parts = Rc::unwrap_or_clone(parts(request)?);
    parts.extensions.insert(path_parameters(request).await);
    Ok(parts)
}

/// The parameters of the route, decoded as `web::Path` does it for the handler.
async fn path_parameters(request: &HttpRequest) -> PathParameters {
    let values = web::Path::<Vec<String>>::from_request(request, &mut Payload::None).await;
    let values = values.map(web::Path::into_inner).unwrap_or_default();
    let names = request.match_info().iter().map(|(name, _)| name.to_owned());
    PathParameters(names.zip(values).collect())
}

/// A service behind a guard.
#[derive(Debug)]
pub struct GuardMiddleware<S, G> {
    inner: Rc<S>,
    guard: G,
}

impl<S, G> GuardMiddleware<S, G> {
    /// Puts a service behind a guard.
    pub fn new(inner: S, guard: G) -> Self {
        Self { inner: Rc::new(inner), guard }
    }
}

impl<S, G, B> Service<ServiceRequest> for GuardMiddleware<S, G>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error> + 'static,
    G: Guard,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Self::Error>>;

    actix_web::dev::forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (inner, guard) = (self.inner.clone(), self.guard.clone());
        Box::pin(async move {
            let (checked, headers) = check(&guard, request.request()).await?;
            let mut response = match checked {
                Ok(()) => inner.call(request).await?.map_into_left_body(),
                Err(refused) => request.into_response(response(&refused)).map_into_right_body(),
            };
            for (name, value) in &headers.take() {
                append(response.headers_mut(), name, value);
            }
            Ok(response)
        })
    }
}

async fn check(
    guard: &impl Guard,
    request: &HttpRequest,
) -> Result<(Result<(), Refused>, ResponseHeaders), Refused> {
    let shared = parts(request)?;
    request.extensions_mut().remove::<Rc<Parts>>();
    let mut parts = Rc::unwrap_or_clone(shared);
    parts.extensions.insert(path_parameters(request).await);
    let headers = ResponseHeaders::of(&mut parts.extensions);
    let checked = guard.check(&mut parts).await;
    request.extensions_mut().insert(Rc::new(parts));
    Ok((checked, headers))
}

fn append(headers: &mut header::HeaderMap, name: &http::HeaderName, value: &http::HeaderValue) {
    // Both versions of http accept the same names and values.
    let name = header::HeaderName::from_bytes(name.as_ref());
    let value = header::HeaderValue::from_bytes(value.as_bytes());
    if let (Ok(name), Ok(value)) = (name, value) {
        headers.append(name, value);
    }
}

/// A response of `http` as one of actix-web.
pub fn response(refused: &Refused) -> HttpResponse {
    let from = refused.response();
    let status = StatusCode::from_u16(from.status().as_u16());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::with_body(status, BoxBody::new(from.body().clone()));
    for (name, value) in from.headers() {
        append(response.headers_mut(), name, value);
    }
    response
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        response(self).status()
    }

    fn error_response(&self) -> HttpResponse {
        response(self)
    }
}
