//! How long the app may go by an old response.

use super::fault_injection::Fault;
use std::time::Duration;

/// How old a response of each server may be when the app goes by it, counted from when it was asked
/// for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxAges {
    /// Kratos's.
    pub session: Duration,
    /// Keto's.
    pub decision: Duration,
}

impl MaxAges {
    /// Without caches: each request asks anew.
    pub const NONE: Self = Self { session: Duration::ZERO, decision: Duration::ZERO };
    /// The caches of the soak's own app.
    pub const CACHED: Self =
        Self { session: Duration::from_secs(1), decision: Duration::from_millis(300) };

    /// That of the server which a fault affects.
    pub fn of(&self, fault: Fault) -> Duration {
        match fault {
            Fault::KratosStopped
            | Fault::KratosRestarted
            | Fault::KratosSlow
            | Fault::KratosHangs => self.session,
            Fault::KetoStopped | Fault::KetoRestarted | Fault::KetoSlow | Fault::KetoHangs => {
                self.decision
            }
            Fault::ConnectionsReset => self.session.max(self.decision),
        }
    }
}
