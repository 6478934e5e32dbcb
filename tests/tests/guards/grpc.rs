//! Guards around a gRPC service.

use crate::servers::{KetoSays, KratosSays, Servers};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use std::convert::Infallible;
use tower::{Layer, ServiceExt, service_fn};

#[tokio::test]
async fn a_grpc_client_gets_a_status_of_grpc() {
    for (kratos, keto, token, status) in [
        (KratosSays::Active, KetoSays::Allowed, "ory_st_planted", None),
        (KratosSays::Active, KetoSays::Denied, "ory_st_planted", Some("7")),
        (KratosSays::Active, KetoSays::Nothing, "ory_st_planted", Some("14")),
        (KratosSays::NoSession, KetoSays::Allowed, "ory_st_planted", Some("16")),
        (KratosSays::Active, KetoSays::Allowed, "ory_pat_planted", Some("16")),
        (KratosSays::Inactive, KetoSays::Allowed, "ory_st_planted", Some("7")),
        (KratosSays::Nothing, KetoSays::Allowed, "ory_st_planted", Some("14")),
    ] {
        let servers = Servers::new(kratos, keto);
        let permissions = servers.authorization().require("app:api#call").unwrap();
        let service = service_fn(async |_: Request<()>| {
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from("message"))))
        });
        let service = servers.sessions().grpc().layer(permissions.grpc().layer(service));
        let request =
            Request::post("/package.Service/Method").header("content-type", "application/grpc");
        // Whatever a client accepts, it follows no redirect.
        let request = request.header("accept", "text/html");
        let request = request.header("authorization", format!("Bearer {token}")).body(()).unwrap();
        let response = service.oneshot(request).await.unwrap();
        let said = response.headers().get("grpc-status").map(|status| status.to_str().unwrap());
        assert_eq!((response.status().as_u16(), said), (200, status), "{kratos:?} {keto:?}");
        if status.is_some() {
            assert_eq!(response.headers()["content-type"], "application/grpc");
        }
    }
}
