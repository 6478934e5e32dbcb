//! gRPC servers that misbehave: every operation has a clear error in time, and nobody gets in.

#![allow(clippy::unwrap_used, reason = "a test")]

use contract_tests::fault::{Fault, FaultyServer};
use http::{HeaderMap, Response, StatusCode};
use keto_client::{
    ApiKey, BatchPermissions, Check, Decision, Error, ErrorKind, Expand, HttpConfig,
    KetoGrpcClient, Namespaces, OplSyntax, Permissions, Relationships, SubjectSet,
};
use std::time::{Duration, Instant};
use tokio::{net::TcpListener, sync::mpsc};

const LIMIT: Duration = Duration::from_millis(700);

/// A message that says allowed, in its frame.
const ALLOWED: &[u8] = &[0, 0, 0, 0, 2, 8, 1];

/// What a server answers to everything: a status, a type, a body and trailers.
#[derive(Clone, Copy)]
struct MockResponse {
    status: u16,
    kind: &'static str,
    body: &'static [u8],
    trailers: &'static [(&'static str, &'static str)],
}

const OK: &[(&str, &str)] = &[("grpc-status", "0")];

fn say(body: &'static [u8], trailers: &'static [(&'static str, &'static str)]) -> MockResponse {
    MockResponse { status: 200, kind: "application/grpc", body, trailers }
}

/// Starts a server of HTTP/2 that says one thing, and tells the headers of what it was asked.
async fn start(say: MockResponse) -> (String, mpsc::UnboundedReceiver<HeaderMap>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (url, serve(listener, say))
}

fn serve(listener: TcpListener, say: MockResponse) -> mpsc::UnboundedReceiver<HeaderMap> {
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let tell = tell.clone();
            tokio::spawn(async move {
                let mut connection = h2::server::handshake(stream).await.unwrap();
                while let Some(Ok((request, mut respond))) = connection.accept().await {
                    let _ = tell.send(request.headers().clone());
                    let head = Response::builder().status(say.status);
                    let head = head.header("content-type", say.kind).body(()).unwrap();
                    let mut out = respond.send_response(head, false).unwrap();
                    let _ = out.send_data(say.body.into(), say.trailers.is_empty());
                    if !say.trailers.is_empty() {
                        let trailers = say.trailers.iter();
                        let trailers =
                            trailers.map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap()));
                        let _ = out.send_trailers(trailers.collect());
                    }
                }
            });
        }
    });
    told
}

fn client(url: &str, config: HttpConfig) -> KetoGrpcClient {
    KetoGrpcClient::builder().read_url(url).write_url(url).http(config).build().unwrap()
}

fn check() -> Check {
    "app:homepage#read@planted-subject".parse().map(Check::new).unwrap()
}

async fn ask(say: MockResponse) -> Result<Decision, Error> {
    let (url, _told) = start(say).await;
    client(&url, HttpConfig::default().timeout(LIMIT)).check(&check()).await
}

#[tokio::test]
async fn what_is_not_grpc_fails_closed() {
    for fault in [
        Fault::Refuse,
        Fault::Hangup,
        Fault::Hang,
        Fault::Stall,
        Fault::Garbage,
        Fault::Html(200),
        Fault::Redirect,
        Fault::Envelope(403),
    ] {
        let server = FaultyServer::start(fault).await;
        let keto = client(server.url.as_str(), HttpConfig::default().timeout(LIMIT));
        let set = SubjectSet::new("app", "planted-subject", "read");
        let started = Instant::now();
        let errors = [
            keto.check(&check()).await.map(drop).unwrap_err(),
            keto.batch_check(&[check()]).await.map(drop).unwrap_err(),
            keto.expand(&set.into()).await.map(drop).unwrap_err(),
            keto.list_namespaces().await.map(drop).unwrap_err(),
            keto.check_opl_syntax("planted-subject").await.map(drop).unwrap_err(),
            keto.create_relationship(check().tuple()).await.unwrap_err(),
        ];
        assert!(started.elapsed() < 9 * LIMIT, "{fault:?}");
        for error in errors {
            assert!(error.is_retryable(), "{fault:?}: {error:?}");
            assert!(error.to_string().starts_with(error.operation()), "{error}");
            assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
            let refused = matches!(error.kind(), ErrorKind::Connect(_));
            assert!(refused || fault != Fault::Refuse, "{error:?}");
        }
    }
}

