//! Analysis that the server does not do: of models, and of tuples for a model.

mod expressions;
pub(super) mod findings;
mod possible;
pub(super) mod tuples;
