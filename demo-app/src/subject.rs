//! What names a person to Keto.

use keto_client::{
    Subject,
    guard::{self, NoSubject},
};
use kratos_client::Identity;

/// What names a person to Keto.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SubjectStrategy {
    /// The object `User:<identity id>`, which is a subject set with an empty relation: what today's
    /// permission models and Ory Network expect. The id says nothing of the person, and stays when
    /// the email changes
    #[default]
    User,
    /// The identity's id as a subject id, which Ory Network refuses
    IdentityId,
    /// The email trait without its @ as a subject id, as in the article: puts personal data into Keto, and
    /// a@bc.test and ab@c.test are the same subject
    EmailWithoutAt,
}

impl SubjectStrategy {
    /// The strategy of the guard.
    pub fn strategy(self) -> guard::SubjectStrategy {
        match self {
            Self::User => guard::SubjectStrategy::User,
            Self::IdentityId => guard::SubjectStrategy::IdentityId,
            Self::EmailWithoutAt => guard::SubjectStrategy::EmailWithoutAt,
        }
    }

    /// The subject for an identity.
    ///
    /// # Errors
    /// If the identity has no email trait to make a subject of.
    pub fn subject(self, identity: &Identity) -> Result<Subject, NoSubject> {
        self.strategy().subject_of(identity)
    }
}
