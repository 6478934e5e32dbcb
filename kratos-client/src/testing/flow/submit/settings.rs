//! Changing one's settings.

use super::{Outcome, Submission, send_verification};
use crate::testing::{
    credential::{Credential, is_totp, new_lookup_secrets},
    flow::{create::settings_session, messages},
    session::Session,
};
use http::StatusCode;
use ory_http::testing::ErrorEnvelope;
use serde_json::json;

impl Submission<'_> {
    pub(super) fn settings(&mut self) -> Result<Outcome, ErrorEnvelope> {
        let session = settings_session(self.kratos, self.data, self.call, Some(&self.flow))?;
        match self.body.text("method") {
            "profile" => self.profile(&session),
            "password" => self.password(&session),
            "totp" => self.totp(session),
            "lookup_secret" => self.lookup_secret(session),
            // The buttons of these methods do not name it.
            _ if self.body.is_set("totp_unlink") => self.totp(session),
            _ if ["regenerate", "reveal", "confirm", "disable"]
                .into_iter()
                .any(|button| self.body.is_set(&format!("lookup_secret_{button}"))) =>
            {
                self.lookup_secret(session)
            }
            _ => Ok(self.no_strategy(4_010_004, "update your settings")),
        }
    }

    /// Credentials are only changed soon after a login.
    fn require_privileged(&self, session: &Session) -> Result<(), ErrorEnvelope> {
        if session.is_privileged() {
            return Ok(());
        }
        let mut login = self.kratos.config.public_url("self-service/login/browser");
        login.set_query(Some("refresh=true"));
        let message = "The requested action was forbidden";
        Err(ErrorEnvelope::new(StatusCode::FORBIDDEN, message)
            .id("session_refresh_required")
            .reason("The login session is too old and thus not allowed to update these fields.")
            .beside("redirect_browser_to", login.as_str()))
    }

    /// The flow of the changed identity.
    fn saved(&mut self) -> Result<Outcome, ErrorEnvelope> {
        let identity = self.data.identity(&self.flow.settings.identity)?;
        self.flow.begin_settings(identity);
        self.flow.state = "success";
        self.flow.messages.push(messages::saved());
        Ok(Outcome::Completed)
    }

    fn profile(&mut self, session: &Session) -> Result<Outcome, ErrorEnvelope> {
        let traits = self.body.traits();
        self.flow.values = json!({"traits": traits});
        if !self.check_traits(&traits) {
            return Ok(Outcome::Again(StatusCode::BAD_REQUEST));
        }
        let mut identity = self.data.identity(&session.identity)?.clone();
        let before: Vec<String> = identity.unique_values().map(str::to_owned).collect();
        identity.set_traits(traits, &self.kratos.config)?;
        if identity.unique_values().ne(before.iter().map(String::as_str)) {
            self.require_privileged(session)?;
        }
        match self.data.put_identity(identity) {
            Err(error) if error.status() == StatusCode::CONFLICT => {
                self.flow.messages.push(messages::identifier_exists());
                return Ok(Outcome::Again(StatusCode::BAD_REQUEST));
            }
            result => result?,
        }
        send_verification(self.kratos, self.data, self.call, &session.identity)?;
        self.saved()
    }

    fn password(&mut self, session: &Session) -> Result<Outcome, ErrorEnvelope> {
        self.require_privileged(session)?;
        let mut identity = self.data.identity(&session.identity)?.clone();
        let credential = identity.credentials.entry("password".into());
        let credential = credential.or_insert_with(|| Credential::new(json!({})));
        let password = self.body.text("password");
        if let Some(problem) = Self::password_problem(password, &credential.identifiers) {
            return Ok(self.field_message("password", problem));
        }
        if credential.is_password(password) {
            return Ok(self.field_message("password", messages::password_is_the_same()));
        }
        credential.config = Credential::password(password);
        self.data.put_identity(identity)?;
        self.saved()
    }

    fn totp(&mut self, session: Session) -> Result<Outcome, ErrorEnvelope> {
        self.require_privileged(&session)?;
        let mut identity = self.data.identity(&session.identity)?.clone();
        if self.body.is_set("totp_unlink") {
            identity.credentials.remove("totp");
            self.data.put_identity(identity)?;
            return self.saved();
        }
        let secret = self.flow.settings.totp_secret.clone();
        let code = self.body.text("totp_code");
        if code.is_empty() {
            return Ok(self.field_message("totp_code", messages::property_is_missing("totp_code")));
        }
        if !is_totp(&secret, code) {
            return Ok(self.field_message("totp_code", messages::wrong_totp()));
        }
        let credential = Credential::totp(&identity.id, &secret);
        identity.credentials.insert("totp".into(), credential);
        self.data.put_identity(identity)?;
        self.prove(session, "totp")?;
        self.saved()
    }

    fn lookup_secret(&mut self, session: Session) -> Result<Outcome, ErrorEnvelope> {
        self.require_privileged(&session)?;
        let mut identity = self.data.identity(&session.identity)?.clone();
        if self.body.is_set("lookup_secret_regenerate") {
            self.flow.settings.new_lookup_secrets = Some(new_lookup_secrets());
            return Ok(Outcome::Again(StatusCode::OK));
        }
        if self.body.is_set("lookup_secret_reveal") {
            self.flow.settings.reveal_lookup_secrets = true;
            return Ok(Outcome::Again(StatusCode::OK));
        }
        if self.body.is_set("lookup_secret_disable") {
            identity.credentials.remove("lookup_secret");
            self.data.put_identity(identity)?;
            return self.saved();
        }
        let Some(codes) = self.flow.settings.new_lookup_secrets.take() else {
            let text = "You must (re-)generate recovery backup codes before you can save them.";
            self.flow.messages.push(messages::error(4_000_012, text));
            return Ok(Outcome::Again(StatusCode::BAD_REQUEST));
        };
        let credential = Credential::lookup_secrets(&identity.id, &codes);
        identity.credentials.insert("lookup_secret".into(), credential);
        self.data.put_identity(identity)?;
        self.prove(session, "lookup_secret")?;
        self.saved()
    }

    /// Setting up a second factor proves it.
    fn prove(&mut self, mut session: Session, method: &str) -> Result<(), ErrorEnvelope> {
        session.add_method(method);
        self.data.sessions.insert(session)
    }
}
