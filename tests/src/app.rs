//! The demo app as its visitors meet it.

use crate::{api::plain_http, keto::Keto, kratos::Kratos};
use actix_web::{App as Actix, HttpServer, dev::ServerHandle};
use demo_app::{
    app::App,
    permission::Permission,
    permissions_page::{self, PermissionsPage},
    routes::configure,
    self_service::{self, SelfService},
    subject::SubjectStrategy,
};
use keto_client::mock::MockPermissions;
use kratos_client::{
    Credential, KratosClient, LogoutOptions, flow::TrustedProxies, mock::MockLogout,
};
use reqwest::{Client, StatusCode, header::HeaderMap};
use std::{net::TcpListener, sync::Arc};
use tokio::net::TcpSocket;
use url::Url;

/// An app that is being served.
pub struct Served {
    /// How browsers reach it.
    pub url: Url,
    /// Where it listens.
    pub listens_at: Url,
    http: Client,
    handle: ServerHandle,
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

/// A loopback port for an app, before the app is put together.
pub fn port() -> (TcpListener, Url) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    (listener, Url::parse(&url).unwrap())
}

/// A loopback port that refuses connections until the socket listens. Nobody else gets the port
/// meanwhile.
pub fn refusing_port() -> (TcpSocket, Url) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}/", socket.local_addr().unwrap());
    (socket, Url::parse(&url).unwrap())
}

/// An app over the given traits.
pub fn app(kratos: &Kratos, keto: &Keto, object: &str, public_url: Url) -> App {
    App {
        sessions: kratos.sessions.clone(),
        logout: kratos.logout.clone(),
        permissions: keto.permissions.clone(),
        dependencies: Vec::new(),
        subject: strategy(keto),
        permission: permission(object),
        contact: None,
        oathkeeper: None,
        stopping: Arc::default(),
        session_cookie: "ory_kratos_session".into(),
        public_url,
        ui_url: Url::parse("http://ui.test/sub").unwrap(),
    }
}

/// What names people to this Keto: v0.7 has no model with a namespace for them.
fn strategy(keto: &Keto) -> SubjectStrategy {
    if keto.v0_7 { SubjectStrategy::IdentityId } else { SubjectStrategy::default() }
}

/// The permission to read an object of the namespace `app`.
pub fn permission(object: &str) -> Permission {
    format!("app:{object}#read").parse().unwrap()
}

/// Serves an app whose UI is elsewhere.
pub fn serve(listener: TcpListener, app: App) -> Served {
    served(listener, app, None, None)
}

/// Serves an app with the page that manages permissions.
pub fn serve_with_permissions(listener: TcpListener, app: App, page: PermissionsPage) -> Served {
    served(listener, app, None, Some(page))
}

/// Serves an app with pages of its own, over the Kratos with this public URL. With its admin URL, there
/// is a mailbox.
pub fn serve_with_pages(
    listener: TcpListener,
    app: App,
    kratos: &Url,
    admin: Option<&Url>,
) -> Served {
    let pages = self_service(&app, kratos, admin);
    served(listener, app, Some(pages), None)
}

/// Serves an app with pages of its own, and with the page that manages permissions.
pub fn serve_with_all_pages(
    listener: TcpListener,
    app: App,
    kratos: &Url,
    admin: Option<&Url>,
    page: PermissionsPage,
) -> Served {
    let pages = self_service(&app, kratos, admin);
    served(listener, app, Some(pages), Some(page))
}

fn self_service(app: &App, kratos: &Url, admin: Option<&Url>) -> SelfService {
    let mut client = KratosClient::builder().public_url(kratos.as_str());
    if let Some(url) = admin {
        client = client.admin_url(url.as_str());
    }
    SelfService {
        kratos: client.build().unwrap(),
        public_url: app.public_url.clone(),
        proxies: TrustedProxies::none(),
        has_mailbox: admin.is_some(),
    }
}

fn served(
    listener: TcpListener,
    app: App,
    pages: Option<SelfService>,
    permissions: Option<PermissionsPage>,
) -> Served {
    let url = app.public_url.clone();
    let listens_at = format!("http://{}/", listener.local_addr().unwrap());
    let listens_at = Url::parse(&listens_at).unwrap();
    let actix = move || {
        let actix = Actix::new();
        let actix = match pages.clone() {
            Some(pages) => actix.configure(self_service::configure(pages)),
            None => actix,
        };
        let actix = match permissions.clone() {
            Some(page) => actix.configure(permissions_page::configure(page, &app)),
            None => actix,
        };
        actix.configure(configure(app.clone()))
    };
    let server =
        HttpServer::new(actix).workers(1).disable_signals().listen(listener).unwrap().run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let http = plain_http();
    Served { url, listens_at, http, handle }
}

/// What came back.
#[derive(Debug)]
pub struct Seen {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// Where it sends the browser.
    pub location: Option<Url>,
    /// The page.
    pub body: String,
}

impl Served {
    /// Asks for a path with these cookies.
    pub async fn get(&self, path: &str, cookies: &str) -> Seen {
        self.send("GET", path, &[("cookie", cookies)]).await
    }

    /// Sends a request with these headers.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Seen {
        let url = self.url.join(path).unwrap();
        let mut request = self.http.request(method.parse().unwrap(), url);
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let location = answer.headers().get("location").map(|url| url.to_str().unwrap());
        Seen {
            status: answer.status(),
            headers: answer.headers().clone(),
            location: location.map(|url| Url::parse(url).unwrap()),
            body: answer.text().await.unwrap(),
        }
    }
}

