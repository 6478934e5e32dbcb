//! Requests that another site makes a browser send.

use crate::{
    frameworks::Framework,
    servers::{KetoSays, KratosSays, Servers},
};
use http::Request;

#[actix_web::test]
async fn another_site_changes_nothing() {
    let cookie = ("cookie", "ory_kratos_session=planted");
    let token = ("x-session-token", "ory_st_planted");
    let websocket = ("upgrade", "websocket");
    for (method, headers, status) in [
        ("POST", &[cookie, ("sec-fetch-site", "cross-site")][..], 403),
        ("POST", &[cookie, ("sec-fetch-site", "same-site")], 403),
        ("POST", &[cookie, ("sec-fetch-site", "same-origin")], 200),
        ("POST", &[cookie, ("origin", "http://evil.test")], 403),
        ("POST", &[cookie, ("origin", "null")], 403),
        ("POST", &[cookie, ("origin", "http://app.test")], 200),
        ("POST", &[cookie, ("sec-fetch-site", "cross-site"), ("origin", "https://spa.test")], 200),
        // Programs that are not browsers send neither header.
        ("POST", &[cookie], 200),
        // A page of another site can't send a token that it does not have.
        ("POST", &[token, ("sec-fetch-site", "cross-site")], 200),
        // An empty one is none, so that the cookie is used.
        ("POST", &[cookie, ("x-session-token", ""), ("sec-fetch-site", "cross-site")], 403),
        // A link on another site.
        ("GET", &[cookie, ("sec-fetch-site", "cross-site")], 200),
        ("GET", &[cookie, websocket, ("sec-fetch-site", "cross-site")], 403),
        ("GET", &[cookie, websocket, ("origin", "http://evil.test")], 403),
        ("GET", &[cookie, websocket, ("origin", "http://app.test")], 200),
        ("DELETE", &[cookie, ("origin", "http://evil.test")], 403),
    ] {
        for framework in Framework::ALL {
            let servers = Servers::new(KratosSays::Active, KetoSays::Allowed);
            let sessions = servers.sessions().allow_origin("https://spa.test").unwrap();
            let permissions = servers.authorization().require("app:homepage#read").unwrap();
            let mut request = Request::builder().method(method).uri("/").header("host", "app.test");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let response = framework.send(&sessions, &permissions, request.body(()).unwrap()).await;
            assert_eq!(response.status(), status, "{framework:?} {method} {headers:?}");
            let calls = usize::from(status == 200);
            assert_eq!(servers.take_counts(), (calls, calls));
        }
    }
}
