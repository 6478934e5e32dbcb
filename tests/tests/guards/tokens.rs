//! JSON Web Tokens: which are accepted, and how often the keys are fetched.

use crate::frameworks::{actix, axum};
use actix_web::{App, web};
use axum::{
    Router,
    routing::{any, get},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use contract_tests::in_memory::{InMemory, error, json};
use http::Request;
use jsonwebtoken::{EncodingKey, Header};
use keto_client::guard::{AllowAll, Authorization, Can};
use kratos_client::jwt::{Algorithm, JwtVerifier, TokenGuard, VerifiedClaims};
use serde_json::{Value, json as value};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// A key that signs tokens.
pub struct Key {
    id: &'static str,
    pair: rcgen::KeyPair,
}

impl Key {
    pub fn new(id: &'static str) -> Self {
        Self { id, pair: rcgen::KeyPair::generate().unwrap() }
    }

    pub fn jwk(&self) -> Value {
        let point = self.pair.public_key_raw();
        let coordinate = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        value!({
            "kty": "EC", "crv": "P-256", "kid": self.id, "use": "sig", "alg": "ES256",
            "x": coordinate(&point[1..33]), "y": coordinate(&point[33..]),
        })
    }

    pub fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(jsonwebtoken::Algorithm::ES256);
        header.kid = Some(self.id.to_owned());
        let key = EncodingKey::from_ec_pem(self.pair.serialize_pem().as_bytes()).unwrap();
        jsonwebtoken::encode(&header, claims, &key).unwrap()
    }
}

/// The time, in seconds since 1970.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// The claims of a valid token.
pub fn claims() -> Value {
    value!({"iss": "http://kratos.test", "aud": "http://app.test", "sub": "ann", "exp": now() + 60})
}

/// A JWKS that can be replaced, or is not there.
#[derive(Clone, Default)]
pub struct Jwks(Arc<Mutex<Option<Value>>>);

impl Jwks {
    pub fn set(&self, keys: &[Value]) {
        *self.0.lock().unwrap() = Some(value!({"keys": keys}));
    }

    pub fn serve(&self) -> Arc<InMemory> {
        let jwks = self.0.clone();
        InMemory::new(move |_| {
            Ok(jwks
                .lock()
                .unwrap()
                .as_ref()
                .map_or_else(|| error(500, "no keys"), |keys| json(200, keys.to_string())))
        })
    }
}

/// A token of the key `1` without a signature.
pub fn unsigned(algorithm: &str) -> String {
    let header = value!({"alg": algorithm, "kid": "1", "typ": "JWT"}).to_string();
    let [header, claims] = [header, claims().to_string()].map(|t| BASE64_URL_SAFE_NO_PAD.encode(t));
    format!("{header}.{claims}.")
}

/// A verifier by the keys of this server.
pub fn verifier(server: &Arc<InMemory>, min_interval: Duration) -> JwtVerifier {
    JwtVerifier::builder("http://kratos.test/.well-known/jwks.json")
        .issuer("http://kratos.test")
        .audience("http://app.test")
        .algorithms([Algorithm::Es256])
        .min_fetch_interval(min_interval)
        .http(server.config())
        .build()
        .unwrap()
}

#[actix_web::test]
async fn a_preflight_has_no_token_and_gets_no_page() {
    let guard = TokenGuard::new(verifier(&Jwks::default().serve(), Duration::ZERO));
    let request = Request::builder().method("OPTIONS").header("origin", "https://spa.test");
    let request = request.header("access-control-request-method", "POST").body(()).unwrap();
    let app = Router::new().route("/", any(async || "page")).layer(guard.clone());
    let by_axum = axum(app, request.clone()).await;
    let app = App::new().wrap(guard).route("/", web::to(async || "page"));
    for response in [by_axum, actix(app, request).await] {
        assert_eq!((response.status().as_u16(), &response.body()[..]), (204, &b""[..]));
    }
}

