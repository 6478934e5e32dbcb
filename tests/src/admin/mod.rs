//! What the admin API of a real Kratos does by the client's operations, on decoded values.

mod errors;
mod identities;
mod lists;
mod next;
mod recovery;
mod sessions;

pub use next::next_suite;

use crate::{Test, users::TestUsers};
use kratos_client::{Error, Identities, Identity, KratosClient, NewIdentity};
use serde_json::json;
use uuid::Uuid;

/// A real Kratos.
#[derive(Clone)]
pub struct Admin {
    /// The client under test.
    pub kratos: KratosClient,
    /// The users of the server.
    pub users: TestUsers,
    /// Whether it is v0.8.
    pub v0_8: bool,
}

/// The tests of today's server.
pub fn suite() -> Vec<(&'static str, Test<Admin>)> {
    let mut suite = common_suite();
    suite.extend(identities::suite());
    suite.extend(lists::suite());
    suite.extend(sessions::suite());
    suite.extend(recovery::suite());
    suite.extend(next::v26_2_suite());
    suite
}

/// The tests of what v0.8 has, and of what it has not.
pub fn v0_8_suite() -> Vec<(&'static str, Test<Admin>)> {
    let mut suite = common_suite();
    suite.extend(errors::v0_8_suite());
    suite
}

fn common_suite() -> Vec<(&'static str, Test<Admin>)> {
    let mut suite = identities::common_suite();
    suite.extend(lists::common_suite());
    suite.extend(recovery::common_suite());
    suite.extend(errors::common_suite());
    suite
}

impl Admin {
    async fn somebody(&self) -> Identity {
        self.kratos.create_identity(&new_identity(&new_email())).await.unwrap()
    }
}

fn new_email() -> String {
    format!("somebody-{}@example.test", Uuid::new_v4())
}

fn new_identity(email: &str) -> NewIdentity {
    NewIdentity::new("default", json!({"email": email, "name": {"first": "Some"}})).unwrap()
}

fn is_unsupported<T: std::fmt::Debug>(result: Result<T, Error>) -> bool {
    result.unwrap_err().is_unsupported()
}
