//! The limit of requests under way, and the stop on SIGTERM, of the program that runs.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test")]

mod program;

use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    routing::get,
};
use program::Running;
use serde_json::json;
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    process::Command,
    thread,
    time::Duration,
};

/// A Kratos and Keto that are ready, and take this long to say that there is no session.
async fn slow_servers(delay: Duration) -> String {
    let whoami = async move || {
        tokio::time::sleep(delay).await;
        let reason = "No valid session credentials found in the request.";
        let error =
            json!({"code": 401, "status": "Unauthorized", "reason": reason, "message": reason});
        (StatusCode::UNAUTHORIZED, Json(json!({"error": error})))
    };
    let routes = Router::new()
        .route("/health/ready", get(async || Json(json!({"status": "ok"}))))
        .route("/sessions/whoami", get(whoami))
        // Tells the address of the device in the place of a flow.
        .route("/self-service/login/browser", get(async |headers: HeaderMap| {
            let address = headers["true-client-ip"].to_str().unwrap().to_owned();
            Json(json!({
                "id": address, "type": "browser", "state": "choose_method",
                "issued_at": "2026-01-01T00:00:00Z", "expires_at": "2036-01-01T00:00:00Z",
                "request_url": "http://app.test/", "ui": {"action": "/", "method": "POST", "nodes": []},
            }))
        }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, routes).await });
    url
}

fn start(servers: &str, settings: &[(&str, &str)]) -> Running {
    let common = [
        ("LISTEN_ADDR", "127.0.0.1:0"),
        ("KRATOS_EXTERNAL_API_URL", servers),
        ("KETO_API_READ_URL", servers),
    ];
    Running::start(&[&common, settings].concat(), "The homepage is at")
}

/// The response, head and body.
fn request(address: SocketAddr, path: &str) -> String {
    request_with(address, path, "")
}

/// The same to a request with another header.
fn request_with(address: SocketAddr, path: &str, header: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: app.test\r\nconnection: close\r\n{header}");
    stream.write_all(format!("{head}cookie: ory_kratos_session=a\r\n\r\n").as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_above_the_limit_get_503_at_once() {
    let servers = slow_servers(Duration::from_secs(2)).await;
    let app = start(&servers, &[("MAX_REQUESTS", "2")]);
    let address = app.address();
    let under_way = [0, 1].map(|_| thread::spawn(move || request(address, "/")));
    thread::sleep(Duration::from_millis(500));
    let refused = request(address, "/");
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    assert!(refused.contains("retry-after: 1\r\n"), "{refused}");
    assert!(under_way.iter().all(|request| !request.is_finished()), "it waited");
    let alive = request(address, "/health/alive");
    assert!(alive.starts_with("HTTP/1.1 200 "), "{alive}");
    for request in under_way {
        let response = request.join().unwrap();
        assert!(response.starts_with("HTTP/1.1 302 "), "{response}");
    }
    let later = request(address, "/");
    assert!(later.starts_with("HTTP/1.1 302 "), "{later}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trusted_proxy_tells_the_address_of_the_device() {
    let servers = slow_servers(Duration::ZERO).await;
    for (trusted, address) in
        [("192.0.2.1", "127.0.0.1"), ("192.0.2.1, 127.0.0.0/8", "203.0.113.9")]
    {
        let app = start(&servers, &[("TRUSTED_PROXIES", trusted)]);
        let header = "x-forwarded-for: 198.51.100.1, 203.0.113.9\r\n";
        let response = request_with(app.address(), "/login", header);
        assert!(response.contains(&format!("location: /login?flow={address}\r\n")), "{response}");
    }
}

#[test]
fn sigterm_ends_an_app_whose_log_nobody_reads() {
    let settings = [("LISTEN_ADDR", "127.0.0.1:0"), ("SHUTDOWN_DELAY", "0")];
    let mut app = Running::start(&settings, "The homepage is at");
    app.close_log();
    // It serves, and so it has its own answer to the signal.
    assert!(request(app.address(), "/health/alive").starts_with("HTTP/1.1 200 "));
    let killed = Command::new("kill").args(["-TERM", &app.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert!(app.wait());
}

#[test]
fn the_embedded_login_leads_back_to_applications_behind_proxies() {
    let settings = [("LISTEN_ADDR", "127.0.0.1:0"), ("FORWARD_AUTH_URLS", "http://proxy.test:81")];
    let app = Running::start(&settings, "Log in as");
    for (return_to, status) in [("http://proxy.test:81/any", 303), ("http://other.test/", 400)] {
        let response = request(app.address(), &format!("/login?return_to={return_to}"));
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{return_to}: {response}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_ends_readiness_first_and_answers_what_is_under_way() {
    let servers = slow_servers(Duration::from_secs(3)).await;
    let mut app = start(&servers, &[("SHUTDOWN_DELAY", "1")]);
    let address = app.address();
    let ready = request(address, "/health/ready");
    assert!(ready.starts_with("HTTP/1.1 200 "), "{ready}");
    let under_way = thread::spawn(move || request(address, "/"));
    thread::sleep(Duration::from_millis(300));
    let killed = Command::new("kill").args(["-TERM", &app.id().to_string()]).status().unwrap();
    assert!(killed.success());
    thread::sleep(Duration::from_millis(300));
    let ready = request(address, "/health/ready");
    assert!(ready.starts_with("HTTP/1.1 503 ") && ready.contains("is being stopped"), "{ready}");
    let response = under_way.join().unwrap();
    assert!(response.starts_with("HTTP/1.1 302 "), "{response}");
    assert!(app.wait());
    assert!(TcpStream::connect(address).is_err());
}
