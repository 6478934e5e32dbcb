//! Relations and permissions as Rust types: the compiler rejects those that the permission model does
//! not have, and subjects that can never have them. A misspelled name in a string is a denial instead.
//!
//! [`rust_source`](crate::opl::rust_source) generates a module with these types from a model. It is
//! checked in, and a test keeps it up to date; the feature `opl` is only needed in that test:
//!
//! ```no_run
//! # #[cfg(feature = "opl")]
//! # mod tests {
//! #[test]
//! fn permissions_are_those_of_the_model() {
//!     // To write the module: UPDATE_RUST_SOURCE=1 cargo test
//!     keto_client::opl::assert_rust_source("permissions.ts", "src/permissions.rs");
//! }
//! # }
//! ```
//!
//! The application uses the types of the module. Relations can be written and checked, permissions can
//! only be checked:
//!
//! ```
//! # mod permissions {
//! #     use keto_client::typed::*;
//! #     pub struct User(keto_client::Object);
//! #     impl User { pub fn new(id: &str) -> Self { Self(id.into()) } }
//! #     impl MemberOf<document::Owners> for User {
//! #         fn to_subject(&self) -> keto_client::Subject { keto_client::Subject::set("User", self.0.as_str(), "") }
//! #     }
//! #     impl SubjectOf<document::View> for User {
//! #         fn to_subject(&self) -> keto_client::Subject { keto_client::Subject::set("User", self.0.as_str(), "") }
//! #     }
//! #     pub struct Document(keto_client::Object);
//! #     impl Document {
//! #         pub fn new(id: &str) -> Self { Self(id.into()) }
//! #         pub fn owners(&self) -> TypedRelation<document::Owners> { TypedRelation::new("Document", &self.0, "owners") }
//! #         pub fn view(&self) -> TypedPermission<document::View> { TypedPermission::new("Document", &self.0, "view") }
//! #     }
//! #     pub mod document { pub enum Owners {} pub enum View {} }
//! # }
//! // The generated module.
//! use permissions::{Document, User};
//!
//! let (document, ann) = (Document::new("42"), User::new("ann"));
//! let tuple = document.owners().tuple(&ann);
//! assert_eq!(tuple, "Document:42#owners@User:ann".parse()?);
//! let check = document.view().check(&ann);
//! assert_eq!(check.tuple, "Document:42#view@User:ann".parse()?);
//! # Ok::<(), keto_client::ParseError>(())
//! ```
//!
//! A mistake does not compile:
//!
//! ```text
//! error[E0277]: in the permission model, `Folder` can never have `document::View`
//!   |     document.view().check(&Folder::new("reports"));
//!   |                     ----- ^^^^^^^^^^^^^^^^^^^^^^^ a check of this type of subject is always denied
//! ```
//!
//! The compiler does not know the model of the server: compare the names with [`missing_names`] when the
//! application starts.

use crate::{
    api::{
        batch::{BatchPermissions, CheckError},
        permissions::{Check, Permissions},
        relationships::Relationships,
    },
    layer::checked_names::CheckedNames,
    model::{
        name::{Namespace, Object, Relation},
        query::RelationQuery,
        subject::{Subject, SubjectSet},
        tuple::RelationTuple,
    },
};
use ory_http::Error;
use std::{fmt, marker::PhantomData};

/// A relation of an object, which can be written and checked. `R` identifies the relation in the model.
pub struct TypedRelation<R> {
    set: SubjectSet,
    relation: PhantomData<fn() -> R>,
}

/// A permission on an object, which can be checked and not written. `P` identifies the permission in the
/// model.
pub struct TypedPermission<P> {
    set: SubjectSet,
    permission: PhantomData<fn() -> P>,
}

/// A type of subject that a relation declares, and that can be written.
#[diagnostic::on_unimplemented(
    message = "the permission model does not allow `{Self}` in the relation `{R}`",
    label = "this type of subject is not declared in the relation"
)]
pub trait MemberOf<R> {
    /// Converts the value into a subject.
    fn to_subject(&self) -> Subject;
}

/// A type of subject that can have a relation or permission, directly or through subject sets.
#[diagnostic::on_unimplemented(
    message = "in the permission model, `{Self}` can never have `{P}`",
    label = "a check of this type of subject is always denied"
)]
pub trait SubjectOf<P> {
    /// Converts the value into a subject.
    fn to_subject(&self) -> Subject;
}

