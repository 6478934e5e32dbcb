//! Some routes need more than a session: a second factor, or a login of the last five minutes.
//!
//! `KRATOS_EXTERNAL_API_URL=http://127.0.0.1:4433 KRATOS_UI_URL=http://127.0.0.1:4455
//! APP_PUBLIC_URL=http://127.0.0.1:3000 cargo run -p demo-app --example step_up`

use actix_web::{App, HttpServer, web};
use kratos_client::actix::{ActiveIdentity, OptionalSession, SessionGuard};
use std::{error::Error, time::Duration};

async fn home(session: OptionalSession) -> &'static str {
    if session.0.is_some() { "you are logged in" } else { "nobody is logged in" }
}

async fn keys(who: ActiveIdentity) -> String {
    format!("the keys of {}", who.id)
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sessions = SessionGuard::from_env()?;
    let second_factor = sessions.clone().require_second_factor();
    let recent = sessions.clone().max_login_age(Duration::from_mins(5));
    let app = move || {
        App::new()
            .service(web::resource("/keys").wrap(second_factor.clone()).route(web::get().to(keys)))
            .service(web::resource("/email").wrap(recent.clone()).route(web::get().to(keys)))
            .service(
                web::resource("/").wrap(sessions.clone().optional()).route(web::get().to(home)),
            )
    };
    Ok(HttpServer::new(app).bind("127.0.0.1:3000")?.run().await?)
}
