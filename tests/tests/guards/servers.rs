//! Kratos and Keto in memory, which count the requests that they get.

use bytes::Bytes;
use contract_tests::in_memory::{Answer, InMemory, error, json};
use http::Response;
use keto_client::{ApiVersion, CachedPermissions, KetoClient, guard::Authorization};
use kratos_client::{CachedSessions, KratosClient, guard::SessionGuard};
use std::{sync::Arc, time::Duration};

pub const LOGIN_URL: &str = "http://ui.test/login";
pub const APP_URL: &str = "http://app.test";

/// What Kratos says of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KratosSays {
    Active,
    NoSession,
    SecondFactorRequired,
    Inactive,
    Nothing,
}

/// What Keto says of a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KetoSays {
    Allowed,
    Denied,
    Nothing,
}

/// The servers behind an application.
pub struct Servers {
    pub kratos: Arc<InMemory>,
    pub keto: Arc<InMemory>,
    cached: bool,
}

pub fn session(active: bool) -> String {
    let session = serde_json::json!({
        "id": "s", "active": active, "expires_at": "2999-01-01T00:00:00Z",
        "authenticator_assurance_level": "aal1",
        "identity": {"id": "ann", "schema_id": "default", "state": "active",
            "traits": {"email": "ann@example.test"}},
    });
    session.to_string()
}

fn kratos(says: KratosSays) -> Response<Bytes> {
    match says {
        KratosSays::Active => {
            let mut response = json(200, session(true));
            let headers = response.headers_mut();
            headers.insert("ory-session-cache-for", "60".parse().unwrap());
            headers.insert("set-cookie", "ory_kratos_session=renewed".parse().unwrap());
            response
        }
        KratosSays::Inactive => json(200, session(false)),
        KratosSays::NoSession => error(401, "No valid session"),
        KratosSays::SecondFactorRequired => {
            let error = serde_json::json!({
                "error": {"id": "session_aal2_required", "code": 403, "message": "planted"},
                "redirect_browser_to": "http://kratos.test/login/browser?aal=aal2",
            });
            json(403, error.to_string())
        }
        KratosSays::Nothing => error(500, "planted-reason"),
    }
}

/// A batch is answered as a single check is, for each of its tuples.
fn keto(says: KetoSays, request: &http::Request<Bytes>) -> Response<Bytes> {
    let allowed = says == KetoSays::Allowed;
    if says == KetoSays::Nothing {
        return error(500, "planted-reason");
    }
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap_or_default();
    match body["tuples"].as_array() {
        Some(tuples) => {
            let results: Vec<_> =
                tuples.iter().map(|_| serde_json::json!({"allowed": allowed})).collect();
            json(200, serde_json::json!({"results": results}).to_string())
        }
        None => json(200, format!(r#"{{"allowed":{allowed}}}"#)),
    }
}

impl Servers {
    pub fn new(kratos_says: KratosSays, keto_says: KetoSays) -> Self {
        Self::answering(move |_| Ok(kratos(kratos_says)), keto_says)
    }

    pub fn answering(
        kratos: impl Fn(&http::Request<Bytes>) -> Answer + Send + Sync + 'static,
        keto_says: KetoSays,
    ) -> Self {
        let keto = InMemory::new(move |request| Ok(keto(keto_says, request)));
        Self { kratos: InMemory::new(kratos), keto, cached: false }
    }

    pub fn cached(self, cached: bool) -> Self {
        Self { cached, ..self }
    }

    /// The guard of sessions.
    pub fn sessions(&self) -> SessionGuard {
        let kratos = KratosClient::builder().public_url("http://kratos.test");
        let kratos = kratos.api_version(kratos_client::ApiVersion::Current);
        let kratos = kratos.http(self.kratos.config()).build().unwrap();
        match self.cached {
            true => SessionGuard::new(CachedSessions::new(kratos), LOGIN_URL, APP_URL).unwrap(),
            false => SessionGuard::new(kratos, LOGIN_URL, APP_URL).unwrap(),
        }
    }

    /// What the guards of permissions need.
    pub fn authorization(&self) -> Authorization {
        let keto = KetoClient::builder().read_url("http://keto.test");
        let keto = keto.api_version(ApiVersion::Current).http(self.keto.config()).build().unwrap();
        match self.cached {
            true => Authorization::new(
                CachedPermissions::new(keto)
                    .allowed_max_age(Duration::from_mins(1))
                    .denied_max_age(Duration::from_mins(1)),
            ),
            false => Authorization::new(keto),
        }
    }

    /// How many requests each got since the last time.
    pub fn take_counts(&self) -> (usize, usize) {
        (self.kratos.take_requests().len(), self.keto.take_requests().len())
    }
}
