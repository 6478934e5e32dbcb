//! Self-service flows: how people log in, register, recover, verify and change their settings.

mod body;
mod caller;
mod continue_with;
mod kind;
mod model;
mod outcome;
mod secret;
mod start;
mod ui;

pub use body::Body;
pub use caller::{Answered, Caller, SetCookies};
pub use continue_with::ContinueWith;
pub use kind::{FlowKind, Login, Recovery, Registration, Settings, Verification};
pub use model::{Flow, FlowId, FlowState, FlowType};
pub use outcome::{LoggedIn, Outcome, Registered};
pub use secret::{Code, Password};
pub use start::Start;
pub use ui::{
    AnchorAttributes, Attributes, ImageAttributes, InputAttributes, Message, MessageType, Node,
    NodeMeta, ScriptAttributes, TextAttributes, Ui,
};

pub(crate) use body::wire;
pub(crate) use outcome::read_outcome;
