//! The protected homepage.

use super::{cookies, redirect};
use crate::{
    access::{Access, decide},
    app::App,
    causes::causes,
    pages,
};
use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, web::Data};
use url::Url;

/// Shows the homepage to those who may see it, and to nobody else.
#[get("/")]
pub async fn home(request: HttpRequest, app: Data<App>) -> HttpResponse {
    match decide(&app, cookies(&request)).await {
        Ok(Access::Granted(subject)) => pages::home(&subject),
        Ok(Access::Denied(subject)) => pages::denied(&app.permission, &subject),
        Ok(Access::Inactive) => {
            let (title, text) = ("Not active", "Your session or account is not active any more.");
            pages::message(StatusCode::FORBIDDEN, title, text)
        }
        Ok(Access::LogIn) => redirect(&login_url(&app, None)),
        Ok(Access::SecondFactor(Some(url))) => redirect(&returning(&app, url)),
        Ok(Access::SecondFactor(None)) => redirect(&login_url(&app, Some("aal2"))),
        Err(no_decision) => {
            tracing::error!("no decision: {}", causes(&no_decision));
            let (title, text) = (
                "Not available",
                "Who you are and what you may see can't be \
                found out right now. Please try again later.",
            );
            pages::message(StatusCode::SERVICE_UNAVAILABLE, title, text)
        }
    }
}

/// Where to log in, with the way back here.
fn login_url(app: &App, aal: Option<&str>) -> Url {
    let mut url = app.ui_url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push("login");
    }
    if let Some(aal) = aal {
        url.query_pairs_mut().append_pair("aal", aal);
    }
    returning(app, url)
}

fn returning(app: &App, mut url: Url) -> Url {
    url.query_pairs_mut().append_pair("return_to", app.public_url.as_str());
    url
}
