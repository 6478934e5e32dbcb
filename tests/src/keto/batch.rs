//! Many checks at once.

use super::{Keto, object};
use crate::{Test, tests};
use keto_client::{
    Check, CheckError, CheckResult, Decision, ErrorKind, RelationTuple, RelationshipPatch, Subject,
};

pub(super) fn suite() -> Vec<(&'static str, Test<Keto>)> {
    tests![
        no_checks_have_no_answers,
        many_checks_are_answered_in_order,
        an_error_stays_with_its_tuple,
        many_checks_can_have_depths,
        validation_tells_what_does_not_exist,
    ]
}

fn checks(tuples: &[RelationTuple]) -> Vec<Check> {
    tuples.iter().cloned().map(Check::new).collect()
}

/// What single checks say of the same tuples.
async fn one_by_one(keto: &Keto, checks: &[Check]) -> Vec<Option<Decision>> {
    let mut answers = Vec::new();
    for check in checks {
        answers.push(keto.permissions.check(check).await.ok());
    }
    answers
}

fn decisions(answers: Vec<CheckResult>) -> Vec<Option<Decision>> {
    answers.into_iter().map(Result::ok).collect()
}

async fn no_checks_have_no_answers(keto: Keto) {
    assert_eq!(keto.batch.batch_check(&[]).await.unwrap(), []);
}

async fn many_checks_are_answered_in_order(keto: Keto) {
    let object = object();
    let users: Vec<_> = (0..27).map(|n| keto.tuple(&object, &format!("person-{n}"))).collect();
    let granted =
        users.iter().step_by(3).cloned().map(RelationshipPatch::Insert).collect::<Vec<_>>();
    keto.relationships.patch_relationships(&granted).await.unwrap();

    let mut expected: Vec<_> = (0..27)
        .map(|n| if n % 3 == 0 { Decision::Allowed } else { Decision::Denied })
        .map(Ok)
        .collect();
    assert_eq!(keto.batch.batch_check(&checks(&users)).await.unwrap(), expected);
    // The second time, the client knows the limit.
    assert_eq!(keto.batch.batch_check(&checks(&users)).await.unwrap(), expected);
    expected.truncate(4);
    assert_eq!(keto.batch.batch_check(&checks(&users[..4])).await.unwrap(), expected);
}

async fn an_error_stays_with_its_tuple(keto: Keto) {
    let object = object();
    let ann = keto.tuple(&object, "ann");
    keto.relationships.create_relationship(&ann).await.unwrap();
    let questions = checks(&[
        keto.tuple(&object, "bob"),
        RelationTuple::new("nowhere", "x", "read", keto.subject("ann")),
        RelationTuple::new("app", object.as_str(), "no such relation", keto.subject("ann")),
        RelationTuple::new("app", object.as_str(), "", keto.subject("ann")),
        RelationTuple::new("app", "", "read", keto.subject("ann")),
        RelationTuple::new("app", object.as_str(), "read", Subject::set("nowhere", "x", "y")),
        ann,
    ]);
    let answers = keto.batch.batch_check(&questions).await.unwrap();
    assert_eq!(decisions(answers.clone()), one_by_one(&keto, &questions).await);
    let [bob, nowhere, _, no_relation, no_object, nobody, ann] = answers.try_into().unwrap();
    assert_eq!(ann, Ok(Decision::Allowed));
    for denied in [bob, nowhere, nobody] {
        assert_eq!(denied, Ok(Decision::Denied));
    }
    // To v0.7 an empty name is any name, and it would allow.
    for empty in [no_relation, no_object] {
        match empty {
            Ok(decision) => assert_eq!(decision, Decision::Denied),
            Err(error) => assert!(error.to_string().contains("empty name"), "{error}"),
        }
    }
}

async fn many_checks_can_have_depths(keto: Keto) {
    let (page, group) = (object(), object());
    let readers = Subject::set("app", group.as_str(), "read");
    let through = RelationTuple::new("app", page.as_str(), "read", readers);
    let changes =
        [RelationshipPatch::Insert(through), RelationshipPatch::Insert(keto.tuple(&group, "ann"))];
    keto.relationships.patch_relationships(&changes).await.unwrap();
    let ask = |depth| Check::new(keto.tuple(&page, "ann")).max_depth(depth);
    let questions = [ask(1), ask(3), ask(1), Check::new(keto.tuple(&page, "ann")), ask(3)];
    let shallow = if keto.v0_7 { Decision::Allowed } else { Decision::Denied };
    let expected = [shallow, Decision::Allowed, shallow, Decision::Allowed, Decision::Allowed];
    let answers = keto.batch.batch_check(&questions).await.unwrap();
    assert_eq!(answers, expected.map(Ok));
}

async fn validation_tells_what_does_not_exist(keto: Keto) {
    let object = object();
    let ann = keto.tuple(&object, "ann");
    keto.relationships.create_relationship(&ann).await.unwrap();
    let of_nowhere = Subject::set("nowhere", "x", "y");
    let (nowhere, through) = (
        RelationTuple::new("nowhere", "x", "read", keto.subject("ann")),
        RelationTuple::new("app", object.as_str(), "read", of_nowhere),
    );
    let relation = RelationTuple::new("app", object.as_str(), "norel", keto.subject("ann"));
    let questions = checks(&[ann, keto.tuple(&object, "bob"), nowhere, through, relation]);
    let answers = keto.checked_names_batch.batch_check(&questions).await.unwrap();
    assert_eq!(answers[..2], [Ok(Decision::Allowed), Ok(Decision::Denied)]);

    let unknown = |kind, name: &str| CheckError::UnknownName { kind, name: name.into() };
    for (question, answer) in questions[2..4].iter().zip(&answers[2..4]) {
        assert_eq!(*answer, Err(unknown("namespace", "nowhere")));
        let error = keto.checked_names.check(question).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::UnknownName { kind: "namespace", .. }));
        assert_eq!(error.to_string(), "check: the namespace \"nowhere\" does not exist");
    }
    // Where there is no model, any relation exists.
    match keto.permissions.check(&questions[4]).await {
        Ok(decision) => assert_eq!(answers[4], Ok(decision)),
        Err(_) => {
            assert_eq!(answers[4], Err(unknown("relation", "norel")));
            let error = keto.checked_names.check(&questions[4]).await.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::UnknownName { kind: "relation", .. }));
        }
    }
}
