//! `demo-app permissions …` over the embedded Keto, and over the one that `TEST_KETO_READ_URL` and
//! `TEST_KETO_WRITE_URL` name.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod program;

use program::{Running, demo, run};
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use uuid::Uuid;

/// A Keto, and a directory for files.
struct Keto {
    /// The namespace of people.
    user: &'static str,
    read: String,
    write: String,
    directory: PathBuf,
    _demo: Option<Running>,
}

impl Drop for Keto {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

impl Keto {
    fn at(user: &'static str, read: String, write: String, demo: Option<Running>) -> Self {
        let directory = std::env::temp_dir().join(format!("demo-app-{}", Uuid::new_v4()));
        fs::create_dir(&directory).unwrap();
        Self { user, read, write, directory, _demo: demo }
    }

    fn embedded() -> Self {
        let demo = Running::start(&[("LISTEN_ADDR", "127.0.0.1:0")], "cleo");
        Self::at("User", demo.last_word("Keto read"), demo.last_word("Keto write"), Some(demo))
    }

    /// The embedded one, and real ones if they are named.
    fn all() -> Vec<Self> {
        let url = |name: &str| std::env::var(name).ok();
        let names = [
            ("User", "TEST_KETO_READ_URL", "TEST_KETO_WRITE_URL"),
            // The article's configuration has no namespace of people.
            ("app", "TEST_KETO_V0_7_READ_URL", "TEST_KETO_V0_7_WRITE_URL"),
        ];
        let real =
            names.into_iter().filter_map(|(user, read, write)| match (url(read), url(write)) {
                (Some(read), Some(write)) => Some(Self::at(user, read, write, None)),
                _ => {
                    eprintln!("not run over a real Keto: {read} and {write} are not set");
                    None
                }
            });
        std::iter::once(Self::embedded()).chain(real).collect()
    }

    fn settings(&self) -> [(&str, &str); 2] {
        [("KETO_READ_REMOTE", &self.read), ("KETO_WRITE_REMOTE", &self.write)]
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        run(&[&["permissions"], arguments].concat(), &self.settings())
    }

