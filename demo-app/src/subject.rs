//! What names a person to Keto.

use keto_client::{Subject, SubjectId};
use kratos_client::Identity;

/// What names a person to Keto.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SubjectStrategy {
    /// The identity's id: says nothing of the person, and stays when the email changes
    #[default]
    IdentityId,
    /// The email trait without its @, as in the article: puts personal data into Keto, and
    /// a@bc.test and ab@c.test are the same subject
    EmailWithoutAt,
}

/// The identity has no email trait to make a subject of.
#[derive(Debug, thiserror::Error)]
#[error("the identity has no email trait to make a subject of")]
pub struct NoSubject;

impl SubjectStrategy {
    /// The subject for an identity.
    pub fn subject(self, identity: &Identity) -> Result<Subject, NoSubject> {
        let id: SubjectId = match self {
            Self::IdentityId => identity.id.as_str().into(),
            Self::EmailWithoutAt => {
                let email = identity.traits.get("email").and_then(|email| email.as_str());
                email.map(|email| email.replace('@', "")).unwrap_or_default().into()
            }
        };
        // An empty subject would be one for everybody without an email.
        if id.as_str().is_empty() { Err(NoSubject) } else { Ok(Subject::Id(id)) }
    }
}
