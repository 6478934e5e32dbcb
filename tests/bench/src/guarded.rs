//! A route behind the guards, and one whose handler makes the same two calls.

use crate::{Outcome, calls::cookies, each, runtime};
use actix_web::{App, HttpRequest, HttpResponse, dev::Service, test, web};
use axum::{Router, body::Body, extract, routing::get};
use http::{Request, StatusCode};
use keto_client::{
    ApiVersion, Check, Decision, KetoClient, Permissions, RelationTuple, Subject,
    guard::Authorization,
};
use kratos_client::{
    Credential, KratosClient, Sessions, Whoami,
    guard::{ActiveIdentity, SessionGuard},
};
use tower::ServiceExt;

pub const FRAMEWORKS: [&str; 2] = ["axum", "actix-web"];
pub const ROUTES: [&str; 2] = ["guards", "by hand"];

/// What a browser sends beside its cookie.
const HEADERS: [(&str, &str); 9] = [
    ("host", "127.0.0.1:3000"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("accept-language", "en-US,en;q=0.5"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "none"),
    ("upgrade-insecure-requests", "1"),
];

/// Sends requests to the route and tells how many allocations they made and of how many bytes, but
/// for a first one that connects.
pub fn run(route: &str, framework: &str, url: &str, times: &str) -> Outcome {
    let times: u64 = times.parse()?;
    let kratos = KratosClient::builder().public_url(url).build()?;
    let keto = KetoClient::builder().read_url(url).api_version(ApiVersion::Current).build()?;
    let clients = Clients { kratos, keto };
    runtime().block_on(async {
        match framework {
            "axum" => in_axum(route, clients, times).await,
            _ => in_actix(route, clients, times).await,
        }
    })
}

#[derive(Clone)]
struct Clients {
    kratos: KratosClient,
    keto: KetoClient,
}

impl Clients {
    fn sessions(&self) -> Outcome<SessionGuard> {
        let (login, app) = ("http://127.0.0.1:4455/login", "http://127.0.0.1:3000");
        Ok(SessionGuard::new(self.kratos.clone(), login, app)?)
    }

    /// The two calls, and no more than a handler needs of them.
    async fn page(&self, credential: &Credential) -> Result<String, StatusCode> {
        let session = match self.kratos.whoami(credential).await {
            Ok(Whoami::Active(session)) => session,
            Ok(_) => return Err(StatusCode::UNAUTHORIZED),
            Err(_) => return Err(StatusCode::SERVICE_UNAVAILABLE),
        };
        let id = session.identity.id.as_str();
        let subject = Subject::set("User", id, "");
        let check = Check::new(RelationTuple::new("app", "homepage", "read", subject));
        match self.keto.check(&check).await {
            Ok(Decision::Allowed) => Ok(format!("hello, {id}")),
            Ok(_) => Err(StatusCode::FORBIDDEN),
            Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

async fn in_axum(route: &str, clients: Clients, times: u64) -> Outcome {
    let app: Router = match route {
        "guards" => {
            let readers = Authorization::new(clients.keto.clone()).require("app:homepage#read")?;
            let page = get(async |who: ActiveIdentity| format!("hello, {}", who.id));
            Router::new().route("/", page).layer(readers).layer(clients.sessions()?)
        }
        _ => {
            let page = async |extract::State(clients): extract::State<Clients>,
                              request: extract::Request| {
                clients.page(&Credential::from_headers(request.headers())).await
            };
            Router::new().route("/", get(page)).with_state(clients)
        }
    };
    let mut request = Request::builder().uri("/").header("cookie", cookies());
    for (name, value) in HEADERS {
        request = request.header(name, value);
    }
    let request = request.body(())?;
    each!(times, {
        let response = app.clone().oneshot(request.clone().map(|()| Body::empty())).await?;
        assert_eq!(response.status(), 200);
    });
    Ok(())
}

async fn in_actix(route: &str, clients: Clients, times: u64) -> Outcome {
    let app = App::new();
    let cookies = cookies();
    let request = || {
        let mut request = test::TestRequest::default().insert_header(("cookie", &*cookies));
        for header in HEADERS {
            request = request.insert_header(header);
        }
        request.to_request()
    };
    match route {
        "guards" => {
            let readers = Authorization::new(clients.keto.clone()).require("app:homepage#read")?;
            let page = async |who: ActiveIdentity| format!("hello, {}", who.id);
            let app = app.wrap(readers).wrap(clients.sessions()?).route("/", web::to(page));
            let app = test::init_service(app).await;
            each!(times, assert_eq!(app.call(request()).await?.status(), 200));
        }
        _ => {
            let page = async |clients: web::Data<Clients>, request: HttpRequest| {
                let cookies = request.headers().get_all("cookie").map(|value| value.as_bytes());
                let credential = Credential::from_cookie_headers(cookies);
                let page = clients.page(&credential).await;
                match page {
                    Ok(page) => HttpResponse::Ok().body(page),
                    Err(status) => HttpResponse::build(
                        actix_web::http::StatusCode::from_u16(status.as_u16()).expect("a status"),
                    )
                    .finish(),
                }
            };
            let app = app.app_data(web::Data::new(clients)).route("/", web::to(page));
            let app = test::init_service(app).await;
            each!(times, assert_eq!(app.call(request()).await?.status(), 200));
        }
    }
    Ok(())
}
