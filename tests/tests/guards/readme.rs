//! The programs in the README are those of the examples. `tests/consumers/readme` builds and runs them.

const README: &str = include_str!("../../../README.md");

#[test]
fn the_programs_are_the_examples() {
    for (name, example) in [
        ("protect_with_axum", include_str!("../../../demo-app/examples/protect_with_axum.rs")),
        ("protect_with_actix", include_str!("../../../demo-app/examples/protect_with_actix.rs")),
    ] {
        let (_, rest) = README.split_once(&format!("<!-- {name} -->\n```rust,no_run\n")).unwrap();
        let (program, _) = rest.split_once("```").unwrap();
        let (_, example) = example.split_once("\n\n").unwrap();
        assert_eq!(program, example, "{name}");
    }
}
