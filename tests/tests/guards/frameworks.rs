//! The same application in each framework: a page behind a guard of sessions and one of permissions.

use actix_web::{
    App, HttpResponse,
    body::{MessageBody, to_bytes},
    dev::Service as _,
    test, web,
};
use axum::{Router, body::Body, routing::any};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use keto_client::guard::PermissionGuard;
use kratos_client::guard::SessionGuard;
use std::convert::Infallible;
use tower::{Layer, ServiceExt, service_fn};

pub const PAGE: &str = "the page";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framework {
    Actix,
    Axum,
    Tower,
}

impl Framework {
    pub const ALL: [Self; 3] = [Self::Actix, Self::Axum, Self::Tower];

    /// The response of the application to a request.
    pub async fn send(
        self,
        sessions: &SessionGuard,
        permissions: &PermissionGuard,
        request: Request<()>,
    ) -> Response<Bytes> {
        let (sessions, permissions) = (sessions.clone(), permissions.clone());
        match self {
            Self::Actix => {
                let page = web::resource("/{tail:.*}").wrap(permissions).wrap(sessions);
                let page = page.route(web::to(|| async { HttpResponse::Ok().body(PAGE) }));
                actix(App::new().service(page), request).await
            }
            Self::Axum => {
                let page = Router::new().route("/{*tail}", any(async || PAGE));
                let page = page.route("/", any(async || PAGE));
                axum(page.route_layer(permissions).layer(sessions), request).await
            }
            Self::Tower => {
                let page = service_fn(async |_: Request<()>| {
                    Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(PAGE))))
                });
                let service = sessions.layer(permissions.layer(page));
                collect(service.oneshot(request).await.unwrap()).await
            }
        }
    }
}

/// The response of an application of axum.
pub async fn axum(app: Router, request: Request<()>) -> Response<Bytes> {
    collect(app.oneshot(request.map(|()| Body::empty())).await.unwrap()).await
}

async fn collect<B: http_body::Body<Data = Bytes, Error: std::fmt::Debug>>(
    response: Response<B>,
) -> Response<Bytes> {
    let (parts, body) = response.into_parts();
    Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
}

/// The response of an application of actix-web.
pub async fn actix<T, B: MessageBody + 'static>(
    app: App<T>,
    request: Request<()>,
) -> Response<Bytes>
where
    T: actix_web::dev::ServiceFactory<
            actix_web::dev::ServiceRequest,
            Config = (),
            Response = actix_web::dev::ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
{
    let app = test::init_service(app).await;
    let method = actix_web::http::Method::from_bytes(request.method().as_str().as_bytes());
    let mut sent = test::TestRequest::with_uri(&request.uri().to_string()).method(method.unwrap());
    for (name, value) in request.headers() {
        sent = sent.append_header((name.as_str(), value.as_bytes()));
    }
    let answered = match app.call(sent.to_request()).await {
        Ok(answered) => answered.into_parts().1.map_into_boxed_body(),
        Err(error) => error.error_response(),
    };
    let mut response = Response::builder().status(answered.status().as_u16());
    for (name, value) in answered.headers() {
        response = response.header(name.as_str(), value.as_bytes());
    }
    response.body(to_bytes(answered.into_body()).await.unwrap()).unwrap()
}
