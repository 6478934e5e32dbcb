//! The committed gRPC code is what the definitions in `proto` give. To renew it, run this test
//! with `REGENERATE=1` and without features.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::{fs, path::Path};

const FILES: [&str; 4] = [
    "ory.keto.relation_tuples.v1alpha2.rs",
    "ory.keto.opl.v1alpha1.rs",
    "grpc.health.v1.rs",
    "google.rpc.rs",
];

#[test]
fn is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let descriptors = protox::compile(
        ["relation_tuples.proto", "opl.proto", "health.proto", "rpc_status.proto"]
            .map(|file| root.join("proto").join(file)),
        [root.join("proto")],
    )
    .unwrap();
    let out = std::env::temp_dir().join(format!("keto-client-grpc-{}", std::process::id()));
    fs::create_dir_all(&out).unwrap();
    tonic_prost_build::configure()
        .build_server(false)
        .build_transport(false)
        .out_dir(&out)
        .compile_fds(descriptors)
        .unwrap();
    for file in FILES {
        let made = fs::read_to_string(out.join(file)).unwrap();
        let kept = root.join("src/grpc/generated").join(file);
        if std::env::var_os("REGENERATE").is_some() {
            fs::create_dir_all(kept.parent().unwrap()).unwrap();
            fs::write(&kept, &made).unwrap();
        }
        assert!(fs::read_to_string(&kept).unwrap() == made, "{file} is out of date");
    }
    fs::remove_dir_all(out).unwrap();
}
