//! A self-service flow, its type and its state.

use crate::flow::{continue_with::ContinueWith, kind::FlowKind, ui::UiContainer};
use crate::model::{
    ExtraFields, authentication::AuthenticatorAssuranceLevel, identity::Identity,
    lenient_object::lenient_object, text_enum::text_enum,
};
use derive_more::Debug;
use jiff::Timestamp;
use serde_json::Value;
use std::marker::PhantomData;

ory_http::text_newtype! {
    /// The id of a flow: a UUID. It is not a credential.
    FlowId
}

/// A self-service flow of the kind `K`: its form, its state and its expiry time. `Debug` redacts
/// user input.
///
/// See <https://www.ory.com/docs/kratos/self-service>.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Flow<K: FlowKind> {
    /// The id, for [`Flows::get`](crate::Flows::get).
    pub id: FlowId,
    /// The type: native or browser.
    pub flow_type: Option<FlowType>,
    /// The time at which the flow expires.
    pub expires_at: Option<Timestamp>,
    /// The time at which the flow was created.
    pub issued_at: Option<Timestamp>,
    /// The URL of the request that created the flow, with its query string.
    #[debug("[redacted]")]
    pub request_url: Option<String>,
    /// The URL to redirect the browser to after the flow.
    #[debug("[redacted]")]
    pub return_to: Option<String>,
    /// The method that was submitted last.
    pub active: Option<String>,
    /// The form to render.
    pub ui: UiContainer,
    /// The state; Kratos v0.8 does not return it for all kinds of flows.
    pub state: Option<FlowState>,
    /// Login: whether the flow refreshes an existing session.
    pub refresh: Option<bool>,
    /// Login: the authenticator assurance level that the flow leads to.
    pub requested_aal: Option<AuthenticatorAssuranceLevel>,
    /// Login and registration of a native app by a browser: the `init_code` of
    /// [`MySessions::exchange_session_token`](crate::MySessions::exchange_session_token). Only a
    /// flow that was created with
    /// [`return_session_token_exchange_code`](crate::flow::CreateFlowOptions::return_session_token_exchange_code)
    /// has it; its replacement does not.
    #[debug("[redacted]")]
    pub session_token_exchange_code: Option<String>,
    /// Login: the provider and the result of a test login, see [`TestLogin`](crate::TestLogin). It
    /// contains claims and traits. Newer than Kratos v26.2.
    #[debug("[redacted]")]
    pub test_context: Option<Value>,
    /// Settings: the identity.
    pub identity: Option<Identity>,
    /// Login, registration and settings: the id of the organization.
    pub organization_id: Option<String>,
    /// The next steps.
    pub continue_with: Option<Vec<ContinueWith>>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
    #[debug(skip)]
    kind: PhantomData<K>,
}

lenient_object!(Flow<K: FlowKind, FlowKind> {
    needed: [id, ui],
    lenient: [
        flow_type as "type", expires_at, issued_at, request_url, return_to, active, state, refresh,
        requested_aal, session_token_exchange_code, test_context, identity,
        organization_id, continue_with
    ],
    skipped: [kind]
});

impl<K: FlowKind> Flow<K> {
    /// A flow with a form and no other data, such as for a test.
    pub fn new(id: impl Into<FlowId>, ui: UiContainer) -> Self {
        Self {
            id: id.into(),
            flow_type: None,
            expires_at: None,
            issued_at: None,
            request_url: None,
            return_to: None,
            active: None,
            ui,
            state: None,
            refresh: None,
            requested_aal: None,
            session_token_exchange_code: None,
            test_context: None,
            identity: None,
            organization_id: None,
            continue_with: None,
            extra: ExtraFields::new(),
            kind: PhantomData,
        }
    }
}

text_enum! {
    /// The type of a flow.
    FlowType {
        /// A flow of a native app.
        Api = "api",
        /// A flow of a browser.
        Browser = "browser",
    }
}

text_enum! {
    /// The state of a flow.
    FlowState {
        /// The user has to choose a method.
        ChooseMethod = "choose_method",
        /// A code or link was sent.
        SentEmail = "sent_email",
        /// The challenge was passed.
        PassedChallenge = "passed_challenge",
        /// Recovery with `choose_recovery_address`: the user has to enter one of the account's
        /// addresses, see
        /// [`UpdateFlowBody::recovery_address`](crate::flow::UpdateFlowBody::recovery_address).
        RecoveryAwaitingAddress = "recovery_awaiting_address",
        /// Recovery with `choose_recovery_address`: the user has to select one of the masked
        /// addresses, see
        /// [`UpdateFlowBody::select_address`](crate::flow::UpdateFlowBody::select_address).
        RecoveryAwaitingAddressChoice = "recovery_awaiting_address_choice",
        /// Recovery with `choose_recovery_address`: the user has to enter the selected address in
        /// full, see
        /// [`UpdateFlowBody::confirm_address`](crate::flow::UpdateFlowBody::confirm_address).
        RecoveryConfirmingAddress = "recovery_confirming_address",
        /// Recovery with `choose_recovery_address`: the user has to enter the code that was sent,
        /// see [`UpdateFlowBody::code`](crate::flow::UpdateFlowBody::code).
        RecoveryAwaitingCode = "recovery_awaiting_code",
        /// Settings: the form was not submitted yet.
        ShowForm = "show_form",
        /// Settings: the change was saved.
        Success = "success",
    }
}
