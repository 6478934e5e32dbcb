//! The endpoint that a proxy asks about each request to an application behind it.

mod rules;
pub mod settings;

use crate::{app::App, guards::login_url, methods::plain_text, permission::Permission};
use actix_web::{HttpResponse, HttpResponseBuilder, http::StatusCode, web};
use keto_client::{ConfigError, actix::Authorization};
use kratos_client::{
    actix::{ActiveSession, SessionGuard},
    guard::{ForwardAuth, identity_headers},
};
use rules::Rules;
use settings::ForwardAuthSettings;

/// The guards of the endpoint.
#[derive(Clone)]
pub struct Endpoint {
    sessions: SessionGuard,
    authorization: Authorization,
    rules: Rules,
}

impl ForwardAuthSettings {
    /// The guards, if there is an application behind a proxy.
    ///
    /// # Errors
    /// If there are rules and no application.
    pub fn endpoint(
        &self,
        app: &App,
        permission: &Permission,
    ) -> Result<Option<Endpoint>, ConfigError> {
        let Some((first, others)) = self.urls.split_first() else {
            return match self.rules {
                None => Ok(None),
                Some(_) => Err(ConfigError::new(
                    "FORWARD_AUTH_RULES",
                    "is set, but FORWARD_AUTH_URLS is not, so that no request would be decided about",
                )),
            };
        };
        let sessions = SessionGuard::new(app.sessions.clone(), login_url(app), first)?;
        let sessions = others.iter().try_fold(sessions, SessionGuard::allow_origin)?;
        let authorization = Authorization::with_single_checks(app.permissions.clone())
            .subject(app.subject.strategy());
        let rules = self.rules.clone().unwrap_or_else(|| Rules::all(permission.template()));
        Ok(Some(Endpoint { sessions, authorization, rules }))
    }
}

/// Adds the endpoint for each proxy.
pub fn configure(endpoint: Option<Endpoint>) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        let Some(endpoint) = endpoint else { return };
        for (name, proxy) in [
            ("nginx", ForwardAuth::nginx()),
            ("traefik", ForwardAuth::traefik()),
            ("caddy", ForwardAuth::caddy()),
        ] {
            let mut scope = web::scope(&format!("/forward-auth/{name}"));
            for rule in &endpoint.rules.0 {
                let resource = web::resource(rule.path.routes.clone());
                scope = match rule.permission.clone() {
                    Some(permission) => {
                        let permitted = endpoint.authorization.require_condition(permission);
                        scope.service(resource.wrap(permitted).route(web::to(allowed)))
                    }
                    None => scope.service(resource.route(web::to(allowed))),
                };
            }
            let scope = scope.default_service(web::to(denied));
            config.service(scope.wrap(endpoint.sessions.clone()).wrap(proxy.redirect_browsers()));
        }
    }
}

async fn allowed(session: ActiveSession) -> HttpResponse {
    let mut response: HttpResponseBuilder = HttpResponse::Ok();
    for (name, value) in &identity_headers(&session) {
        response.insert_header((name.as_str(), value.as_bytes()));
    }
    response.finish()
}

/// nginx takes no other status than 401 and 403 for a denial.
async fn denied() -> HttpResponse {
    plain_text(StatusCode::FORBIDDEN, "No rule allows this path.\n")
}
