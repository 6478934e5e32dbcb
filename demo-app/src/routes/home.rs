//! The protected homepage.

use crate::{
    app::App,
    pages::{self, Viewer},
};
use actix_web::{HttpResponse, web::Data};
use keto_client::actix::Can;
use kratos_client::actix::ActiveSession;

/// Shows the homepage to those whom the guards around it let pass. It changes nothing, whatever the
/// method.
pub async fn home(app: Data<App>, session: ActiveSession, can: Can) -> HttpResponse {
    pages::home(can.subject(), Viewer::new(&*session.0, app.has_pages()))
}
