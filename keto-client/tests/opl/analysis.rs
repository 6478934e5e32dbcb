//! Findings in models and tuples, and errors that a person can act on.

use keto_client::opl::Model;

fn findings(source: &str) -> Vec<String> {
    let model = Model::parse(source).unwrap_or_else(|error| panic!("{error}"));
    model.analyze().iter().map(ToString::to_string).collect()
}

#[test]
fn what_nobody_can_have() {
    let source = "class User implements Namespace {}
        class Page implements Namespace {
          related: { owners: User[], a: SubjectSet<Page, 'b'>[], b: SubjectSet<Page, 'a'>[] }
          permits = {
            circle: (ctx) => this.permits.circle(ctx),
            empty_sets: (ctx) => this.related.a.includes(ctx.subject),
            contradiction: (ctx) => this.related.owners.includes(ctx.subject) &&
              !this.related.owners.includes(ctx.subject),
            fine: (ctx) => this.permits.circle(ctx) || this.related.owners.includes(ctx.subject),
          } }";
    let found = findings(source);
    let nobody: Vec<_> = found.iter().filter(|text| text.contains("nobody")).collect();
    assert_eq!(
        nobody,
        [
            "Page.circle: nobody can have this permission",
            "Page.empty_sets: nobody can have this permission",
            "Page.contradiction: nobody can have this permission",
        ]
    );
}

#[test]
fn negations_operators_and_names() {
    let source = "class User implements Namespace {}
        class Page implements Namespace {
          related: { owners: User[], blocked: User[], unused: User[], owners: User[] }
          permits = {
            open: (ctx) => this.related.owners.includes(ctx.subject) ||
              !this.related.blocked.includes(ctx.subject),
            mixed: (ctx) => this.related.owners.includes(ctx.subject) ||
              this.permits.open(ctx) && this.permits.open(ctx),
            missing: (ctx) => this.permits.open(ctx) this.permits.mixed(ctx),
            itself: (ctx) => this.permits.open(ctx) && this.permits.itself(ctx),
          } }";
    assert_eq!(
        findings(source),
        [
            "Page.unused: no permission uses this relation",
            "Page.owners: the name is declared twice",
            "Page.open: anybody has this permission on an object without tuples, because a negation \
             is enough",
            "Page.open: the deletion of a tuple can allow this permission, by \
             !this.related.blocked.includes(ctx.subject)",
            "Page.mixed: Keto reads && and || from left to right, and TypeScript reads && first; \
             parentheses make both the same",
            "Page.missing: an operator or an operand is missing",
            "Page.itself: nobody can have this permission",
            "Page.itself: the permission is defined by itself, and a check never ends in Keto",
        ]
    );
}

#[test]
fn tuples_that_do_not_fit() {
    let model = "class User implements Namespace {}
        class Group implements Namespace { related: { members: User[] } }
        class Page implements Namespace {
          related: { parents: Page[], readers: SubjectSet<Group, 'members'>[], owners: User[] }
          permits = { read: (ctx) => this.related.readers.includes(ctx.subject) ||
            this.related.parents.traverse((p) => p.permits.read(ctx)) } }";
    let model = Model::parse(model).unwrap();
    let tuples = [
        "Page:a#readers@ann",
        "Page:a#parents@root",
        "Page:a#owners@Group:staff#members",
        "Page:a#raed@ann",
        "Page:a#readers@Group:staff#leaders",
        "Page:a#read@ann",
        "Pages:a#readers@ann",
        "Page:a#owners@ann",
        "Page:a#readers@Group:staff#members",
        "User:ann#anything@bob",
    ];
    let tuples: Vec<_> = tuples.iter().map(|tuple| tuple.parse().unwrap()).collect();
    let found: Vec<_> = model.analyze_tuples(&tuples).iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "Page:a#readers@ann: the subject is an id, and the model declares SubjectSet<Group, \
             \"members\">",
            "Page:a#parents@root: the permission `read` looks for objects in this relation, and the \
             subject is an id",
            "Page:a#owners@(Group:staff#members): the subject is none of User",
            "Page:a#raed@ann: the namespace `Page` has no relation `raed`",
            "Page:a#readers@(Group:staff#leaders): the namespace `Group` has no relation `leaders`",
            "Page:a#read@ann: the relation is a permission",
            "Pages:a#readers@ann: the namespace `Pages` is not declared",
        ]
    );
}

fn errors(source: &str) -> String {
    Model::parse(source).unwrap_err().to_string()
}

#[test]
fn errors_show_what_to_do() {
    let two = "class User implements Namespace {}
class Page implements Namespace {
  related: { readers: Usr[] }
  permits = { read: (ctx) => this.related.raeders.includes(ctx.subject) }
}";
    assert_eq!(
        errors(two),
        "error: the namespace `Usr` is not declared; did you mean `User`?
 --> model:3:23
  |
3 |   related: { readers: Usr[] }
  |                       ^^^

error: the namespace `Page` has no relation or permission `raeders`; did you mean `readers`?
 --> model:4:43
  |
4 |   permits = { read: (ctx) => this.related.raeders.includes(ctx.subject) }
  |                                           ^^^^^^^"
    );
    let unclosed = errors("class Page implements Namespace {\n  related: { readers: Page[] }\n");
    assert!(unclosed.contains("expected `related`, `permits` or `}`, found the end of the file"));
    let unicode = errors("class Dokümente implements Namespace {}");
    assert!(unicode.contains("a name can't contain 'ü' without quotes"), "{unicode}");
    assert!(unicode.contains("1:10"), "{unicode}");
    let nesting =
        format!("class N implements Namespace {{ permits = {{ a: (ctx) => {}", "(".repeat(1 << 20));
    assert!(
        errors(&nesting).starts_with("error: parentheses and negations are nested more than 10")
    );
    assert!(errors(&nesting).len() < 1000);
    let large = " ".repeat(5 << 20);
    assert!(errors(&large).starts_with("error: the source has more than 4194304 bytes"));
}

/// Each of ten relations has subject sets of all of them: Keto visits 10^10.
#[test]
fn type_checks_are_bounded() {
    let types: Vec<_> = (0..10).map(|i| format!("SubjectSet<N, 'r{i}'>")).collect();
    let relations: Vec<_> = (0..10).map(|i| format!("r{i}: ({})[]", types.join(" | "))).collect();
    let source = format!(
        "class N implements Namespace {{ related: {{ {} }} permits = {{ a: (ctx) => \
         this.related.r0.traverse((p) => p.permits.a(ctx)) }} }}",
        relations.join("; ")
    );
    assert!(errors(&source).contains("the subject sets are nested too deep to check"));
}
