//! Self-service flows: how people log in, register, recover, verify and change their settings.

pub(crate) mod body;
pub(crate) mod caller;
pub(crate) mod continue_with;
pub(crate) mod create_outcome;
pub(crate) mod error;
pub(crate) mod fields;
pub(crate) mod get_outcome;
pub(crate) mod kind;
mod methods;
pub(crate) mod model;
pub(crate) mod outcome;
pub(crate) mod secret;
pub(crate) mod start;
pub(crate) mod ui;

pub use crate::model::set_cookies::{Answered, SetCookies};
pub use body::Body;
pub use caller::Caller;
pub use continue_with::{ContinueWith, NextFlow};
pub use create_outcome::CreateFlowOutcome;
pub use get_outcome::GetFlowOutcome;
pub use kind::{FlowKind, Login, Recovery, Registration, Settings, Verification};
pub use model::{Flow, FlowId, FlowState, FlowType};
pub use outcome::{LoggedIn, Outcome, Registered};
pub use secret::{Code, Password};
pub use start::Start;
pub use ui::{
    AnchorAttributes, Attributes, ImageAttributes, InputAttributes, Message, MessageType, Node,
    NodeMeta, ScriptAttributes, TextAttributes, Ui,
};
