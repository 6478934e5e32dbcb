//! Limits, bugs of Keto, explanations and lists of the evaluator.

use keto_client::{
    BatchPermissions, Check, CheckError, Decision, Expand, ExpandRequest, Permissions,
    RelationTuple, Subject, SubjectSet,
    opl::{EvaluationError, Evaluator, KetoBugs, Limits, Model},
};
use std::time::{Duration, Instant};

fn model(source: &str) -> Model {
    Model::parse(source).unwrap_or_else(|error| panic!("{error}"))
}

fn evaluator(source: &str, tuples: &[&str]) -> Evaluator {
    let tuples: Vec<RelationTuple> = tuples.iter().map(|tuple| tuple.parse().unwrap()).collect();
    Evaluator::new(&model(source)).with_tuples(&tuples)
}

fn check(tuple: &str) -> Check {
    Check::new(tuple.parse().unwrap())
}

const GROUPS: &str = "class User implements Namespace {}
    class Group implements Namespace { related: { members: (User | SubjectSet<Group, 'members'>)[] } }
    class Page implements Namespace {
      related: { readers: SubjectSet<Group, 'members'>[], blocked: SubjectSet<Group, 'members'>[] }
      permits = {
        read: (ctx) => this.related.readers.includes(ctx.subject) &&
          !this.related.blocked.includes(ctx.subject),
      }
    }";

#[test]
fn an_explanation_shows_the_path() {
    let evaluator = evaluator(
        GROUPS,
        &["Page:home#readers@(Group:staff#members)", "Group:staff#members@User:ann"],
    );
    assert_eq!(
        evaluator.explain(&check("Page:home#read@User:ann")).to_string(),
        "allowed: Page:home#read@(User:ann)
└── yes: Page:home#read
    └── yes: all of
        ├── yes: this.related.readers.includes(ctx.subject)
        │   └── yes: Page:home#readers
        │       └── yes: through tuple Page:home#readers@(Group:staff#members)
        │           └── tuple Group:staff#members@(User:ann)
        └── yes: not
            └── no: this.related.blocked.includes(ctx.subject)
                └── no: Page:home#blocked
                    └── no tuple Page:home#blocked@(User:ann)"
    );
    assert_eq!(
        evaluator.explain(&check("Page:home#read@User:bob")).to_string(),
        "denied: Page:home#read@(User:bob)
└── no: Page:home#read
    ├── no: all of
    │   └── no: this.related.readers.includes(ctx.subject)
    │       ├── no tuple Page:home#readers@(User:bob)
    │       └── no: Page:home#readers
    │           └── no: through tuple Page:home#readers@(Group:staff#members)
    └── no tuple Page:home#read@(User:bob)"
    );
}

/// The chain of groups is one too long for Keto.
#[test]
fn a_negation_allows_what_lies_beyond_the_depth_only_as_a_bug_of_keto() {
    let mut tuples = vec![
        "Page:home#readers@(Group:staff#members)".to_owned(),
        "Group:staff#members@User:ann".to_owned(),
        "Page:home#blocked@(Group:g0#members)".to_owned(),
        "Group:g4#members@User:ann".to_owned(),
    ];
    tuples.extend((0..4).map(|i| format!("Group:g{i}#members@(Group:g{}#members)", i + 1)));
    let tuples: Vec<_> = tuples.iter().map(|tuple| &**tuple).collect();
    let keto = evaluator(GROUPS, &tuples);
    let read = check("Page:home#read@User:ann");
    assert_eq!(keto.check(&read), Ok(Decision::Allowed));
    let correct = keto.clone().with_keto_bugs(KetoBugs::default().negation_at_limits(false));
    assert_eq!(correct.check(&read), Ok(Decision::Denied));
    assert!(correct.explain(&read).to_string().contains("the maximum depth is reached"));
    let deeper = keto.with_limits(Limits::default().max_depth(10));
    assert_eq!(deeper.check(&read), Ok(Decision::Denied));
}

