//! The pages of the person as a browser without a script meets them, over the embedded servers.

#![allow(clippy::unwrap_used, reason = "a test")]

use contract_tests::{
    app::{self, Served},
    browser::{Browser, Page},
    servers,
};
use demo_app::{
    embedded::Embedded,
    seed_users::{SeedUser, seed_users},
};
use std::sync::Arc;
use url::Url;

struct Demo {
    _embedded: Embedded,
    served: Served,
}

fn demo() -> Demo {
    let (listener, url) = app::port();
    let embedded = servers::embedded(&url);
    let (read, write) = (embedded.keto.read_url(), embedded.keto.write_url());
    let keto = servers::keto(read, write, false, keto_client::ApiVersion::Detect);
    let kratos = servers::kratos_of(&embedded.kratos);
    let mut app = app::app(&kratos, &keto, "homepage", url);
    app.ui_url = app.public_url.clone();
    app.logout = Arc::clone(&kratos.logout);
    let served = app::serve_with_pages(
        listener,
        app,
        embedded.kratos.public_url(),
        Some(embedded.kratos.admin_url()),
    );
    Demo { _embedded: embedded, served }
}

impl Demo {
    fn url(&self, path: &str) -> Url {
        self.served.url.join(path).unwrap()
    }

    async fn log_in(&self, browser: &mut Browser, person: &SeedUser) -> Page {
        let form = browser.open(&self.url("/login")).await;
        let fields =
            [("identifier", person.email), ("password", person.password), ("method", "password")];
        browser.submit(&form, &fields).await
    }
}

fn ann() -> &'static SeedUser {
    &seed_users()[0]
}

#[actix_web::test]
async fn a_login_shows_who_is_logged_in() {
    let demo = demo();
    let mut browser = Browser::default();
    demo.log_in(&mut browser, ann()).await;
    let page = browser.open(&demo.url("/settings")).await;
    assert_eq!((page.status, page.url.path()), (200, "/settings"));
    assert!(page.html.contains("Logged in as <strong>ann@example.test</strong>"), "{}", page.html);
    // Who is logged in has no use for the login.
    assert_ne!(browser.open(&demo.url("/login")).await.url.path(), "/login");
}

#[actix_web::test]
async fn a_wrong_password_is_told_as_an_alert() {
    let demo = demo();
    let wrong = SeedUser { password: "wrong", ..*ann() };
    let page = demo.log_in(&mut Browser::default(), &wrong).await;
    assert_eq!((page.status, page.url.path()), (200, "/login"));
    assert!(page.html.contains("role=\"alert\""), "{}", page.html);
    assert!(page.html.contains("The provided credentials are invalid"), "{}", page.html);
    assert!(!page.html.contains("value=\"wrong\""), "the password is shown");
}

#[actix_web::test]
async fn every_field_has_a_label() {
    let demo = demo();
    for path in ["/login", "/registration", "/recovery", "/verification"] {
        let page = Browser::default().open(&demo.url(path)).await;
        assert_eq!((page.status, page.url.path()), (200, path), "{}", page.html);
        let fields = page.html.split("<input ").skip(1).filter_map(|tag| {
            let tag = tag.split('>').next().unwrap();
            tag.strip_prefix("id=\"")?.split('"').next()
        });
        let fields: Vec<_> = fields.collect();
        assert!(!fields.is_empty(), "{path}: {}", page.html);
        for id in fields {
            assert!(page.html.contains(&format!("<label for=\"{id}\">")), "{path}: {id}");
        }
    }
}

#[actix_web::test]
async fn hostile_input_is_escaped_and_a_long_one_is_survived() {
    let demo = demo();
    let (script, long) = ("<script>alert(1)</script>\"'", "é".repeat(10 * 1024));
    for identifier in [script, &long] {
        let mut browser = Browser::default();
        let form = browser.open(&demo.url("/login")).await;
        let fields = [("identifier", identifier), ("password", "x"), ("method", "password")];
        let page = browser.submit(&form, &fields).await;
        assert_eq!(page.url.path(), "/login");
        assert_eq!(page.status, 200);
        assert!(!page.html.contains("<script>alert"), "{}", page.html);
    }
}

#[actix_web::test]
async fn a_flow_of_another_browser_is_not_shown() {
    let demo = demo();
    let theirs = Browser::default().open(&demo.url("/login")).await;
    let mut mine = Browser::default();
    mine.open(&demo.url("/login")).await;
    let page = mine.open(&theirs.url).await;
    assert_eq!(page.status, 403);
    assert!(page.html.contains("This form is not yours"), "{}", page.html);
    assert!(!page.html.contains("csrf_token"), "{}", page.html);
}

#[actix_web::test]
async fn a_form_without_its_token_is_refused() {
    let demo = demo();
    let mut browser = Browser::default();
    let form = browser.open(&demo.url("/login")).await;
    let fields = [
        ("identifier", ann().email),
        ("password", ann().password),
        ("method", "password"),
        ("csrf_token", ""),
    ];
    assert_eq!(browser.submit(&form, &fields).await.status, 403);
    let settings = browser.open(&demo.url("/settings")).await;
    assert_eq!(settings.url.path(), "/login", "not logged in");
}

#[actix_web::test]
async fn an_unknown_flow_is_replaced() {
    let demo = demo();
    let page = Browser::default().open(&demo.url("/login?flow=nonsense")).await;
    assert_eq!((page.status, page.url.path()), (200, "/login"));
    assert!(!page.url.as_str().contains("nonsense"));
}

#[actix_web::test]
async fn nobody_is_sent_elsewhere() {
    let demo = demo();
    let elsewhere = demo.url("/login?return_to=http%3A%2F%2Fevil.test%2F");
    let page = Browser::default().open(&elsewhere).await;
    assert_eq!((page.status, page.url.path()), (400, "/login"));
    // Nor is somebody who is logged in.
    let mut browser = Browser::default();
    demo.log_in(&mut browser, ann()).await;
    let page = browser.open(&elsewhere).await;
    assert_eq!(page.url.origin(), demo.served.url.origin());
}

#[actix_web::test]
async fn other_sessions_are_listed_and_ended() {
    let demo = demo();
    let (mut here, mut there) = (Browser::default(), Browser::default());
    demo.log_in(&mut here, ann()).await;
    demo.log_in(&mut there, ann()).await;
    let page = here.open(&demo.url("/sessions")).await;
    assert_eq!(page.html.matches("<li>").count(), 2, "{}", page.html);
    assert!(page.html.contains("End all other sessions"));
    // Another site's form ends nothing.
    let forged = Page { url: Url::parse("http://evil.test/").unwrap(), ..page };
    let absolute = forged.html.replace("action=\"/", &format!("action=\"{}", demo.served.url));
    // The first form of the page is that of the log-out.
    let absolute = absolute[absolute.find("<main").unwrap()..].to_owned();
    let forged = Page { html: absolute, ..forged };
    assert_eq!(here.submit(&forged, &[]).await.status, 403);
    assert_eq!(there.open(&demo.url("/settings")).await.url.path(), "/settings");
    let mine = Page { url: demo.url("/sessions"), ..forged };
    let page = here.submit(&mine, &[]).await;
    assert_eq!(page.html.matches("<li>").count(), 1, "{}", page.html);
    assert_eq!(there.open(&demo.url("/settings")).await.url.path(), "/login");
}
