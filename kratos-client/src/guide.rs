//! The guide, one module for each chapter.
//!
//! - [`quick_start`]
//! - [`sessions_and_cookies`]: domains, `SameSite`, ports, login loops
//! - [`second_factor`]: second factor and step-up authentication
//! - [`personal_data`]: GDPR, HIPAA, data homing
//! - [`caching`]: caches of sessions and their risks
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
    quick_start, sessions_and_cookies, second_factor, personal_data, caching, ory_network, testing,
    production,
}
