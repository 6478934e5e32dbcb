//! The demo as a browser meets it: the app, the login UI and the embedded servers together.

#![allow(clippy::unwrap_used, reason = "a test")]

use contract_tests::{
    app::{self, Served},
    browser::{Browser, Page},
    keto::Keto,
    kratos::Kratos,
    servers,
};
use demo_app::{
    embedded::Embedded,
    seed_users::{SeedUser, seed_users},
};
use keto_client::ApiVersion;
use std::sync::Arc;

struct Demo {
    embedded: Embedded,
    served: Served,
    kratos: Kratos,
    keto: Keto,
}

/// The demo with its seeded people, on ports of its own.
async fn demo() -> Demo {
    let (listener, url) = app::port();
    let embedded = servers::embedded(&url);
    let (read, write) = (embedded.keto.read_url(), embedded.keto.write_url());
    let keto = servers::keto(read, write, false, ApiVersion::Detect);
    let kratos = servers::kratos_of(&embedded.kratos);
    let mut app = app::app(&kratos, &keto, "homepage", url);
    app.ui_url = app.public_url.clone();
    app.logout = Arc::clone(&kratos.logout);
    for person in seed_users().iter().filter(|person| person.allowed) {
        let subject = app.subject.subject(&person.identity().unwrap()).unwrap();
        let grant = app.permission.of(subject);
        keto.relationships.create_relationship(&grant).await.unwrap();
    }
    let served = app::serve_with_pages(
        listener,
        app,
        embedded.kratos.public_url(),
        Some(embedded.kratos.admin_url()),
    );
    Demo { embedded, served, kratos, keto }
}

async fn log_in(demo: &Demo, browser: &mut Browser, person: &SeedUser) -> Page {
    let form = browser.open(&demo.served.url).await;
    assert_eq!(form.url.path(), "/login");
    assert_eq!(form.redirects, [302, 303], "homepage, new flow");
    let fields = [("identifier", person.email), ("password", person.password)];
    browser.submit(&form, &fields).await
}

#[actix_web::test]
async fn who_is_allowed_comes_back_to_the_homepage_and_can_log_out() {
    let demo = demo().await;
    let mut browser = Browser::default();
    let page = log_in(&demo, &mut browser, &seed_users()[0]).await;
    assert_eq!((page.status, &page.url), (200, &demo.served.url));
    assert!(page.html.contains("Welcome to the homepage"));
    // Who is logged in and goes to log in is sent on.
    let mut login = demo.served.url.join("login").unwrap();
    login.query_pairs_mut().append_pair("return_to", demo.served.url.as_str());
    assert_eq!(browser.open(&login).await.url, demo.served.url);

    let page = browser.submit(&page, &[]).await;
    assert_eq!(page.url.path(), "/login", "logged out, and asked to log in");
    assert_eq!(browser.open(&demo.served.url).await.url.path(), "/login");
}

#[actix_web::test]
async fn who_is_not_allowed_is_told() {
    let demo = demo().await;
    let page = log_in(&demo, &mut Browser::default(), &seed_users()[1]).await;
    assert_eq!(page.status, 403);
    assert!(page.html.contains("You may not see this page"));
}

#[actix_web::test]
async fn who_is_disabled_is_told() {
    let demo = demo().await;
    let page = log_in(&demo, &mut Browser::default(), disabled()).await;
    assert_eq!((page.status, page.url.path()), (403, "/login"));
    assert!(page.html.contains("This account was disabled."));
}

#[actix_web::test]
async fn a_wrong_password_shows_the_form_again() {
    let demo = demo().await;
    let mut browser = Browser::default();
    let wrong = SeedUser { password: "wrong", ..seed_users()[0] };
    let page = log_in(&demo, &mut browser, &wrong).await;
    assert_eq!(page.url.path(), "/login");
    assert!(page.html.contains("The provided credentials are invalid"));
    assert!(page.html.contains("value=\"ann@example.test\""), "what was typed in is kept");
    let right = [("identifier", seed_users()[0].email), ("password", seed_users()[0].password)];
    assert_eq!(browser.submit(&page, &right).await.url, demo.served.url);
}

#[actix_web::test]
async fn a_form_of_another_browser_is_refused() {
    let demo = demo().await;
    let (mut victim, mut attacker) = (Browser::default(), Browser::default());
    let theirs = attacker.open(&demo.served.url).await;
    victim.open(&demo.served.url).await;
    let fields = [("identifier", seed_users()[0].email), ("password", seed_users()[0].password)];
    let page = victim.submit(&theirs, &fields).await;
    assert_eq!((page.status, page.url.path()), (403, "/login"));
    assert!(page.html.contains("This form is not yours"), "{}", page.html);
    assert_eq!(victim.open(&demo.served.url).await.url.path(), "/login", "not logged in");
}

#[actix_web::test]
async fn nobody_is_sent_elsewhere() {
    let demo = demo().await;
    for path in ["self-service/login/browser", "self-service/logout"] {
        let mut url = demo.embedded.kratos.public_url().join(path).unwrap();
        url.query_pairs_mut().append_pair("return_to", "http://evil.test/");
        let page = Browser::default().open(&url).await;
        assert_eq!(page.url.path(), "/error", "{path}");
    }
    drop((demo.kratos, demo.keto));
}

fn disabled() -> &'static SeedUser {
    seed_users().iter().find(|person| !person.active).unwrap()
}
