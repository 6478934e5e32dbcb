//! Registration, by traits and a password, in one step or in two.

use super::{Outcome, Submission, send_verification};
use crate::testing::{
    credential::Credential, flow::messages, identity::Identity, random, session::Session,
};
use http::StatusCode;
use ory_http::testing::ErrorEnvelope;
use serde_json::json;

impl Submission<'_> {
    pub(super) fn registration(&mut self) -> Result<Outcome, ErrorEnvelope> {
        let traits = self.body.traits();
        self.flow.values = json!({"traits": traits});
        let again = Outcome::Again(StatusCode::BAD_REQUEST);
        if self.body.text("screen") == "previous" {
            self.flow.has_traits = false;
            return Ok(again);
        }
        if !self.check_traits(&traits) {
            self.flow.has_traits = false;
            return Ok(again);
        }
        match self.body.text("method") {
            "password" => {}
            "profile" => {
                self.flow.has_traits = true;
                let text = "Please choose a credential to authenticate yourself with.";
                self.flow.messages.push(messages::info(1_040_009, text));
                return Ok(again);
            }
            _ => return Ok(self.no_strategy(4_010_003, "sign you up with")),
        }
        let mut identity = Identity::new(random::id());
        identity.set_traits(traits, &self.kratos.config)?;
        let password = self.body.text("password");
        let credential = identity.credentials.entry("password".into());
        let credential = credential.or_insert_with(|| Credential::new(json!({})));
        if let Some(problem) = Self::password_problem(password, &credential.identifiers) {
            return Ok(self.field_message("password", problem));
        }
        credential.config = Credential::password(password);
        let id = identity.id.clone();
        match self.data.put_identity(identity) {
            Err(error) if error.status() == StatusCode::CONFLICT => {
                self.flow.messages.push(messages::identifier_exists());
                return Ok(again);
            }
            result => result?,
        }
        let verification = send_verification(self.kratos, self.data, self.call, &id)?;
        let session = Session::new(&id, "password", !self.flow.is_native(), self.call);
        self.data.sessions.insert(session.clone())?;
        Ok(Outcome::LoggedIn { session, registered: true, verification })
    }
}
