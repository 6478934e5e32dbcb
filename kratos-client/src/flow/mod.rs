//! The models of self-service flows: login, registration, recovery, verification and settings.
//!
//! The trait [`Flows`](crate::Flows) has the operations.
//!
//! See <https://www.ory.com/docs/kratos/self-service>.

pub(crate) mod caller;
pub(crate) mod continue_with;
pub(crate) mod create_options;
pub(crate) mod create_outcome;
pub(crate) mod device;
pub(crate) mod error;
pub(crate) mod fields;
pub(crate) mod get_outcome;
pub(crate) mod kind;
mod methods;
pub(crate) mod model;
pub(crate) mod outcome;
pub(crate) mod ui;
pub(crate) mod update_body;

pub use crate::{
    model::set_cookies::{SetCookies, WithCookies},
    secret::{Code, Password},
};
pub use caller::{Browser, Caller};
pub use continue_with::{ContinueWith, ContinueWithFlow, SealedPinSecret};
pub use create_options::CreateFlowOptions;
pub use create_outcome::CreateFlowOutcome;
pub use device::{BrowserDevice, TrustedProxies};
pub use get_outcome::GetFlowOutcome;
pub use kind::{FlowKind, Login, Recovery, Registration, Settings, Verification};
pub use model::{Flow, FlowId, FlowState, FlowType};
pub use outcome::{SuccessfulLogin, SuccessfulRegistration, UpdateFlowOutcome};
pub use ui::{
    UiContainer, UiNode, UiNodeAnchorAttributes, UiNodeAttributes, UiNodeImageAttributes,
    UiNodeInputAttributes, UiNodeInputOption, UiNodeMeta, UiNodeScriptAttributes,
    UiNodeTextAttributes, UiText, UiTextType,
};
pub use update_body::UpdateFlowBody;
