//! Each outcome × each caller × each method, with and without caches, in each framework.

use crate::{
    frameworks::{Framework, PAGE},
    servers::{KetoSays, KratosSays, Servers},
};
use bytes::Bytes;
use http::{Request, Response};

pub struct Outcome {
    pub name: &'static str,
    pub kratos: KratosSays,
    pub keto: KetoSays,
    pub credential: bool,
}

const fn outcome(
    name: &'static str,
    kratos: KratosSays,
    keto: KetoSays,
    credential: bool,
) -> Outcome {
    Outcome { name, kratos, keto, credential }
}

pub const OUTCOMES: [Outcome; 8] = [
    outcome("allowed", KratosSays::Active, KetoSays::Allowed, true),
    outcome("denied", KratosSays::Active, KetoSays::Denied, true),
    outcome("no decision of Keto", KratosSays::Active, KetoSays::Nothing, true),
    outcome("no credential", KratosSays::Active, KetoSays::Allowed, false),
    outcome("no session", KratosSays::NoSession, KetoSays::Allowed, true),
    outcome("second factor required", KratosSays::SecondFactorRequired, KetoSays::Allowed, true),
    outcome("inactive", KratosSays::Inactive, KetoSays::Allowed, true),
    outcome("no response of Kratos", KratosSays::Nothing, KetoSays::Allowed, true),
];

type Headers = &'static [(&'static str, &'static str)];

pub const CALLERS: [(&str, Headers); 4] = [
    ("browser", &[("accept", "text/html,*/*;q=0.8"), ("sec-fetch-mode", "navigate")]),
    ("script", &[("accept", "*/*"), ("sec-fetch-mode", "cors"), ("sec-fetch-site", "same-origin")]),
    ("HTMX", &[("accept", "text/html"), ("hx-request", "true")]),
    ("API client", &[("accept", "application/json")]),
];

const WEBSOCKET: Headers = &[("connection", "upgrade"), ("upgrade", "websocket")];
const PREFLIGHT: Headers =
    &[("origin", "https://spa.test"), ("access-control-request-method", "POST")];

/// By name: the method, and the headers that make it another kind of request.
pub const METHODS: [(&str, &str, Headers); 6] = [
    ("GET", "GET", &[]),
    ("HEAD", "HEAD", &[]),
    ("POST", "POST", &[]),
    ("OPTIONS", "OPTIONS", &[]),
    ("WebSocket", "GET", WEBSOCKET),
    ("preflight", "OPTIONS", PREFLIGHT),
];

/// A request of a caller.
pub fn request(outcome: &Outcome, caller: usize, method: usize) -> Request<()> {
    let ((caller, headers), (_, method, more)) = (CALLERS[caller], METHODS[method]);
    let mut request =
        Request::builder().method(method).uri("/page?tab=2").header("host", "app.test");
    for (name, value) in headers.iter().chain(more) {
        request = request.header(*name, *value);
    }
    if outcome.credential {
        request = match caller {
            "API client" => request.header("authorization", "Bearer ory_st_planted"),
            _ => request.header("cookie", "ory_kratos_session=planted"),
        };
    }
    request.body(()).unwrap()
}

/// What a caller gets, the same in each framework.
pub async fn response(outcome: &Outcome, caller: usize, method: usize) -> Response<Bytes> {
    let mut responses = Vec::new();
    for framework in Framework::ALL {
        for cached in [false, true] {
            let servers = Servers::new(outcome.kratos, outcome.keto).cached(cached);
            let permissions = servers.authorization().require("app:homepage#read").unwrap();
            let sessions = servers.sessions();
            let context = format!("{} {framework:?} cached: {cached}", outcome.name);
            for attempt in 0..2 {
                let request = request(outcome, caller, method);
                let response = framework.send(&sessions, &permissions, request).await;
                let (asked_kratos, asked_keto) = servers.take_counts();
                // Errors are not cached.
                let whoami = usize::from(outcome.credential && method != 5);
                let check = usize::from(whoami == 1 && outcome.kratos == KratosSays::Active);
                let whoami_cached = cached && attempt == 1 && check == 1;
                let check_cached = whoami_cached && outcome.keto != KetoSays::Nothing;
                assert_eq!(asked_kratos, whoami * usize::from(!whoami_cached), "{context}");
                assert_eq!(asked_keto, check * usize::from(!check_cached), "{context}");
                assert_safe(outcome, method, &response, &context);
                responses.push(response);
            }
        }
    }
    let first = responses.swap_remove(0);
    let is_head = METHODS[method].0 == "HEAD";
    for other in responses {
        assert_eq!(other.status(), first.status());
        assert!(is_head || other.body() == first.body());
        for name in ["location", "content-type", "www-authenticate", "cache-control"] {
            let is_page = first.body() == PAGE && name == "content-type";
            assert!(is_page || other.headers().get(name) == first.headers().get(name), "{name}");
        }
        let cookies = |response: &Response<Bytes>| {
            response.headers().get_all("set-cookie").iter().cloned().collect::<Vec<_>>()
        };
        assert_eq!(cookies(&other), cookies(&first));
    }
    first
}

fn assert_safe(outcome: &Outcome, method: usize, response: &Response<Bytes>, context: &str) {
    let allowed = (outcome.kratos, outcome.keto) == (KratosSays::Active, KetoSays::Allowed)
        && outcome.credential
        && METHODS[method].0 != "preflight";
    assert_eq!(response.status() == 200, allowed, "{context}: {response:?}");
    // axum leaves out the body of a response to HEAD.
    let is_head = METHODS[method].0 == "HEAD";
    assert!(response.body() != PAGE || allowed, "{context}");
    assert!(response.body() == PAGE || !allowed || is_head, "{context}");
    let body = String::from_utf8_lossy(response.body());
    assert!(!body.contains("planted"), "{context}: {body}");
    if response.status() == 401 {
        assert!(response.headers().contains_key("www-authenticate"), "{context}");
    }
    let renewed = response.headers().get_all("set-cookie").iter();
    let renewed = renewed.filter(|cookie| *cookie == "ory_kratos_session=renewed").count();
    let asked = outcome.kratos == KratosSays::Active
        && outcome.credential
        && METHODS[method].0 != "preflight";
    assert_eq!(renewed, usize::from(asked), "{context}: {response:?}");
}
