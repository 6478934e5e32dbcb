//! Large models take no more stack than small ones, and time that grows with their size.

use keto_client::{
    Check, RelationTuple, Subject,
    opl::{EvaluationError, Evaluator, Limits, Model},
};
use std::time::{Duration, Instant};

fn model(permissions: &str) -> Model {
    let source = format!(
        "class N implements Namespace {{ related: {{ r: N[] }} permits = {{ {permissions} }} }}"
    );
    Model::parse(&source).unwrap_or_else(|error| panic!("{error}"))
}

fn check(relation: &str) -> Check {
    Check::new(RelationTuple::new("N", "o", relation, Subject::id("ann")))
}

#[test]
fn operators_may_be_as_many_as_fit_into_a_source() {
    let operand = "this.related.r.includes(ctx.subject)";
    for [first, second] in [["||", "||"], ["&&", "&&"], ["||", "&&"]] {
        let mut condition = operand.to_owned();
        for _ in 0..5_000 {
            condition.push_str(&[first, operand, second, operand].concat());
        }
        for condition in [condition.clone(), format!("!({condition})")] {
            let model = model(&format!("p: (ctx) => {condition}"));
            assert_eq!(Model::parse(&model.to_string()).as_ref(), Ok(&model));
            assert!(model.analyze().len() <= 3);
            let tuple = "N:o#r@ann".parse().unwrap();
            let limits = Limits::default().max_depth(u32::MAX);
            for limits in [Limits::default(), limits] {
                let evaluator = Evaluator::new(&model).with_tuples([&tuple]).with_limits(limits);
                // `(… && b) || b` is true by the last operand, and all others are too deep.
                let result = evaluator.check(&check("p"));
                assert!(matches!(result, Ok(_) | Err(EvaluationError::TooDeep)), "{result:?}");
            }
        }
    }
}

/// The time for a model of ten times the size, in times of that for the smaller one.
fn growth(model_of: impl Fn(usize) -> Model, work: impl Fn(&Model)) -> f64 {
    let fastest = |size| {
        let model = model_of(size);
        let times = (0..3).map(|_| {
            let start = Instant::now();
            work(&model);
            start.elapsed()
        });
        times.min().unwrap_or(Duration::MAX).as_secs_f64()
    };
    fastest(5_000) / fastest(500)
}

#[test]
fn a_chain_of_permissions_takes_linear_time() {
    // The last permission decides the one before it, and so on.
    let chain = |size: usize| {
        let links = (0..size).map(|i| format!("p{i}: (ctx) => this.permits.p{}(ctx),", i + 1));
        let last = format!("p{size}: (ctx) => this.related.r.includes(ctx.subject)");
        model(&(links.collect::<String>() + &last))
    };
    let analysis = growth(chain, |model| assert!(model.analyze().is_empty()));
    assert!(analysis < 40.0, "the analysis takes {analysis} times as long");

    // The last permission is defined by itself, and each other one reaches it a level deeper.
    let endless = |size: usize| {
        let links = (0..size).map(|i| {
            let next = i + 1;
            format!(
                "p{i}: (ctx) => this.permits.p{next}(ctx) && this.permits.p{next}(ctx) || \
                 this.related.r.includes(ctx.subject),"
            )
        });
        let last = format!("p{size}: (ctx) => this.permits.p0(ctx) && this.permits.p{size}(ctx)");
        model(&(links.collect::<String>() + &last))
    };
    let compilation = growth(endless, |model| {
        let evaluator = Evaluator::new(model).with_limits(Limits::default().max_depth(3));
        let endless = |name| {
            matches!(evaluator.check(&check(name)), Err(EvaluationError::EndlessRecursion { .. }))
        };
        assert!(endless(&format!("p{}", model.classes[0].members.len() - 2)));
    });
    assert!(compilation < 40.0, "the compilation takes {compilation} times as long");
}

#[test]
fn a_condition_that_negates_much_takes_linear_time() {
    let negations = |size: usize| {
        let terms = (0..size).map(|i| format!("!this.permits.p{i}(ctx)"));
        let condition = terms.collect::<Vec<_>>().join(" && ");
        let permissions =
            (0..size).map(|i| format!("p{i}: (ctx) => this.related.r.includes(ctx.subject),"));
        model(&(permissions.collect::<String>() + "q: (ctx) => " + &condition))
    };
    let analysis = growth(negations, |model| assert!(!model.analyze().is_empty()));
    assert!(analysis < 40.0, "the analysis takes {analysis} times as long");
}

#[test]
fn a_long_name_that_is_not_declared_is_reported_at_once() {
    let (declared, used) = ("a".repeat(1 << 16), "b".repeat(1 << 16));
    let source = format!("class {declared} implements Namespace {{ related: {{ r: {used}[] }} }}");
    let start = Instant::now();
    let error = Model::parse(&source).unwrap_err();
    assert!(error.to_string().contains("is not declared"));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}
