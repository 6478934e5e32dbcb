//! Plain reqwest, written by hand with the same limits, and the structs without what our types
//! have beyond their fields.

use jiff::Timestamp;
use reqwest::{Client, RequestBuilder, StatusCode, Url, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

#[derive(Deserialize)]
pub struct Decision {
    pub allowed: bool,
}

#[derive(Clone, Serialize)]
pub struct Tuple {
    pub namespace: String,
    pub object: String,
    pub relation: String,
    pub subject_id: String,
}

#[expect(dead_code, reason = "read and not looked at")]
#[derive(Deserialize)]
pub struct Session {
    id: String,
    #[serde(default)]
    pub active: bool,
    expires_at: Option<Timestamp>,
    authenticated_at: Option<Timestamp>,
    issued_at: Option<Timestamp>,
    authenticator_assurance_level: Option<String>,
    authentication_methods: Option<Vec<Method>>,
    identity: Identity,
    devices: Option<Vec<Device>>,
    tokenized: Option<String>,
}

#[expect(dead_code, reason = "read and not looked at")]
#[derive(Deserialize)]
struct Method {
    method: String,
    aal: Option<String>,
    completed_at: Option<Timestamp>,
}

#[expect(dead_code, reason = "read and not looked at")]
#[derive(Deserialize)]
struct Device {
    id: String,
    ip_address: Option<String>,
    user_agent: Option<String>,
    location: Option<String>,
}

#[expect(dead_code, reason = "read and not looked at")]
#[derive(Deserialize)]
pub struct Identity {
    id: String,
    external_id: Option<String>,
    schema_id: String,
    schema_url: Option<String>,
    state: Option<String>,
    state_changed_at: Option<Timestamp>,
    traits: Value,
    credentials: Option<Value>,
    verifiable_addresses: Option<Vec<VerifiableAddress>>,
    recovery_addresses: Option<Vec<RecoveryAddress>>,
    metadata_public: Option<Value>,
    metadata_admin: Option<Value>,
    organization_id: Option<String>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

#[expect(dead_code, reason = "read and not looked at")]
#[derive(Deserialize)]
struct VerifiableAddress {
    id: Option<String>,
    value: String,
    verified: bool,
    via: String,
    status: String,
    verified_at: Option<Timestamp>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

#[expect(dead_code, reason = "read and not looked at")]
#[derive(Deserialize)]
struct RecoveryAddress {
    id: Option<String>,
    value: String,
    via: String,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

/// What somebody writes who wants no more than an answer, but wants it bounded.
pub struct Plain {
    http: Client,
    check: Url,
    whoami: Url,
}

const BODY_LIMIT: usize = 8 * 1024 * 1024;

impl Plain {
    pub fn new(url: &str) -> Self {
        let http = Client::builder()
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .user_agent("plain")
            .no_proxy()
            .build()
            .expect("a client");
        let join = |path: &str| format!("{url}{path}").parse().expect("a URL");
        Self {
            http,
            check: join("/relation-tuples/check/openapi"),
            whoami: join("/sessions/whoami"),
        }
    }

    pub async fn check(&self, tuple: &Tuple) -> bool {
        let body = serde_json::to_vec(tuple).expect("JSON");
        let request = self.http.post(self.check.clone());
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body);
        let body = read(request).await;
        serde_json::from_slice::<Decision>(&body).expect("a decision").allowed
    }

    pub async fn whoami(&self, cookie: &str) -> Session {
        let request = self.http.get(self.whoami.clone()).header(header::COOKIE, cookie);
        serde_json::from_slice(&read(request).await).expect("a session")
    }
}

/// The body of an answer of 200, of JSON, and not too large.
async fn read(request: RequestBuilder) -> Vec<u8> {
    let mut answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    assert!(kind.is_some_and(|kind| kind.starts_with("application/json")));
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.expect("a chunk") {
        assert!(body.len() + chunk.len() <= BODY_LIMIT);
        body.extend_from_slice(&chunk);
    }
    body
}
