//! Logging in.

use super::{Outcome, Submission};
use crate::testing::{flow::messages, session::Session, state::session_inactive};
use http::StatusCode;
use ory_http::testing::ErrorEnvelope;
use serde_json::json;

impl Submission<'_> {
    pub(super) fn login(&mut self) -> Result<Outcome, ErrorEnvelope> {
        if self.flow.login.aal2 {
            return self.second_factor();
        }
        if self.body.text("method") != "password" {
            return Ok(self.no_strategy(4_010_002, "log you in with"));
        }
        let text = |name| self.body.text(name).to_owned();
        let (identifier, password) = (text("identifier"), text("password"));
        self.flow.values = json!({"identifier": identifier});
        for (name, value) in [("identifier", &identifier), ("password", &password)] {
            if value.is_empty() {
                return Ok(self.field_message(name, messages::property_is_missing(name)));
            }
        }
        let identity = self.data.by_identifier(&identifier).filter(|identity| {
            identity.credentials.get("password").is_some_and(|known| known.is_password(&password))
        });
        let Some(identity) = identity else { return self.wrong_password() };
        if !identity.is_active() {
            let message = "identity is disabled";
            return Err(ErrorEnvelope::new(StatusCode::UNAUTHORIZED, message)
                .reason("This account was disabled.")
                .details(json!({"identity_id": identity.id})));
        }
        let identity = identity.id.clone();
        let current = self.data.session(&self.kratos.config, self.call).cloned();
        let current = current.filter(|session| session.identity == identity);
        match current.filter(|_| self.flow.login.refresh) {
            Some(session) => self.complete(session, "password"),
            None => {
                let browser = !self.flow.is_native();
                let session = Session::new(&identity, "password", browser, self.call);
                self.data.sessions.insert(session.clone())?;
                Ok(Outcome::LoggedIn { session, registered: false, verification: None })
            }
        }
    }

    fn wrong_password(&mut self) -> Result<Outcome, ErrorEnvelope> {
        if self.data.too_many_failed_logins(&self.kratos.config) {
            return Err(ErrorEnvelope::new(StatusCode::TOO_MANY_REQUESTS, "too many requests")
                .reason("Too many logins have failed. Please wait a second."));
        }
        self.flow.messages.push(messages::wrong_credentials());
        Ok(Outcome::Again(StatusCode::BAD_REQUEST))
    }

    fn second_factor(&mut self) -> Result<Outcome, ErrorEnvelope> {
        let session = self.data.session(&self.kratos.config, self.call).cloned();
        let session = session.filter(|s| Some(&s.identity) == self.flow.login.identity.as_ref());
        let session = session.ok_or_else(session_inactive)?;
        let mut identity = self.data.identity(&session.identity)?.clone();
        let (method, field, wrong) = match self.body.text("method") {
            "totp" => ("totp", "totp_code", messages::wrong_totp()),
            "lookup_secret" => ("lookup_secret", "lookup_secret", messages::wrong_lookup_secret()),
            _ => return Ok(self.no_strategy(4_010_002, "log you in with")),
        };
        let code = self.body.text(field);
        if code.is_empty() {
            return Ok(self.field_message(field, messages::property_is_missing(field)));
        }
        let credential = identity.credentials.get_mut(method);
        let is_right = credential.is_some_and(|credential| match method {
            "totp" => credential.is_totp(code),
            _ => credential.use_lookup_secret(code),
        });
        if !is_right {
            self.flow.messages.push(wrong);
            return Ok(Outcome::Again(StatusCode::BAD_REQUEST));
        }
        self.data.put_identity(identity)?;
        self.complete(session, method)
    }

    /// Adds a method to the session that there is.
    fn complete(&mut self, mut session: Session, method: &str) -> Result<Outcome, ErrorEnvelope> {
        session.add_method(method);
        session.renew();
        self.data.sessions.insert(session.clone())?;
        Ok(Outcome::LoggedIn { session, registered: false, verification: None })
    }
}
