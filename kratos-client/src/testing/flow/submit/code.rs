//! Recovery and verification, by a code.

use super::{Outcome, Submission};
use crate::testing::{
    browser::{csrf_secret, set_csrf_cookie, set_session_cookie},
    config::PRIVILEGED_SESSION_MAX_AGE,
    courier::Message,
    flow::{Flow, Kind, messages},
    identity::Identity,
    random,
    session::Session,
    state::{Answer, Data, Kratos},
};
use http::StatusCode;
use jiff::Timestamp;
use ory_http::testing::{Call, ErrorEnvelope, see_other};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

const MAX_ATTEMPTS: u32 = 5;

impl Submission<'_> {
    pub(super) fn code(&mut self) -> Result<Outcome, ErrorEnvelope> {
        if self.body.text("method") != "code" {
            return Ok(match self.flow.kind {
                Kind::Recovery => self.no_strategy(4_010_005, "recover your account with"),
                _ => self.no_strategy(4_010_006, "verify your account with"),
            });
        }
        match self.body.text("code").to_owned() {
            code if code.is_empty() => self.send_code(),
            code => self.enter_code(&code),
        }
    }

    fn send_code(&mut self) -> Result<Outcome, ErrorEnvelope> {
        let address = self.body.text("email").to_owned();
        if address.is_empty() {
            return Ok(self.field_message("email", messages::property_is_missing("email")));
        }
        let kind = self.flow.kind;
        let has_address = |identity: &&Identity| {
            let addresses = match kind {
                Kind::Recovery => &identity.recovery_addresses,
                _ => &identity.verifiable_addresses,
            };
            addresses.iter().any(|known| known.value == address)
        };
        let identity = self.data.identities.entries().values().find(has_address);
        self.flow.code.sent = identity.map(|identity| (random::code(), identity.id.clone()));
        if let Some((code, _)) = &self.flow.code.sent {
            let message = match kind {
                Kind::Recovery => Message::recovery_code(&address, code),
                _ => Message::verification_code(&address, code, &link(self.kratos, &self.flow)),
            };
            self.data.send(message)?;
        }
        self.flow.code.address = Some(address);
        self.flow.code.used = false;
        self.flow.code.attempts = 0;
        self.flow.state = "sent_email";
        // Kratos does not tell whether it knows the address.
        let (id, name) = match kind {
            Kind::Recovery => (1_060_003, "recovery"),
            _ => (1_080_003, "verification"),
        };
        let text = format!(
            "An email containing a {name} code has been sent to the email address you provided. If \
             you have not received an email, check the spelling of the address and make sure to \
             use the address you registered with.",
        );
        self.flow.messages.push(messages::info(id, &text));
        Ok(Outcome::Again(StatusCode::OK))
    }

    fn enter_code(&mut self, code: &str) -> Result<Outcome, ErrorEnvelope> {
        let step = &mut self.flow.code;
        let is_right =
            |(sent, _): &&(String, String)| bool::from(sent.as_bytes().ct_eq(code.as_bytes()));
        let right = step.sent.as_ref().filter(is_right).cloned();
        if right.is_some() && step.used {
            return Ok(Outcome::Replaced(match self.flow.kind {
                Kind::Recovery => {
                    messages::invalid("The code was already used. Please request another code.")
                }
                _ => already_verified(),
            }));
        }
        step.attempts += 1;
        if step.attempts > MAX_ATTEMPTS {
            let reason = "The request was submitted too often. Please request another code.";
            return Ok(Outcome::Replaced(messages::invalid(reason)));
        }
        let Some((_, identity)) = right else {
            let (id, name) = match self.flow.kind {
                Kind::Recovery => (4_060_006, "recovery"),
                _ => (4_070_006, "verification"),
            };
            let text =
                format!("The {name} code is invalid or has already been used. Please try again.");
            self.flow.messages.push(messages::error(id, &text));
            return Ok(Outcome::Again(StatusCode::OK));
        };
        step.used = true;
        self.flow.state = "passed_challenge";
        let mut identity = self.data.identity(&identity)?.clone();
        if let Some(address) = &self.flow.code.address {
            identity.verify(address);
        }
        self.data.put_identity(identity.clone())?;
        if self.flow.kind == Kind::Verification {
            let text = "You successfully verified your email address.";
            self.flow.messages.push(messages::success(1_080_002, text));
            return Ok(Outcome::Completed);
        }
        if !identity.is_active() {
            let message = "identity is disabled";
            return Err(ErrorEnvelope::new(StatusCode::UNAUTHORIZED, message)
                .reason("This account was disabled."));
        }
        let csrf = self.flow.csrf.clone();
        let (settings, session) =
            recover(self.kratos, self.data, self.call, &identity, csrf, "code_recovery")?;
        let url = self.kratos.flow_ui(&settings);
        self.data.flows.put(self.flow.clone());
        Ok(Outcome::Elsewhere { url, session })
    }
}

