//! What must hold of every parser that meets outside bytes: one function per target, which panics
//! where it does not hold. libFuzzer calls them with what it thinks of, and a test on the stable
//! compiler with the seeds and mutations of them.

mod answer;
mod keto;
mod kratos;
mod opl;
mod shared;

/// A target: it takes any bytes.
pub type Target = fn(&[u8]);

macro_rules! targets {
    ($($(#[$doc:meta])* $module:ident::$name:ident,)*) => {
        $($(#[$doc])* pub use $module::$name;)*

        /// Every target by its name.
        pub const TARGETS: &[(&str, Target)] = &[$((stringify!($name), $name)),*];
    };
}

targets! {
    keto::tuple,
    keto::decision,
    keto::tree,
    opl::opl_model,
    opl::opl_check,
    kratos::cookies,
    kratos::session,
    kratos::whoami,
    kratos::identity,
    kratos::flow,
    kratos::outcome,
    shared::link,
    shared::error,
    shared::join,
}
