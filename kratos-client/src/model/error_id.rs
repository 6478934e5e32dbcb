//! The error ids of Kratos.

use crate::model::text_enum::text_enum;

text_enum! {
    /// The id of an error, the JSON field `error.id`.
    ///
    /// Kratos omits the id of many errors; [`ErrorExt::error_id`](crate::ErrorExt::error_id)
    /// derives some of them from the error's reason.
    ///
    /// See <https://www.ory.com/docs/kratos/bring-your-own-ui/custom-ui-advanced-integration>.
    ErrorId {
        /// The flow continues at another URL in the browser, such as that of an `OpenID` Connect
        /// provider or of a second factor.
        BrowserLocationChangeRequired = "browser_location_change_required",
        /// The identity is disabled. Kratos v26.2 and earlier omit this id.
        IdentityDisabled = "identity_disabled",
        /// The server's configuration does not allow the operation.
        InvalidConfiguration = "invalid_configuration",
        /// The anti-CSRF cookie and the anti-CSRF token do not match.
        SecurityCsrfViolation = "security_csrf_violation",
        /// The flow belongs to another identity.
        SecurityIdentityMismatch = "security_identity_mismatch",
        /// This kind of flow is disabled in the server's configuration.
        SelfServiceFlowDisabled = "self_service_flow_disabled",
        /// The flow has expired.
        SelfServiceFlowExpired = "self_service_flow_expired",
        /// The flow was replaced by another flow of the same kind.
        SelfServiceFlowReplaced = "self_service_flow_replaced",
        /// The server does not allow the `return_to` URL.
        SelfServiceFlowReturnToForbidden = "self_service_flow_return_to_forbidden",
        /// The session already has the requested authenticator assurance level.
        SessionAalAlreadyFulfilled = "session_aal_already_fulfilled",
        /// A second factor was requested without a session that has a first factor.
        SessionAal1Required = "session_aal1_required",
        /// The session requires a second factor.
        SessionAal2Required = "session_aal2_required",
        /// The caller already has a session.
        SessionAlreadyAvailable = "session_already_available",
        /// The caller has no session, or the session has ended.
        SessionInactive = "session_inactive",
        /// The session was authenticated too long ago for this operation, and has to be refreshed
        /// by a login.
        SessionRefreshRequired = "session_refresh_required",
        /// The server requires a verified address for a login, and the identity has none.
        SessionVerifiedAddressRequired = "session_verified_address_required",
        /// A server that Kratos depends on failed.
        UpstreamError = "upstream_error",
    }
}
