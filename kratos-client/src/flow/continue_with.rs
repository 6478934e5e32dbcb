//! The next steps after a flow.

use crate::flow::model::FlowId;
use crate::model::web_url::is_http_url;
use crate::model::{ExtraFields, lenient::any_json, lenient_object::lenient_object};
use derive_more::Debug;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Value;
use url::Url;

/// A next step after a flow. `Debug` redacts tokens, addresses and URLs.
///
/// See <https://www.ory.com/docs/kratos/bring-your-own-ui/custom-ui-advanced-integration>.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", remote = "Self")]
#[non_exhaustive]
pub enum ContinueWith {
    /// Store the session token.
    SetOrySessionToken {
        /// The session token.
        #[debug("[redacted]")]
        ory_session_token: String,
        /// Fields that this version of the crate does not know.
        #[serde(flatten)]
        #[debug(skip)]
        extra: ExtraFields,
    },
    /// Show a verification flow.
    ShowVerificationUi {
        /// The verification flow.
        flow: ContinueWithFlow,
        /// Fields that this version of the crate does not know.
        #[serde(flatten)]
        #[debug(skip)]
        extra: ExtraFields,
    },
    /// Show a settings flow.
    ShowSettingsUi {
        /// The settings flow.
        flow: ContinueWithFlow,
        /// Fields that this version of the crate does not know.
        #[serde(flatten)]
        #[debug(skip)]
        extra: ExtraFields,
    },
    /// Show a recovery flow.
    ShowRecoveryUi {
        /// The recovery flow.
        flow: ContinueWithFlow,
        /// Fields that this version of the crate does not know.
        #[serde(flatten)]
        #[debug(skip)]
        extra: ExtraFields,
    },
    /// Ask the user for a PIN, and bind a secret of a device key to it. Newer than Kratos v26.2.
    ShowPinEntryUi {
        /// The sealed secret.
        data: SealedPinSecret,
        /// Fields that this version of the crate does not know.
        #[serde(flatten)]
        #[debug(skip)]
        extra: ExtraFields,
    },
    /// Redirect the browser.
    RedirectBrowserTo {
        /// The URL, unchecked. Use [`ContinueWith::browser_url`] for a redirect.
        #[debug("[redacted]")]
        redirect_browser_to: String,
        /// Fields that this version of the crate does not know.
        #[serde(flatten)]
        #[debug(skip)]
        extra: ExtraFields,
    },
    /// An action that this version of the crate does not know, as JSON.
    #[serde(untagged)]
    Other(#[debug("[redacted]")] Value),
}

impl ContinueWith {
    /// The flow to show, if the step is one of the `Show…` variants.
    pub fn flow(&self) -> Option<&ContinueWithFlow> {
        match self {
            Self::ShowVerificationUi { flow, .. }
            | Self::ShowSettingsUi { flow, .. }
            | Self::ShowRecoveryUi { flow, .. } => Some(flow),
            Self::SetOrySessionToken { .. }
            | Self::ShowPinEntryUi { .. }
            | Self::RedirectBrowserTo { .. }
            | Self::Other(_) => None,
        }
    }

    /// The URL to redirect a browser to. `None` if there is no URL, or one with another scheme than
    /// `http` or `https`: the UI of a native app can have a custom scheme, see
    /// [`ContinueWithFlow::url`].
    pub fn browser_url(&self) -> Option<Url> {
        let url = match self {
            Self::RedirectBrowserTo { redirect_browser_to, .. } => redirect_browser_to,
            other => other.flow()?.url.as_ref()?,
        };
        Url::parse(url).ok().filter(is_http_url)
    }
}

/// Deserializes by way of a [`Value`], which removes duplicate keys: an object with two actions
/// would not survive a round trip otherwise.
impl<'de> Deserialize<'de> for ContinueWith {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        // serde takes a number for the place of a variant.
        if !value["action"].is_string() {
            return Ok(Self::Other(value));
        }
        // The derived reader, which is not the trait's here.
        Self::deserialize(value).map_err(D::Error::custom)
    }
}

impl Serialize for ContinueWith {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

any_json!(ContinueWith);

/// The secret of a device key, sealed with HPKE (RFC 9180) for the device that enrolled the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SealedPinSecret {
    /// The encapsulated key, in base64.
    #[debug("[redacted]")]
    pub enc: String,
    /// The ciphertext, in base64.
    #[debug("[redacted]")]
    pub ciphertext: String,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    #[debug(skip)]
    pub extra: ExtraFields,
}

/// The flow of a next step.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ContinueWithFlow {
    /// The id, for [`Flows::get`](crate::Flows::get).
    pub id: FlowId,
    /// The URL of the UI page that shows the flow, unchecked. Use [`ContinueWith::browser_url`] for
    /// a redirect.
    #[debug("[redacted]")]
    pub url: Option<String>,
    /// The address to verify, in a verification flow.
    #[debug("[redacted]")]
    pub verifiable_address: Option<String>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

impl ContinueWithFlow {
    /// A flow by its id.
    pub fn new(id: impl Into<FlowId>) -> Self {
        Self { id: id.into(), url: None, verifiable_address: None, extra: ExtraFields::new() }
    }
}

lenient_object!(ContinueWithFlow { needed: [id], lenient: [url, verifiable_address] });
