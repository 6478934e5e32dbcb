//! The endpoint of the demo app that proxies ask about each request to another application.

#![allow(clippy::unwrap_used, reason = "a test")]

use actix_web::{
    App as Actix,
    test::{TestRequest, call_service, init_service},
};
use contract_tests::app::{permission, traits};
use demo_app::forward_auth::{self, settings::ForwardAuthSettings};
use keto_client::guard::PermissionTable;
use kratos_client::{guard::SignedIn, mock::MockLogout};
use url::Url;

const RULES: &str = "/welcome\n/documents/{id} app:{id}#read\n/* app:homepage#read";
const HOST: &str = "app.test:8081";

fn settings(rules: Option<&str>) -> ForwardAuthSettings {
    let urls = ["http://other.test/", "http://app.test:8081/"];
    ForwardAuthSettings {
        urls: urls.map(|url| Url::parse(url).unwrap()).into(),
        rules: rules.map(|rules| rules.parse().unwrap()),
    }
}

/// The status, the URL to which a browser is sent, and who sent the request, by the response to each
/// proxy that asks about a request.
async fn ask(
    rules: Option<&str>,
    allowed: &[&str],
    path: &str,
    headers: &[(&str, &str)],
) -> Vec<(u16, Option<Url>, Option<String>)> {
    let tuples = allowed.iter().map(|tuple| tuple.parse().unwrap());
    let permissions: PermissionTable = tuples.collect();
    let app = traits(SignedIn::as_identity("ann"), MockLogout::new(), permissions);
    let endpoint = settings(rules).endpoint(&app, &permission("homepage")).unwrap();
    let app = init_service(Actix::new().configure(forward_auth::configure(endpoint))).await;
    let mut responses = Vec::new();
    for proxy in ["nginx", "traefik", "caddy"] {
        let prefix = if proxy == "nginx" { "x-original" } else { "x-forwarded" };
        let mut request = TestRequest::get()
            .uri(&format!("/forward-auth/{proxy}"))
            .insert_header((format!("{prefix}-method"), "GET"))
            .insert_header((format!("{prefix}-uri"), path))
            .insert_header(("x-forwarded-host", HOST))
            .insert_header(("host", HOST));
        for header in headers {
            request = request.insert_header(*header);
        }
        let response = call_service(&app, request.to_request()).await;
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap());
        let location = header("location").map(|url| Url::parse(url).unwrap());
        let identity = header("x-identity-id").map(str::to_owned);
        responses.push((response.status().as_u16(), location, identity));
    }
    responses
}

#[actix_web::test]
async fn the_first_rule_that_has_the_path_decides() {
    let ann = [("cookie", "ory_kratos_session=planted")];
    let document = &["app:7#read@User:ann"][..];
    let homepage = &["app:homepage#read@User:ann"][..];
    for (rules, allowed, path, status) in [
        (Some(RULES), &[][..], "/welcome", 200),
        (Some(RULES), &[], "/welcome/", 200),
        (Some(RULES), homepage, "/documents/7/", 403),
        (Some(RULES), homepage, "/documents;x=1/7", 403),
        (Some(RULES), &[], "/%77elcome", 200),
        (Some(RULES), document, "/documents/7?page=2", 200),
        (Some(RULES), document, "/documents/8", 403),
        (Some(RULES), document, "/", 403),
        (Some(RULES), homepage, "/", 200),
        (Some(RULES), homepage, "/any/other", 200),
        (Some(RULES), homepage, "/documents/7", 403),
        (Some(RULES), homepage, "//documents/7", 403),
        (Some(RULES), homepage, "/documents%2F7", 403),
        (Some(RULES), homepage, "/any/../documents/7", 403),
        (Some("/welcome"), homepage, "/", 403),
        (None, homepage, "/any", 200),
        (None, document, "/any", 403),
    ] {
        for (got, location, identity) in ask(rules, allowed, path, &ann).await {
            assert_eq!((got, location), (status, None), "{rules:?} {allowed:?} {path}");
            assert_eq!(identity.as_deref(), (status == 200).then_some("ann"), "{path}");
        }
    }
}

#[actix_web::test]
async fn a_browser_without_a_session_is_sent_to_the_login_and_comes_back() {
    let page = [("sec-fetch-mode", "navigate"), ("accept", "text/html")];
    let path = "/documents/7?page=2&lines=9";
    let responses = ask(Some(RULES), &[], path, &page).await;
    // nginx takes a redirect for an error.
    assert_eq!(responses.iter().map(|response| response.0).collect::<Vec<_>>(), [401, 302, 302]);
    for (_, location, identity) in responses {
        let location = location.unwrap();
        assert!(location.as_str().starts_with("http://ui.test/login?"), "{location}");
        let (_, return_to) = location.query_pairs().find(|(name, _)| name == "return_to").unwrap();
        assert_eq!(return_to, format!("http://{HOST}{path}&returned_from=login"));
        assert_eq!(identity, None);
    }
    let script = [("sec-fetch-mode", "cors")];
    let preflight = [("origin", "http://evil.test"), ("access-control-request-method", "PUT")];
    for headers in [&script[..], &preflight, &[]] {
        for response in ask(Some(RULES), &[], path, headers).await {
            assert_eq!(response, (401, None, None), "{headers:?}");
        }
    }
}

#[test]
fn rules_without_an_application_are_an_error() {
    let app = traits(SignedIn::as_identity("ann"), MockLogout::new(), PermissionTable::default());
    let endpoint = |settings: ForwardAuthSettings| settings.endpoint(&app, &permission("homepage"));
    assert!(endpoint(ForwardAuthSettings::default()).unwrap().is_none());
    let rules = settings(Some(RULES)).rules;
    let error = endpoint(ForwardAuthSettings { urls: Vec::new(), rules }).err().unwrap();
    assert!(error.to_string().contains("FORWARD_AUTH_RULES"), "{error}");
}
