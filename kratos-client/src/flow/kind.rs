//! The kinds of self-service flows, as marker types: a login body can't be submitted to a
//! registration flow.

use crate::flow::{
    model::{Flow, FlowState},
    outcome::{SuccessfulLogin, SuccessfulRegistration, UpdateFlowOutcome},
    ui::UiTextType,
};
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// A kind of self-service flow. Kratos has five, and this trait is sealed.
pub trait FlowKind: sealed::Kind {
    /// The value of a completed flow.
    type Completed: Debug + Clone + PartialEq + Send + Sync;
}

mod sealed {
    use super::{Debug, DeserializeOwned, FlowKind, UpdateFlowOutcome};

    pub trait Kind: Debug + Clone + Copy + PartialEq + Send + Sync + Sized + 'static {
        /// The name in the URL.
        const NAME: &'static str;
        /// The names of the operations create, get and submit, for errors.
        const OPERATIONS: [&'static str; 3];

        /// The JSON of a response with status 200 to a submitted flow.
        type Success: DeserializeOwned
        where
            Self: FlowKind;

        /// The outcome by that JSON.
        fn outcome(success: Self::Success) -> UpdateFlowOutcome<Self>
        where
            Self: FlowKind;
    }
}

pub(crate) use sealed::Kind;

/// The login flow.
///
/// See <https://www.ory.com/docs/kratos/self-service/flows/user-login>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Login;

/// The registration flow.
///
/// See <https://www.ory.com/docs/kratos/self-service/flows/user-registration>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration;

/// The recovery flow, which restores access to an account.
///
/// See <https://www.ory.com/docs/kratos/self-service/flows/account-recovery-password-reset>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovery;

/// The verification flow, which verifies an address.
///
/// See <https://www.ory.com/docs/kratos/self-service/flows/verify-email-account-activation>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verification;

/// The settings flow, which changes the profile, the password and other credentials.
///
/// See <https://www.ory.com/docs/kratos/self-service/flows/user-settings>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings;

impl FlowKind for Login {
    type Completed = SuccessfulLogin;
}

impl FlowKind for Registration {
    type Completed = SuccessfulRegistration;
}

impl FlowKind for Recovery {
    type Completed = Flow<Self>;
}

impl FlowKind for Verification {
    type Completed = Flow<Self>;
}

impl FlowKind for Settings {
    type Completed = Flow<Self>;
}

impl Kind for Login {
    const NAME: &'static str = "login";
    const OPERATIONS: [&'static str; 3] =
        ["create login flow", "get login flow", "submit login flow"];

    type Success = SuccessfulLogin;

    fn outcome(success: SuccessfulLogin) -> UpdateFlowOutcome<Self> {
        UpdateFlowOutcome::Completed(success)
    }
}

impl Kind for Registration {
    const NAME: &'static str = "registration";
    const OPERATIONS: [&'static str; 3] =
        ["create registration flow", "get registration flow", "submit registration flow"];

    type Success = SuccessfulRegistration;

    fn outcome(success: SuccessfulRegistration) -> UpdateFlowOutcome<Self> {
        UpdateFlowOutcome::Completed(success)
    }
}

impl Kind for Recovery {
    const NAME: &'static str = "recovery";
    const OPERATIONS: [&'static str; 3] =
        ["create recovery flow", "get recovery flow", "submit recovery flow"];

    type Success = Flow<Self>;

    fn outcome(success: Flow<Self>) -> UpdateFlowOutcome<Self> {
        outcome_of_flow(success)
    }
}

impl Kind for Verification {
    const NAME: &'static str = "verification";
    const OPERATIONS: [&'static str; 3] =
        ["create verification flow", "get verification flow", "submit verification flow"];

    type Success = Flow<Self>;

    fn outcome(success: Flow<Self>) -> UpdateFlowOutcome<Self> {
        outcome_of_flow(success)
    }
}

impl Kind for Settings {
    const NAME: &'static str = "settings";
    const OPERATIONS: [&'static str; 3] =
        ["create settings flow", "get settings flow", "submit settings flow"];

    type Success = Flow<Self>;

    fn outcome(success: Flow<Self>) -> UpdateFlowOutcome<Self> {
        outcome_of_flow(success)
    }
}

/// The outcome of a flow whose response is the flow itself, with status 200 even for a wrong code.
/// The state alone does not suffice: Kratos responds to a wrong code in a recovery flow that was
/// completed before with the state `passed_challenge` and an error message.
fn outcome_of_flow<K: FlowKind<Completed = Flow<K>>>(flow: Flow<K>) -> UpdateFlowOutcome<K> {
    let mut messages = flow.ui.messages.iter().flatten();
    let failed = messages.any(|message| message.message_type == UiTextType::Error);
    match flow.state {
        Some(FlowState::PassedChallenge | FlowState::Success) if !failed => {
            UpdateFlowOutcome::Completed(flow)
        }
        _ => UpdateFlowOutcome::Continue(Box::new(flow)),
    }
}
