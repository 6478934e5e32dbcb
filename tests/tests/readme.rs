//! The README's table names every setting.

#[test]
fn names_every_setting() {
    let readme = include_str!("../../README.md");
    for setting in demo_app::settings::client_settings() {
        assert!(readme.contains(&format!("| `{}` |", setting.name)), "{}", setting.name);
    }
}
