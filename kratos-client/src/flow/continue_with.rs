//! What to do after a flow.

use crate::flow::model::FlowId;
use crate::model::{Extra, lenient::any_json, lenient_object::lenient_object};
use derive_more::Debug;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Value;

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
    },
    /// Show the verification flow.
    ShowVerificationUi {
        /// Which.
        flow: NextFlow,
    },
    /// Show the settings flow.
    ShowSettingsUi {
        /// Which.
        flow: NextFlow,
    },
    /// Show the recovery flow.
    ShowRecoveryUi {
        /// Which.
        flow: NextFlow,
    },
    /// Send the browser on.
    RedirectBrowserTo {
        /// Where.
        #[debug("[redacted]")]
        redirect_browser_to: String,
    },
    /// Something that this version does not know.
    #[serde(untagged)]
    Other(#[debug("[redacted]")] Value),
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
pub struct NextFlow {
    /// Its id.
    pub id: FlowId,
    /// Where a browser sees it.
    #[debug("[redacted]")]
    pub url: Option<String>,
    /// Verification: of which address.
    #[debug("[redacted]")]
    pub verifiable_address: Option<String>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

lenient_object!(NextFlow { needed: [id], lenient: [url, verifiable_address] });
