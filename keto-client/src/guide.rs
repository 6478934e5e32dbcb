//! The guide, one module for each chapter.
//!
//! - [`quick_start`]
//! - [`subjects`]: the names of subjects, privacy, GDPR, HIPAA, data homing
//! - [`email_subjects`]: moving from email subjects and subject ids
//! - [`permission_models`]: checked, tested and typed without a server
//! - [`caching`]: caches of decisions and their risks
//! - [`ory_network`]
//! - [`testing`]
//! - [`production`]: timeouts, PostgreSQL, CockroachDB

macro_rules! chapters {
    ($($name:ident),* $(,)?) => {
        $(
            #[doc = include_str!(concat!("../docs/", stringify!($name), ".md"))]
            pub mod $name {}
        )*
    };
}

chapters! {
    quick_start, subjects, email_subjects, permission_models, caching, ory_network, testing, production,
}
