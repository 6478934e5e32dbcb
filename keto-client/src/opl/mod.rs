#![doc = include_str!("guide.md")]

mod analysis;
mod evaluator;
mod permission_tests;
mod rust_source;
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
pub use rust_source::{assert_rust_source, rust_source};
pub use syntax::{
    ast::{
        Class, Comment, Expression, Member, Model, Operand, Operator, PermissionDeclaration,
        RelationDeclaration, SubjectType, TargetKind, Term,
    },
    diagnostic::{Diagnostic, SyntaxErrors},
};
