//! Submitting a flow.

mod code;
mod login;
mod registration;
mod settings;
mod traits;

pub(in crate::testing) use code::{follow_link, send_verification};

use super::{
    Body, Flow, Kind,
    create::{already_logged_in, settings_session},
    messages,
};
use crate::testing::{
    browser::{
        CSRF_LENGTH, csrf_secret, csrf_violation, is_from_form, set_csrf_cookie,
        set_session_cookie, wants_json,
    },
    config::MIN_PASSWORD_LENGTH,
    random,
    session::Session,
    state::{Answer, Data, Kratos},
};
use http::{Response, StatusCode};
use jiff::Timestamp;
use ory_http::testing::{Bytes, Call, ErrorEnvelope, json, see_other};
use serde_json::{Value, json};
use url::Url;

/// What a submission comes to.
enum Outcome {
    /// The flow, with messages or for its next step.
    Again(StatusCode),
    /// A login or a registration is complete.
    LoggedIn { session: Session, registered: bool, verification: Option<String> },
    /// A verification or a change of settings is complete.
    Completed,
    /// The browser has to go on at this URL, with this session.
    Elsewhere { url: Url, session: Session },
    /// Another flow takes its place, and says why.
    Replaced(Value),
}

/// A submission.
struct Submission<'a> {
    kratos: &'a Kratos,
    data: &'a mut Data,
    call: &'a Call<'a>,
    flow: Flow,
    body: Body,
}

pub(in crate::testing) fn submit(kratos: &Kratos, call: &Call<'_>, kind: Kind) -> Answer {
    let data = &mut *kratos.data();
    if kind == Kind::Settings {
        settings_session(kratos, data, call, None)?;
    }
    let flow = call.query("flow").and_then(|id| data.flows.get(kind, &id)).cloned();
    let missing = "The flow query parameter is missing or malformed.";
    let flow = flow.ok_or_else(|| ErrorEnvelope::bad_request(missing))?;
    let body = Body::parse(call);
    let body =
        body.ok_or_else(|| ErrorEnvelope::bad_request("The body is neither JSON nor a form."))?;
    if kind == Kind::Registration && data.session(&kratos.config, call).is_some() {
        return Err(already_logged_in(kind));
    }
    if !is_from_form(call, &flow, body.text("csrf_token")) {
        return Err(csrf_violation());
    }
    let mut submission = Submission { kratos, data, call, flow, body };
    if submission.flow.is_expired() {
        return Ok(submission.expired());
    }
    submission.flow.clear_messages();
    let outcome = match kind {
        Kind::Login => submission.login(),
        Kind::Registration => submission.registration(),
        Kind::Recovery | Kind::Verification => submission.code(),
        Kind::Settings => submission.settings(),
    };
    Ok(submission.respond(outcome?))
}