/// Both operands need the same group, which Keto visits once.
#[test]
fn an_intersection_of_the_same_group_is_denied_only_as_a_bug_of_keto() {
    let source = "class User implements Namespace {}
        class Group implements Namespace {
          related: { members: (User | SubjectSet<Group, 'members'>)[] }
        }
        class Room implements Namespace {
          related: { a: SubjectSet<Group, 'members'>[], b: SubjectSet<Group, 'members'>[],
            doors: SubjectSet<Room, 'enter'>[] }
          permits = {
            enter: (ctx) => this.related.a.includes(ctx.subject) &&
              this.related.b.includes(ctx.subject),
          }
        }";
    let tuples = [
        "Room:hall#doors@(Room:office#enter)",
        "Room:office#a@(Group:outer#members)",
        "Room:office#b@(Group:outer#members)",
        "Group:outer#members@(Group:inner#members)",
        "Group:inner#members@User:ann",
    ];
    let keto = evaluator(source, &tuples).with_limits(Limits::default().max_depth(9));
    let doors = check("Room:hall#doors@User:ann");
    let explanation = keto.explain(&doors);
    assert_eq!(explanation.result, Ok(Decision::Denied));
    assert!(explanation.depends_on_order);
    assert!(explanation.to_string().contains("Group:outer#members was visited before"));
    let correct = keto.with_keto_bugs(KetoBugs::NONE);
    assert_eq!(correct.check(&doors), Ok(Decision::Allowed));
    assert!(!correct.explain(&doors).depends_on_order);
}

#[test]
fn a_permission_that_is_defined_by_itself_is_an_error() {
    let source = "class N implements Namespace {
        related: { r: N[] }
        permits = {
          a: (ctx) => this.related.r.includes(ctx.subject) && this.permits.b(ctx),
          b: (ctx) => !this.permits.a(ctx),
          c: (ctx) => this.permits.c(ctx) || this.related.r.includes(ctx.subject),
        } }";
    let evaluator = evaluator(source, &["N:o#r@ann"]);
    let endless = |permission: &str| EvaluationError::EndlessRecursion {
        namespace: "N".to_owned(),
        permission: permission.to_owned(),
    };
    assert_eq!(evaluator.check(&check("N:o#a@ann")), Err(endless("a")));
    assert_eq!(evaluator.check(&check("N:o#b@ann")), Err(endless("b")));
    assert_eq!(evaluator.check(&check("N:o#c@ann")), Ok(Decision::Allowed));
    assert_eq!(evaluator.check(&check("N:o#c@bob")), Ok(Decision::Denied));
}

#[test]
fn an_empty_negation_is_an_error() {
    let source = "class N implements Namespace { permits = { a: (ctx) => !(), } }";
    let result = evaluator(source, &[]).check(&check("N:o#a@ann"));
    assert_eq!(result, Err(EvaluationError::EmptyNegation));
}

/// Each permission needs the next one, at the same depth.
#[test]
fn a_long_chain_of_permissions_is_an_error_and_no_overflow_of_the_stack() {
    let r = "this.related.r.includes(ctx.subject)";
    let permission = |i| format!("p{i}: (ctx) => {r} && this.permits.p{}(ctx)", i + 1);
    let permissions: Vec<_> = (0..2000).map(permission).collect();
    let source = format!(
        "class N implements Namespace {{ related: {{ r: N[] }} permits = {{ {}, p2000: (ctx) => {r} }} }}",
        permissions.join(",\n")
    );
    let result = evaluator(&source, &["N:o#r@ann"]).check(&check("N:o#p0@ann"));
    assert_eq!(result, Err(EvaluationError::TooDeep));
}

