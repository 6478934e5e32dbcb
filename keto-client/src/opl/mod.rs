//! Permission models in the Ory Permission Language (OPL), without a server: a parser with type
//! checks, a formatter, and an evaluator of checks.
//!
//! ```
//! use keto_client::opl::Model;
//!
//! let model = Model::parse(
//!     r#"
//!     class User implements Namespace {}
//!     class Document implements Namespace {
//!       related: { owners: User[], viewers: User[] }
//!       permits = {
//!         view: (ctx) => this.related.viewers.includes(ctx.subject) || this.permits.edit(ctx),
//!         edit: (ctx) => this.related.owners.includes(ctx.subject),
//!       }
//!     }"#,
//! )?;
//! assert_eq!(model.classes[1].members[2].name(), "view");
//! assert_eq!(Model::parse(&model.to_string())?, model);
//! # Ok::<(), keto_client::opl::SyntaxErrors>(())
//! ```
//!
//! See <https://www.ory.com/docs/keto/reference/ory-permission-language>.

mod analysis;
mod evaluator;
mod permission_tests;
mod syntax;

pub use analysis::{
    findings::{Finding, FindingKind},
    tuples::{TupleFinding, TupleFindingKind},
};
pub use evaluator::{
    Evaluator,
    error::EvaluationError,
    explain::{Explanation, Step, StepKind, StepResult},
    limits::{KetoBugs, Limits},
    program::Rule,
};
pub use permission_tests::{
    coverage::{Coverage, RuleCoverage},
    file::{ObjectList, PermissionTest, PermissionTests, SubjectList, TestFileError},
    report::{TestReport, TestResult, WrongAnswer},
    run::assert_permissions,
};
pub use syntax::{
    ast::{
        Class, Comment, Expression, Member, Model, Operand, Operator, PermissionDeclaration,
        RelationDeclaration, SubjectType, TargetKind, Term,
    },
    diagnostic::{Diagnostic, SyntaxErrors},
};
