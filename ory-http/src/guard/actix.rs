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
    dev::{Payload, Service, ServiceRequest, ServiceResponse, Url},
    error::ErrorBadRequest,
    http::{StatusCode, header},
    web,
};
use bytes::BytesMut;
use futures_util::future::LocalBoxFuture;
use http::{HeaderMap, Method, Request, Uri, request::Parts};
use std::rc::Rc;

/// The request of actix-web as one of `http`, with the extensions that the guards around it have
/// inserted.
///
/// # Errors
/// If `http` does not accept a part of the request.
pub fn parts(request: &HttpRequest) -> Result<Rc<Parts>, Refused> {
    let known = request.extensions().get::<Rc<Parts>>().cloned();
    if let Some(parts) = known.as_ref().filter(|parts| is_current(parts, request)) {
        return Ok(parts.clone());
    }
    let invalid = || {
        let problem = Problem::new(http::StatusCode::BAD_REQUEST, "The request is not valid.");
        problem.respond(Caller::Script)
    };
    let mut parts = convert(request).ok_or_else(invalid)?;
    if let Some(known) = known {
        parts.extensions = known.extensions.clone();
    }
    Ok(Rc::new(parts))
}

/// Whether no middleware has changed the request since it was converted.
fn is_current(parts: &Parts, request: &HttpRequest) -> bool {
    parts.method.as_str() == request.method().as_str()
        && parts.uri.path() == request.uri().path()
        && parts.uri.query() == request.uri().query()
        && has_headers(request.headers(), &parts.headers)
}

fn has_headers(headers: &header::HeaderMap, same: &HeaderMap) -> bool {
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    headers.eq(same.iter().map(|(name, value)| (name.as_str(), value.as_bytes())))
}

fn convert(request: &HttpRequest) -> Option<Parts> {
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.method = Method::from_bytes(request.method().as_str().as_bytes()).ok()?;
    parts.uri = convert_uri(request.uri())?;
    parts.headers = HeaderMap::with_capacity(request.headers().len());
    // All values share one allocation.
    let mut values = BytesMut::with_capacity(1024);
    let mut names = Vec::with_capacity(request.headers().len());
    for (name, value) in request.headers() {
        names.push((http::HeaderName::from_bytes(name.as_ref()).ok()?, value.len()));
        values.extend_from_slice(value.as_bytes());
    }
    let mut values = values.freeze();
    for (name, length) in names {
        let value = http::HeaderValue::from_maybe_shared(values.split_to(length)).ok()?;
        parts.headers.append(name, value);
    }
    Some(parts)
}

fn convert_uri(uri: &actix_web::http::Uri) -> Option<Uri> {
    match (uri.authority(), uri.path_and_query()) {
        (None, Some(path)) => Uri::try_from(path.as_str()).ok(),
        _ => uri.to_string().parse().ok(),
    }
}

/// The same, with the parameters of the route that was matched last.
///
/// # Errors
/// If `http` does not accept a part of the request.
pub async fn parts_of_route(request: &HttpRequest) -> Result<Parts, Refused> {
    let mut parts = Rc::unwrap_or_clone(parts(request)?);
    insert_path_parameters(request, &mut parts).await;
    Ok(parts)
}

/// The parameters of the route, decoded as `web::Path` does it for the handler.
async fn insert_path_parameters(request: &HttpRequest, parts: &mut Parts) {
    let names = request.match_info().iter().map(|(name, _)| name.to_owned());
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        parts.extensions.remove::<PathParameters>();
        return;
    }
    let values = web::Path::<Vec<String>>::from_request(request, &mut Payload::None).await;
    let values = values.map(web::Path::into_inner).unwrap_or_default();
    parts.extensions.insert(PathParameters(names.into_iter().zip(values).collect()));
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

/// Makes a guard a middleware.
#[macro_export]
macro_rules! actix_middleware {
    ($guard:ty) => {
        const _: () = {
            use ::actix_web::{
                Error,
                body::MessageBody,
                dev::{Service, ServiceRequest, ServiceResponse, Transform},
            };
            use std::future::{Ready, ready};
            use $crate::guard::actix::GuardMiddleware;

            impl<S, B> Transform<S, ServiceRequest> for $guard
            where
                S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
                B: MessageBody + 'static,
            {
                type Response = <GuardMiddleware<S, Self> as Service<ServiceRequest>>::Response;
                type Error = Error;
                type Transform = GuardMiddleware<S, Self>;
                type InitError = ();
                type Future = Ready<Result<Self::Transform, ()>>;

                fn new_transform(&self, inner: S) -> Self::Future {
                    ready(Ok(GuardMiddleware::new(inner, self.clone())))
                }
            }
        };
    };
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

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let (inner, guard) = (self.inner.clone(), self.guard.clone());
        Box::pin(async move {
            let (checked, headers) = check(&guard, request.request()).await?;
            let mut response = match checked {
                Ok(()) => {
                    if G::REWRITES_REQUEST {
                        rewrite(&mut request)?;
                    }
                    inner.call(request).await?.map_into_left_body()
                }
                Err(refused) => request.into_response(response(&refused)).map_into_right_body(),
            };
            if let Some(headers) = headers {
                for (name, value) in &headers.take() {
                    append(response.headers_mut(), name, value);
                }
            }
            Ok(response)
        })
    }
}

async fn check(
    guard: &impl Guard,
    request: &HttpRequest,
) -> Result<(Result<(), Refused>, Option<ResponseHeaders>), Refused> {
    let shared = parts(request)?;
    request.extensions_mut().remove::<Rc<Parts>>();
    let mut parts = Rc::unwrap_or_clone(shared);
    insert_path_parameters(request, &mut parts).await;
    let headers = ResponseHeaders::insert(&mut parts.extensions);
    let checked = guard.check(&mut parts).await;
    request.extensions_mut().insert(Rc::new(parts));
    Ok((checked, headers))
}

/// Makes the request the one that the guard made of it. It is routed by the new path from there on.
fn rewrite(request: &mut ServiceRequest) -> Result<(), actix_web::Error> {
    let Some(parts) = request.extensions().get::<Rc<Parts>>().cloned() else { return Ok(()) };
    let method = actix_web::http::Method::from_bytes(parts.method.as_str().as_bytes());
    let uri = parts.uri.to_string().parse::<actix_web::http::Uri>();
    let (method, uri) = (method.map_err(ErrorBadRequest)?, uri.map_err(ErrorBadRequest)?);
    request.match_info_mut().set(Url::new(uri.clone()));
    let head = request.head_mut();
    (head.method, head.uri) = (method, uri);
    if !has_headers(&head.headers, &parts.headers) {
        head.headers.clear();
        for (name, value) in &parts.headers {
            append(&mut head.headers, name, value);
        }
    }
    Ok(())
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
