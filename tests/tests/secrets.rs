//! No secret is shown: a whole run at TRACE level, and everything that can be printed.

#![allow(clippy::unwrap_used, clippy::format_push_string, reason = "a test")]

use contract_tests::{app, flows::SelfService, servers, users::TestUsers};
use keto_client::{ApiKey, ApiVersion, Check, HttpConfig, KetoClient, Permissions, Relationships};
use kratos_client::{
    Credential, KratosClient, SessionToken, Sessions,
    flow::{Caller, CreateFlowOptions, Login, Password, UpdateFlowBody},
};
use std::{
    io::Write,
    sync::{Arc, Mutex},
};
use url::Url;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// Everything that is logged from here on, at TRACE level.
fn listen() -> Log {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .init();
    log
}

#[actix_web::test]
async fn a_whole_run_shows_no_secret() {
    let log = listen();
    let mut shown = String::new();
    let mut secrets = vec!["planted-api-key".to_owned(), "planted-wrong-password".to_owned()];

    let app_url = Url::parse("http://app.test/").unwrap();
    let embedded = servers::embedded(&app_url);
    let http = HttpConfig::default().api_key(ApiKey::new("planted-api-key").unwrap());
    shown += &format!("{http:?}");
    let kratos = KratosClient::builder().public_url(embedded.kratos.public_url().as_str());
    let kratos = Arc::new(kratos.http(http.clone()).build().unwrap());
    let (read, write) = (embedded.keto.read_url().as_str(), embedded.keto.write_url().as_str());
    let keto = KetoClient::builder().read_url(read).write_url(write).http(http);
    let keto = keto.api_version(ApiVersion::Detect).build().unwrap();
    shown += &format!("{kratos:?} {keto:?}");

    let users =
        TestUsers::new(embedded.kratos.public_url().clone(), embedded.kratos.admin_url(), false);
    let person = users.somebody().await;
    secrets.extend([person.email.clone(), person.password.clone()]);

    // An app.
    let flows = SelfService::of(&kratos, users.clone());
    let app_caller = Caller::native();
    let created = flows.login.create(&CreateFlowOptions::new(), &app_caller).await.unwrap();
    shown += &format!("{created:?}");
    let flow = created.value.into_flow().unwrap();
    for password in ["planted-wrong-password", &person.password] {
        let body = UpdateFlowBody::<Login>::password(&person.email, &Password::new(password));
        let answer = flows.login.submit(&flow, &body, &app_caller).await.unwrap();
        shown += &format!("{body:?} {answer:?}");
    }
    let token = users.token(&person).await;
    let credential = Credential::from(SessionToken::new(token.clone()).unwrap());
    let whoami = kratos.whoami(&credential).await.unwrap();
    shown += &format!("{credential:?} {whoami:?}");
    secrets.push(token);

    // A browser, with a cookie that is nobody's business.
    let cookies = users.cookies(&person).await + "; theme=planted-theme";
    secrets.push("planted-theme".into());
    secrets.extend(cookies.split("; ").map(|cookie| cookie.split_once('=').unwrap().1.to_owned()));
    let credential = Credential::from_cookie_headers([&cookies]);
    let whoami = kratos.whoami(&credential).await.unwrap();
    shown += &format!("{credential:?} {whoami:?}");
    let created =
        flows.login.create(&CreateFlowOptions::new(), &Caller::browser([&cookies])).await.unwrap();
    shown += &format!("{created:?}");

    // The app over both, let in and not.
    let (listener, url) = app::port();
    let kratos_traits = servers::kratos_of(&embedded.kratos);
    let keto_traits = servers::keto_of(keto.clone(), false, false);
    let served = app::serve(listener, app::app(&kratos_traits, &keto_traits, "homepage", url));
    assert_eq!(served.get("/", &cookies).await.status, 403);
    let tuple = format!("app:homepage#read@User:{}", whoami.active().unwrap().identity.id);
    let tuple: keto_client::RelationTuple = tuple.parse().unwrap();
    keto.create_relationship(&tuple).await.unwrap();
    assert_eq!(served.get("/", &cookies).await.status, 200);

    // Errors of all kinds.
    drop(embedded);
    let whoami = kratos.whoami(&credential).await;
    let check = keto.check(&Check::new(tuple)).await;
    shown += &format!("{whoami:?} {check:?}");
    assert_eq!(served.get("/", &cookies).await.status, 503);

    let logged = log.text();
    assert!(logged.contains("whoami") && logged.contains("TRACE"), "nothing was logged");
    for secret in secrets.iter().filter(|secret| secret.len() > 4) {
        assert!(!shown.contains(secret), "{secret} is shown");
        let line = logged.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} is logged: {}", line.unwrap());
    }
}
