//! The demo app's route behind Oathkeeper: with a JWKS, it answers only to a token that it verifies.

use crate::tokens::{Jwks, Key, claims, now, unsigned, verifier};
use contract_tests::{
    app::{Served, port, serve, traits},
    mock_server::{MockResponse, MockServer},
};
use demo_app::oathkeeper_tokens::OathkeeperSettings;
use keto_client::mock::MockPermissions;
use kratos_client::{
    jwt::TokenGuard,
    mock::{MockLogout, MockSessions},
};
use serde_json::{Value, json as value};
use std::time::Duration;

fn start(guard: TokenGuard) -> Served {
    let (listener, url) = port();
    let mut app = traits(MockSessions::new(), MockLogout::new(), MockPermissions::new());
    (app.public_url, app.oathkeeper) = (url, Some(guard));
    serve(listener, app)
}

/// The status of the route for a token. Only a greeting may greet.
async fn status(app: &Served, token: &str) -> u16 {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    let get = app.send("GET", "/oathkeeper", &headers).await;
    let post = app.send("POST", "/oathkeeper", &headers).await;
    assert_eq!((get.status, &get.body), (post.status, &post.body));
    assert_eq!(get.body.contains("greetings"), get.status == 200, "{}", get.body);
    get.status.as_u16()
}

#[actix_web::test]
async fn only_a_token_of_oathkeeper_is_greeted() {
    let (key, other, unknown) = (Key::new("1"), Key::new("1"), Key::new("2"));
    let jwks = value!({"keys": [key.jwk()]}).to_string();
    let server = MockServer::start([MockResponse::new(200, jwks)]).await;
    let settings = OathkeeperSettings {
        jwks_url: Some(server.url.join("/.well-known/jwks.json").unwrap().into()),
        issuer: Some("http://kratos.test".to_owned()),
        audience: Some("http://app.test".to_owned()),
    };
    let app = start(settings.guard().unwrap().unwrap());

    for headers in [&[][..], &[("x-user", "ann")], &[("authorization", "Basic YW5uOmFubg==")]] {
        let response = app.send("GET", "/oathkeeper", headers).await;
        assert_eq!(response.status, 401, "{headers:?}: {response:?}");
        assert!(!response.body.contains("greetings"));
    }
    assert_eq!(server.requests().len(), 0, "keys are fetched for tokens only");

    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        key.sign(&claims)
    };
    for (case, token, expected) in [
        ("valid", key.sign(&claims()), 200),
        ("another issuer", with("iss", value!("http://evil.test")), 401),
        ("another audience", with("aud", value!("http://other.test")), 401),
        ("expired", with("exp", value!(now() - 120)), 401),
        ("not valid yet", with("nbf", value!(now() + 120)), 401),
        ("another key of the same name", other.sign(&claims()), 401),
        ("an unknown key", unknown.sign(&claims()), 401),
        ("no signature", unsigned("none"), 401),
        ("no signature of the right algorithm", unsigned("ES256"), 401),
    ] {
        assert_eq!(status(&app, &token).await, expected, "{case}");
    }
}

#[actix_web::test]
async fn keys_are_rotated() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let jwks = Jwks::default();
    let server = jwks.serve();
    let app = start(TokenGuard::new(verifier(&server, Duration::ZERO)));
    // Without keys nobody knows whether a token is valid.
    assert_eq!(status(&app, &old.sign(&claims())).await, 503);
    jwks.set(&[old.jwk()]);
    assert_eq!(status(&app, &old.sign(&claims())).await, 200);
    jwks.set(&[old.jwk(), new.jwk()]);
    assert_eq!(status(&app, &new.sign(&claims())).await, 200);
    assert_eq!(status(&app, &old.sign(&claims())).await, 200);
}
