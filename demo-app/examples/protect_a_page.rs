//! The whole idea in one file: a page for those whom Kratos knows and Keto lets in.
//!
//! `KRATOS_EXTERNAL_API_URL=http://127.0.0.1:4433 KETO_API_READ_URL=http://127.0.0.1:4466
//! cargo run -p demo-app --example protect_a_page`

#![allow(clippy::print_stdout, reason = "an example talks to its user")]

use actix_web::{
    App, HttpRequest, HttpServer, Responder,
    http::{StatusCode, header::COOKIE},
    web,
};
use keto_client::{Check, Decision, KetoClient, Permissions, RelationTuple, Subject};
use kratos_client::{Credential, KratosClient, Sessions, Whoami};
use std::error::Error;

async fn page(
    request: HttpRequest,
    kratos: web::Data<dyn Sessions>,
    keto: web::Data<dyn Permissions>,
) -> impl Responder {
    let credential = Credential::from_cookie_headers(request.headers().get_all(COOKIE));
    let session = match kratos.whoami(&credential).await {
        Ok(Whoami::Active(session)) => session,
        Ok(_) => return ("log in first", StatusCode::UNAUTHORIZED),
        Err(_) => return ("try again later", StatusCode::SERVICE_UNAVAILABLE),
    };
    let subject = Subject::set("User", session.identity.id.as_str(), "");
    let may_read = Check::new(RelationTuple::new("app", "homepage", "read", subject));
    match keto.check(&may_read).await {
        Ok(Decision::Allowed) => ("welcome", StatusCode::OK),
        Ok(Decision::Denied) => ("not for you", StatusCode::FORBIDDEN),
        Err(_) => ("try again later", StatusCode::SERVICE_UNAVAILABLE),
    }
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let kratos: std::sync::Arc<dyn Sessions> = std::sync::Arc::new(KratosClient::from_env()?);
    let keto: std::sync::Arc<dyn Permissions> = std::sync::Arc::new(KetoClient::from_env()?);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::from(kratos.clone()))
            .app_data(web::Data::from(keto.clone()))
            .route("/", web::get().to(page))
    });
    let server = server.bind("127.0.0.1:0")?;
    println!("http://{}", server.addrs()[0]);
    Ok(server.run().await?)
}
