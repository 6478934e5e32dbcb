//! The verifiable and recovery addresses of an identity. `Debug` redacts them.

use crate::model::{ExtraFields, lenient_object::lenient_object, text_enum::text_enum};
use derive_more::Debug;
use jiff::Timestamp;

text_enum! {
    /// The type of an address.
    AddressType {
        /// An email address.
        Email = "email",
        /// A phone number for text messages.
        Sms = "sms",
    }
}

text_enum! {
    /// The verification status of an address.
    VerifiableAddressStatus {
        /// No verification message was sent.
        Pending = "pending",
        /// A verification message was sent.
        Sent = "sent",
        /// The address is verified.
        Completed = "completed",
    }
}

/// An address that can be verified.
///
/// See <https://www.ory.com/docs/kratos/self-service/flows/verify-email-account-activation>.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VerifiableAddress {
    /// The id of the address.
    pub id: Option<String>,
    /// The address.
    #[debug("[redacted]")]
    pub value: String,
    /// Whether the address is verified.
    pub verified: bool,
    /// The type of the address.
    pub via: AddressType,
    /// The verification status.
    pub status: VerifiableAddressStatus,
    /// The time of the verification.
    pub verified_at: Option<Timestamp>,
    /// The time at which the address was created.
    pub created_at: Option<Timestamp>,
    /// The time of the last update.
    pub updated_at: Option<Timestamp>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

impl VerifiableAddress {
    /// An address that is not verified.
    pub fn new(via: AddressType, value: impl Into<String>) -> Self {
        Self {
            id: None,
            value: value.into(),
            verified: false,
            via,
            status: VerifiableAddressStatus::Pending,
            verified_at: None,
            created_at: None,
            updated_at: None,
            extra: ExtraFields::new(),
        }
    }
}

/// An address by which an account can be recovered.
///
/// See <https://www.ory.com/docs/kratos/self-service/flows/account-recovery-password-reset>.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RecoveryAddress {
    /// The id of the address.
    pub id: Option<String>,
    /// The address.
    #[debug("[redacted]")]
    pub value: String,
    /// The type of the address.
    pub via: AddressType,
    /// The time at which the address was created.
    pub created_at: Option<Timestamp>,
    /// The time of the last update.
    pub updated_at: Option<Timestamp>,
    /// The id of the organization that this address is an emergency access ("break glass") of.
    /// Newer than Kratos v26.2.
    pub break_glass_for_organization: Option<String>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

impl RecoveryAddress {
    /// An address of this type.
    pub fn new(via: AddressType, value: impl Into<String>) -> Self {
        let (id, created_at, updated_at) = (None, None, None);
        Self {
            id,
            value: value.into(),
            via,
            created_at,
            updated_at,
            break_glass_for_organization: None,
            extra: ExtraFields::new(),
        }
    }
}

lenient_object!(VerifiableAddress {
    needed: [],
    lenient: [id, value, verified, via, status, verified_at, created_at, updated_at]
});

lenient_object!(RecoveryAddress {
    needed: [],
    lenient: [id, value, via, created_at, updated_at, break_glass_for_organization]
});
