//! One contract suite that every implementation of the clients' traits must pass: [`keto`] and
//! [`kratos`] are functions that take the traits. Which implementations there are is in
//! [`servers`]: the testing servers always, real ones where the environment names them.
//!
//! An application with an implementation of its own can run the suite over it:
//!
//! ```no_run
//! use contract_tests::keto::{Keto, suite};
//!
//! async fn check_mine(mine: Keto) {
//!     for (name, test) in suite() {
//!         println!("{name}");
//!         test(mine.clone()).await;
//!     }
//! }
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test says what is wrong by panicking"
)]

pub mod admin;
pub mod api;
pub mod app;
pub mod browser;
pub mod conformance;
pub mod fault;
pub mod flows;
pub mod in_memory;
pub mod keto;
pub mod kratos;
pub mod mock_server;
pub mod model;
pub mod openapi;
pub mod permissions_page;
pub mod proxy;
pub mod servers;
pub mod soak;
pub mod tls;
#[cfg(unix)]
pub mod unix_socket;
pub mod users;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

/// That `kept` has everything that `raw` has, where `null` is nothing; it may have the empty value
/// of a field more, such as `""`.
pub fn assert_contains(kept: &Value, raw: &Value, path: &str) {
    match (kept, raw) {
        (Value::Object(kept), Value::Object(raw)) => {
            for (key, raw) in raw {
                let path = format!("{path}.{key}");
                assert_contains(kept.get(key).unwrap_or(&Value::Null), raw, &path);
            }
            let more = kept.iter().filter(|(key, _)| !raw.contains_key(*key));
            assert!(more.clone().all(|(_, value)| is_empty(value)), "{path}: {more:?}");
        }
        (Value::Array(kept), Value::Array(raw)) => {
            assert_eq!(kept.len(), raw.len(), "{path}");
            for (index, (kept, raw)) in kept.iter().zip(raw).enumerate() {
                assert_contains(kept, raw, &format!("{path}[{index}]"));
            }
        }
        // Each request of its own has another port.
        _ if path.ends_with(".ip_address") => {}
        (kept, Value::Null) if is_empty(kept) => {}
        _ => assert_eq!(kept, raw, "{path}"),
    }
}

/// Whether a value is what a missing one is read as.
fn is_empty(value: &Value) -> bool {
    [Value::Null, json!(""), json!(false), json!(0)].contains(value)
}

/// One test of a suite, over an implementation `T`.
pub type Test<T> = fn(T) -> BoxFuture<'static, ()>;

/// Lists tests by their names.
#[macro_export]
macro_rules! tests {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        vec![$((stringify!($name), (|subject| Box::pin($name(subject))) as $crate::Test<_>)),*]
    };
}

/// The README's examples compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
