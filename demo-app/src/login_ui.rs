//! The login UI of the embedded Kratos: pages that are rendered from Kratos's flows.

use crate::{
    error_chain::error_chain,
    methods::{Methods, not_found},
    pages,
    routes::{self, security_headers},
    seed_users::{SeedUser, seed_users},
};
use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    dev::ServerHandle,
    http::header::{COOKIE, HeaderValue, LOCATION},
    web::{self, Data, Query},
};
use askama::Template;
use kratos_client::{
    Flows, Frontend, KratosClient,
    flow::{Caller, Flow, Login},
};
use serde::Deserialize;
use std::{
    io,
    net::{Ipv4Addr, TcpListener},
};
use url::Url;

/// The running UI. It stops when this is dropped.
pub(crate) struct LoginUi(ServerHandle);

impl Drop for LoginUi {
    fn drop(&mut self) {
        // The order is given by the call; the future only waits for it to be carried out.
        drop(self.0.stop(false));
    }
}

impl std::fmt::Debug for LoginUi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LoginUi")
    }
}

#[derive(Clone)]
struct Kratos {
    client: KratosClient,
    public_url: Url,
}

impl LoginUi {
    /// A free loopback port with its URL, which Kratos needs to know before the UI is served.
    pub(crate) fn bind() -> io::Result<(TcpListener, Url)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let url = format!("http://{}/", listener.local_addr()?);
        Ok((listener, Url::parse(&url).map_err(io::Error::other)?))
    }

    /// Serves the UI of the Kratos with this public API.
    pub(crate) fn serve(listener: TcpListener, url: &Url, public_url: &Url) -> io::Result<Self> {
        let client = KratosClient::builder().public_url(public_url.as_str()).build();
        let client = client.map_err(io::Error::other)?;
        let (kratos, url) = (Kratos { client, public_url: public_url.clone() }, url.clone());
        let app = move || {
            App::new().app_data(Data::new(kratos.clone())).service(
                web::scope("")
                    .wrap(security_headers(&url))
                    .service(Methods::at("/login").get(login))
                    .service(Methods::at("/error").get(error))
                    .service(routes::style_sheet())
                    .default_service(web::to(not_found)),
            )
        };
        let server = HttpServer::new(app).workers(1).disable_signals().listen(listener)?.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Ok(Self(handle))
    }
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    action: &'a str,
    csrf: &'a str,
    identifier: &'a str,
    message: Option<&'a str>,
    people: &'a [SeedUser],
}

#[derive(Deserialize)]
struct LoginQuery {
    flow: Option<String>,
    return_to: Option<String>,
}

/// The form of a flow. Without one that is this browser's, Kratos creates one.
async fn login(
    kratos: Data<Kratos>,
    request: HttpRequest,
    query: Query<LoginQuery>,
) -> HttpResponse {
    let flow = match &query.flow {
        Some(id) => flow(&kratos, &request, id).await,
        None => None,
    };
    if let Some(flow) = flow {
        return form(&flow);
    }
    // The base URL is one of ours, which has no path.
    let mut url = kratos.public_url.clone();
    url.set_path("self-service/login/browser");
    if let Some(return_to) = &query.return_to {
        url.query_pairs_mut().append_pair("return_to", return_to);
    }
    HttpResponse::SeeOther().insert_header((LOCATION, url.as_str())).finish()
}

async fn flow(kratos: &Kratos, request: &HttpRequest, id: &str) -> Option<Flow<Login>> {
    let cookies = request.headers().get_all(COOKIE).map(HeaderValue::as_bytes);
    let browser = Caller::browser(cookies);
    let login: &dyn Flows<Login> = &kratos.client;
    match login.get(&id.into(), &browser).await {
        Ok(outcome) => outcome.into_flow(),
        Err(error) => {
            tracing::warn!("no login flow: {}", error_chain(&error));
            None
        }
    }
}

fn form(flow: &Flow<Login>) -> HttpResponse {
    let value = |name| flow.ui.input(name)?.value.as_ref()?.as_str();
    let page = LoginPage {
        action: &flow.ui.action,
        csrf: value("csrf_token").unwrap_or_default(),
        identifier: value("identifier").unwrap_or_default(),
        message: flow.ui.all_messages().next().map(|message| &*message.text),
        people: seed_users(),
    };
    pages::render(&page)
}

#[derive(Deserialize)]
struct ErrorQuery {
    id: String,
}

async fn error(kratos: Data<Kratos>, query: Query<ErrorQuery>) -> HttpResponse {
    let error = kratos.client.get_flow_error(&query.id).await.ok().and_then(|error| error.error);
    let reason = error.as_ref().and_then(|error| error["reason"].as_str());
    pages::login_failed(reason.unwrap_or("Why is not known any more."), "/login")
}