impl Submission<'_> {
    /// A flow with a message that no method of it was submitted.
    fn no_strategy(&mut self, id: u32, purpose: &str) -> Outcome {
        let text = format!(
            "Could not find a strategy to {purpose}. Did you fill out the form correctly?",
        );
        self.flow.messages.push(messages::error(id, &text));
        Outcome::Again(StatusCode::BAD_REQUEST)
    }

    fn field_message(&mut self, name: &str, message: Value) -> Outcome {
        self.flow.field_messages.push((name.to_owned(), message));
        Outcome::Again(StatusCode::BAD_REQUEST)
    }

    /// Why a password is refused.
    fn password_problem(password: &str, identifiers: &[String]) -> Option<Value> {
        let length = password.chars().count();
        if password.is_empty() {
            return Some(messages::property_is_missing("password"));
        }
        if length < MIN_PASSWORD_LENGTH {
            return Some(messages::password_is_short(MIN_PASSWORD_LENGTH, length));
        }
        let password = password.to_lowercase();
        let similar = |identifier: &String| {
            let identifier = identifier.to_lowercase();
            identifier.contains(&password) || password.contains(&identifier)
        };
        identifiers.iter().any(similar).then(messages::password_is_similar)
    }

    fn wants_json(&self) -> bool {
        self.flow.is_native() || wants_json(self.call)
    }

    fn respond(self, outcome: Outcome) -> Response<Bytes> {
        match outcome {
            Outcome::Again(status) => self.flow_response(status),
            Outcome::Completed => self.flow_response(StatusCode::OK),
            Outcome::LoggedIn { session, registered, verification } => {
                self.logged_in(&session, registered, verification)
            }
            Outcome::Elsewhere { url, session } => {
                let mut response = self.location_change(&url);
                if !self.flow.is_native() {
                    set_session_cookie(&mut response, &self.kratos.config, &session.secret);
                }
                response
            }
            Outcome::Replaced(message) => self.replaced(message),
        }
    }

    fn flow_response(self, status: StatusCode) -> Response<Bytes> {
        let mut body = self.flow.json(&self.kratos.config, self.data);
        let ui = self.kratos.flow_ui(&self.flow);
        if self.flow.state == "success" && !self.flow.is_native() {
            let next = json!({"action": "redirect_browser_to", "redirect_browser_to": ui});
            body["continue_with"] = json!([next]);
        }
        let wants_json = self.wants_json();
        self.data.flows.put(self.flow);
        if wants_json { json(status, &body) } else { see_other(ui.as_str()) }
    }

    fn logged_in(
        self,
        session: &Session,
        registered: bool,
        verification: Option<String>,
    ) -> Response<Bytes> {
        let config = &self.kratos.config;
        let needs_second_factor = !self.data.has_required_aal(config, session);
        let mut session_json = self.data.session_json(config, session);
        let mut body = json!({});
        if registered {
            body["identity"] = session_json["identity"].clone();
        }
        if needs_second_factor {
            session_json["identity"] = Value::Null;
        }
        body["session"] = session_json;
        let return_to = self.flow.return_to.as_ref().unwrap_or_else(|| config.default_return_url());
        if self.flow.is_native() {
            body["session_token"] = session.secret.as_str().into();
            body["continue_with"] = match registered {
                true => json!([{
                    "action": "set_ory_session_token",
                    "ory_session_token": session.secret,
                }]),
                false => Value::Null,
            };
            return json(StatusCode::OK, &body);
        }
        body["continue_with"] =
            json!([{"action": "redirect_browser_to", "redirect_browser_to": return_to}]);
        // A new session comes with a new secret, so that older forms are of no use.
        let before = self.data.session(config, self.call);
        let is_new = before.is_none_or(|before| before.id != session.id);
        let csrf = if is_new { random::text(CSRF_LENGTH) } else { csrf_secret(self.call) };
        let verification = verification.filter(|_| config.show_verification_ui);
        let verification =
            verification.and_then(|id| self.data.flows.get(Kind::Verification, &id).cloned());
        let mut verification_ui = None;
        if let Some(mut flow) = verification {
            flow.csrf = Some(csrf.clone());
            let url = self.kratos.flow_ui(&flow);
            if let Some(steps) = body["continue_with"].as_array_mut() {
                let address = &flow.code.address;
                let flow = json!({"id": flow.id, "verifiable_address": address, "url": url});
                steps.push(json!({"action": "show_verification_ui", "flow": flow}));
            }
            self.data.flows.put(flow);
            verification_ui = Some(url);
        }
        let mut response = if needs_second_factor {
            let mut login = config.public_url("self-service/login/browser");
            login.query_pairs_mut().append_pair("aal", "aal2");
            if let Some(return_to) = &self.flow.return_to {
                login.query_pairs_mut().append_pair("return_to", return_to.as_str());
            }
            self.location_change(&login)
        } else if self.wants_json() {
            json(StatusCode::OK, &body)
        } else {
            see_other(verification_ui.as_ref().unwrap_or(return_to).as_str())
        };
        if is_new {
            set_csrf_cookie(&mut response, &csrf);
        }
        set_session_cookie(&mut response, config, &session.secret);
        response
    }

    /// Sends a browser on, or tells a program to do so.
    fn location_change(&self, url: &Url) -> Response<Bytes> {
        if !self.wants_json() {
            return see_other(url.as_str());
        }
        let reason =
            format!("In order to complete this flow please redirect the browser to: {url}");
        let message = "browser location change required";
        ErrorEnvelope::new(StatusCode::UNPROCESSABLE_ENTITY, message)
            .id("browser_location_change_required")
            .reason(reason)
            .beside("redirect_browser_to", url.as_str())
            .response()
    }

    fn new_flow(&self, message: Value) -> Flow {
        let mut flow = Flow::new(self.flow.kind, &self.kratos.config, self.call);
        flow.csrf.clone_from(&self.flow.csrf);
        flow.return_to.clone_from(&self.flow.return_to);
        flow.messages.push(message);
        flow
    }

    fn replaced(self, message: Value) -> Response<Bytes> {
        let flow = self.new_flow(message);
        let response = match flow.kind {
            _ if !self.wants_json() => see_other(self.kratos.flow_ui(&flow).as_str()),
            Kind::Recovery => {
                let mut url = self.kratos.config.public_url("self-service/recovery/flows");
                url.query_pairs_mut().append_pair("id", &flow.id);
                see_other(url.as_str())
            }
            _ => ErrorEnvelope::new(StatusCode::GONE, "self-service flow replaced")
                .id("self_service_flow_replaced")
                .reason("An error occured, please use the new flow.")
                .beside("use_flow_id", flow.id.as_str())
                .response(),
        };
        self.data.flows.put(self.flow);
        self.data.flows.put(flow);
        response
    }

    fn expired(self) -> Response<Bytes> {
        let kind = self.flow.kind;
        let id = match kind {
            Kind::Login => 4_010_001,
            Kind::Registration => 4_040_001,
            Kind::Settings => 4_050_001,
            Kind::Recovery => 4_060_005,
            Kind::Verification => 4_070_005,
        };
        let age = Timestamp::now().duration_since(self.flow.expires_at);
        let (name, minutes) = (kind.name(), age.as_secs_f64() / 60.0);
        let text = format!("The {name} flow expired {minutes:.2} minutes ago, please try again.");
        let mut flow = self.new_flow(messages::error(id, &text));
        if kind == Kind::Settings
            && let Ok(identity) = self.data.identity(&self.flow.settings.identity)
        {
            flow.begin_settings(identity);
        }
        // Kratos replaces the verification of an app by that of a browser.
        let csrf = (kind == Kind::Verification).then(|| csrf_secret(self.call));
        if csrf.is_some() {
            flow.csrf.clone_from(&csrf);
        }
        let mut response = match self.wants_json() {
            true => ErrorEnvelope::new(StatusCode::GONE, "self-service flow expired")
                .id("self_service_flow_expired")
                .reason("The self-service flow has expired.")
                .beside("use_flow_id", flow.id.as_str())
                .response(),
            false => see_other(self.kratos.flow_ui(&flow).as_str()),
        };
        if let Some(csrf) = csrf {
            set_csrf_cookie(&mut response, &csrf);
        }
        self.data.flows.put(flow);
        response
    }
}

impl Flow {
    /// A flow in which a code was sent by an administrator or to a new address.
    pub(in crate::testing) fn with_code(
        kratos: &Kratos,
        call: &Call<'_>,
        kind: Kind,
        code: (String, String),
        address: Option<String>,
    ) -> Self {
        let mut flow = Self::new(kind, &kratos.config, call);
        flow.state = "sent_email";
        flow.code.sent = Some(code);
        flow.code.address = address;
        flow.csrf = Some(random::text(44));
        flow
    }
}
