//! A flow.

use crate::flow::{continue_with::ContinueWith, kind::FlowKind, ui::UiContainer};
use crate::model::{
    Extra, authentication::Aal, identity::Identity, lenient::Scalar, lenient_object::lenient_object,
};
use derive_more::Debug;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

ory_http::text_newtype! {
    /// The id of a flow: a UUID. It is no credential.
    FlowId
}

/// Somebody's way through logging in, registering and so on. `K` is the kind.
///
/// `Debug` hides what people typed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow<K: FlowKind> {
    /// The id, by which [`crate::Flows::get`] finds it again.
    pub id: FlowId,
    /// Whether an app or a browser goes through it.
    pub flow_type: Option<FlowType>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it began.
    pub issued_at: Option<Timestamp>,
    /// The URL that began it, query string and all.
    #[debug("[redacted]")]
    pub request_url: Option<String>,
    /// Where the browser goes afterwards.
    #[debug("[redacted]")]
    pub return_to: Option<String>,
    /// The method that was tried last.
    pub active: Option<String>,
    /// The form.
    pub ui: UiContainer,
    /// How far it is; v0.8 does not say for all kinds.
    pub state: Option<FlowState>,
    /// Login: whether somebody who is logged in proves it again.
    pub refresh: Option<bool>,
    /// Login: the level that it leads to.
    pub requested_aal: Option<Aal>,
    /// Login and registration by an app that opens a browser: the half of the code that the app
    /// keeps, see [`crate::MySessions::exchange_session_token`]. Only a flow that was created with
    /// [`crate::flow::CreateFlowOptions::return_session_token_exchange_code`] has it, and not a flow that
    /// replaces such a flow.
    #[debug("[redacted]")]
    pub session_token_exchange_code: Option<String>,
    /// Settings: whose they are.
    pub identity: Option<Identity>,
    /// What to do next.
    pub continue_with: Option<Vec<ContinueWith>>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
    #[debug(skip)]
    kind: PhantomData<K>,
}

lenient_object!(Flow<K: FlowKind, FlowKind> {
    needed: [id, ui],
    lenient: [
        flow_type as "type", expires_at, issued_at, request_url, return_to, active, state, refresh,
        requested_aal, session_token_exchange_code, identity, continue_with
    ],
    skipped: [kind]
});

impl Scalar for FlowType {}

impl Scalar for FlowState {}

/// Who goes through a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowType {
    /// A native app.
    Api,
    /// A browser.
    Browser,
    /// A type that this version does not know.
    #[serde(untagged)]
    Other(String),
}

/// How far a flow is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowState {
    /// A method is to be chosen.
    ChooseMethod,
    /// A code or link has been sent.
    SentEmail,
    /// The challenge is passed.
    PassedChallenge,
    /// Recovery of a server that lets people choose the recovery address: any of the account's
    /// addresses is to be entered, see [`crate::flow::UpdateFlowBody::recovery_address`].
    RecoveryAwaitingAddress,
    /// Recovery of such a server: one of the account's masked addresses is to be chosen, see
    /// [`crate::flow::UpdateFlowBody::select_address`].
    RecoveryAwaitingAddressChoice,
    /// Recovery of such a server: the chosen address is to be entered in full, see
    /// [`crate::flow::UpdateFlowBody::confirm_address`].
    RecoveryConfirmingAddress,
    /// Recovery of such a server: a code has been sent and is to be entered, see
    /// [`crate::flow::UpdateFlowBody::code`].
    RecoveryAwaitingCode,
    /// Settings: the form is to be filled in.
    ShowForm,
    /// Settings: the change is made.
    Success,
    /// A state that this version does not know.
    #[serde(untagged)]
    Other(String),
}
