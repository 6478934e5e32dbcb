//! The program as it is started.

#![allow(clippy::unwrap_used, reason = "a test")]

mod program;

use demo_app::listen::DEFAULT_ADDRESS;
use program::{Running, run};
use std::{
    collections::HashSet,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
};

/// Makes sure that something listens on the default port: this test, or whatever does already.
fn take_default_port() -> Option<TcpListener> {
    TcpListener::bind(DEFAULT_ADDRESS).ok()
}

fn is_ready(address: SocketAddr) -> bool {
    run(&["healthcheck", "--listen", &address.to_string()], &[]) == (Some(0), "ready\n".into())
}

#[test]
fn says_which_setting_is_wrong_and_exits() {
    let _taken = take_default_port();
    let ui = ("KRATOS_UI_URL", "http://127.0.0.1:1");
    let kratos = ("KRATOS_EXTERNAL_API_URL", "http://127.0.0.1:1");
    let keto = ("KETO_API_READ_URL", "http://127.0.0.1:1");
    for (settings, problem) in [
        (vec![ui], "KRATOS_EXTERNAL_API_URL is not set"),
        (vec![kratos], "KETO_API_READ_URL is not set"),
        (vec![ui, kratos, ("KETO_API_READ_URL", "127.0.0.1:1")], "KETO_API_READ_URL is not a URL"),
        (vec![ui, kratos, keto, ("KETO_API_VERSION", "v9")], "KETO_API_VERSION must be detect"),
        (vec![ui, kratos, keto, ("KRATOS_TIMEOUT_MS", "soon")], "KRATOS_TIMEOUT_MS must be"),
        (vec![("LISTEN_ADDR", "0.0.0.0:0")], "LISTEN_ADDR must be a loopback address"),
        (vec![ui, kratos, keto, ("LISTEN_ADDR", "0.0.0.0:0")], "APP_PUBLIC_URL is not set"),
        (vec![("SUBJECT", "shoe-size")], "invalid value 'shoe-size'"),
        (vec![("PERMISSION", "app")], "invalid value 'app'"),
        (vec![("MANAGE_PERMISSION", "app")], "invalid value 'app'"),
        (vec![("AUDIT_FILE", "/")], "AUDIT_FILE / cannot be opened"),
        (vec![("EMBEDDED_KETO", "v1")], "invalid value 'v1'"),
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
    assert!(said.contains("KRATOS_EXTERNAL_API_URL must not contain"), "{said}");
    assert!(!said.contains("planted"), "{said}");
}

#[test]
fn help_lists_every_setting() {
    let (code, said) = run(&["--help"], &[]);
    assert_eq!(code, Some(0));
    let own = [
        "LISTEN_ADDR",
        "APP_PUBLIC_URL",
        "KRATOS_UI_URL",
        "SUBJECT",
        "EMBEDDED_KETO",
        "PERMISSION",
        "MANAGE_PERMISSION",
        "AUDIT_FILE",
        "DATA_FILE",
    ];
    let names = demo_app::settings::client_settings().map(|setting| setting.name);
    for name in own.into_iter().chain(names) {
        assert!(said.contains(name), "{name} is missing in {said}");
    }
}

#[test]
fn takes_the_next_port_where_the_default_one_is_in_use() {
    let _taken = take_default_port();
    let demo = Running::start(&[], "Log in as");
    let (address, default) = (demo.address(), DEFAULT_ADDRESS.port());
    assert!(address.port() > default, "{address}");
    let said = demo.said.join("\n");
    assert!(said.contains(&format!("Another program uses port {default}")), "{said}");
    assert!(is_ready(address), "the URL that it says is not where it is");
    // The way back from the login is to the port that it has.
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let return_to = format!("return_to=http%3A%2F%2F127.0.0.1%3A{}%2F", address.port());
    assert!(response.contains(&return_to), "{response}");

    // A second one takes yet another port, and shares nothing with the first.
    let other = Running::start(&[], "Log in as");
    let ports = |demo: &Running| {
        ["The homepage is at", "Kratos", "Keto read", "Keto write"]
            .map(|label| demo.last_word(label))
    };
    let all: HashSet<_> = ports(&demo).into_iter().chain(ports(&other)).collect();
    assert_eq!(all.len(), 8, "{all:?}");
    assert!(is_ready(other.address()));
}

#[test]
fn an_address_that_is_set_is_the_only_one_that_is_tried() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (code, said) = run(&[], &[("LISTEN_ADDR", &address)]);
    assert_eq!(code, Some(2));
    assert!(said.contains(&format!("LISTEN_ADDR {address} can't be listened on")), "{said}");
    assert!(said.contains("choose another address by LISTEN_ADDR"), "{said}");

    // Nor is the default port left where APP_PUBLIC_URL sends browsers to a known one.
    let _taken = take_default_port();
    let (code, said) = run(&[], &[("APP_PUBLIC_URL", "http://127.0.0.1:5000")]);
    assert_eq!(code, Some(2));
    assert!(said.contains("LISTEN_ADDR 127.0.0.1:5000 can't be listened on"), "{said}");
}