/// A long chain of objects, through a condition that is as deep as a condition can be.
#[test]
fn a_long_chain_of_objects_is_an_error_and_no_overflow_of_the_stack() {
    let r = "this.related.r.includes(ctx.subject)";
    let mut condition = "this.related.parents.traverse((p) => p.permits.p(ctx))".to_owned();
    for level in 0..8 {
        condition = if level % 2 == 0 {
            format!("({r} || {condition})")
        } else {
            format!("(!{r} && {condition})")
        };
    }
    let source = format!(
        "class N implements Namespace {{ related: {{ parents: N[], r: N[] }} permits = {{ p: (ctx) => \
         {condition} }} }}"
    );
    let parents = (0..1000).map(|i| format!("N:{i}#parents@N:{}", i + 1));
    let sets = (0..1000).map(|i| format!("N:{i}#r@(N:{}#r)", 1001 + i));
    let sets = sets.chain((1001..3000).map(|i| format!("N:{i}#r@(N:{}#r)", i + 1)));
    let limits = Limits::default().max_depth(60_000);
    for tuples in [parents.collect::<Vec<_>>(), sets.collect()] {
        let tuples: Vec<RelationTuple> =
            tuples.iter().map(|tuple| tuple.parse().unwrap()).collect();
        let evaluator = Evaluator::new(&model(&source)).with_tuples(&tuples).with_limits(limits);
        let explanation = evaluator.explain(&check("N:0#p@bob"));
        assert_eq!(explanation.result, Err(EvaluationError::TooDeep));
        assert!(!explanation.to_string().is_empty());
    }
}

/// Each object is the parent of all others.
#[test]
fn a_check_ends_at_the_maximum_number_of_steps() {
    let source = "class N implements Namespace { related: { parents: N[], r: N[] } permits = {
        p: (ctx) => this.related.r.includes(ctx.subject) ||
          this.related.parents.traverse((p) => p.permits.p(ctx)) } }";
    let pairs = (0..60).flat_map(|a| (0..60).map(move |b| format!("N:{a}#parents@N:{b}")));
    let tuples: Vec<RelationTuple> = pairs.map(|tuple| tuple.parse().unwrap()).collect();
    let keto = Evaluator::new(&model(source)).with_tuples(&tuples);
    let limited = keto.clone().with_limits(Limits::default().max_steps(1000));
    let check = check("N:0#p@ann");
    assert_eq!(limited.check(&check), Err(EvaluationError::TooManySteps { limit: 1000 }));
    // Without shared visited sets, each object is visited once at each depth.
    let correct =
        keto.with_keto_bugs(KetoBugs::NONE).with_limits(Limits::default().max_steps(1000));
    assert_eq!(correct.check(&check), Ok(Decision::Denied));
}

#[test]
fn a_relation_with_too_many_sets_is_cut_off() {
    let groups = (0..150).map(|i| format!("Page:home#readers@(Group:g{i}#members)"));
    let nested = (0..150).map(|i| format!("Group:g{i}#members@(Group:h{i}#members)"));
    let members = (0..150).map(|i| format!("Group:h{i}#members@User:u{i}"));
    let tuples: Vec<RelationTuple> =
        groups.chain(nested).chain(members).map(|tuple| tuple.parse().unwrap()).collect();
    let evaluator = Evaluator::new(&model(GROUPS)).with_tuples(&tuples);
    let last = (0..150).filter(|i| {
        evaluator.check(&check(&format!("Page:home#read@User:u{i}"))) == Ok(Decision::Allowed)
    });
    assert_eq!(last.count(), 99);
    let denied = evaluator.explain(&check("Page:home#read@User:u99"));
    assert!(denied.to_string().contains("99 subject sets are followed, 51 are not"), "{denied}");
    let wider = evaluator.with_limits(Limits::default().max_width(150));
    assert_eq!(wider.check(&check("Page:home#read@User:u149")), Ok(Decision::Allowed));
}

