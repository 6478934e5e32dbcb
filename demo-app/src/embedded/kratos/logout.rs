//! Ending sessions.

use super::{Kratos, login::set_cookie, refuse, see_other, wants_json};
use crate::embedded::error::WireError;
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Json, Query},
};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(super) struct Create {
    return_to: Option<String>,
}

pub(super) async fn create(
    kratos: Data<Kratos>,
    request: HttpRequest,
    query: Query<Create>,
) -> HttpResponse {
    let return_to = match kratos.return_to(query.return_to.as_deref()) {
        Ok(return_to) => return_to,
        Err(error) => return error.into(),
    };
    let Some((secret, _)) = kratos.session(&request) else {
        return no_session().into();
    };
    let token = kratos.logout_token(secret);
    let mut url = kratos.url("self-service/logout");
    if let Some(return_to) = return_to {
        url.query_pairs_mut().append_pair("return_to", return_to.as_str());
    }
    url.query_pairs_mut().append_pair("token", &token);
    HttpResponse::Ok().json(json!({"logout_url": url, "logout_token": token}))
}

#[derive(Deserialize)]
pub(super) struct Submit {
    token: Option<String>,
    return_to: Option<String>,
}

pub(super) async fn submit(
    kratos: Data<Kratos>,
    request: HttpRequest,
    query: Query<Submit>,
) -> HttpResponse {
    let return_to = match kratos.return_to(query.return_to.as_deref()) {
        Ok(return_to) => return_to.unwrap_or_else(|| kratos.default_return_url()),
        Err(error) => return refuse(&kratos, &request, &error),
    };
    let Some((secret, _)) = kratos.session(&request) else { return see_other(&return_to) };
    let redeemed = query.token.as_deref().and_then(|token| kratos.redeem_logout_token(token));
    if redeemed.as_deref() != Some(&secret) {
        let error = WireError::new(StatusCode::FORBIDDEN, "the log-out token is not valid")
            .reason("The log-out token does not belong to this session.");
        return refuse(&kratos, &request, &error);
    }
    kratos.end_session(&secret);
    let mut response = match wants_json(&request) {
        true => HttpResponse::NoContent().finish(),
        false => see_other(&return_to),
    };
    set_cookie(&mut response, &kratos.no_session_cookie());
    response
}

#[derive(Deserialize)]
pub(super) struct Token {
    session_token: String,
}

pub(super) async fn api(kratos: Data<Kratos>, body: Json<Token>) -> HttpResponse {
    kratos.end_session(&body.session_token);
    HttpResponse::NoContent().finish()
}

fn no_session() -> WireError {
    WireError::new(StatusCode::UNAUTHORIZED, "request does not have a valid authentication session")
        .id("session_inactive")
        .reason("No active session was found in this request.")
}
