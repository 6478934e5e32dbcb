//! The operations of a client, and the responses of a document that each of them has to read.

use crate::{
    assert_contains,
    openapi::{Document, Mutation, mutations},
};
use fastrand::Rng;
use futures_util::future::BoxFuture;
use keto_client::Error;
use serde::Serialize;
use serde_json::Value;

/// What an operation made of a response, as JSON; `None` where it has no JSON.
pub type Decoded = Result<Option<Value>, Error>;

/// The value of an operation as JSON.
#[expect(clippy::missing_errors_doc, reason = "it has none: it ends an operation")]
pub fn decoded(value: &impl Serialize) -> Decoded {
    Ok(Some(serde_json::to_value(value).unwrap()))
}

/// An operation of a client `C` that is answered with JSON.
pub struct Operation<C: ?Sized> {
    /// Its ids in the documents.
    pub ids: &'static [&'static str],
    /// The fields that it needs: a response may be an error where one of them is mutated.
    pub needs: &'static [&'static str],
    /// Calls it.
    pub run: fn(&C) -> BoxFuture<'_, Decoded>,
}

/// A list of [`Operation`]s: the ids, the fields that are needed, and the call.
#[macro_export]
macro_rules! operations {
    ($($($id:ident),+ needs $needs:expr => |$client:ident| $run:expr;)+) => {
        vec![$($crate::openapi::Operation {
            ids: &[$(stringify!($id)),+],
            needs: &$needs,
            run: |$client| Box::pin(async move { $run }),
        }),+]
    };
}

/// A response that an operation has to read.
pub struct Case<'a, C: ?Sized> {
    /// The operation.
    pub operation: &'a Operation<C>,
    /// The operation's id in the document.
    pub id: &'a str,
    /// The status of the response.
    pub status: u16,
    /// The response without the mutation.
    pub whole: Value,
    /// What was changed of it.
    pub mutation: Mutation,
    /// The response.
    pub response: Value,
    /// All of this in words.
    pub place: String,
}

impl<C: ?Sized> Case<'_, C> {
    /// That the response is an error only where something is mutated that the operation needs.
    pub fn assert_may_fail(&self, error: &Error) {
        let is_needed = self.operation.needs.contains(&self.mutation.path.as_str());
        assert!(is_needed, "{}: {error}", self.place);
    }

    /// That the operation's value has all of the response.
    pub fn assert_kept(&self, value: &Value) {
        assert_contains(value, &self.response, &self.place);
    }
}

impl Document {
    /// The responses for each operation of the document but `others`: whole ones, and at most so
    /// many mutations of an operation's, chosen at random, but the same in each run. `correct` makes
    /// right what a document can't say.
    ///
    /// # Panics
    /// If an operation of the document is in neither list.
    pub fn cases<'a, C: ?Sized>(
        &'a self,
        operations: &'a [Operation<C>],
        others: &[(&str, &str)],
        max_mutations: usize,
        correct: fn(&mut Value),
    ) -> Vec<Case<'a, C>> {
        let mut cases = Vec::new();
        for id in self.operations() {
            if others.iter().any(|(other, _)| *other == id) {
                continue;
            }
            let operation = operations.iter().find(|operation| operation.ids.contains(&id));
            let operation = operation.unwrap_or_else(|| panic!("{id} is not tested"));
            let (status, mut wholes) = self.responses(id).unwrap();
            wholes.iter_mut().for_each(correct);
            let case = |(whole, mutation): (&Value, Mutation)| {
                let place = format!("{id}, {:?} {}", mutation.kind, mutation.path);
                let (whole, response) = (whole.clone(), mutation.of(whole));
                Case { operation, id, status, whole, mutation, response, place }
            };
            cases.extend(some_mutations(&wholes, id, max_mutations).into_iter().map(case));
        }
        cases
    }
}

fn some_mutations<'a>(wholes: &'a [Value], id: &str, max: usize) -> Vec<(&'a Value, Mutation)> {
    let (mut some, mut others) = (Vec::new(), Vec::new());
    for whole in wholes {
        let mut all = mutations(whole).into_iter().map(|mutation| (whole, mutation));
        some.extend(all.next());
        others.extend(all);
    }
    let seed =
        id.bytes().fold(7, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    Rng::with_seed(seed).shuffle(&mut others);
    some.extend(others.into_iter().take(max));
    some
}
