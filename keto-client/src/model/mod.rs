//! The data of permissions: names, subjects, relation tuples, queries and trees.

pub(crate) mod name;
pub(crate) mod query;
pub(crate) mod subject;
pub(crate) mod text;
pub(crate) mod tree;
pub(crate) mod tuple;
