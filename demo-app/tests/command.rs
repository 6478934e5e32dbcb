//! The program as it is started.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
};

/// The program with an environment of nothing but these settings.
fn demo(arguments: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_demo-app"));
    command.args(arguments).env_clear().envs(settings.iter().copied());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str], settings: &[(&str, &str)]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = demo(arguments, settings).output().unwrap();
    let said = [stdout, stderr].concat();
    (status.code(), String::from_utf8_lossy(&said).into_owned())
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn says_which_setting_is_wrong_and_exits() {
    let ui = ("KRATOS_UI_URL", "http://127.0.0.1:1");
    let kratos = ("KRATOS_EXTERNAL_API_URL", "http://127.0.0.1:1");
    let keto = ("KETO_API_READ_URL", "http://127.0.0.1:1");
    for (settings, problem) in [
        (vec![ui], "KRATOS_EXTERNAL_API_URL is not set"),
        (vec![kratos], "KRATOS_UI_URL is not set"),
        (vec![ui, kratos, ("KETO_API_READ_URL", "127.0.0.1:1")], "KETO_API_READ_URL is not a URL"),
        (vec![ui, kratos, keto, ("KETO_DIALECT", "v9")], "KETO_DIALECT must be auto"),
        (vec![ui, kratos, keto, ("KRATOS_TIMEOUT_MS", "soon")], "KRATOS_TIMEOUT_MS must be"),
        (vec![("LISTEN_ADDR", "0.0.0.0:0")], "LISTEN_ADDR must be a loopback address"),
        (vec![ui, kratos, keto, ("LISTEN_ADDR", "0.0.0.0:0")], "APP_PUBLIC_URL is not set"),
        (vec![("SUBJECT", "shoe-size")], "invalid value 'shoe-size'"),
        (vec![("PERMISSION", "app")], "invalid value 'app'"),
    ] {
        let (code, said) = run(&[], &settings);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(problem), "{settings:?}: {said}");
    }
}

#[test]
fn a_secret_in_a_setting_is_not_repeated() {
    let settings = [
        ("KRATOS_UI_URL", "http://127.0.0.1:1"),
        ("KRATOS_EXTERNAL_API_URL", "http://me:planted@127.0.0.1:1"),
        ("KETO_API_READ_URL", "http://127.0.0.1:1"),
        ("KETO_API_KEY", "planted\u{7}key"),
    ];
    let (code, said) = run(&[], &settings);
    assert_eq!(code, Some(2));
    assert!(said.contains("KRATOS_EXTERNAL_API_URL must not carry"), "{said}");
    assert!(!said.contains("planted"), "{said}");
}

#[test]
fn help_lists_every_setting() {
    let (code, said) = run(&["--help"], &[]);
    assert_eq!(code, Some(0));
    let own = ["LISTEN_ADDR", "APP_PUBLIC_URL", "KRATOS_UI_URL", "SUBJECT", "PERMISSION"];
    let names = demo_app::settings::client_settings().map(|setting| setting.name);
    for name in own.into_iter().chain(names) {
        assert!(said.contains(name), "{name} is missing in {said}");
    }
}

#[test]
fn grants_and_revokes_at_a_running_demo() {
    let mut child = Running(demo(&[], &[("LISTEN_ADDR", "127.0.0.1:0")]).spawn().unwrap());
    let lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let said: Vec<String> =
        lines.map(Result::unwrap).take_while(|line| !line.contains("cleo")).collect();
    let url = |label: &str| {
        let line = said.iter().find(|line| line.trim_start().starts_with(label)).unwrap();
        line.split_whitespace().last().unwrap().to_owned()
    };
    let (app, read, write) = (url("The homepage is at"), url("Keto read"), url("Keto write"));
    let keto = [("KETO_API_READ_URL", read.as_str()), ("KETO_API_WRITE_URL", write.as_str())];
    let address = app.trim_start_matches("http://").trim_end_matches('/');
    assert_eq!(run(&["healthcheck", "--listen", address], &[]), (Some(0), "ready\n".into()));

    let tuple = "app:homepage#read@somebody";
    assert_eq!(run(&["check", tuple], &keto), (Some(1), "denied\n".into()));
    assert_eq!(run(&["grant", tuple], &keto), (Some(0), "granted\n".into()));
    assert_eq!(run(&["grant", tuple], &keto), (Some(0), "granted\n".into()));
    assert_eq!(run(&["check", tuple], &keto), (Some(0), "allowed\n".into()));
    assert_eq!(run(&["revoke", tuple], &keto), (Some(0), "revoked\n".into()));
    assert_eq!(run(&["check", tuple], &keto), (Some(1), "denied\n".into()));
    let (code, said) = run(&["check", "app:homepage"], &keto);
    assert_eq!(code, Some(2));
    assert!(said.contains("at byte 12, a '#' is missing"), "{said}");
}
