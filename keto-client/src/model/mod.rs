//! What a permission is made of.

mod json;
mod name;
mod query;
mod subject;
mod text;
mod tree;
mod tuple;

pub use name::{Namespace, Object, Relation, SubjectId};
pub use query::RelationQuery;
pub use subject::{Subject, SubjectSet};
pub use text::{NoTextForm, ParseError};
pub use tree::{NodeType, SubjectTree};
pub use tuple::RelationTuple;
