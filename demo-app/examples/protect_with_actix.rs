//! A protected route of actix-web, as in the README.

use actix_web::{App, HttpServer, web};
use keto_client::actix::Authorization;
use kratos_client::actix::{ActiveIdentity, SessionGuard};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (kratos, keto) = (SessionGuard::from_env()?, Authorization::from_env()?);
    let keto = keto.require("app:homepage#read")?;
    let page = async |who: ActiveIdentity| format!("hello, {}", who.id);
    let app = move || App::new().wrap(keto.clone()).wrap(kratos.clone()).route("/", web::to(page));
    Ok(HttpServer::new(app).bind("127.0.0.1:3000")?.run().await?)
}
