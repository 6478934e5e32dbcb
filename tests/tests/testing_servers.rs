//! The testing servers are in no build that does not ask for them.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::process::Command;

#[test]
fn a_normal_build_has_nothing_of_the_testing_servers() {
    for client in ["kratos-client", "keto-client"] {
        let tree = |features: &str| {
            let arguments = ["tree", "--offline", "--edges", "normal", "--prefix", "none"];
            let output = Command::new(env!("CARGO"))
                .args(arguments)
                .args(["--package", client, "--features", features])
                .output();
            String::from_utf8(output.unwrap().stdout).unwrap()
        };
        let (normal, testing) = (tree(""), tree("testing"));
        assert!(normal.lines().any(|line| line.starts_with("ory-http ")), "{normal}");
        for dependency in ["matchit ", "bcrypt ", "totp-rs ", "qrcode ", "json-patch "] {
            assert!(!normal.lines().any(|line| line.starts_with(dependency)), "{client}");
        }
        assert!(testing.lines().any(|line| line.starts_with("matchit ")), "{client}");
    }
}