/// A person's way: sent to log in, denied, granted, let in, logged out, sent to log in.
pub async fn walk(kratos: Kratos, keto: Keto) {
    let object = format!("walk-{}", uuid::Uuid::new_v4());
    let (listener, url) = port();
    let app = serve(listener, app(&kratos, &keto, &object, url.clone()));

    let nobody = app.get("/", "").await;
    assert_eq!(nobody.status, 302);
    let to = nobody.location.unwrap();
    assert_eq!(to.path(), "/sub/login");
    let return_to = to.query_pairs().find(|(name, _)| name == "return_to").unwrap().1;
    let returning = format!("{url}?returned_from=login");
    assert_eq!(return_to, returning);
    // Who comes back without a session stays here.
    let returned = app.get("/?returned_from=login", "").await;
    assert_eq!((returned.status.as_u16(), returned.location), (403, None));

    let login = kratos.users.somebody().await;
    let cookies = kratos.users.cookies(&login).await;
    let denied = app.get("/", &cookies).await;
    assert_eq!(denied.status, 403, "{denied:?}");
    assert!(denied.body.contains("You may not see this page"));

    let whoami =
        kratos.sessions.whoami(&Credential::from_cookie_headers([&cookies])).await.unwrap();
    let subject = strategy(&keto).subject(&whoami.active().unwrap().identity).unwrap();
    let grant = permission(&object).of(subject);
    keto.relationships.create_relationship(&grant).await.unwrap();
    let let_in = app.get("/", &cookies).await;
    assert_eq!(let_in.status, 200, "{let_in:?}");
    assert!(let_in.body.contains("Welcome to the homepage"));

    // Who comes back with one is to have the URL without the marker.
    let back = app.get("/?returned_from=login", &cookies).await;
    assert_eq!((back.status.as_u16(), back.location), (302, Some(url)));

    keto.relationships.delete_relationship(&grant).await.unwrap();
    assert_eq!(app.get("/", &cookies).await.status, 403);
    keto.relationships.create_relationship(&grant).await.unwrap();

    // The real servers of the tests allow no return to a port that is not known before.
    let url = kratos
        .logout
        .logout_url(&Credential::from_cookie_headers([&cookies]), &LogoutOptions::new())
        .await;
    let url = url.unwrap().unwrap();
    let cookie = [("cookie", cookies.as_str())];
    kratos.users.request("GET", url.expose().as_str(), &cookie).send().await.unwrap();
    assert_eq!(app.get("/", &cookies).await.status, 302);
}

/// Who lacks a second factor is sent for it once; who comes back without it is told.
pub async fn second_factor(kratos: Kratos) {
    let login = kratos.users.somebody().await;
    kratos.users.require_second_factor(&login).await;
    let cookies = kratos.users.cookies(&login).await;
    let (listener, url) = port();
    let mut app = traits(kratos.sessions, MockLogout::new(), MockPermissions::new());
    app.public_url = url;
    let app = serve(listener, app);
    for path in ["/", "/?returned_from=login"] {
        let to = app.get(path, &cookies).await.location.unwrap();
        assert_eq!(to.path(), "/self-service/login/browser");
        let query: Vec<_> = to.query_pairs().collect();
        let return_to = format!("{}?returned_from=second-factor", app.url);
        let expected = [("aal".into(), "aal2".into()), ("return_to".into(), return_to.into())];
        assert_eq!(query, expected);
    }
    let returned = app.get("/?returned_from=second-factor", &cookies).await;
    assert_eq!((returned.status.as_u16(), returned.location), (403, None));
    assert!(returned.body.contains("A second factor is missing"), "{}", returned.body);
}

/// Where the session cookie is configured by a wrong name, who comes back from the login is told
/// the right one.
pub async fn wrong_cookie_name(kratos: Kratos) {
    let login = kratos.users.somebody().await;
    let cookies = kratos.users.cookies(&login).await;
    let client = KratosClient::builder().public_url(kratos.users.public_url().as_str());
    let client = client.session_cookie("wrong_name").build().unwrap();
    let (listener, url) = port();
    let mut app = traits(client, MockLogout::new(), MockPermissions::new());
    app.public_url = url;
    app.session_cookie = "wrong_name".into();
    let app = serve(listener, app);
    assert_eq!(app.get("/", &cookies).await.status, 302);
    let returned = app.get("/?returned_from=login", &cookies).await;
    assert_eq!((returned.status.as_u16(), returned.location), (403, None));
    let told = "no cookie named wrong_name, but it sent ory_kratos_session.";
    assert!(returned.body.contains(told), "{}", returned.body);
}

/// An app over mocks, or whatever else.
pub fn traits(
    sessions: impl kratos_client::Sessions + 'static,
    logout: impl kratos_client::Logout + 'static,
    permissions: impl keto_client::Permissions + 'static,
) -> App {
    App {
        sessions: Arc::new(sessions),
        logout: Arc::new(logout),
        permissions: Arc::new(permissions),
        dependencies: Vec::new(),
        subject: SubjectStrategy::default(),
        permission: permission("homepage"),
        contact: None,
        oathkeeper: None,
        stopping: Arc::default(),
        session_cookie: "ory_kratos_session".into(),
        public_url: Url::parse("http://app.test/").unwrap(),
        ui_url: Url::parse("http://ui.test/").unwrap(),
    }
}
