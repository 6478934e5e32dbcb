//! What names a person to Keto.

use keto_client::Subject;
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

/// The identity has no email trait to make a subject of.
#[derive(Debug, thiserror::Error)]
#[error("the identity has no email trait to make a subject of")]
pub struct NoSubject;

impl SubjectStrategy {
    /// The subject for an identity.
    pub fn subject(self, identity: &Identity) -> Result<Subject, NoSubject> {
        let name = match self {
            Self::User | Self::IdentityId => identity.id.to_string(),
            Self::EmailWithoutAt => {
                let email = identity.traits.get("email").and_then(|email| email.as_str());
                email.map(|email| email.replace('@', "")).unwrap_or_default()
            }
        };
        match self {
            // An empty subject would be one for everybody without an email.
            _ if name.is_empty() => Err(NoSubject),
            Self::User => Ok(Subject::set("User", name, "")),
            Self::IdentityId | Self::EmailWithoutAt => Ok(Subject::id(name)),
        }
    }
}
