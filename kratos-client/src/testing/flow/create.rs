//! Creating a flow.

use super::{Flow, Kind, messages};
use crate::testing::{
    browser::{csrf_secret, set_csrf_cookie, wants_json},
    credential::new_totp_secret,
    identity::Identity,
    random,
    session::Session,
    state::{Answer, Data, Kratos, aal2_required, no_session, session_inactive},
};
use http::StatusCode;
use ory_http::testing::{Call, ErrorEnvelope, json, see_other};
use serde_json::json;

/// Creates the flow of an app.
pub(in crate::testing) fn create_native(kratos: &Kratos, call: &Call<'_>, kind: Kind) -> Answer {
    let mut data = kratos.data();
    let flow = create(kratos, &mut data, call, kind)?;
    data.flows.put(flow.clone());
    Ok(json(StatusCode::OK, &flow.json(&kratos.config, &data)))
}

/// Creates the flow of a browser, and sends it to the UI unless it wants JSON.
pub(in crate::testing) fn create_browser(kratos: &Kratos, call: &Call<'_>, kind: Kind) -> Answer {
    let mut data = kratos.data();
    let return_to = kratos.config.return_to(call.query("return_to").as_deref())?;
    let mut flow = match create(kratos, &mut data, call, kind) {
        Ok(flow) => flow,
        Err(error) if wants_json(call) => return Err(error),
        Err(error) => return redirect(kratos, call, error),
    };
    let csrf = csrf_secret(call);
    flow.csrf = Some(csrf.clone());
    flow.return_to = return_to;
    data.flows.put(flow.clone());
    let mut response = match wants_json(call) {
        true => json(StatusCode::OK, &flow.json(&kratos.config, &data)),
        false => see_other(kratos.flow_ui(&flow).as_str()),
    };
    set_csrf_cookie(&mut response, &csrf);
    Ok(response)
}

/// Where a browser goes that gets no flow.
fn redirect(kratos: &Kratos, call: &Call<'_>, error: ErrorEnvelope) -> Answer {
    let config = &kratos.config;
    let login = config.public_url("self-service/login/browser");
    let to = match error.error()["id"].as_str() {
        Some("session_already_available") => config
            .return_to(call.query("return_to").as_deref())?
            .unwrap_or_else(|| config.default_return_url().clone()),
        Some("session_inactive") => login,
        Some("session_aal2_required") => {
            let mut login = login;
            login.set_query(Some("aal=aal2"));
            login
        }
        _ => return Err(error),
    };
    Ok(see_other(to.as_str()))
}

fn create(
    kratos: &Kratos,
    data: &mut Data,
    call: &Call<'_>,
    kind: Kind,
) -> Result<Flow, ErrorEnvelope> {
    let config = &kratos.config;
    let session = data.session(config, call).cloned();
    let mut flow = Flow::new(kind, config, call);
    match kind {
        Kind::Registration | Kind::Recovery if session.is_some() => {
            return Err(already_logged_in(kind));
        }
        Kind::Registration | Kind::Recovery | Kind::Verification => {}
        Kind::Login => {
            flow.login.refresh = call.query("refresh").as_deref() == Some("true");
            flow.login.aal2 = call.query("aal").as_deref() == Some("aal2");
            match &session {
                None if flow.login.aal2 => return Err(aal1_required()),
                Some(session) if !(flow.login.refresh || flow.login.aal2 && !session.is_aal2()) => {
                    return Err(already_logged_in(kind));
                }
                _ => {}
            }
            if call.query("return_session_token_exchange_code").as_deref() == Some("true") {
                flow.login.exchange_code = Some(random::text(64));
            }
            flow.login.identity = session.map(|session| session.identity);
            flow.login.refresh &= flow.login.identity.is_some();
            if flow.login.aal2 {
                let text = "Please complete the second authentication challenge.";
                flow.messages.push(messages::info(1_010_004, text));
            } else if flow.login.refresh {
                let text = "Please confirm this action by verifying that it is you.";
                flow.messages.push(messages::info(1_010_003, text));
            }
        }
        Kind::Settings => {
            let session = session.ok_or_else(session_inactive)?;
            if !data.has_required_aal(config, &session) {
                return Err(aal2_required(config));
            }
            let identity = data.identity(&session.identity)?;
            flow.begin_settings(identity);
        }
    }
    Ok(flow)
}

impl Flow {
    /// Shows the settings of an identity.
    pub(in crate::testing) fn begin_settings(&mut self, identity: &Identity) {
        self.settings.identity.clone_from(&identity.id);
        self.settings.totp_secret = new_totp_secret();
        self.settings.new_lookup_secrets = None;
        self.settings.reveal_lookup_secrets = false;
        self.values = json!({"traits": identity.traits});
    }
}

/// The session of a request that reads or submits settings, which must be theirs.
pub(in crate::testing) fn settings_session(
    kratos: &Kratos,
    data: &Data,
    call: &Call<'_>,
    flow: Option<&Flow>,
) -> Result<Session, ErrorEnvelope> {
    let reason = "A valid Ory Session Cookie or Ory Session Token is missing.";
    let session = data.session(&kratos.config, call).ok_or_else(|| no_session(reason))?;
    if !data.has_required_aal(&kratos.config, session) {
        return Err(aal2_required(&kratos.config));
    }
    if flow.is_some_and(|flow| flow.settings.identity != session.identity) {
        let message = "The requested action was forbidden";
        return Err(ErrorEnvelope::new(StatusCode::FORBIDDEN, message)
            .id("security_identity_mismatch")
            .reason(
                "The request was made for another identity and has been blocked for security \
                 reasons.",
            ));
    }
    Ok(session.clone())
}

pub(in crate::testing) fn already_logged_in(kind: Kind) -> ErrorEnvelope {
    let hint = match kind {
        Kind::Login => " Did you forget to set `?refresh=true`?",
        _ => "",
    };
    let reason =
        format!("A valid session was detected and thus {} is not possible.{hint}", kind.name());
    ErrorEnvelope::new(StatusCode::BAD_REQUEST, "you are already logged in")
        .id("session_already_available")
        .reason(reason)
}

fn aal1_required() -> ErrorEnvelope {
    let message = "aal2 and aal3 can only be requested if a session exists already";
    ErrorEnvelope::new(StatusCode::UNAUTHORIZED, message)
        .id("session_aal1_required")
        .reason("You can not requested a higher AAL (AAL2/AAL3) without an active session.")
}
