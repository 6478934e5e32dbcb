//! The login UI of the embedded Kratos.

use super::{
    kratos::{Flow, Kratos},
    people::{Person, people},
};
use crate::{
    methods::{Methods, not_found},
    pages,
    routes::{self, security_headers},
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::LOCATION,
    web::{self, Data, Query, ServiceConfig},
};
use askama::Template;
use serde::Deserialize;
use std::sync::Arc;

pub(super) fn routes(kratos: Arc<Kratos>) -> impl Fn(&mut ServiceConfig) + Clone + Send {
    move |config| {
        config.app_data(Data::from(kratos.clone())).service(
            web::scope("")
                .wrap(security_headers(&kratos.ui_url("")))
                .service(Methods::at("/login").get(login))
                .service(Methods::at("/error").get(error))
                .service(routes::style_sheet())
                .default_service(web::to(not_found)),
        );
    }
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login<'a> {
    action: String,
    csrf: &'a str,
    identifier: &'a str,
    message: Option<&'a str>,
    people: &'a [Person],
}

#[derive(Deserialize)]
struct LoginQuery {
    flow: Option<String>,
    return_to: Option<String>,
}

/// The form of a flow; without one that is this browser's, Kratos is asked to start one.
async fn login(
    kratos: Data<Kratos>,
    request: HttpRequest,
    query: Query<LoginQuery>,
) -> HttpResponse {
    let flow = query.flow.as_deref().and_then(|id| kratos.flow(id));
    match flow.filter(|flow| Kratos::owns(&request, flow)) {
        Some(flow) => form(&kratos, &flow),
        None => {
            let mut url = kratos.url("self-service/login/browser");
            if let Some(return_to) = &query.return_to {
                url.query_pairs_mut().append_pair("return_to", return_to);
            }
            HttpResponse::SeeOther().insert_header((LOCATION, url.as_str())).finish()
        }
    }
}

fn form(kratos: &Kratos, flow: &Flow) -> HttpResponse {
    let page = Login {
        action: flow.action(kratos).into(),
        csrf: flow.csrf.as_deref().unwrap_or_default(),
        identifier: &flow.identifier,
        message: flow.message.map(|message| message.text),
        people: people(),
    };
    pages::render(&page)
}

#[derive(Deserialize)]
struct ErrorQuery {
    id: String,
}

async fn error(kratos: Data<Kratos>, query: Query<ErrorQuery>) -> HttpResponse {
    let error = kratos.error(&query.id);
    let reason = error.as_ref().and_then(|error| error["reason"].as_str());
    pages::login_failed(reason.unwrap_or("Why is not known any more."), "/login")
}
