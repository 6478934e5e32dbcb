//! What the page of each kind of flow is called and where it is.

use kratos_client::flow::{
    ContinueWith, FlowKind, Login, Recovery, Registration, Settings, Verification,
};

/// A kind of flow with its page.
pub(super) trait FlowPage: FlowKind {
    /// The path of the page.
    const PATH: &'static str;
    /// The title and main heading.
    const TITLE: &'static str;
    /// Links to other pages, with their texts.
    const LINKS: &'static [(&'static str, &'static str)] = &[];
    /// Whether each group of fields has a form of its own, because each is saved by itself.
    const FORM_PER_GROUP: bool = false;
    /// Whether a completed flow is shown again, with the message of success.
    const SHOWN_WHEN_COMPLETED: bool = false;

    /// Whether the flow sends a code.
    const SENDS_CODES: bool = false;

    /// The next steps of a completed flow.
    fn next_steps(completed: &Self::Completed) -> &[ContinueWith];
}

impl FlowPage for Login {
    const PATH: &'static str = "/login";
    const TITLE: &'static str = "Log in";
    const LINKS: &'static [(&'static str, &'static str)] =
        &[("/registration", "Create an account"), ("/recovery", "Forgot your password?")];

    fn next_steps(completed: &Self::Completed) -> &[ContinueWith] {
        completed.continue_with.as_deref().unwrap_or_default()
    }
}

impl FlowPage for Registration {
    const PATH: &'static str = "/registration";
    const TITLE: &'static str = "Create an account";
    const LINKS: &'static [(&'static str, &'static str)] =
        &[("/login", "Log in to an existing account")];

    fn next_steps(completed: &Self::Completed) -> &[ContinueWith] {
        completed.continue_with.as_deref().unwrap_or_default()
    }
}

impl FlowPage for Recovery {
    const PATH: &'static str = "/recovery";
    const TITLE: &'static str = "Recover your account";
    const LINKS: &'static [(&'static str, &'static str)] = &[("/login", "Back to the login")];
    const SHOWN_WHEN_COMPLETED: bool = true;
    const SENDS_CODES: bool = true;

    fn next_steps(completed: &Self::Completed) -> &[ContinueWith] {
        completed.continue_with.as_deref().unwrap_or_default()
    }
}

impl FlowPage for Verification {
    const PATH: &'static str = "/verification";
    const TITLE: &'static str = "Verify your address";
    const SHOWN_WHEN_COMPLETED: bool = true;
    const SENDS_CODES: bool = true;

    fn next_steps(_: &Self::Completed) -> &[ContinueWith] {
        // The page says that the address is verified, and has the link to continue.
        &[]
    }
}

impl FlowPage for Settings {
    const PATH: &'static str = "/settings";
    const TITLE: &'static str = "Account settings";
    const FORM_PER_GROUP: bool = true;
    const SHOWN_WHEN_COMPLETED: bool = true;

    fn next_steps(completed: &Self::Completed) -> &[ContinueWith] {
        // The return to another page is for a link; saving one group stays on this page.
        let steps = completed.continue_with.as_deref().unwrap_or_default();
        match steps.first() {
            Some(ContinueWith::ShowVerificationUi { .. }) => steps,
            _ => &[],
        }
    }
}
