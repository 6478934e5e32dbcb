//! The ids by which Kratos tells its errors apart.

use crate::model::text_enum::text_enum;

text_enum! {
    /// The id of an error, as Kratos writes it in `error.id`.
    ///
    /// Kratos leaves the id out of many errors; [`crate::ErrorExt::error_id`] knows some of those
    /// by their fixed reasons.
    ///
    /// See <https://www.ory.com/docs/kratos/bring-your-own-ui/custom-ui-advanced-integration>.
    #[non_exhaustive]
    ErrorId {
        /// A browser has to go elsewhere to complete the flow, such as to an `OpenID` Connect
        /// provider or to the second factor.
        BrowserLocationChangeRequired = "browser_location_change_required",
        /// The identity is disabled. Kratos v26.2 and older leave this id out.
        IdentityDisabled = "identity_disabled",
        /// The server's configuration does not allow the operation.
        InvalidConfiguration = "invalid_configuration",
        /// The anti-CSRF cookie and the anti-CSRF token don't belong together.
        SecurityCsrfViolation = "security_csrf_violation",
        /// The flow was begun by another identity.
        SecurityIdentityMismatch = "security_identity_mismatch",
        /// The server has this kind of flow turned off.
        SelfServiceFlowDisabled = "self_service_flow_disabled",
        /// The flow has expired.
        SelfServiceFlowExpired = "self_service_flow_expired",
        /// Another flow of the same kind takes the place of the flow.
        SelfServiceFlowReplaced = "self_service_flow_replaced",
        /// The server does not allow the URL to return to.
        SelfServiceFlowReturnToForbidden = "self_service_flow_return_to_forbidden",
        /// The session has the requested level already.
        SessionAalAlreadyFulfilled = "session_aal_already_fulfilled",
        /// The second factor was asked for, and there is no session with a first one.
        SessionAal1Required = "session_aal1_required",
        /// The session needs a second factor.
        SessionAal2Required = "session_aal2_required",
        /// There is a session already.
        SessionAlreadyAvailable = "session_already_available",
        /// There is no session, or it has ended.
        SessionInactive = "session_inactive",
        /// The session is too old for this change: its owner has to authenticate again.
        SessionRefreshRequired = "session_refresh_required",
        /// The identity has no verified address, and the server asks for one at login.
        SessionVerifiedAddressRequired = "session_verified_address_required",
        /// A server that Kratos depends on failed.
        UpstreamError = "upstream_error",
    }
}
