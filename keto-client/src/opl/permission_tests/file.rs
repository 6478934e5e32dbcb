//! The format of a test file.

use crate::{
    api::permissions::Check,
    model::{
        name::{Namespace, Object, Relation},
        subject::{Subject, SubjectSet},
        tuple::RelationTuple,
    },
    opl::syntax::{ast::Model, diagnostic::SyntaxErrors},
};
use serde::Deserialize;
use serde_with::{DisplayFromStr, PickFirst, serde_as};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Tests of a permission model: tuples, and what is allowed and denied with them.
///
/// The file is YAML or JSON. Tuples and subjects are text, or have the fields of Keto's JSON:
///
/// ```
/// use keto_client::opl::PermissionTests;
///
/// let tests = PermissionTests::parse(
///     r#"
///     model: |                  # or model_file: a path relative to this file
///       class User implements Namespace {}
///       class Document implements Namespace {
///         related: { owners: User[], viewers: User[] }
///         permits = {
///           view: (ctx) => this.related.viewers.includes(ctx.subject) || this.permits.edit(ctx),
///           edit: (ctx) => this.related.owners.includes(ctx.subject),
///         }
///       }
///     tuples:
///       - Document:report#owners@User:ann
///       - Document:report#viewers@User:bob
///     tests:
///       - name: viewers can't edit
///         allowed: ["Document:report#view@User:bob", "Document:report#edit@User:ann"]
///         denied: ["Document:report#edit@User:bob"]
///       - name: an owner sees the document
///         objects: [{namespace: Document, permission: view, subject: "User:ann", are: [report]}]
///         subjects: [{object: "Document:report", permission: view, are: ["User:ann", "User:bob"]}]
///     "#,
/// )?;
/// let report = tests.run();
/// assert!(report.passed(), "{report}");
/// assert!(report.coverage().uncovered().is_empty());
/// # Ok::<(), keto_client::opl::TestFileError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PermissionTests {
    /// The model.
    pub model: Model,
    /// The tuples that exist in all tests.
    pub tuples: Vec<RelationTuple>,
    /// The tests.
    pub tests: Vec<PermissionTest>,
    /// The maximum depth of all checks, or `None` for the limit of the server.
    pub max_depth: Option<u32>,
}

/// A test: what must be allowed, denied and listed.
#[serde_as]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PermissionTest {
    /// The name of the test.
    pub name: String,
    /// Tuples whose check must be allowed.
    #[serde(default)]
    #[serde_as(as = "Vec<PickFirst<(DisplayFromStr, _)>>")]
    pub allowed: Vec<RelationTuple>,
    /// Tuples whose check must be denied. An error is not a denial.
    #[serde(default)]
    #[serde_as(as = "Vec<PickFirst<(DisplayFromStr, _)>>")]
    pub denied: Vec<RelationTuple>,
    /// Lists of the objects on which a subject has a permission.
    #[serde(default)]
    pub objects: Vec<ObjectList>,
    /// Lists of the subjects that have a permission on an object.
    #[serde(default)]
    pub subjects: Vec<SubjectList>,
}

/// The objects of a namespace on which a subject has a permission. All objects that occur in tuples
/// are checked.
#[serde_as]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ObjectList {
    /// The namespace of the objects.
    pub namespace: Namespace,
    /// The permission or relation.
    pub permission: Relation,
    /// The subject.
    #[serde_as(as = "DisplayFromStr")]
    pub subject: Subject,
    /// The objects, in any order.
    pub are: Vec<Object>,
}

/// The subjects that have a permission on an object. All subjects of tuples are checked, except
/// subject sets with a relation that are not in the list.
#[serde_as]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SubjectList {
    /// The object, as `namespace:object`.
    #[serde_as(as = "DisplayFromStr")]
    pub object: SubjectSet,
    /// The permission or relation.
    pub permission: Relation,
    /// The subjects, in any order.
    #[serde_as(as = "Vec<DisplayFromStr>")]
    pub are: Vec<Subject>,
}

/// The error of reading a test file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TestFileError {
    /// The file, or the file of its model, can't be read.
    #[error("{} can't be read", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The file does not have the format of a test file.
    #[error("not a test file: {0}")]
    Format(String),
    /// The model is invalid.
    #[error("the model is invalid:\n{0}")]
    Model(SyntaxErrors),
}

#[serde_as]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    model: Option<String>,
    model_file: Option<PathBuf>,
    #[serde(default)]
    #[serde_as(as = "Vec<PickFirst<(DisplayFromStr, _)>>")]
    tuples: Vec<RelationTuple>,
    tests: Vec<PermissionTest>,
    max_depth: Option<u32>,
}

fn read(path: &Path) -> Result<String, TestFileError> {
    std::fs::read_to_string(path)
        .map_err(|source| TestFileError::Read { path: path.to_owned(), source })
}

impl PermissionTests {
    /// Reads a test file.
    ///
    /// # Errors
    /// A file that can't be read, has another format or an invalid model.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, TestFileError> {
        let path = path.as_ref();
        Self::parse_in(&read(path)?, path.parent().unwrap_or(Path::new("")))
    }

    /// Parses the text of a test file. A `model_file` is relative to the current directory.
    ///
    /// # Errors
    /// As [`PermissionTests::from_file`].
    pub fn parse(text: &str) -> Result<Self, TestFileError> {
        Self::parse_in(text, Path::new(""))
    }

    fn parse_in(text: &str, directory: &Path) -> Result<Self, TestFileError> {
        let file: Document = serde_saphyr::from_str(text)
            .map_err(|error| TestFileError::Format(error.to_string()))?;
        let model = match (file.model, file.model_file) {
            (Some(source), None) => Model::parse(&source),
            (None, Some(path)) => {
                let path = directory.join(path);
                Model::parse(&read(&path)?).map_err(|errors| errors.with_path(path))
            }
            _ => {
                let problem = "either `model` or `model_file` is required";
                return Err(TestFileError::Format(problem.to_owned()));
            }
        };
        let Document { tuples, tests, max_depth, .. } = file;
        let model = model.map_err(TestFileError::Model)?;
        Ok(Self { model, tuples, tests, max_depth })
    }

    pub(super) fn check(&self, tuple: RelationTuple) -> Check {
        let mut check = Check::new(tuple);
        check.max_depth = self.max_depth;
        check
    }
}
