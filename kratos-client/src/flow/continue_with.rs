//! What to do after a flow.

use crate::flow::model::FlowId;
use crate::model::web_url::is_web;
use crate::model::{Extra, lenient::any_json, lenient_object::lenient_object};
use derive_more::Debug;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Value;
use url::Url;

/// What to do after a flow. `Debug` hides tokens, addresses and URLs.
///
/// See <https://www.ory.com/docs/kratos/bring-your-own-ui/custom-ui-advanced-integration>.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", remote = "Self")]
pub enum ContinueWith {
    /// Keep this session token.
    SetOrySessionToken {
        /// The token.
        #[debug("[redacted]")]
        ory_session_token: String,
        /// Fields that this version does not know.
        #[serde(flatten)]
        #[debug(skip)]
        extra: Extra,
    },
    /// Show the verification flow.
    ShowVerificationUi {
        /// The verification flow to show.
        flow: ContinueWithFlow,
        /// Fields that this version does not know.
        #[serde(flatten)]
        #[debug(skip)]
        extra: Extra,
    },
    /// Show the settings flow.
    ShowSettingsUi {
        /// The settings flow to show.
        flow: ContinueWithFlow,
        /// Fields that this version does not know.
        #[serde(flatten)]
        #[debug(skip)]
        extra: Extra,
    },
    /// Show the recovery flow.
    ShowRecoveryUi {
        /// The recovery flow to show.
        flow: ContinueWithFlow,
        /// Fields that this version does not know.
        #[serde(flatten)]
        #[debug(skip)]
        extra: Extra,
    },
    /// Send the browser on.
    RedirectBrowserTo {
        /// The URL as the server sent it; [`ContinueWith::browser_url`] has checked it.
        #[debug("[redacted]")]
        redirect_browser_to: String,
        /// Fields that this version does not know.
        #[serde(flatten)]
        #[debug(skip)]
        extra: Extra,
    },
    /// Something that this version does not know.
    #[serde(untagged)]
    Other(#[debug("[redacted]")] Value),
}

impl ContinueWith {
    /// The flow to show, of the kind that the action names.
    pub fn flow(&self) -> Option<&ContinueWithFlow> {
        match self {
            Self::ShowVerificationUi { flow, .. }
            | Self::ShowSettingsUi { flow, .. }
            | Self::ShowRecoveryUi { flow, .. } => Some(flow),
            Self::SetOrySessionToken { .. } | Self::RedirectBrowserTo { .. } | Self::Other(_) => {
                None
            }
        }
    }

    /// The URL to send a browser to. `None` where there is none, or none of `http` or `https`: a
    /// native app's UI can have a scheme of its own, see [`ContinueWithFlow::url`].
    pub fn browser_url(&self) -> Option<Url> {
        let url = match self {
            Self::RedirectBrowserTo { redirect_browser_to, .. } => redirect_browser_to,
            other => other.flow()?.url.as_ref()?,
        };
        Url::parse(url).ok().filter(is_web)
    }
}

/// By way of a value, in which a key stands once: what has an action twice would be another one
/// when it is written and read again.
impl<'de> Deserialize<'de> for ContinueWith {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The derived reader, which is not the trait's here.
        Self::deserialize(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for ContinueWith {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

any_json!(ContinueWith);

/// The flow to show next.
#[derive(Clone, Debug, PartialEq)]
pub struct ContinueWithFlow {
    /// The id, by which [`crate::Flows::get`] reads the flow.
    pub id: FlowId,
    /// The page of the UI that shows the flow, as the server sent it;
    /// [`ContinueWith::browser_url`] has checked it.
    #[debug("[redacted]")]
    pub url: Option<String>,
    /// Verification: the address that is to be verified.
    #[debug("[redacted]")]
    pub verifiable_address: Option<String>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

lenient_object!(ContinueWithFlow { needed: [id], lenient: [url, verifiable_address] });
