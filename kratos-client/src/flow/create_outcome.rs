//! What comes of creating a flow.

use crate::flow::{kind::FlowKind, model::Flow};
use derive_more::Debug;
use url::Url;

/// What comes of creating a flow. None of it is an error: an error is no answer.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "there may be no flow"]
pub enum CreateFlowOutcome<K: FlowKind> {
    /// The flow.
    Flow(Box<Flow<K>>),
    /// Somebody is logged in already. [`crate::flow::CreateFlowOptions::refresh`] and
    /// [`crate::flow::CreateFlowOptions::aal`] create a login flow for somebody who is.
    AlreadyLoggedIn,
    /// Nobody is logged in, or not any more, and this flow needs somebody who is: settings, or the
    /// second factor of a login.
    NoSession,
    /// Settings: the session needs a second factor first.
    SecondFactorRequired {
        /// Where a browser goes for it.
        #[debug("[redacted]")]
        redirect_to: Option<Url>,
    },
}

impl<K: FlowKind> CreateFlowOutcome<K> {
    /// The flow, if there is one.
    pub fn into_flow(self) -> Option<Flow<K>> {
        match self {
            Self::Flow(flow) => Some(*flow),
            _ => None,
        }
    }
}
