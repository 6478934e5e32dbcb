//! The guards add no dependency to a program that does not turn on their features.

use std::{collections::BTreeSet, fs, process::Command};

/// The features of guards, and the dependencies that each turns on by itself.
fn features(package: &str) -> Vec<(&'static str, Vec<String>)> {
    let manifest = format!("{}/../{package}/Cargo.toml", env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(manifest).unwrap();
    let dependencies = |feature: &str| {
        let feature = format!("{feature} = [");
        let list =
            manifest.lines().find_map(|line| line.strip_prefix(&feature)).unwrap_or_default();
        let dependencies = list.split('"').filter_map(|item| item.strip_prefix("dep:"));
        dependencies.map(str::to_owned).collect()
    };
    ["guard", "tower", "axum", "actix", "jwt"].map(|f| (f, dependencies(f))).into()
}

fn direct_dependencies(package: &str, features: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal,build", "--prefix", "none", "--depth", "1"])
        .args(["--package", package, "--features", features])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let tree = String::from_utf8(output.stdout).unwrap();
    tree.lines().skip(1).filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn guards_add_dependencies_by_their_features_alone() {
    for package in ["ory-http", "kratos-client", "keto-client"] {
        let by_default = direct_dependencies(package, "");
        let features = features(package);
        assert!(features.iter().flat_map(|(_, added)| added).count() > 2, "{package}");
        for (feature, added) in features.iter().filter(|(_, added)| !added.is_empty()) {
            let with_feature = direct_dependencies(package, feature);
            for dependency in added {
                assert!(with_feature.contains(dependency), "{package} {feature}: {dependency}");
                assert!(!by_default.contains(dependency), "{package}: {dependency}");
            }
        }
    }
}
