//! Nobody is sent round between the app and the login for ever, whatever is configured wrongly:
//! who comes back without a session is told what the cause may be, and so is the log.

#![allow(clippy::unwrap_used, reason = "a test")]

use actix_web::{App as Actix, HttpResponse, HttpServer, web};
use contract_tests::{
    app::{Served, port, serve, serve_with_pages, traits},
    browser::{Browser, Page},
    mock_server::{MockResponse, MockServer},
    servers,
};
use demo_app::{embedded::Embedded, seed_users::seed_users};
use keto_client::mock::MockPermissions;
use kratos_client::{
    KratosClient, Whoami,
    mock::{MockLogout, MockSessions},
};
use serde_json::json;
use std::{
    io::Write,
    sync::{Arc, Mutex, OnceLock},
};
use url::Url;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The warnings so far, of all tests of this file.
fn warnings() -> Vec<String> {
    let text = log().0.lock().unwrap().clone();
    let lines = String::from_utf8(text).unwrap();
    lines.lines().filter(|line| line.contains(" WARN ")).map(str::to_owned).collect()
}

fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        let format = tracing_subscriber::fmt().with_ansi(false);
        format.with_writer(move || writer.clone()).init();
        log
    })
}

/// An app over this Kratos, that looks for a session cookie of this name.
fn app(
    kratos_url: &Url,
    ui_url: Option<&Url>,
    session_cookie: &str,
    bound: (std::net::TcpListener, Url),
) -> Served {
    log();
    let (listener, url) = bound;
    let kratos = KratosClient::builder().public_url(kratos_url.as_str());
    let kratos = kratos.session_cookie(session_cookie).build().unwrap();
    let mut app = traits(kratos, MockLogout::new(), MockPermissions::new());
    app.public_url = url;
    session_cookie.clone_into(&mut app.session_cookie);
    match ui_url {
        Some(url) => {
            app.ui_url = url.clone();
            serve(listener, app)
        }
        None => {
            app.ui_url = app.public_url.clone();
            serve_with_pages(listener, app, kratos_url, None)
        }
    }
}

async fn log_in(app: &Url, browser: &mut Browser) -> Page {
    let form = browser.open(app).await;
    assert_eq!(form.url.path(), "/login");
    let fields = [("identifier", seed_users()[0].email), ("password", seed_users()[0].password)];
    browser.submit(&form, &fields).await
}

fn embedded() -> (Embedded, (std::net::TcpListener, Url)) {
    let bound = port();
    (servers::embedded(&bound.1), bound)
}

#[actix_web::test]
async fn a_wrong_name_of_the_session_cookie_ends_at_a_page_that_says_so() {
    let (embedded, bound) = embedded();
    let served = app(embedded.kratos.public_url(), None, "wrong_name", bound);
    let mut browser = Browser::default();
    let page = log_in(&served.url, &mut browser).await;
    // Kratos sends whoever is logged in straight back, so that this was the start of the loop.
    let again = browser.open(&served.url).await;
    assert_eq!(again.redirects, [302, 303], "homepage, login");
    // A bookmark of that page leads nowhere by itself.
    let bookmark = browser.open(&again.url).await;
    assert!(bookmark.redirects.is_empty());
    for page in [page, again, bookmark] {
        assert_eq!((page.status, page.url.query()), (403, Some("returned_from=login")));
        assert!(page.html.contains("You are not logged in"), "{}", page.html);
        let found = "no cookie named wrong_name, but it sent ory_kratos_session.";
        assert!(page.html.contains(found), "{}", page.html);
        assert!(page.html.contains(&format!("<a href=\"{}\">", served.url)), "{}", page.html);
    }
    let warned = warnings();
    let named = |line: &&String| line.contains("wrong_name") && line.contains("ory_kratos_session");
    assert!(warned.iter().any(|line| named(&line)), "{warned:?}");
    for value in browser.cookie_values() {
        assert!(warned.iter().all(|line| !line.contains(value)), "a cookie's value is logged");
    }
}

#[actix_web::test]
async fn two_session_cookies_are_told_in_the_log_and_on_the_page() {
    let (embedded, bound) = embedded();
    let served = app(embedded.kratos.public_url(), None, "ory_kratos_session", bound);
    let stale = "ory_kratos_session=planted1; ory_kratos_session=planted2; theme=planted3";
    let page = served.get("/?returned_from=login", stale).await;
    assert_eq!(page.status, 403);
    let told = "sent 2 cookies named ory_kratos_session";
    assert!(page.body.contains(told) && page.body.contains("parent domain"), "{}", page.body);
    let warned = warnings();
    assert!(warned.iter().any(|line| line.contains(told)), "{warned:?}");
    assert!(warned.iter().all(|line| !line.contains("planted")), "{warned:?}");
    // They are not sorted out one by one: without the marker it is a login as any other.
    assert_eq!(served.get("/", stale).await.status, 302);
}

