//! What comes of reading a flow again.

use crate::flow::{kind::FlowKind, model::Flow};
use derive_more::Debug;
use url::Url;

/// What comes of reading a flow again. None of it is an error: an error is no answer.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "there may be no flow any more"]
pub enum GetFlowOutcome<K: FlowKind> {
    /// The flow.
    Flow(Box<Flow<K>>),
    /// The flow has expired. A new one has to be created.
    Gone {
        /// Where a browser gets a new one, with the same URL to return to. `None` for an app.
        #[debug("[redacted]")]
        redirect_to: Option<Url>,
    },
    /// Settings: nobody is logged in, or not any more.
    NoSession,
    /// Settings: the session needs a second factor first.
    SecondFactorRequired {
        /// Where a browser goes for it.
        #[debug("[redacted]")]
        redirect_to: Option<Url>,
    },
}

impl<K: FlowKind> GetFlowOutcome<K> {
    /// The flow, if it is still there.
    pub fn into_flow(self) -> Option<Flow<K>> {
        match self {
            Self::Flow(flow) => Some(*flow),
            _ => None,
        }
    }
}
