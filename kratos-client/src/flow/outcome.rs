//! The outcome of submitting a flow.

use crate::flow::{
    continue_with::ContinueWith,
    kind::FlowKind,
    model::{Flow, FlowId},
};
use crate::{
    model::{
        ExtraFields, error_id::ErrorId, identity::Identity, lenient, session_record::SessionRecord,
    },
    session_secret::SessionToken,
};
use derive_more::Debug;
use serde::{Deserialize, Serialize};
use url::Url;

/// The outcome of submitting a flow. Invalid user input, such as a wrong password, is a value and
/// not an error.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a submitted flow may not be completed"]
#[non_exhaustive]
pub enum UpdateFlowOutcome<K: FlowKind> {
    /// The flow is completed.
    Completed(K::Completed),
    /// The flow continues: the input was invalid, or there is a next step, such as to enter a code
    /// that was sent. The messages in [`Flow::ui`] contain the reason.
    ///
    /// Some versions of Kratos use this outcome for cases that have a variant of their own
    /// otherwise: versions after v26.2 for a disabled identity (message 4010011), and v0.8 for an
    /// address that is not verified (message 4000010).
    Continue(Box<Flow<K>>),
    /// Another flow has to be completed first, such as a login with a second factor.
    AnotherFlow {
        /// The reason, such as [`ErrorId::BrowserLocationChangeRequired`] or
        /// [`ErrorId::SessionRefreshRequired`].
        id: Option<ErrorId>,
        /// The URL to redirect a browser to. It can contain a token.
        #[debug("[redacted]")]
        redirect_browser_to: Url,
    },
    /// The flow has ended without success: it has expired, or its code was used before or entered
    /// wrongly too often. Create a new flow, or fetch the replacement by
    /// [`Flows::get`](crate::Flows::get).
    Gone {
        /// The flow that the server created as a replacement. Its messages contain the reason.
        /// Kratos v26.2 replaces an expired native verification flow by a browser flow, which
        /// requires the cookies of this response: a native app has to create a new flow instead.
        ///
        /// A replacement has no
        /// [`session_token_exchange_code`](Flow::session_token_exchange_code): a native app that
        /// exchanges codes for its session token has to create a new flow.
        replacement: Option<FlowId>,
    },
    /// The caller has a session already.
    AlreadyLoggedIn,
    /// The caller has no active session, and the flow requires one: settings, or the second factor
    /// of a login.
    NoSession,
    /// The login failed, because the server requires a verified address and the identity has none.
    AddressNotVerified {
        /// The next steps: [`ContinueWith::ShowVerificationUi`] with the verification flow that
        /// the server created, and for which it sent a code or link.
        continue_with: Vec<ContinueWith>,
    },
    /// The identity is inactive and can neither log in nor recover its account.
    IdentityDisabled,
}

/// The result of a completed login.
#[doc(alias = "successfulNativeLogin")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SuccessfulLogin {
    /// The session. After a second factor, the server omits its identity.
    pub session: SessionRecord,
    /// The session token of a native app; a browser receives a cookie instead.
    #[serde(default, with = "token")]
    pub session_token: Option<SessionToken>,
    /// The next steps.
    #[serde(default, deserialize_with = "lenient::field")]
    pub continue_with: Option<Vec<ContinueWith>>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    #[debug(skip)]
    pub extra: ExtraFields,
}

impl SuccessfulLogin {
    /// A login with this session, without a session token.
    pub fn new(session: SessionRecord) -> Self {
        Self { session, session_token: None, continue_with: None, extra: ExtraFields::new() }
    }
}

/// The result of a completed registration.
#[doc(alias = "successfulNativeRegistration")]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SuccessfulRegistration {
    /// The new identity. `None` if Kratos linked the credentials to an existing identity of the
    /// user and logged them in instead: the session contains the identity in this case.
    #[serde(default, deserialize_with = "lenient::field")]
    pub identity: Option<Identity>,
    /// The session, if the server is configured to log users in after the registration.
    #[serde(default, deserialize_with = "lenient::field")]
    pub session: Option<SessionRecord>,
    /// The session token of a native app.
    #[serde(default, with = "token")]
    pub session_token: Option<SessionToken>,
    /// The next steps.
    #[serde(default, deserialize_with = "lenient::field")]
    pub continue_with: Option<Vec<ContinueWith>>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    #[debug(skip)]
    pub extra: ExtraFields,
}

/// The JSON form of an optional session token.
mod token {
    use crate::{model::lenient, session_secret::SessionToken};
    use serde::{Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde requires this signature")]
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
