//! Uses the public API of both packages without a server, and names no dependency of theirs.

use keto_client::{
    ApiVersion, CachedPermissions, Check, Decision, Error, ErrorKind, HttpConfig, HttpService,
    HttpServiceError, KetoClient, KetoGrpcClient, RelationTuple, Subject,
    mock::MockPermissions,
    prelude::*,
    reexports::{
        async_trait::async_trait,
        bytes::Bytes,
        http::{Request, Response, StatusCode, header},
    },
};
use kratos_client::{
    CachedSessions, Credential, KratosClient, SessionToken, Whoami, mock::MockSessions, prelude::*,
};
use std::{sync::Arc, time::Duration};

/// A Kratos to which nobody has a session, and a Keto that allows everything.
#[derive(Debug)]
struct Servers;

const NO_SESSION: &str = r#"{"error":{"code":401,"status":"Unauthorized","message":"no session"}}"#;

#[async_trait]
impl HttpService for Servers {
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpServiceError> {
        let (status, body) = match request.uri().path() {
            "/sessions/whoami" => (StatusCode::UNAUTHORIZED, NO_SESSION),
            _ => (StatusCode::OK, r#"{"allowed":true}"#),
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status;
        let json = header::HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        Ok(response)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let http = HttpConfig::default().service(Arc::new(Servers));
    let kratos = KratosClient::builder().public_url("http://kratos.test").http(http.clone());
    let keto = KetoClient::builder()
        .read_url("http://keto.test")
        .http(http)
        .api_version(ApiVersion::Current);
    let keto = CachedPermissions::new(keto.build()?).allowed_max_age(Duration::from_secs(1));

    let mut denies = MockPermissions::new();
    denies.expect_check().returning(|_| Ok(Decision::Denied));
    assert_eq!(ask(&CachedSessions::new(kratos.build()?), &keto).await?, Decision::Allowed);
    assert_eq!(ask(&nobody(), &denies).await?, Decision::Denied);

    // The predicates of both preludes, on the error that both clients share.
    let error = Error::new("check", ErrorKind::Unsupported { problem: "made up" });
    assert!(!error.is_unknown_namespace() && error.error_id().is_none());

    KetoGrpcClient::builder().read_url("http://127.0.0.1:4466").build()?;
    Ok(())
}

fn nobody() -> MockSessions {
    let mut sessions = MockSessions::new();
    sessions.expect_whoami().returning(|_| Ok(Whoami::NoSession));
    sessions
}

/// What a route does: one error type serves both clients.
async fn ask(
    sessions: &dyn Sessions,
    permissions: &dyn Permissions,
) -> Result<Decision, Box<dyn std::error::Error>> {
    let credential = Credential::from(SessionToken::new("token")?);
    assert_eq!(sessions.whoami(&credential).await?, Whoami::NoSession);
    let tuple = RelationTuple::new("app", "homepage", "read", Subject::set("User", "ann", ""));
    Ok(permissions.check(&Check::new(tuple)).await?)
}