#[tokio::test]
async fn only_a_sound_answer_allows() {
    assert_eq!(ask(say(ALLOWED, OK)).await.unwrap(), Decision::Allowed);
    assert_eq!(ask(say(&[0; 5], OK)).await.unwrap(), Decision::Denied);
    let html = MockResponse { kind: "text/html", ..say(b"<html>allowed</html>", &[]) };
    for (what, says) in [
        ("cut", say(&ALLOWED[..6], OK)),
        ("nothing", say(&[], OK)),
        ("not protobuf", say(&[0, 0, 0, 0, 2, 8, 255], OK)),
        ("allowed, but an error", say(ALLOWED, &[("grpc-status", "13")])),
        ("no status", say(ALLOWED, &[])),
        ("a proxy's page", html),
        ("a proxy's refusal", MockResponse { status: 403, ..html }),
        ("a redirect", MockResponse { status: 307, ..html }),
    ] {
        let result = ask(says).await;
        assert!(result.is_err(), "{what}: {result:?}");
    }
}

#[tokio::test]
async fn errors_have_the_kinds_that_they_have_over_http() {
    let error = ask(say(&[], &[("grpc-status", "14"), ("grpc-message", "overloaded")])).await;
    let error = error.unwrap_err();
    assert_eq!(error.to_string(), "check: the server answered UNAVAILABLE: overloaded");
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(error.server_error().unwrap().grpc_code(), Some("UNAVAILABLE"));
    assert!(error.is_retryable());

    let error = ask(say(&[], &[("grpc-status", "7")])).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));
    // Not that a namespace is unknown: who says this is no Keto.
    let error = ask(say(&[], &[("grpc-status", "5")])).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    let error = ask(say(&[], &[("grpc-status", "12")])).await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
}

#[tokio::test]
async fn a_message_above_the_limit_is_an_error() {
    let (url, _told) = start(say(ALLOWED, OK)).await;
    let keto = client(&url, HttpConfig::default().body_limit(1));
    let error = keto.check(&check()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::BodyTooLarge { limit: 1 }), "{error}");
}

#[tokio::test]
async fn sends_the_api_key_and_shows_it_nowhere() {
    let (url, mut told) = start(say(ALLOWED, OK)).await;
    let key = ApiKey::new("ory_pat_planted").unwrap();
    let keto = client(&url, HttpConfig::default().api_key(key));
    assert_eq!(keto.check(&check()).await.unwrap(), Decision::Allowed);
    assert_eq!(told.recv().await.unwrap()["authorization"], "Bearer ory_pat_planted");
    assert!(!format!("{keto:?}").contains("planted"));
}

#[tokio::test]
async fn connects_again_after_the_server_was_away() {
    let (socket, url) = contract_tests::app::refusing_port();
    let keto = client(url.as_str(), HttpConfig::default());
    let error = keto.check(&check()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect(_)), "{error:?}");
    let listener = socket.listen(1).unwrap();
    let _told = serve(listener, say(ALLOWED, OK));
    assert_eq!(keto.check(&check()).await.unwrap(), Decision::Allowed);
}

#[test]
fn settings_are_refused_by_name() {
    for (url, problem) in [
        ("localhost", "KETO_API_READ_URL is not a URL: relative URL without a base"),
        (
            "http://x.test/keto",
            "KETO_API_READ_URL must not contain a path, which gRPC does not support",
        ),
    ] {
        let error = KetoGrpcClient::builder().read_url(url).build().unwrap_err();
        assert_eq!(error.to_string(), problem);
    }
    KetoGrpcClient::builder().read_url("https://x.test").build().unwrap();
    let zero = KetoGrpcClient::builder().read_url("http://x.test").max_batches_in_flight(0);
    assert_eq!(zero.build().unwrap_err().to_string(), "batches in flight must be above zero");
}
