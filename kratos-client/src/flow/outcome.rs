//! What comes of submitting a flow.

use crate::flow::kind::Kind;
use crate::flow::{
    continue_with::ContinueWith,
    kind::FlowKind,
    model::{Flow, FlowId},
};
use crate::{
    credential::SessionToken,
    http::whoami::is_web,
    model::{Extra, identity::Identity, lenient, session::SessionRecord},
};
use derive_more::Debug;
use http::StatusCode;
use ory_http::Error;
use ory_http::Response;
use serde::{Deserialize, Serialize};
use url::Url;

/// What comes of submitting a flow. None of it is an error: an error is no answer.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "submitting is not succeeding"]
pub enum Outcome<K: FlowKind> {
    /// It is done.
    Done(K::Done),
    /// The same flow again: something was wrong, or there is a next step, such as a code that was
    /// sent. The messages in [`Flow::ui`] say which.
    Again(Box<Flow<K>>),
    /// Another flow comes first, such as a second factor, or proving again who one is.
    AnotherFlow {
        /// Kratos's id for why, such as `browser_location_change_required` or
        /// `session_refresh_required`.
        id: Option<String>,
        /// Where a browser goes for it. It can hold a token.
        #[debug("[redacted]")]
        redirect_browser_to: Url,
    },
    /// The flow is over; a new one has to be created, or this one be used.
    Gone {
        /// The flow that takes its place, if the server has made one.
        replacement: Option<FlowId>,
    },
    /// Somebody is logged in already.
    AlreadyLoggedIn,
}

/// Somebody has logged in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoggedIn {
    /// The session. After a second factor, the server does not say again whose it is.
    pub session: SessionRecord,
    /// An app's session token; a browser has a cookie instead.
    #[serde(default, with = "token")]
    pub session_token: Option<SessionToken>,
    /// What to do next.
    #[serde(default, deserialize_with = "lenient::field")]
    pub continue_with: Option<Vec<ContinueWith>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    #[debug(skip)]
    pub extra: Extra,
}

/// Somebody has registered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registered {
    /// Who. `None` where Kratos found an existing identity that the person proved to own, linked
    /// the credentials to it and logged them in: then the session has the identity.
    #[serde(default, deserialize_with = "lenient::field")]
    pub identity: Option<Identity>,
    /// The session, where the server logs people in after registration.
    #[serde(default, deserialize_with = "lenient::field")]
    pub session: Option<SessionRecord>,
    /// The session's token, for an app.
    #[serde(default, with = "token")]
    pub session_token: Option<SessionToken>,
    /// What to do next.
    #[serde(default, deserialize_with = "lenient::field")]
    pub continue_with: Option<Vec<ContinueWith>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    #[debug(skip)]
    pub extra: Extra,
}

/// A session token in JSON.
mod token {
    use crate::{credential::SessionToken, model::lenient};
    use serde::{Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "what serde calls it with")]
    pub(super) fn serialize<S: Serializer>(
        token: &Option<SessionToken>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        token.as_ref().map(SessionToken::expose).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<SessionToken>, D::Error> {
        let token: Option<String> = lenient::field(deserializer)?;
        Ok(token.and_then(|token| SessionToken::new(token).ok()))
    }
}

#[derive(Deserialize)]
struct Gone {
    use_flow_id: Option<FlowId>,
}

/// Reads the answer to a submit.
pub(crate) fn read_outcome<K: FlowKind + Kind>(answer: Response) -> Result<Outcome<K>, Error> {
    if answer.status() == StatusCode::OK {
        return K::read(&answer);
    }
    let Some(error) = answer.server_error() else {
        // A flow that is told again has no error envelope.
        return match answer.status() {
            StatusCode::BAD_REQUEST if answer.is_json() => answer.json().map(Outcome::Again),
            _ => Err(answer.into_error()),
        };
    };
    match answer.status() {
        StatusCode::GONE => {
            let replacement = answer.json::<Gone>()?.use_flow_id;
            Ok(Outcome::Gone { replacement })
        }
        StatusCode::BAD_REQUEST if error.id() == Some("session_already_available") => {
            Ok(Outcome::AlreadyLoggedIn)
        }
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => {
            match error.redirect_browser_to().map(Url::parse) {
                Some(Ok(redirect_browser_to)) if is_web(&redirect_browser_to) => {
                    let id = error.id().map(str::to_owned);
                    Ok(Outcome::AnotherFlow { id, redirect_browser_to })
                }
                Some(_) => Err(answer.unexpected("another flow at what is no web address")),
                None => Err(answer.into_error()),
            }
        }
        _ => Err(answer.into_error()),
    }
}