#[actix_web::test]
async fn a_login_ui_that_forgets_the_way_back_ends_at_the_page_as_well() {
    let (embedded, (listener, url)) = embedded();
    let home = url.clone();
    let forgetful = HttpServer::new(move || {
        let home = home.clone();
        let back = move || {
            let home = home.to_string();
            async { HttpResponse::Found().insert_header(("location", home)).finish() }
        };
        Actix::new().route("/login", web::get().to(back))
    });
    let forgetful = forgetful.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let ui = Url::parse(&format!("http://{}/", forgetful.addrs()[0])).unwrap();
    let forgetful = forgetful.run();
    let handle = forgetful.handle();
    actix_web::rt::spawn(forgetful);

    let served = app(embedded.kratos.public_url(), Some(&ui), "wrong_name", (listener, url));
    let mut browser = Browser::with_redirects(15);
    let page = browser.open(&served.url).await;
    assert_eq!(page.status, 403);
    assert!(page.html.contains("You are not logged in"), "{}", page.html);
    // The link on the page begins anew.
    let again = browser.open(&served.url).await;
    assert_eq!(again.redirects, page.redirects);
    handle.stop(false).await;
}

#[actix_web::test]
async fn the_second_factor_is_asked_for_once() {
    for told in [Some("http://kratos.test/self-service/login/browser?aal=aal2"), None] {
        log();
        let mut sessions = MockSessions::new();
        let redirect_to = told.map(|url| Url::parse(url).unwrap());
        sessions.expect_whoami().returning(move |_| {
            Ok(Whoami::SecondFactorRequired { redirect_to: redirect_to.clone() })
        });
        let (listener, url) = port();
        let mut app = traits(sessions, MockLogout::new(), MockPermissions::new());
        app.public_url = url;
        let served = serve(listener, app);
        let cookie = "ory_kratos_session=abc";
        // The second factor comes after the login.
        for (query, kept) in [
            ("", "?"),
            ("?returned_from=login", "?"),
            ("?returned_from=nonsense", "?"),
            ("?x=second-factor", "?x=second-factor&"),
        ] {
            let page = served.get(&format!("/{query}"), cookie).await;
            assert_eq!(page.status, 302, "{query}");
            let to = page.location.unwrap();
            assert!(to.as_str().contains("aal=aal2"), "{to}");
            let return_to = to.query_pairs().find(|(name, _)| name == "return_to").unwrap().1;
            assert_eq!(return_to, format!("{}{kept}returned_from=second-factor", served.url));
        }
        for query in [
            "?returned_from=second-factor",
            "?returned_from=login&returned_from=second-factor",
            "?returned_from=second-factor&returned_from=login",
        ] {
            let page = served.get(&format!("/{query}"), cookie).await;
            assert_eq!((page.status.as_u16(), page.location), (403, None), "{query}");
            assert!(page.body.contains("A second factor is missing"), "{}", page.body);
        }
        assert!(warnings().iter().any(|line| line.contains("no second factor after the login")));
    }
}

#[actix_web::test]
async fn without_a_session_after_the_second_factor_there_is_no_way_back_to_the_login() {
    log();
    let served = serve_without_session();
    for query in ["?returned_from=login", "?returned_from=second-factor"] {
        for method in ["GET", "HEAD", "POST"] {
            let page = served.send(method, &format!("/{query}"), &[]).await;
            assert_eq!((page.status.as_u16(), page.location), (403, None), "{method} {query}");
        }
    }
}

fn serve_without_session() -> Served {
    let (listener, url) = port();
    let mut app = traits(MockSessions::new(), MockLogout::new(), MockPermissions::new());
    app.public_url = url;
    serve(listener, app)
}

/// Kratos calls the session active, but by this machine's clock it has expired.
#[actix_web::test]
async fn clocks_that_differ_are_told() {
    let session = json!({
        "id": "s", "active": true, "expires_at": "2020-01-01T00:00:00Z",
        "identity": {"id": "i", "schema_id": "default", "state": "active", "traits": {}},
    });
    let kratos = MockServer::start([MockResponse::new(200, session.to_string())]).await;
    let served = app(&kratos.url, Some(&kratos.url), "ory_kratos_session", port());
    let page = served.get("/?returned_from=login", "ory_kratos_session=planted").await;
    assert_eq!((page.status.as_u16(), page.location), (403, None));
    assert!(page.body.contains("clocks"), "{}", page.body);
    assert!(warnings().iter().any(|line| line.contains("clocks")));
}
