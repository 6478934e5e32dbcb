//! The programs in the README are those of the examples, and have at most ten lines.

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
        assert_eq!(program, example, "{name}");
        assert_eq!(program, consumer, "{name}");
        let lines = program.lines().filter(|line| !matches!(*line, "" | "}")).count();
        assert!(lines <= 10, "{name} has {lines} lines");
    }
}
