//! Test files: their format, and the report of what is wrong.

use keto_client::opl::{PermissionTests, TestFileError};
use std::time::{Duration, Instant};

const MODEL: &str = "class User implements Namespace {}
class Page implements Namespace {
  related: { owners: User[], readers: User[] }
  permits = {
    read: (ctx) => this.related.readers.includes(ctx.subject) || this.permits.edit(ctx),
    edit: (ctx) => this.related.owners.includes(ctx.subject),
  }
}";

fn json(tests: &serde_json::Value) -> String {
    let tuples = ["Page:home#owners@User:ann", "Page:home#readers@User:bob"];
    serde_json::json!({"model": MODEL, "tuples": tuples, "tests": tests}).to_string()
}

#[test]
fn the_report_has_the_path_of_each_wrong_answer_and_what_is_not_covered() {
    let tests = serde_json::json!([
        {"name": "owners edit", "allowed": ["Page:home#edit@User:ann"]},
        {
            "name": "readers edit",
            "allowed": ["Page:home#edit@User:bob"],
            "denied": ["Page:home#edit@User:ann", "Page:home#raed@User:ann"],
        },
        {
            "name": "lists",
            "objects": [{
                "namespace": "Page", "permission": "edit", "subject": "User:ann", "are": ["about"],
            }],
            "subjects": [{"object": "Page:home", "permission": "owners", "are": ["User:ann"]}],
        },
    ]);
    let report = PermissionTests::parse(&json(&tests)).unwrap().run();
    assert!(!report.passed());
    assert_eq!(
        report.to_string(),
        "ok     owners edit
FAILED readers edit
       Page:home#edit@(User:bob) is denied, expected allowed
       denied: Page:home#edit@(User:bob)
       └── no: Page:home#edit
           ├── no: this.related.owners.includes(ctx.subject)
           │   └── no tuple Page:home#owners@(User:bob)
           └── no tuple Page:home#edit@(User:bob)
       Page:home#edit@(User:ann) is allowed, expected denied
       allowed: Page:home#edit@(User:ann)
       └── yes: Page:home#edit
           └── yes: this.related.owners.includes(ctx.subject)
               └── tuple Page:home#owners@(User:ann)
       Page:home#raed@(User:ann) has no decision, expected denied: the tuple can't be checked: \
         relation \"raed\" does not exist
       no decision: Page:home#raed@(User:ann): relation \"raed\" does not exist
       └── error: Page:home#raed
FAILED lists
       Page:about#edit@(User:ann) is denied, expected allowed
       denied: Page:about#edit@(User:ann)
       └── no: Page:about#edit
           ├── no: this.related.owners.includes(ctx.subject)
           │   └── no tuple Page:about#owners@(User:ann)
           └── no tuple Page:about#edit@(User:ann)
       Page:home#edit@(User:ann) is allowed, expected denied
       allowed: Page:home#edit@(User:ann)
       └── yes: Page:home#edit
           └── yes: this.related.owners.includes(ctx.subject)
               └── tuple Page:home#owners@(User:ann)
1 passed, 2 failed; 1 of 3 rules covered
not covered: Page read: this.related.readers.includes(ctx.subject)
not covered: Page read: this.permits.edit(ctx)
"
    );
}

#[test]
fn a_file_that_is_none_is_an_error() {
    let format = |text: &str| match PermissionTests::parse(text) {
        Err(TestFileError::Format(problem)) => problem,
        other => panic!("{other:?}"),
    };
    assert!(format("tests: []").contains("either `model` or `model_file` is required"));
    let typo = format("model: ''\ntests: [{name: a, alowed: []}]");
    assert!(typo.contains("alowed"), "{typo}");
    let tuple = format("model: ''\ntests: [{name: a, allowed: ['Page:home']}]");
    assert!(!tuple.is_empty());
    let model = "model: 'class A'\ntests: []";
    assert!(matches!(PermissionTests::parse(model), Err(TestFileError::Model(_))));
    let missing = "model_file: does/not/exist.ts\ntests: []";
    assert!(matches!(PermissionTests::parse(missing), Err(TestFileError::Read { .. })));
}

/// The limit leaves room for a slow machine and an unoptimized build.
#[test]
fn two_hundred_assertions_are_fast() {
    let allowed = vec!["Page:home#read@User:ann"; 200];
    let tests = json(&serde_json::json!([{"name": "many", "allowed": allowed}]));
    let started = Instant::now();
    let report = PermissionTests::parse(&tests).unwrap().run();
    let took = started.elapsed();
    eprintln!("{took:?} for a file with 200 assertions");
    assert!(report.passed());
    assert!(took < Duration::from_millis(500), "{took:?}");
}
