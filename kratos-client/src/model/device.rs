//! A device that used a session.

use crate::model::{ExtraFields, lenient_object::lenient_object};
use derive_more::Debug;

/// A browser or app that used a session. `Debug` redacts personal data.
#[doc(alias = "sessionDevice")]
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Device {
    /// The id.
    pub id: String,
    /// The client's IP address, in some versions with a port.
    #[debug("[redacted]")]
    pub ip_address: Option<String>,
    /// The `User-Agent` header.
    #[debug("[redacted]")]
    pub user_agent: Option<String>,
    /// The geographic location of the IP address, if the server knows it.
    #[debug("[redacted]")]
    pub location: Option<String>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

lenient_object!(Device { needed: [], lenient: [id, ip_address, user_agent, location] });