fn already_verified() -> Value {
    let text = "The request was already completed successfully and can not be retried.";
    messages::error(4_070_002, text)
}

/// Logs somebody in to change their settings.
fn recover(
    kratos: &Kratos,
    data: &mut Data,
    call: &Call<'_>,
    identity: &Identity,
    csrf: Option<String>,
    method: &str,
) -> Result<(Flow, Session), ErrorEnvelope> {
    let session = Session::new(&identity.id, method, true, call);
    data.sessions.insert(session.clone())?;
    let mut settings = Flow::new(Kind::Settings, &kratos.config, call);
    settings.csrf = csrf;
    settings.begin_settings(identity);
    let expires_at = session.authenticated_at + PRIVILEGED_SESSION_MAX_AGE;
    let minutes = PRIVILEGED_SESSION_MAX_AGE.as_mins();
    let text = format!(
        "You successfully recovered your account. Please change your password or set up an \
         alternative login method (e.g. social sign in) within the next {minutes}.00 minutes.",
    );
    let mut message = messages::success(1_060_001, &text);
    message["context"] = json!({
        "privileged_session_expires_at": expires_at,
        "privileged_session_expires_at_unix": expires_at.as_second(),
    });
    settings.messages.push(message);
    data.flows.put(settings.clone());
    Ok((settings, session))
}

fn link(kratos: &Kratos, flow: &Flow) -> String {
    let mut url = kratos.config.public_url("self-service/verification");
    if let Some((code, _)) = &flow.code.sent {
        url.query_pairs_mut().append_pair("code", code).append_pair("flow", &flow.id);
    }
    url.into()
}

/// Sends a code to each address of an identity that is new. The result is the id of the first flow.
pub(in crate::testing) fn send_verification(
    kratos: &Kratos,
    data: &mut Data,
    call: &Call<'_>,
    identity: &str,
) -> Result<Option<String>, ErrorEnvelope> {
    let mut identity = data.identity(identity)?.clone();
    let addresses = identity.verifiable_addresses.iter_mut();
    let mut flows = Vec::new();
    for address in addresses.filter(|address| address.status.as_deref() == Some("pending")) {
        address.status = Some("sent".into());
        let code = (random::code(), identity.id.clone());
        let address = Some(address.value.clone());
        flows.push(Flow::with_code(kratos, call, Kind::Verification, code, address));
    }
    if flows.is_empty() {
        return Ok(None);
    }
    data.put_identity(identity)?;
    let first = flows.first().map(|flow| flow.id.clone());
    for flow in flows {
        if let (Some((code, _)), Some(address)) = (&flow.code.sent, &flow.code.address) {
            data.send(Message::verification_code(address, code, &link(kratos, &flow)))?;
        }
        data.flows.put(flow);
    }
    Ok(first)
}

/// What a link in a message does: it fills in a code, or recovers an account.
pub(in crate::testing) fn follow_link(kratos: &Kratos, call: &Call<'_>, kind: Kind) -> Answer {
    let data = &mut *kratos.data();
    let flow = call.query("flow").and_then(|id| data.flows.get(kind, &id)).cloned();
    let missing = "The flow query parameter is missing or malformed.";
    let mut flow = flow.ok_or_else(|| ErrorEnvelope::bad_request(missing))?;
    let csrf = csrf_secret(call);
    let token = call.query("token");
    let sent = flow.code.sent.clone().filter(|(sent, _)| token.as_deref() == Some(sent));
    let mut response = match (kind, sent) {
        (Kind::Recovery, Some((_, identity))) if !flow.code.used => {
            flow.code.used = true;
            let identity = data.identity(&identity)?.clone();
            let csrf = Some(csrf.clone());
            let (settings, session) =
                recover(kratos, data, call, &identity, csrf, "link_recovery")?;
            let mut response = see_other(kratos.flow_ui(&settings).as_str());
            set_session_cookie(&mut response, &kratos.config, &session.secret);
            response
        }
        (Kind::Verification, _) => {
            let mut browser =
                Flow { id: random::id(), issued_at: Timestamp::now(), ..flow.clone() };
            browser.csrf = Some(csrf.clone());
            if let Some(code) = call.query("code") {
                browser.values = json!({"code": code});
            }
            data.flows.put(browser.clone());
            see_other(kratos.flow_ui(&browser).as_str())
        }
        _ => see_other(kratos.flow_ui(&flow).as_str()),
    };
    data.flows.put(flow);
    set_csrf_cookie(&mut response, &csrf);
    Ok(response)
}
