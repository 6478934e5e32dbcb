//! The Rust module of a permission model.

use keto_client::{
    KetoClient, opl,
    testing::KetoServer,
    typed::{MissingName, missing_names},
};
use typed_tests::folders::{Document, Folder, Group, NAMES, User};

const MODEL: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../keto-client/examples/opl/folders.ts");
const MODULE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/folders.rs");

#[test]
fn the_module_is_that_of_the_model() {
    opl::assert_rust_source(MODEL, MODULE);
}

#[test]
fn every_example_has_a_module_of_valid_rust() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../keto-client/examples/opl");
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "ts") {
            let model = opl::Model::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let source = opl::rust_source(&model);
            assert!(source.contains("pub const NAMES"), "{}", path.display());
        }
    }
    // Names that are keywords, taken, or no identifiers.
    let model = opl::Model::parse(
        r#"class User implements Namespace {}
           class type implements Namespace {
             related: { new: User[], self: User[], "2nd-owner": User[], "x²☃": User[], "☃": User[], match: User[] }
           }"#,
    );
    let source = opl::rust_source(&model.unwrap());
    for name in [
        "pub struct Type(",
        "fn new_(",
        "fn self_(",
        "fn n2nd_owner(",
        "fn match_(",
        "fn x(",
        "fn n(",
    ] {
        assert!(source.contains(name), "{name}: {source}");
    }
}

#[test]
fn relations_are_written_and_checked_and_permissions_are_checked() {
    let (document, folder) = (Document::new("42"), Folder::new("reports"));
    let (ann, staff) = (User::new("ann"), Group::new("staff"));
    for (tuple, text) in [
        (document.owners().tuple(&ann), "Document:42#owners@User:ann"),
        (document.viewers().tuple(&staff.members()), "Document:42#viewers@(Group:staff#members)"),
        (document.folder().tuple(&folder), "Document:42#folder@Folder:reports"),
        (folder.parents().tuple(&Folder::new("all")), "Folder:reports#parents@Folder:all"),
        (document.view().check(&ann).tuple, "Document:42#view@User:ann"),
        (document.view().check(&staff.members()).tuple, "Document:42#view@(Group:staff#members)"),
        (document.owners().check(&ann).tuple, "Document:42#owners@User:ann"),
    ] {
        assert_eq!(tuple, text.parse().unwrap());
    }
    assert_eq!(folder.view().subject_set(), &"Folder:reports#view".parse().unwrap());
    assert_eq!(document.owners().query().namespace.unwrap().as_str(), Document::NAMESPACE);
}

/// The whole model in the compiler's hands: each of these programs has a mistake that would be a denial.
#[test]
fn mistakes_do_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

#[tokio::test]
async fn names_that_a_server_lacks_are_found_at_start() {
    let keto = KetoServer::start(["User", "Group", "Folder"]).unwrap();
    let missing = missing_names(keto.client(), NAMES).await.unwrap();
    assert_eq!(missing, [MissingName::Namespace("Document".into())]);
    assert_eq!(missing[0].to_string(), "the server has no namespace \"Document\"");
}

/// A real server has a model and knows its relations.
#[tokio::test]
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
async fn relations_that_a_real_server_lacks_are_found_at_start() {
    let variable = "TEST_KETO_READ_URL";
    let Some(url) = keto_client::env_vars(variable) else {
        eprintln!("NOT RUN: {variable} is not set");
        return;
    };
    let keto = KetoClient::builder().read_url(url).build().unwrap();
    let missing = missing_names(&keto, &[("app", &["read"])]).await.unwrap();
    assert_eq!(missing, []);
    let names = [("app", &["read", "raed"][..]), ("nowhere", &["a", "b"])];
    let missing = missing_names(&keto, &names).await.unwrap();
    let namespace = MissingName::Namespace("nowhere".into());
    assert_eq!(missing, [MissingName::Relation("app".into(), "raed".into()), namespace]);
    assert_eq!(
        missing[0].to_string(),
        "the server has no relation or permission \"raed\" in the namespace \"app\""
    );
}
