//! Random tuples and checks for a model: few objects, so that sets are nested and form cycles.

use fastrand::Rng;
use keto_client::{
    Check, RelationTuple, Subject,
    opl::{Member, Model, SubjectType},
};

const OBJECTS: usize = 4;
const USERS: usize = 4;

fn object(rng: &mut Rng) -> String {
    format!("o{}", rng.usize(..OBJECTS))
}

fn subject_id(rng: &mut Rng) -> Subject {
    Subject::id(format!("u{}", rng.usize(..USERS)))
}

/// A subject of one of the types, or of any.
fn subject(rng: &mut Rng, model: &Model, types: &[SubjectType]) -> Subject {
    match (rng.u8(..10), rng.choice(types)) {
        (0..3, _) | (_, None) => subject_id(rng),
        (9, _) => {
            let class = rng.choice(&model.classes).unwrap();
            let relation = rng.choice(&class.members).map_or("", Member::name);
            Subject::set(&class.name, object(rng), relation)
        }
        (_, Some(kind)) => {
            Subject::set(&kind.namespace, object(rng), kind.relation.as_deref().unwrap_or(""))
        }
    }
}

/// Tuples for the relations of a model, few of its permissions, and rarely an unknown relation, whose
/// subject set fails all checks that reach it.
pub fn random_tuples(rng: &mut Rng, model: &Model) -> Vec<RelationTuple> {
    let mut tuples = Vec::new();
    let has_unknown = rng.u8(..6) == 0;
    for _ in 0..rng.usize(1..50) {
        let class = rng.choice(&model.classes).unwrap();
        let member = rng.choice(&class.members);
        let (relation, types) = match member {
            Some(Member::Relation(relation)) => (&*relation.name, &*relation.types),
            Some(Member::Permission(permission)) if rng.u8(..4) == 0 => {
                (&*permission.name, [].as_slice())
            }
            Some(Member::Permission(_)) => continue,
            None => ("any", [].as_slice()),
        };
        let mut subject = subject(rng, model, types);
        if has_unknown && rng.u8(..20) == 0 {
            subject = Subject::set(&class.name, object(rng), "unknown");
        }
        tuples.push(RelationTuple::new(&class.name, object(rng), relation, subject));
    }
    tuples
}

/// Checks of the members of a model, mostly permissions. Some have a maximum depth.
pub fn random_checks(rng: &mut Rng, model: &Model, count: usize) -> Vec<Check> {
    let check = |_| {
        let class = rng.choice(&model.classes).unwrap();
        let permissions =
            class.members.iter().filter(|member| matches!(member, Member::Permission(_)));
        let permission = rng.choice(permissions.collect::<Vec<_>>());
        let member = rng.choice(&class.members);
        let relation = match (rng.u8(..40), permission, member) {
            (0, ..) => "unknown",
            (1..30, Some(permission), _) => permission.name(),
            (.., member) => member.map_or("any", Member::name),
        };
        let subject = match rng.u8(..4) {
            0 => {
                let class = rng.choice(&model.classes).unwrap();
                let relation = rng.choice(&class.members).map_or("", Member::name);
                Subject::set(&class.name, object(rng), if rng.bool() { relation } else { "" })
            }
            _ => subject_id(rng),
        };
        let namespace = if rng.u8(..100) == 0 { "Unknown" } else { &class.name };
        Check::new(RelationTuple::new(namespace, object(rng), relation, subject))
    };
    (0..count).map(check).collect()
}
