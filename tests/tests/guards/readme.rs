//! The programs in the README are those of the examples, and have at most ten lines.

use std::process::Command;

const README: &str = include_str!("../../../README.md");

#[test]
fn a_protected_route_takes_ten_lines() {
    for (name, example, consumer) in [
        (
            "protect_with_axum",
            include_str!("../../../demo-app/examples/protect_with_axum.rs"),
            include_str!("../../consumers/guarded-axum/src/main.rs"),
        ),
        (
            "protect_with_actix",
            include_str!("../../../demo-app/examples/protect_with_actix.rs"),
            include_str!("../../consumers/guarded-actix/src/main.rs"),
        ),
    ] {
        let (_, rest) = README.split_once(&format!("<!-- {name} -->\n```rust,no_run\n")).unwrap();
        let (program, _) = rest.split_once("```").unwrap();
        let (_, example) = example.split_once("\n\n").unwrap();
        assert_eq!(program, example, "{name}");
        assert_eq!(program, consumer, "{name}");
        let lines = program.lines().filter(|line| !matches!(*line, "" | "}")).count();
        assert!(lines <= 10, "{name} has {lines} lines");
    }
}

#[test]
fn frameworks_are_dependencies_of_their_features_alone() {
    for client in ["kratos-client", "keto-client"] {
        let tree = |features: &str| {
            let arguments = ["tree", "--offline", "--edges", "normal", "--prefix", "none"];
            let output = Command::new(env!("CARGO"))
                .args(arguments)
                .args(["--package", client, "--features", features])
                .output();
            String::from_utf8(output.unwrap().stdout).unwrap()
        };
        for (features, expected) in
            [("", [false, false]), ("axum", [true, false]), ("actix", [false, true])]
        {
            let tree = tree(features);
            let depends_on = |name: &str| tree.lines().any(|line| line.starts_with(name));
            assert!(depends_on(client), "{tree}");
            assert_eq!(["axum ", "actix-web "].map(depends_on), expected, "{client} {features}");
            assert!(!depends_on("jsonwebtoken "), "{client} {features}");
        }
    }
}
