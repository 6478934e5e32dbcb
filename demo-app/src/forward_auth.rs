//! The endpoint that a proxy asks about each request to an application behind it.

mod rules;

pub use rules::Rules;

use crate::{
    app::App,
    guards::login_url,
    methods::plain_text,
    settings::{Permission, web_url},
};
use actix_web::{HttpResponse, HttpResponseBuilder, http::StatusCode, web};
use keto_client::{ConfigError, actix::Authorization};
use kratos_client::{
    actix::{ActiveSession, SessionGuard},
    guard::{ForwardAuth, identity_headers},
};
use url::Url;

/// Which applications proxies ask about, and what requests to them need.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ForwardAuthSettings {
    /// How browsers reach the applications behind proxies that ask at /forward-auth/nginx,
    /// /forward-auth/traefik or /forward-auth/caddy, separated by commas; without it, there is no such
    /// endpoint
    #[arg(long = "forward-auth-urls", env = "FORWARD_AUTH_URLS", value_delimiter = ',',
          value_parser = web_url, hide_env_values = true)]
    pub urls: Vec<Url>,
    /// What their paths need, a rule in each line: a path, such as /documents/{id} or /public/*, and a
    /// permission, such as Document:{id}#view; without one, a session is enough. The first rule that has
    /// the path decides, in its case, with or without a slash at its end; a path without a rule is denied. Default: /* and the permission of the homepage
    #[arg(long = "forward-auth-rules", env = "FORWARD_AUTH_RULES")]
    pub rules: Option<Rules>,
}

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
