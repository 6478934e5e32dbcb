//! `demo-app opl …`

#![allow(clippy::unwrap_used, reason = "a test")]

mod program;

use keto_client::{opl::Model, testing::KetoServer};
use program::run;
use std::{
    fs,
    path::{Path, PathBuf},
};
use uuid::Uuid;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../keto-client/examples/opl");

fn example(name: &str) -> String {
    format!("{EXAMPLES}/{name}")
}

/// A directory that is deleted with its files.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("demo-app-opl-{}", Uuid::new_v4()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn check_shows_each_error_in_its_place() {
    let directory = Directory::new();
    let invalid = directory
        .file("model.ts", "class Page implements Namespace {\n  related: { readers: Usr[] }\n}\n");
    let (code, said) = run(&["opl", "check", &invalid, &example("app.ts")], &[]);
    assert_eq!(code, Some(1), "{said}");
    let expected = format!(
        "error: the namespace `Usr` is not declared
 --> {invalid}:2:23
  |
2 |   related: {{ readers: Usr[] }}
  |                       ^^^
"
    );
    assert!(said.starts_with(&expected), "{said}");

    assert_eq!(run(&["opl", "check", &example("app.ts")], &[]).0, Some(0));
    let unused =
        directory.file("unused.ts", "class A implements Namespace { related: { r: A[] } }");
    let (code, said) = run(&["opl", "check", &unused], &[]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said, format!("warning: {unused}: A.r: no permission uses this relation\n"));

    let (code, said) = run(&["opl", "check", "/nowhere/model.ts"], &[]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("/nowhere/model.ts: "), "{said}");
    assert_eq!(run(&["opl", "check"], &[]).0, Some(2));
}

#[test]
fn fmt_formats_once() {
    let directory = Directory::new();
    let source = "// kept\nclass Page implements Namespace {related:{readers:Page[],}}";
    let file = directory.file("model.ts", source);
    let (code, said) = run(&["opl", "fmt", "--check", &file], &[]);
    assert_eq!((code, said), (Some(1), format!("{file} is not formatted\n")));
    assert_eq!(fs::read_to_string(&file).unwrap(), source);
    assert_eq!(run(&["opl", "fmt", &file], &[]), (Some(0), String::new()));
    let formatted = fs::read_to_string(&file).unwrap();
    assert!(formatted.contains("// kept\nclass Page implements Namespace {\n  related: {\n"));
    assert_eq!(run(&["opl", "fmt", "--check", &file], &[]), (Some(0), String::new()));

    // An invalid model is left as it is.
    let invalid = directory.file("invalid.ts", "class");
    let (code, said) = run(&["opl", "fmt", &invalid], &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("invalid.ts:1:6"), "{said}");
    assert_eq!(fs::read_to_string(&invalid).unwrap(), "class");
}

#[test]
fn test_shows_the_path_of_each_wrong_answer() {
    let (code, said) =
        run(&["opl", "test", &example("app.test.yml"), &example("folders.test.yml")], &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("folders.test.yml\nok     "), "{said}");

    let directory = Directory::new();
    directory.file("model.ts", "class User implements Namespace {}
        class Page implements Namespace {
          related: { owners: User[], readers: User[] }
          permits = { read: (ctx) => this.related.readers.includes(ctx.subject) || this.permits.edit(ctx),
            edit: (ctx) => this.related.owners.includes(ctx.subject) } }");
    let wrong = directory.file(
        "wrong.test.yml",
        "model_file: model.ts
tuples: [\"Page:home#owners@User:ann\"]
tests:
  - name: owners can't read
    denied: [\"Page:home#read@User:ann\"]
",
    );
    let (code, said) = run(&["opl", "test", &wrong], &[]);
    assert_eq!(code, Some(1), "{said}");
    for line in [
        "FAILED owners can't read",
        "Page:home#read@(User:ann) is allowed, expected denied",
        "tuple Page:home#owners@(User:ann)",
        "0 passed, 1 failed; 2 of 3 rules covered",
        "not covered: Page read: this.related.readers.includes(ctx.subject)",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(!said.contains("EVALUATED"), "{said}");
    let (code, said) = run(&["opl", "test", "--coverage", &wrong], &[]);
    assert_eq!(code, Some(1), "{said}");
    let covered = said.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let covered: Vec<_> = covered.filter(|line| line.len() == 4).collect();
    assert!(covered.contains(&vec!["EVALUATED", "FOUND", "PERMISSION", "RULE"]), "{said}");
    let edit = ["1", "1", "Page.edit", "this.related.owners.includes(ctx.subject)"];
    assert!(covered.contains(&edit.to_vec()), "{said}");

    directory.file("model.ts", "class");
    let (code, said) = run(&["opl", "test", &wrong], &[]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("model.ts:1:6"), "{said}");
}

#[test]
fn test_asks_a_live_keto() {
    let file = example("deny_list.test.yml");
    let model = Model::parse(&fs::read_to_string(example("deny_list.ts")).unwrap()).unwrap();
    let keto = KetoServer::builder().model(model).start().unwrap();
    let (read, write) = (keto.read_url().to_string(), keto.write_url().to_string());
    let test = || run(&["opl", "test", &file, "--against", &read], &[]);
    // Without its tuples, what is allowed is not.
    let (code, said) = test();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("is denied, expected allowed"), "{said}");
    // `host:port` without a scheme, as Keto's own command line takes it.
    let read_remote = read.trim_start_matches("http://").trim_end_matches('/');
    let remotes = ["--read-remote", read_remote, "--write-remote", &write];
    let (code, said) = run(&[&["permissions", "apply", &file], &remotes[..]].concat(), &[]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = test();
    assert_eq!(code, Some(0), "{said}");
    let asked = keto.requests();
    assert!(asked.iter().any(|request| request.uri.path() == "/relation-tuples/batch/check"));

    drop(keto);
    let (code, said) = test();
    assert_eq!(code, Some(3), "{said}");
    assert!(Path::new(&file).exists());
}