impl<R> TypedRelation<R> {
    /// Creates a relation of an object. Generated modules call it.
    pub fn new(
        namespace: impl Into<Namespace>,
        object: &Object,
        relation: impl Into<Relation>,
    ) -> Self {
        Self { set: SubjectSet::new(namespace, object.clone(), relation), relation: PhantomData }
    }

    /// Creates a tuple, to be created or deleted.
    pub fn tuple(&self, subject: &impl MemberOf<R>) -> RelationTuple {
        tuple(&self.set, subject.to_subject())
    }

    /// Creates a check.
    pub fn check(&self, subject: &impl SubjectOf<R>) -> Check {
        tuple(&self.set, subject.to_subject()).into()
    }

    /// The subject set: all subjects that have the relation.
    pub fn subject_set(&self) -> &SubjectSet {
        &self.set
    }

    /// Creates a query for all tuples of the relation.
    pub fn query(&self) -> RelationQuery {
        let SubjectSet { namespace, object, relation } = self.set.clone();
        RelationQuery::new().namespace(namespace).object(object).relation(relation)
    }
}

impl<P> TypedPermission<P> {
    /// Creates a permission on an object. Generated modules call it.
    pub fn new(
        namespace: impl Into<Namespace>,
        object: &Object,
        permission: impl Into<Relation>,
    ) -> Self {
        let set = SubjectSet::new(namespace, object.clone(), permission);
        Self { set, permission: PhantomData }
    }

    /// Creates a check.
    pub fn check(&self, subject: &impl SubjectOf<P>) -> Check {
        tuple(&self.set, subject.to_subject()).into()
    }

    /// The subject set: all subjects that have the permission.
    pub fn subject_set(&self) -> &SubjectSet {
        &self.set
    }
}

fn tuple(set: &SubjectSet, subject: Subject) -> RelationTuple {
    let SubjectSet { namespace, object, relation } = set.clone();
    RelationTuple { namespace, object, relation, subject }
}

impl<R> fmt::Debug for TypedRelation<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.set.fmt(f)
    }
}

impl<P> fmt::Debug for TypedPermission<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.set.fmt(f)
    }
}

/// The names of a permission model: each namespace with its relations and permissions.
pub type ModelNames = [(&'static str, &'static [&'static str])];

/// A name of the model that the server does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MissingName {
    /// The namespace does not exist.
    #[error("the server has no namespace {0:?}")]
    Namespace(String),
    /// The relation or permission does not exist.
    #[error("the server has no relation or permission {1:?} in the namespace {0:?}")]
    Relation(String, String),
}

/// Compares the names of a model with those of a server, for example when an application starts: a
/// misspelled or missing name is a denial otherwise. Generated modules have the names as `NAMES`.
///
/// It sends one check for each name, as batches, and reads which names are unknown.
///
/// # Errors
/// The server can't be reached, or gives no usable response.
pub async fn missing_names<C>(keto: C, names: &ModelNames) -> Result<Vec<MissingName>, Error>
where
    C: Permissions + BatchPermissions + Relationships,
{
    const PLACEHOLDER: &str = "none";
    let names: Vec<_> = names
        .iter()
        .flat_map(|(namespace, members)| members.iter().map(move |member| (*namespace, *member)))
        .collect();
    let check = |(namespace, member): &(&'static str, &'static str)| {
        let subject = Subject::set(*namespace, PLACEHOLDER, "");
        Check::new(RelationTuple::new(*namespace, PLACEHOLDER, *member, subject))
    };
    let checks: Vec<_> = names.iter().map(check).collect();
    let results = CheckedNames::new(keto).batch_check(&checks).await?;
    let mut missing = Vec::new();
    for ((namespace, member), result) in names.into_iter().zip(results) {
        let name = match result {
            Err(CheckError::UnknownName { kind: "namespace", .. }) => {
                MissingName::Namespace(namespace.to_owned())
            }
            Err(CheckError::UnknownName { .. }) => {
                MissingName::Relation(namespace.to_owned(), member.to_owned())
            }
            _ => continue,
        };
        if !missing.contains(&name) {
            missing.push(name);
        }
    }
    Ok(missing)
}
