//! The addresses of an identity. They are personal data, so `Debug` hides them.

use crate::model::{Extra, lenient_object::lenient_object};
use derive_more::Debug;
use jiff::Timestamp;

/// An address that can be verified.
///
/// See <https://www.ory.com/docs/kratos/self-service/flows/verify-email-account-activation>.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiableAddress {
    /// The address's own id.
    pub id: Option<String>,
    /// The address.
    #[debug("[redacted]")]
    pub value: String,
    /// Whether its owner has proved to own it.
    pub verified: bool,
    /// What kind it is: `email` or `sms`.
    pub via: String,
    /// `pending`, `sent` or `completed`.
    pub status: String,
    /// When it was verified.
    pub verified_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was changed last.
    pub updated_at: Option<Timestamp>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

/// An address by which an account can be recovered.
///
/// See <https://www.ory.com/docs/kratos/self-service/flows/account-recovery-password-reset>.
#[derive(Clone, Debug, PartialEq)]
pub struct RecoveryAddress {
    /// The address's own id.
    pub id: Option<String>,
    /// The address.
    #[debug("[redacted]")]
    pub value: String,
    /// What kind it is: `email` or `sms`.
    pub via: String,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was changed last.
    pub updated_at: Option<Timestamp>,
    /// The organization that this address is an emergency access of, by its id. Newer than Kratos
    /// v26.2.
    pub break_glass_for_organization: Option<String>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

lenient_object!(VerifiableAddress {
    needed: [],
    lenient: [id, value, verified, via, status, verified_at, created_at, updated_at]
});

lenient_object!(RecoveryAddress {
    needed: [],
    lenient: [id, value, via, created_at, updated_at, break_glass_for_organization]
});