#[test]
fn grants_and_revokes_at_a_running_demo() {
    let demo = Running::start(&[("LISTEN_ADDR", "127.0.0.1:0")], "cleo");
    assert!(is_ready(demo.address()));
    let (read, write) = (demo.last_word("Keto read"), demo.last_word("Keto write"));
    let keto = [("KETO_API_READ_URL", read.as_str()), ("KETO_API_WRITE_URL", write.as_str())];

    let tuple = "app:homepage#read@somebody";
    assert_eq!(run(&["permissions", "check", tuple], &keto), (Some(1), "denied\n".into()));
    assert_eq!(run(&["permissions", "grant", tuple], &keto), (Some(0), "granted\n".into()));
    assert_eq!(run(&["permissions", "grant", tuple], &keto), (Some(0), "granted\n".into()));
    assert_eq!(run(&["permissions", "check", tuple], &keto), (Some(0), "allowed\n".into()));
    assert_eq!(run(&["permissions", "revoke", tuple], &keto), (Some(0), "revoked\n".into()));
    assert_eq!(run(&["permissions", "check", tuple], &keto), (Some(1), "denied\n".into()));
    // Grants at the same time may add it more than once; one revoke takes all of that back.
    std::thread::scope(|scope| {
        let grants: Vec<_> =
            (0..8).map(|_| scope.spawn(|| run(&["permissions", "grant", tuple], &keto))).collect();
        for grant in grants {
            assert_eq!(grant.join().unwrap(), (Some(0), "granted\n".into()));
        }
    });
    assert_eq!(run(&["permissions", "check", tuple], &keto), (Some(0), "allowed\n".into()));
    assert_eq!(run(&["permissions", "revoke", tuple], &keto), (Some(0), "revoked\n".into()));
    assert_eq!(run(&["permissions", "check", tuple], &keto), (Some(1), "denied\n".into()));

    let (code, said) = run(&["permissions", "check", "app:homepage"], &keto);
    assert_eq!(code, Some(2));
    assert!(said.contains("at byte 12, a '#' is missing"), "{said}");
}

#[test]
fn a_demo_as_ory_network_says_which_subjects_and_namespaces_it_takes() {
    let settings = [("LISTEN_ADDR", "127.0.0.1:0"), ("EMBEDDED_KETO", "network")];
    let demo = Running::start(&settings, "cleo");
    let (read, write) = (demo.last_word("Keto read"), demo.last_word("Keto write"));
    let keto = [("KETO_API_READ_URL", read.as_str()), ("KETO_API_WRITE_URL", write.as_str())];

    // Ann was granted it at the start.
    let ann = "app:homepage#read@User:6f0c1d5e-3f0b-4a55-9f3e-0a6c2b1d7a01";
    assert_eq!(run(&["permissions", "check", ann], &keto), (Some(0), "allowed\n".into()));
    let tuple = "app:homepage#read@User:somebody";
    assert_eq!(run(&["permissions", "check", tuple], &keto), (Some(1), "denied\n".into()));
    assert_eq!(run(&["permissions", "grant", tuple], &keto), (Some(0), "granted\n".into()));
    assert_eq!(run(&["permissions", "check", tuple], &keto), (Some(0), "allowed\n".into()));
    assert_eq!(run(&["permissions", "revoke", tuple], &keto), (Some(0), "revoked\n".into()));
    assert_eq!(run(&["permissions", "check", tuple], &keto), (Some(1), "denied\n".into()));

    for command in ["grant", "check", "revoke"] {
        let (code, said) = run(&["permissions", command, "app:homepage#read@somebody"], &keto);
        assert_eq!(code, Some(2), "{command}: {said}");
        assert!(said.contains("subject_id is not supported"), "{command}: {said}");
        assert!(said.contains("such as User:ann"), "{command}: {said}");
    }
    let (code, said) = run(&["permissions", "grant", "nowhere:x#read@User:somebody"], &keto);
    assert_eq!(code, Some(2));
    assert!(said.contains("add the namespace to the permission model"), "{said}");
}
