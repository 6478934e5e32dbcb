//! What comes of submitting a flow.

use crate::flow::{
    continue_with::ContinueWith,
    kind::FlowKind,
    model::{Flow, FlowId},
};
use crate::{
    model::{Extra, error_id::ErrorId, identity::Identity, lenient, session::SessionRecord},
    session_secret::SessionToken,
};
use derive_more::Debug;
use serde::{Deserialize, Serialize};
use url::Url;

/// What comes of submitting a flow. None of it is an error: an error is no answer.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "submitting is not succeeding"]
pub enum UpdateFlowOutcome<K: FlowKind> {
    /// It is done.
    Completed(K::Completed),
    /// The same flow again: something was wrong, or there is a next step, such as a code that was
    /// sent. The messages in [`Flow::ui`] say which.
    ///
    /// Some Kratoses say so of a login what others have a variant for: newer ones than v26.2 of a
    /// disabled identity (message 4010011), and v0.8 of an address that is not verified (message
    /// 4000010).
    Continue(Box<Flow<K>>),
    /// Another flow comes first, such as a second factor, or proving again who one is.
    AnotherFlow {
        /// The reason, such as [`ErrorId::BrowserLocationChangeRequired`] or
        /// [`ErrorId::SessionRefreshRequired`].
        id: Option<ErrorId>,
        /// Where a browser goes for it. It can hold a token.
        #[debug("[redacted]")]
        redirect_browser_to: Url,
    },
    /// The flow is over: it has expired, its code was used or guessed too often, or the like. A
    /// new one has to be created, or the replacement be read by [`crate::Flows::get`] and be used.
    Gone {
        /// The flow that takes its place, if the server has made one. Its messages say what
        /// happened. Kratos v26.2 replaces the expired verification flow of an app by one for a
        /// browser, which it gives only to a caller with the cookies of this response: an app
        /// creates a new one.
        ///
        /// A replacement has no
        /// [`session_token_exchange_code`](Flow::session_token_exchange_code), also where the
        /// flow that it replaces had one, and the code of that flow gives no session: an app that
        /// exchanges a code for its session token has to create a new flow.
        replacement: Option<FlowId>,
    },
    /// Somebody is logged in already.
    AlreadyLoggedIn,
    /// Nobody is logged in, or not any more, and this flow needs somebody who is: settings, or the
    /// second factor of a login.
    NoSession,
    /// The server wants an address to be verified before a login, and none is. Nobody is logged in.
    AddressNotVerified {
        /// What to do next: [`ContinueWith::ShowVerificationUi`] with the verification flow that
        /// the server has made, and for which it has sent a code or link.
        continue_with: Vec<ContinueWith>,
    },
    /// The identity is disabled: it can neither log in nor recover.
    IdentityDisabled,
}

/// Somebody has logged in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SuccessfulLogin {
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
pub struct SuccessfulRegistration {
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
    use crate::{model::lenient, session_secret::SessionToken};
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