#[test]
fn names_that_do_not_exist() {
    let evaluator = evaluator(GROUPS, &["Page:home#readers@(Group:staff#leaders)"]);
    let denied = Ok(Decision::Denied);
    assert_eq!(evaluator.check(&check("Pages:home#read@ann")), denied);
    assert_eq!(evaluator.check(&check("Page:home#read@Users:ann")), denied);
    assert_eq!(evaluator.check(&check("User:ann#anything@ann")), denied);
    let error = evaluator.check(&check("Page:home#raed@ann")).unwrap_err();
    assert_eq!(error.to_string(), "relation \"raed\" does not exist");
    let error = evaluator.check(&check("Page:home#read@ann")).unwrap_err();
    assert_eq!(error.to_string(), "relation \"leaders\" does not exist");
}

#[test]
fn lists_change_with_the_tuples() {
    let tuples = ["Group:staff#members@User:ann", "Group:all#members@(Group:staff#members)"];
    let mut evaluator = evaluator(GROUPS, &tuples);
    let user = || Subject::set("User", "ann", "");
    let groups = |evaluator: &Evaluator| {
        let groups = evaluator.list_objects("Group", "members", user()).unwrap();
        groups.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(groups(&evaluator), ["all", "staff"]);
    let subjects = evaluator.list_subjects("Group", "all", "members").unwrap();
    assert_eq!(subjects, [user(), Subject::set("Group", "staff", "members")]);
    evaluator.remove(&tuples[1].parse().unwrap());
    assert_eq!(groups(&evaluator), ["staff"]);
    evaluator.remove(&tuples[0].parse().unwrap());
    assert_eq!(groups(&evaluator), [""; 0]);
}

#[tokio::test]
async fn the_evaluator_is_a_client() {
    let evaluator = evaluator(GROUPS, &["Group:staff#members@User:ann"]);
    let (allowed, unknown) = (check("Group:staff#members@User:ann"), check("Page:home#raed@ann"));
    let permissions: &dyn Permissions = &evaluator;
    assert_eq!(permissions.check(&allowed).await.unwrap(), Decision::Allowed);
    permissions.check(&unknown).await.unwrap_err();
    let batch: &dyn BatchPermissions = &evaluator;
    let results = batch.batch_check(&[allowed, unknown]).await.unwrap();
    let reason = "relation \"raed\" does not exist".to_owned();
    assert_eq!(results, [Ok(Decision::Allowed), Err(CheckError::Refused { reason })]);
    let expand: &dyn Expand = &evaluator;
    let request = ExpandRequest::new(SubjectSet::new("Group", "staff", "members"));
    assert_eq!(expand.expand(&request).await.unwrap().unwrap().children.len(), 1);
    let unknown = ExpandRequest::new(SubjectSet::new("Groups", "staff", "members"));
    expand.expand(&unknown).await.unwrap_err();
}

/// A check takes microseconds, however many tuples there are. The limit leaves room for a slow
/// machine and an unoptimized build.
#[test]
fn a_check_over_100_000_tuples_is_fast() {
    let mut evaluator = Evaluator::new(&model(GROUPS));
    for i in 0..50_000 {
        let group = format!("g{}", i % 5_000);
        let user = Subject::set("User", format!("u{i}"), "");
        evaluator.insert(&RelationTuple::new("Group", &group, "members", user));
        let members = Subject::set("Group", group, "members");
        evaluator.insert(&RelationTuple::new("Page", format!("p{i}"), "readers", members));
    }
    let checks: Vec<_> =
        (0..1000).map(|i| check(&format!("Page:p{i}#read@User:u{}", i * 7))).collect();
    let started = Instant::now();
    let results = evaluator.batch_check(&checks);
    let each = started.elapsed() / 1000;
    eprintln!("{each:?} for each check");
    assert_eq!(results.iter().filter(|result| **result == Ok(Decision::Allowed)).count(), 1);
    assert!(each < Duration::from_millis(1), "{each:?}");
}
