//! The decision: who is this, and may they?

use crate::{app::App, subject::NoSubject};
use keto_client::{Check, Decision, Subject};
use kratos_client::{Credential, ErrorKind, Session, Whoami, flow::SetCookies};
use url::Url;

/// What comes of a request for the homepage.
#[derive(Debug)]
pub enum Access {
    /// Show the page to this subject.
    Granted(Subject),
    /// This subject is known and may not.
    Denied(Subject),
    /// The session no longer counts.
    Inactive,
    /// Nobody is logged in.
    LogIn,
    /// They have to give a second factor, at this address if the server named one.
    SecondFactor(Option<Url>),
}

/// There is no decision, so nobody gets in.
#[derive(Debug, thiserror::Error)]
pub enum NoDecision {
    /// Kratos gave no answer.
    #[error("Kratos: {0}")]
    Kratos(#[source] kratos_client::Error),
    /// Keto gave no answer.
    #[error("Keto: {0}")]
    Keto(#[source] keto_client::Error),
    /// The person can't be named to Keto.
    #[error(transparent)]
    Subject(#[from] NoSubject),
}

/// What comes of a request, and what its response has to pass on.
#[derive(Debug)]
pub struct Outcome {
    /// The decision.
    pub access: Result<Access, NoDecision>,
    /// Cookies that Kratos sets for the browser: it tells the browser by them, once, that a session
    /// was extended.
    pub set_cookies: SetCookies,
}

impl From<Result<Access, NoDecision>> for Outcome {
    fn from(access: Result<Access, NoDecision>) -> Self {
        Self { access, set_cookies: SetCookies::default() }
    }
}

/// Asks Kratos who sent the cookies, and Keto whether they may see the homepage.
pub async fn decide(app: &App, cookies: Option<Credential>) -> Outcome {
    let Some(cookies) = cookies else { return Ok(Access::LogIn).into() };
    let access = match app.sessions.whoami(&cookies).await {
        Ok(Whoami::Active(session)) => {
            let access = check(app, &session).await;
            return Outcome { access, set_cookies: session.set_cookies.clone() };
        }
        Ok(Whoami::NoSession) => Ok(Access::LogIn),
        Ok(Whoami::Inactive(_)) => Ok(Access::Inactive),
        Ok(Whoami::SecondFactorRequired { redirect_to }) => Ok(Access::SecondFactor(redirect_to)),
        // The browser's cookie can't be one of Kratos's: logging in replaces it.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput { .. }) => Ok(Access::LogIn),
        Err(error) => Err(NoDecision::Kratos(error)),
    };
    access.into()
}

/// Asks Keto whether the person of a session may see the homepage.
async fn check(app: &App, session: &Session) -> Result<Access, NoDecision> {
    let subject = app.subject.subject(&session.identity)?;
    let check = Check::new(app.permission.of(subject.clone()));
    match app.permissions.check(&check).await.map_err(NoDecision::Keto)? {
        Decision::Allowed => Ok(Access::Granted(subject)),
        Decision::Denied => Ok(Access::Denied(subject)),
    }
}
