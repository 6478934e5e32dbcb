//! Whom a request stands for.

use crate::model::subject::Subject;
use http::request::Parts;
use ory_http::guard::{CurrentPrincipal, Principal};

/// Tells the subject that a request stands for.
///
/// [`SubjectStrategy`] makes it of the [`CurrentPrincipal`] that a session guard or another login has
/// inserted. A function of the request is a source, too:
///
/// ```
/// use http::request::Parts;
/// use keto_client::{Subject, guard::{NoSubject, SubjectSource}};
///
/// #[derive(Clone)]
/// struct ServiceAccount(String);
///
/// fn service(request: &Parts) -> Result<Subject, NoSubject> {
///     let account = request.extensions.get::<ServiceAccount>().ok_or(NoSubject::NotAuthenticated)?;
///     Ok(Subject::set("Service", account.0.as_str(), ""))
/// }
/// fn source() -> impl SubjectSource { service }
/// ```
pub trait SubjectSource: Send + Sync + 'static {
    /// The subject that a request stands for.
    ///
    /// # Errors
    /// If nobody is logged in, or if whoever is has no subject.
    fn subject(&self, request: &Parts) -> Result<Subject, NoSubject>;
}

impl<F> SubjectSource for F
where
    F: Fn(&Parts) -> Result<Subject, NoSubject> + Send + Sync + 'static,
{
    fn subject(&self, request: &Parts) -> Result<Subject, NoSubject> {
        self(request)
    }
}

/// Why a request stands for no subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSubject {
    /// Nobody is logged in.
    #[error("nobody is logged in")]
    NotAuthenticated,
    /// Whoever is logged in lacks what the subject is made of.
    #[error("whoever is logged in lacks the attribute that the subject is made of")]
    MissingAttribute,
}

/// How a subject is made of the principal that is logged in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SubjectStrategy {
    /// The object `User:<id>`, which is a subject set with an empty relation: what Ory Network and
    /// today's permission models expect. The id says nothing of the person.
    #[default]
    User,
    /// The id as a subject id, which Ory Network refuses.
    IdentityId,
    /// The attribute `email` without its `@` as a subject id. It puts personal data into Keto, and
    /// `a@bc.test` and `ab@c.test` are the same subject.
    EmailWithoutAt,
}

impl SubjectStrategy {
    /// The subject of a principal.
    ///
    /// # Errors
    /// [`NoSubject::MissingAttribute`], also if the subject would be empty: everybody without the
    /// attribute would be the same.
    pub fn subject_of(self, principal: &(impl Principal + ?Sized)) -> Result<Subject, NoSubject> {
        let name = match self {
            Self::User | Self::IdentityId => principal.id().to_owned(),
            Self::EmailWithoutAt => {
                principal.attribute("email").unwrap_or_default().replace('@', "")
            }
        };
        match self {
            _ if name.is_empty() => Err(NoSubject::MissingAttribute),
            Self::User => Ok(Subject::set("User", name, "")),
            Self::IdentityId | Self::EmailWithoutAt => Ok(Subject::id(name)),
        }
    }
}

impl SubjectSource for SubjectStrategy {
    fn subject(&self, request: &Parts) -> Result<Subject, NoSubject> {
        let principal = request.extensions.get::<CurrentPrincipal>();
        let CurrentPrincipal(principal) = principal.ok_or(NoSubject::NotAuthenticated)?;
        self.subject_of(&**principal)
    }
}
