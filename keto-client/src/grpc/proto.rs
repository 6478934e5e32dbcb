//! The messages and services, generated from the definitions in `proto`.

macro_rules! generated {
    ($module:ident, $file:literal) => {
        #[allow(
            missing_docs,
            clippy::all,
            clippy::pedantic,
            unused_qualifications,
            reason = "generated"
        )]
        pub(super) mod $module {
            include!(concat!("generated/", $file));
        }
    };
}

generated!(tuples, "ory.keto.relation_tuples.v1alpha2.rs");
generated!(opl, "ory.keto.opl.v1alpha1.rs");
generated!(health, "grpc.health.v1.rs");
generated!(rpc, "google.rpc.rs");