#[tokio::test]
async fn only_valid_tokens_are_accepted() {
    let (key, other) = (Key::new("1"), Key::new("1"));
    let jwks = Jwks::default();
    // Keys of other kinds and uses stand beside it.
    let encryption =
        value!({"kty": "EC", "crv": "P-256", "kid": "2", "use": "enc", "x": "AA", "y": "AA"});
    let shared = value!({"kty": "oct", "kid": "3", "k": BASE64_URL_SAFE_NO_PAD.encode("secret")});
    jwks.set(&[value!({"kty": "new", "kid": "4"}), encryption, shared, key.jwk()]);
    let server = jwks.serve();
    let verifier = verifier(&server, Duration::from_secs(30));
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        key.sign(&claims)
    };
    let without = |name: &str| {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        key.sign(&claims)
    };
    let mut by_secret = Header::new(jsonwebtoken::Algorithm::HS256);
    by_secret.kid = Some("3".to_owned());
    let by_secret = |secret: &[u8]| {
        jsonwebtoken::encode(&by_secret, &claims(), &EncodingKey::from_secret(secret)).unwrap()
    };
    let valid = key.sign(&claims());
    for (token, accepted) in [
        (valid.clone(), true),
        (with("exp", value!(now() - 10)), true),
        (with("exp", value!(now() - 120)), false),
        (with("nbf", value!(now() + 120)), false),
        (with("iss", value!("http://evil.test")), false),
        (with("aud", value!("http://other.test")), false),
        (without("exp"), false),
        (without("iss"), false),
        (without("aud"), false),
        (without("sub"), false),
        (other.sign(&claims()), false),
        (unsigned("none"), false),
        (unsigned("ES256"), false),
        (by_secret(b"secret"), false),
        (by_secret(key.pair.public_key_raw()), false),
        (format!("{valid}x"), false),
        ("a.b.c".to_owned(), false),
        (String::new(), false),
    ] {
        assert_eq!(verifier.verify(&token).await.is_ok(), accepted, "{token}");
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_unknown_key_is_fetched_at_most_once_in_an_interval() {
    let (old, new, unknown) = (Key::new("old"), Key::new("new"), Key::new("unknown"));
    let jwks = Jwks::default();
    jwks.set(&[old.jwk()]);
    let server = jwks.serve();
    let verifier = verifier(&server, Duration::from_millis(300));
    for _ in 0..3 {
        verifier.verify(&old.sign(&claims())).await.unwrap();
        verifier.verify(&unknown.sign(&claims())).await.unwrap_err();
    }
    assert_eq!(server.take_requests().len(), 1);
    jwks.set(&[new.jwk()]);
    tokio::time::sleep(Duration::from_millis(400)).await;
    let tokens = (0..5).map(|_| async { verifier.verify(&new.sign(&claims())).await.unwrap() });
    futures_util::future::join_all(tokens).await;
    // The old key is gone with the set that had it.
    verifier.verify(&old.sign(&claims())).await.unwrap_err();
    assert_eq!(server.take_requests().len(), 1);
}

/// Whoever makes a token up that names an unknown key must not hold up others by a slow server.
#[tokio::test(start_paused = true)]
async fn a_known_key_does_not_wait_for_the_fetch_of_an_unknown_one() {
    let (known, unknown) = (Key::new("known"), Key::new("unknown"));
    let jwks = value!({"keys": [known.jwk()]}).to_string();
    let delay = Duration::from_secs(3);
    let server = InMemory::slow(delay, move |_| Ok(json(200, jwks.clone())));
    let verifier = verifier(&server, Duration::from_secs(30));
    verifier.verify(&known.sign(&claims())).await.unwrap();
    tokio::time::advance(Duration::from_secs(31)).await;
    let started = tokio::time::Instant::now();
    let (unknown, known) = (unknown.sign(&claims()), known.sign(&claims()));
    let fetch = async {
        verifier.verify(&unknown).await.unwrap_err();
        started.elapsed()
    };
    let no_fetch = async {
        verifier.verify(&known).await.unwrap();
        started.elapsed()
    };
    let (with_fetch, without) = tokio::join!(fetch, no_fetch);
    assert!(with_fetch >= delay, "{with_fetch:?}");
    assert!(without < delay, "{without:?}");
    // Old ones are still used while they are fetched again, by one caller.
    tokio::time::advance(Duration::from_mins(61)).await;
    let started = tokio::time::Instant::now();
    let again = || async {
        verifier.verify(&known).await.unwrap();
        started.elapsed()
    };
    let (first, second) = tokio::join!(again(), again());
    assert!(first >= delay && second < delay, "{first:?} {second:?}");
    assert_eq!(server.requests().len(), 3);
}

#[actix_web::test]
async fn a_token_protects_a_route_and_names_the_subject() {
    async fn page(VerifiedClaims(claims): VerifiedClaims, can: Can) -> String {
        format!("{} {:?}", claims["sub"], can.subject())
    }
    let key = Key::new("1");
    let jwks = Jwks::default();
    jwks.set(&[key.jwk()]);
    let up = jwks.serve();
    let down = Jwks::default().serve();
    let valid = format!("Bearer {}", key.sign(&claims()));
    for (server, authorization, status) in [
        (&up, valid.as_str(), 200),
        (&up, "Bearer a.b.c", 401),
        (&up, "Bearer ory_st_planted", 401),
        (&down, valid.as_str(), 503),
    ] {
        let guard = TokenGuard::new(verifier(server, Duration::from_secs(30)));
        let request = Request::builder().uri("/").header("authorization", authorization);
        let request = request.body(()).unwrap();
        let permissions = Authorization::new(AllowAll);
        let app =
            Router::new().route("/", get(page)).layer(permissions.clone()).layer(guard.clone());
        let by_axum = axum(app, request.clone()).await;
        let app = web::resource("/").wrap(permissions).wrap(guard).route(web::get().to(page));
        let by_actix = actix(App::new().service(app), request).await;
        assert_eq!(by_axum.status(), status, "{by_axum:?}");
        assert_eq!((by_axum.status(), by_axum.body()), (by_actix.status(), by_actix.body()));
        let challenged = by_axum.headers().contains_key("www-authenticate");
        assert_eq!(challenged, status == 401);
        let body = String::from_utf8_lossy(by_axum.body());
        assert_eq!(body.contains("\"ann\" Set(SubjectSet"), status == 200, "{body}");
    }
}

#[test]
fn issuer_and_algorithms_are_required() {
    let builder = || JwtVerifier::builder("http://kratos.test/jwks.json");
    let error = builder().algorithms([Algorithm::Es256]).build().unwrap_err();
    assert_eq!(error.to_string(), "the issuer of tokens is not set");
    let error = builder().issuer("http://kratos.test").build().unwrap_err();
    assert_eq!(error.to_string(), "the algorithms of tokens is not set");
}
