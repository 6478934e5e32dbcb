//! The models in `examples/opl` pass their tests, here and on a real Keto.

use crate::live::Keto;
use keto_client::opl::{Model, PermissionTests, assert_permissions};
use std::path::PathBuf;

fn examples() -> Vec<PathBuf> {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/opl");
    let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut tests: Vec<_> = files.filter(|path| path.extension().unwrap() == "yml").collect();
    tests.sort();
    assert_eq!(tests.len(), 8);
    tests
}

#[test]
fn all_pass_and_cover_every_rule() {
    for path in examples() {
        assert_permissions(&path);
        let report = PermissionTests::from_file(&path).unwrap().run();
        assert!(report.coverage().uncovered().is_empty(), "{}:\n{report}", path.display());
    }
}

#[test]
fn all_are_formatted() {
    for path in examples() {
        let path = path.to_str().unwrap().replace(".test.yml", ".ts");
        let model = Model::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(Model::parse(&model.to_string()).unwrap(), model);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pass_on_keto() {
    let Some(keto) = Keto::from_env().await else { return };
    for path in examples() {
        let tests = PermissionTests::from_file(&path).unwrap();
        keto.replace_model(&tests.model).await;
        keto.replace_tuples(&tests.model, &tests.tuples).await;
        let report = tests.run_on(&keto.client).await.unwrap();
        assert!(report.passed(), "{}:\n{report}", path.display());
    }
}