    fn succeed(&self, arguments: &[&str]) -> String {
        let (code, said) = self.run(arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {said}");
        said
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.directory.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A file that gives many people permission to read an object.
    fn many(&self, object: &str, number: usize) -> String {
        let user = self.user;
        let line = |i| format!("- app:{object}#read@{user}:{i}\n");
        (0..number).map(line).collect()
    }

    /// The tuples of an object, as often as Keto lists them.
    fn listed(&self, object: &str) -> Vec<Value> {
        let said = self.succeed(&["list", "-n", "app", "-o", object, "--format", "json"]);
        let mut json: Value = serde_json::from_str(&said).unwrap();
        serde_json::from_value(json["relation_tuples"].take()).unwrap()
    }
}

fn unique(name: &str) -> String {
    format!("{name}-{}", Uuid::new_v4())
}

#[test]
fn a_file_is_applied_once() {
    for keto in Keto::all() {
        let user = keto.user;
        let object = unique("applied");
        let file = keto.file("desired.yaml", &keto.many(&object, 1_200));
        let (code, said) = keto.run(&["apply", &file, "--dry-run"]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("Plan: 1200 to create, 0 to delete, 0 unchanged"), "{said}");
        assert!(said.contains(&format!("+ app:{object}#read@({user}:7)")), "{said}");
        assert!(keto.listed(&object).is_empty());
        let said = keto.succeed(&["apply", &file]);
        assert!(said.contains("Applied: 1200 created, 0 deleted, 0 unchanged"), "{said}");
        let said = keto.succeed(&["apply", &file]);
        assert!(said.contains("Plan: 0 to create, 0 to delete, 1200 unchanged"), "{said}");
        assert_eq!(keto.listed(&object).len(), 1_200);
        // What is exported is the same state, in each format.
        for format in ["yaml", "json", "csv", "text"] {
            let filter = ["-n", "app", "-o", &object, "--as", format];
            let exported = keto.succeed(&[&["export"], &filter[..]].concat());
            let copy = keto.file(format, &exported);
            let said = keto.succeed(&["apply", &copy, "--as", format, "--prune", &scope(&object)]);
            assert!(said.contains("0 to create, 0 to delete, 1200 unchanged"), "{said}");
        }
    }
}

fn scope(object: &str) -> String {
    format!("app:{object}")
}

#[test]
fn a_run_that_was_killed_is_finished_by_the_next() {
    for keto in Keto::all() {
        let object = unique("killed");
        let file = keto.file("desired.yaml", &keto.many(&object, 2_000));
        let arguments = ["permissions", "apply", &file, "--batch-size", "2"];
        for least in [1, 300] {
            let mut run = demo(&arguments, &keto.settings()).stdout(Stdio::null()).spawn().unwrap();
            while keto.listed(&object).len() < least {
                assert_eq!(run.try_wait().unwrap(), None, "it ended before it was killed");
                std::thread::sleep(Duration::from_millis(1));
            }
            run.kill().unwrap();
            run.wait().unwrap();
            assert!(keto.listed(&object).len() < 2_000, "it was not killed midway");
        }
        keto.succeed(&["apply", &file]);
        let listed = keto.listed(&object);
        let distinct: HashSet<_> = listed.iter().map(Value::to_string).collect();
        assert_eq!((listed.len(), distinct.len()), (2_000, 2_000));
    }
}

#[test]
fn only_named_scopes_are_pruned_and_many_deletes_need_force() {
    for keto in Keto::all() {
        let user = keto.user;
        let (pruned, left) = (unique("pruned"), unique("left"));
        let first = keto.file("first.yaml", &(keto.many(&pruned, 10) + &keto.many(&left, 3)));
        keto.succeed(&["apply", &first]);
        let second = keto.file("second.txt", &format!("// one\napp:{pruned}#read@{user}:1\n"));
        keto.succeed(&["apply", &second]);
        assert_eq!(keto.listed(&pruned).len(), 10);
        let prune = ["apply", &second, "--prune", &scope(&pruned), "--max-deletes", "5"];
        let (code, said) = keto.run(&prune);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("9 tuples would be deleted, more than --max-deletes 5"), "{said}");
        assert_eq!(keto.listed(&pruned).len(), 10);
        keto.succeed(&[&prune[..], &["--force"]].concat());
        assert_eq!(keto.listed(&pruned).len(), 1);
        assert_eq!(keto.listed(&left).len(), 3);
    }
}

#[test]
fn what_failed_is_written_out_and_can_be_applied_again() {
    for keto in Keto::all() {
        let user = keto.user;
        let object = unique("failed");
        let refused = format!("nowhere:x#read@{user}:1");
        let text = keto.many(&object, 30)
            + &format!("- {{action: delete, relation_tuple: 'app:{object}#read@{user}:1'}}\n");
        keto.succeed(&["apply", &keto.file("good.yaml", &text)]);
        let subject = json!({"namespace": "nowhere", "object": "x", "relation": ""});
        let tuple = json!({"namespace": "app", "object": object, "relation": "read", "subject_set": subject});
        let mixed = json!([
            format!("app:{object}#read@{user}:31"),
            tuple,
            format!("app:{object}#read@{user}:32")
        ]);
        let file = keto.file("mixed.json", &mixed.to_string());
        let (code, said) = keto.run(&["apply", &file]);
        let stored = keto.listed(&object).len();
        assert_eq!((code, stored), (Some(2), 32), "{said}");
        assert!(said.contains("2 changes were made and 1 were not"), "{said}");
        let failed = format!("{file}.failed.json");
        let again: Value = serde_json::from_str(&fs::read_to_string(&failed).unwrap()).unwrap();
        assert_eq!(again, json!([{"action": "insert", "relation_tuple": tuple}]));
        assert_eq!(keto.run(&["apply", &failed]).0, Some(2));
        // A namespace that does not exist is known before anything is written.
        let (code, said) =
            keto.run(&["apply", &keto.file("nowhere.yaml", &format!("- {refused}"))]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("nowhere"), "{said}");
    }
}

#[test]
fn subject_ids_become_subject_sets() {
    for keto in Keto::all() {
        let user = keto.user;
        let object = unique("migrated");
        let people = [Uuid::new_v4(), Uuid::new_v4()];
        for subject in [people[0].to_string(), people[1].to_string(), "somebody".to_owned()] {
            keto.succeed(&["grant", &format!("app:{object}#read@{subject}")]);
        }
        let migrate = [
            "migrate-subjects",
            "--from",
            "identity-id",
            "-n",
            "app",
            "--format",
            "json",
            "--subject-namespace",
            user,
        ];
        let numbers = |arguments: &[&str]| {
            let (code, said) = keto.run(&[&migrate[..], arguments].concat());
            let json: Value = serde_json::from_str(&said).unwrap();
            (code, json)
        };
        // Other tests write to the same namespace, so only this object is compared.
        let sets = || {
            let listed = keto.listed(&object);
            let sets = listed.iter().filter(|tuple| tuple["subject_set"].is_object()).count();
            (sets, listed.len() - sets)
        };
        let (code, json) = numbers(&["--dry-run"]);
        assert_eq!(code, Some(1), "{json}");
        assert_eq!(sets(), (0, 3));
        // One subject id belongs to no identity.
        for _ in 0..2 {
            let (code, json) = numbers(&[]);
            assert_eq!(code, Some(1), "{json}");
            assert_eq!(json["not_allowed"], json!([]));
            assert_eq!(sets(), (2, 3));
        }
        let (_, json) = numbers(&["--delete-old"]);
        assert!(json["deleted"].as_u64() >= Some(2), "{json}");
        assert_eq!(sets(), (2, 1));
        for person in people {
            keto.succeed(&["check", &format!("app:{object}#read@{user}:{person}")]);
        }
        keto.succeed(&["revoke", &format!("app:{object}#read@somebody")]);
    }
}

#[test]
fn every_output_and_exit_code() {
    let keto = Keto::embedded();
    let object = unique("shown");
    let tuple = format!("app:{object}#read@(Group:staff#members)");
    assert_eq!(keto.run(&["check", &tuple]), (Some(1), "denied\n".into()));
    assert_eq!(keto.run(&["-q", "grant", &tuple]), (Some(0), String::new()));
    keto.succeed(&["grant", "User:ann", "members", "Group", "staff"]);
    let by_words = ["check", "User:ann", "read", &format!("app:{object}"), "--format", "json"];
    assert_eq!(keto.succeed(&by_words), "{\"allowed\":true}\n");
    assert_eq!(keto.run(&["-q", "check", &tuple]), (Some(0), String::new()));
    let listed = keto.succeed(&["list", "-o", &object, "-n", "app"]);
    assert!(
        listed.starts_with("NAMESPACE") && listed.contains("(Group:staff#members)"),
        "{listed}"
    );
    assert_eq!(keto.succeed(&["list", "-o", &object, "-n", "app", "-q"]), format!("{tuple}\n"));
    let tree = keto.succeed(&["expand", &format!("app:{object}#read")]);
    let expected =
        format!("union (app:{object}#read)\n└── union (Group:staff#members)\n    └── (User:ann)\n");
    assert_eq!(tree, expected);
    assert_eq!(keto.succeed(&["expand", "read", "app", "nobody-has-this"]), "nobody\n");
    assert_eq!(keto.succeed(&["wait"]), "ready\n");

    let nobody = [("KETO_READ_REMOTE", "127.0.0.1:1"), ("KETO_WRITE_REMOTE", "127.0.0.1:1")];
    for arguments in [&["check", &tuple][..], &["list"], &["wait", "--timeout", "0"]] {
        let (code, said) = run(&[&["permissions"], arguments].concat(), &nobody);
        assert_eq!(code, Some(3), "{said}");
    }
    for arguments in [&["check", "app:x"][..], &["apply", "nowhere.yaml"], &["frobnicate"]] {
        let (code, said) = keto.run(arguments);
        assert_eq!(code, Some(2), "{said}");
    }
    let (code, said) = run(&["permissions", "check", &tuple], &[]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("KETO_API_READ_URL is not set"), "{said}");
}

#[test]
fn completions_and_man_pages_name_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, script) = run(&["generate", "completions", shell], &[]);
        assert_eq!(code, Some(0), "{script}");
        assert!(script.contains("migrate-subjects") && script.contains("coverage"), "{shell}");
    }
    let directory = std::env::temp_dir().join(unique("man"));
    fs::create_dir(&directory).unwrap();
    let (code, said) = run(&["generate", "man", directory.to_str().unwrap()], &[]);
    assert_eq!(code, Some(0), "{said}");
    let page = fs::read_to_string(directory.join("demo-app-permissions-apply.1")).unwrap();
    assert!(page.contains("dry\\-run") && page.contains("prune"), "{page}");
    let page = fs::read_to_string(directory.join("demo-app-opl-test.1")).unwrap();
    assert!(page.contains("against") && page.contains("coverage"), "{page}");
    assert!(Path::new(&directory.join("demo-app.1")).exists());
    fs::remove_dir_all(directory).unwrap();
}
