//! Random models that are valid.

use fastrand::Rng;
use keto_client::opl::{
    Class, Expression, Member, Model, Operand, Operator, PermissionDeclaration,
    RelationDeclaration, SubjectType, TargetKind, Term,
};

/// All names of a model, chosen before its members, so that members can use those of any class.
struct Names {
    relations: Vec<Vec<String>>,
    permissions: Vec<Vec<String>>,
}

fn class(index: usize) -> String {
    format!("N{index}")
}

/// A model with up to four namespaces. Some have no relations.
pub fn random_model(rng: &mut Rng) -> Model {
    let classes = rng.usize(1..=4);
    let mut names = Names { relations: Vec::new(), permissions: Vec::new() };
    for _ in 0..classes {
        let (relations, permissions) = match rng.usize(..5) {
            0 => (0, 0),
            _ => (rng.usize(1..=3), rng.usize(0..=3)),
        };
        names.relations.push((0..relations).map(|index| format!("r{index}")).collect());
        names.permissions.push((0..permissions).map(|index| format!("p{index}")).collect());
    }
    let class = |index: usize| Class {
        comments: Vec::new(),
        name: class(index),
        members: Vec::new(),
        comments_at_end: Vec::new(),
    };
    let mut model = Model { classes: (0..classes).map(class).collect(), ..Model::default() };
    for (index, relations) in names.relations.iter().enumerate() {
        for name in relations {
            let types = (0..rng.usize(1..=2)).map(|_| names.subject_type(rng)).collect();
            let relation = RelationDeclaration { comments: Vec::new(), name: name.clone(), types };
            model.classes[index].members.push(Member::Relation(relation));
        }
    }
    for (index, permissions) in names.permissions.iter().enumerate() {
        for name in permissions {
            let expression = names.expression(rng, &model, index, 2);
            let permission =
                PermissionDeclaration { comments: Vec::new(), name: name.clone(), expression };
            model.classes[index].members.push(Member::Permission(permission));
        }
    }
    model
}

impl Names {
    /// A relation or, less often, a permission of a class, if it has any.
    fn member(&self, rng: &mut Rng, class: usize) -> Option<String> {
        let names =
            if rng.u8(..3) == 0 { &self.permissions[class] } else { &self.relations[class] };
        rng.choice(names).cloned()
    }

    fn subject_type(&self, rng: &mut Rng) -> SubjectType {
        let index = rng.usize(..self.relations.len());
        let relation = if rng.bool() { self.member(rng, index) } else { None };
        SubjectType { namespace: class(index), relation }
    }

    fn expression(&self, rng: &mut Rng, model: &Model, index: usize, depth: usize) -> Expression {
        let first = Some(self.term(rng, model, index, depth));
        let mut rest: Vec<Operand> = Vec::new();
        for _ in 0..[0, 0, 1, 1, 1, 2, 3][rng.usize(..7)] {
            let operator = if rng.bool() { Operator::Or } else { Operator::And };
            let term = Some(self.term(rng, model, index, depth));
            rest.push(Operand { operator: Some(operator), term });
        }
        Expression { first, rest }
    }

    fn term(&self, rng: &mut Rng, model: &Model, index: usize, depth: usize) -> Term {
        let relation = rng.choice(&self.relations[index]).unwrap().clone();
        match rng.usize(..10) {
            0..2 if depth > 0 => {
                Term::Group(Box::new(self.expression(rng, model, index, depth - 1)))
            }
            2 if depth > 0 => {
                let term = match rng.bool() {
                    true => Term::Group(Box::new(self.expression(rng, model, index, depth - 1))),
                    false => self.simple(rng, index, relation),
                };
                Term::Not(Box::new(term))
            }
            3..6 => {
                let target = self.target(rng, model, index, &relation);
                target.map_or_else(
                    || Term::Includes { relation: relation.clone() },
                    |target| Term::Traverse {
                        relation: relation.clone(),
                        target,
                        kind: if rng.bool() {
                            TargetKind::Relation
                        } else {
                            TargetKind::Permission
                        },
                    },
                )
            }
            _ => self.simple(rng, index, relation),
        }
    }

    fn simple(&self, rng: &mut Rng, index: usize, relation: String) -> Term {
        match rng.choice(&self.permissions[index]) {
            Some(permission) if rng.u8(..3) == 0 => {
                Term::Permits { permission: permission.clone() }
            }
            _ => Term::Includes { relation },
        }
    }

    /// A name that all subjects of a relation have as a relation or permission, if there is one.
    fn target(&self, rng: &mut Rng, model: &Model, index: usize, name: &str) -> Option<String> {
        let mut classes = Vec::new();
        subject_classes(model, index, name, 4, &mut classes)?;
        let names = |class: usize| self.relations[class].iter().chain(&self.permissions[class]);
        let first = *classes.first()?;
        let common = names(first)
            .filter(|name| classes.iter().all(|class| names(*class).any(|other| other == *name)));
        let common: Vec<_> = common.collect();
        rng.choice(common).cloned()
    }
}

/// Collects the classes of the objects that a relation leads to, or returns `None` if that is too
/// deep to say.
fn subject_classes(
    model: &Model,
    index: usize,
    name: &str,
    depth: usize,
    classes: &mut Vec<usize>,
) -> Option<()> {
    let member = model.classes[index].members.iter().find(|member| member.name() == name);
    let Some(Member::Relation(relation)) = member else {
        return Some(());
    };
    for subject in &relation.types {
        let class = model.classes.iter().position(|class| class.name == subject.namespace)?;
        match &subject.relation {
            None => classes.push(class),
            Some(name) => {
                subject_classes(model, class, name, depth.checked_sub(1)?, classes)?;
            }
        }
    }
    Some(())
}
