//! The soak works: a few seconds of it, without a word about time.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::process::Command;

#[test]
fn a_short_soak_of_the_demo_app_holds() {
    a_short_soak_holds(&[]);
}

#[test]
fn a_short_soak_of_a_guarded_app_of_axum_holds() {
    a_short_soak_holds(&["--axum"]);
}

fn a_short_soak_holds(options: &[&str]) {
    let mut soak = Command::new(env!("CARGO_BIN_EXE_soak"));
    soak.args(options).args([
        "--minutes",
        "0.08",
        "--fault-seconds",
        "0.2",
        "--well-seconds",
        "0.2",
    ]);
    soak.args(["--sample-seconds", "0.2", "--workers", "4"]);
    // On a machine that is busy with other tests, anything may be late.
    soak.args(["--slack-ms", "60000", "--unavailable-percent", "100"]);
    let output = soak.output().unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
    assert!(output.status.success(), "{said}");
    for expected in [
        "| Kratos stopped |",
        "| Keto stopped |",
        "| revoked |",
        "× whoami: could not connect to the server: ",
        "× check: could not connect to the server: ",
        "It held.",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn the_app_with_caches_needs_real_servers() {
    let mut soak = Command::new(env!("CARGO_BIN_EXE_soak"));
    let output = soak.arg("--with-caches").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "--with-caches needs --real: the testing Keto speaks no gRPC\n");
}
