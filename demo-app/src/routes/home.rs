//! The protected homepage.

use crate::pages;
use actix_web::HttpResponse;
use keto_client::actix::Can;

/// Shows the homepage to those whom the guards around it let pass. It changes nothing, whatever the
/// method.
pub async fn home(can: Can) -> HttpResponse {
    pages::home(can.subject())
}
