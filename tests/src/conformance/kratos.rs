//! The testing Kratos beside a real one.

use super::{same_methods, shape::shape_of};
use crate::{
    api::Api,
    users::{TestUsers, cookies_of},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Asks a testing and a real Kratos the same questions.
pub async fn kratos(testing: TestUsers, real: TestUsers) {
    let public = [
        "sessions",
        "sessions/whoami",
        "sessions/x",
        "self-service/logout/browser",
        "self-service/logout/api",
        "self-service/logout",
        "self-service/errors",
        "schemas",
        "schemas/default",
        ".well-known/ory/webauthn.js",
        "health/alive",
        "health/ready",
    ];
    let flows = ["login", "registration", "recovery", "verification", "settings"];
    let flows = flows.into_iter().flat_map(|flow| {
        ["", "/browser", "/api", "/flows"].map(|path| format!("self-service/{flow}{path}"))
    });
    let flows: Vec<_> = flows.collect();
    let public: Vec<_> = public.into_iter().chain(flows.iter().map(String::as_str)).collect();
    same_methods(testing.public_url(), real.public_url(), &public).await;
    let admin = [
        "admin/identities",
        "admin/identities/x",
        "admin/identities/x/sessions",
        "admin/identities/x/credentials/password",
        "admin/identities/by/external/x",
        "admin/sessions/x",
        "admin/sessions/x/extend",
        "admin/recovery/code",
        "admin/recovery/link",
        "admin/courier/messages",
        "admin/courier/messages/x",
        "admin/health/alive",
        "admin/version",
        "health/ready",
        "version",
    ];
    same_methods(testing.admin_url(), real.admin_url(), &admin).await;
    let (ours, theirs) = (answers(testing).await, answers(real).await);
    let differences =
        theirs.iter().filter(|(question, theirs)| ours.get(*question) != Some(*theirs));
    let differences: Vec<_> = differences
        .map(|(question, theirs)| format!("{question}\n{:?}\n{theirs:?}\n", ours.get(question)))
        .collect();
    assert!(differences.is_empty(), "ours and theirs:\n{}", differences.join("\n"));
    assert_eq!(ours.len(), theirs.len());
}

type Answers = BTreeMap<String, (u16, Value)>;

async fn answers(users: TestUsers) -> Answers {
    let mut answers = login_answers(&users).await;
    answers.extend(registration_answers(&users).await);
    answers.extend(code_answers(&users).await);
    answers.extend(settings_answers(&users).await);
    answers.extend(admin_answers(&users).await);
    answers
}

async fn login_answers(users: &TestUsers) -> Answers {
    let login = users.somebody().await;
    let cookies = users.cookies(&login).await;
    let session = [("cookie", cookies.as_str())];
    let mut answers = BTreeMap::new();
    for (name, method, path, headers) in [
        ("whoami of nobody", "GET", "sessions/whoami", &[][..]),
        ("whoami of a cookie", "GET", "sessions/whoami", &session),
        ("whoami of nonsense", "GET", "sessions/whoami", &[("x-session-token", "nonsense")]),
        ("an app's login flow", "GET", "self-service/login/api", &[]),
        ("a browser's login flow", "GET", "self-service/login/browser", &[]),
        ("logged in already", "GET", "self-service/login/browser", &session),
        ("to elsewhere", "GET", "self-service/login/browser?return_to=http://evil.test/", &[]),
        (
            "no such flow",
            "GET",
            "self-service/login/flows?id=00000000-0000-0000-0000-000000000000",
            &[],
        ),
        ("log-out of nobody", "GET", "self-service/logout/browser", &[]),
        ("log-out", "GET", "self-service/logout/browser", &session),
        ("no such route", "GET", "nonsense", &[]),
        ("ready", "GET", "health/ready", &[]),
        ("version", "GET", "version", &[]),
    ] {
        let answer = users.request(method, path, headers).send().await.unwrap();
        answers.insert(name.to_owned(), shape_of(answer).await);
    }
    let answer = users.request("GET", "self-service/login/browser", &[]).send().await.unwrap();
    let csrf = cookies_of(&answer);
    let flow: Value = answer.json().await.unwrap();
    let path = format!("self-service/login?flow={}", flow["id"].as_str().unwrap());
    let wrong = json!({"method": "password", "identifier": login.email, "password": "wrong",
        "csrf_token": flow["ui"]["nodes"][0]["attributes"]["value"]});
    let submit = |name: &'static str, body: Value, cookie: String| {
        let request = users.request("POST", &path, &[("cookie", cookie.as_str())]).json(&body);
        async move { (name.to_owned(), shape_of(request.send().await.unwrap()).await) }
    };
    let mut forged = wrong.clone();
    forged["csrf_token"] = "forged".into();
    answers.extend([
        submit("a wrong password", wrong, csrf.clone()).await,
        submit("a forged form", forged, csrf).await,
    ]);
    answers
}

/// Reads a flow of an app.
async fn native_flow(users: &TestUsers, kind: &str, headers: &[(&str, &str)]) -> Value {
    let path = format!("self-service/{kind}/api");
    users.request("GET", &path, headers).send().await.unwrap().json().await.unwrap()
}

/// Submits each body to a flow of its own, as Kratos keeps fields of an earlier submission.
async fn each_submitted(
    users: &TestUsers,
    kind: &str,
    headers: &[(&str, &str)],
    bodies: &[(&str, Value)],
) -> Answers {
    let mut answers = Answers::new();
    for body in bodies {
        answers.extend(submissions(users, kind, headers, std::slice::from_ref(body)).await);
    }
    answers
}

/// Submits one body after the other to a flow of an app.
async fn submissions(
    users: &TestUsers,
    kind: &str,
    headers: &[(&str, &str)],
    bodies: &[(&str, Value)],
) -> Answers {
    let flow = native_flow(users, kind, headers).await;
    let path = format!("self-service/{kind}?flow={}", flow["id"].as_str().unwrap());
    let mut answers = Answers::new();
    for (name, body) in bodies {
        let answer = users.request("POST", &path, headers).json(body).send().await.unwrap();
        answers.insert(format!("{kind}: {name}"), shape_of(answer).await);
    }
    answers
}

async fn gets(users: &TestUsers, paths: &[(&str, &str)], headers: &[(&str, &str)]) -> Answers {
    let mut answers = Answers::new();
    for (name, path) in paths {
        let answer = users.request("GET", path, headers).send().await.unwrap();
        answers.insert((*name).to_owned(), shape_of(answer).await);
    }
    answers
}

async fn registration_answers(users: &TestUsers) -> Answers {
    let known = users.somebody().await;
    let traits = |email: &str| json!({"email": email, "name": {"first": "A", "last": "B"}});
    let new = format!("new-{}@example.test", uuid::Uuid::new_v4());
    let password = |password: &str, email: &str| json!({"method": "password", "password": password, "traits": traits(email)});
    let mut answers = each_submitted(
        users,
        "registration",
        &[],
        &[
            ("a short password", password("short", &new)),
            ("the password is the email", password(&new, &new)),
            ("no email address", password("does-not-matter", "nobody")),
            ("known", password("does-not-matter", &known.email)),
            ("an unknown method", json!({"method": "nope", "traits": traits(&new)})),
            ("the traits first", json!({"method": "profile", "traits": traits(&new)})),
            ("done", password("does-not-matter", &new)),
        ],
    )
    .await;
    let paths = [
        ("a registration for an app", "self-service/registration/api"),
        ("a registration for a browser", "self-service/registration/browser"),
        ("no such registration", "self-service/registration/flows?id=x"),
    ];
    answers.extend(gets(users, &paths, &[]).await);
    answers
}

async fn code_answers(users: &TestUsers) -> Answers {
    let email = users.somebody().await.email;
    let (send, wrong) =
        (json!({"method": "code", "email": email}), json!({"method": "code", "code": "000000"}));
    let bodies = [
        ("no address", json!({"method": "code"})),
        ("a code is sent", send),
        ("a wrong code", wrong),
        ("an unknown address", json!({"method": "code", "email": "nobody@example.test"})),
    ];
    let mut answers = submissions(users, "recovery", &[], &bodies).await;
    answers.extend(submissions(users, "verification", &[], &bodies).await);
    let paths = [
        ("a recovery for an app", "self-service/recovery/api"),
        ("a recovery for a browser", "self-service/recovery/browser"),
        ("a verification for an app", "self-service/verification/api"),
        ("a verification for a browser", "self-service/verification/browser"),
        ("no such recovery", "self-service/recovery/flows?id=x"),
        ("no such verification", "self-service/verification/flows?id=x"),
    ];
    answers.extend(gets(users, &paths, &[]).await);
    answers
}

async fn settings_answers(users: &TestUsers) -> Answers {
    let login = users.somebody().await;
    let token = users.token(&login).await;
    let session = [("x-session-token", token.as_str())];
    let profile = |email: &str| {
        let traits = json!({"email": email, "name": {"first": "A", "last": "B"}});
        json!({"method": "profile", "traits": traits})
    };
    let mut answers = each_submitted(
        users,
        "settings",
        &session,
        &[
            ("a short password", json!({"method": "password", "password": "short"})),
            ("the same password", json!({"method": "password", "password": login.password})),
            ("no email address", profile("nobody")),
            ("another name", profile(&login.email)),
            ("a wrong code", json!({"method": "totp", "totp_code": "000000"})),
            ("an unknown method", json!({"method": "nope"})),
        ],
    )
    .await;
    let lookup_secrets = |button: &str| {
        let field = format!("lookup_secret_{button}");
        json!({"method": "lookup_secret", field: true})
    };
    let buttons = ["regenerate", "confirm", "reveal", "disable"];
    let buttons = buttons.map(|button| (button, lookup_secrets(button)));
    answers.extend(submissions(users, "settings", &session, &buttons).await);
    let of_nobody = [
        ("settings of nobody", "self-service/settings/api"),
        ("settings of nobody, read", "self-service/settings/flows?id=x"),
        ("sessions of nobody", "sessions"),
        ("a second factor of nobody", "self-service/login/api?aal=aal2"),
    ];
    answers.extend(gets(users, &of_nobody, &[]).await);
    users.token(&login).await;
    users.require_second_factor(&login).await;
    let mine = [
        ("my settings", "self-service/settings/api"),
        ("my other sessions", "sessions"),
        ("a recovery while logged in", "self-service/recovery/api"),
        ("a registration while logged in", "self-service/registration/api"),
        ("a refresh", "self-service/login/api?refresh=true"),
    ];
    answers.extend(gets(users, &mine, &session).await);
    let first_factor = users.token(&login).await;
    let first_factor = [("x-session-token", first_factor.as_str())];
    let lacking = [
        ("whoami without the second factor", "sessions/whoami"),
        ("settings without the second factor", "self-service/settings/api"),
        ("the second factor", "self-service/login/api?aal=aal2"),
    ];
    answers.extend(gets(users, &lacking, &first_factor).await);
    answers
}

async fn admin_answers(users: &TestUsers) -> Answers {
    let admin = Api::at(users.admin_url());
    let email = format!("admin-{}@example.test", uuid::Uuid::new_v4());
    let traits = json!({"email": email});
    let identity = |traits: &Value| json!({"schema_id": "default", "traits": traits});
    let create = identity(&traits);
    let created = admin.request("POST", "admin/identities").json(&create).send().await.unwrap();
    let id: Value = created.json().await.unwrap();
    let id = id["id"].as_str().unwrap();
    let login = users.somebody().await;
    let token = users.token(&login).await;
    let whoami = users.request("GET", "sessions/whoami", &[("x-session-token", &token)]);
    let session: Value = whoami.send().await.unwrap().json().await.unwrap();
    let session = session["id"].as_str().unwrap();
    let unknown = "2b1c7a0e-6f0b-4c86-8c0b-6f8f3f5f7a01";
    let invalid = identity(&json!({"email": "nobody"}));
    let patch = |op: &str, path: &str| json!([{"op": op, "path": path, "value": "active"}]);
    let recovery = |id: &str| json!({"identity_id": id, "expires_in": "10m"});
    let batch = json!({"identities": [{"create": create}, {"create": invalid}]});
    let inactive = json!({"schema_id": "default", "traits": traits, "state": "inactive"});
    let mut answers = Answers::new();
    for (method, path, body) in [
        ("POST", "admin/identities".to_owned(), Some(create.clone())),
        ("POST", "admin/identities".to_owned(), Some(invalid.clone())),
        ("POST", "admin/identities".to_owned(), Some(json!({"schema_id": "nope", "traits": {}}))),
        ("PATCH", "admin/identities".to_owned(), Some(batch)),
        ("GET", "admin/identities?page_size=x".to_owned(), None),
        ("GET", "admin/identities?page_token=x".to_owned(), None),
        ("GET", "admin/identities?ids=x".to_owned(), None),
        ("GET", format!("admin/identities?ids={id}"), None),
        ("GET", format!("admin/identities?credentials_identifier={email}"), None),
        ("GET", format!("admin/identities?preview_credentials_identifier_similar={email}"), None),
        ("GET", format!("admin/identities/{id}"), None),
        ("GET", format!("admin/identities/{unknown}"), None),
        ("GET", "admin/identities/by/external/nobody".to_owned(), None),
        ("PATCH", format!("admin/identities/{id}"), Some(patch("replace", "/state"))),
        ("PATCH", format!("admin/identities/{id}"), Some(patch("test", "/state"))),
        ("PATCH", format!("admin/identities/{id}"), Some(patch("replace", "/id"))),
        ("PUT", format!("admin/identities/{id}"), Some(inactive)),
        ("PUT", format!("admin/identities/{unknown}"), Some(create)),
        ("DELETE", format!("admin/identities/{id}/credentials/totp"), None),
        ("GET", "admin/sessions?page_size=1".to_owned(), None),
        ("GET", "admin/sessions?page_size=1&expand=identity&expand=devices".to_owned(), None),
        ("GET", format!("admin/sessions/{session}"), None),
        ("GET", format!("admin/sessions/{session}?expand=identity&expand=devices"), None),
        ("GET", format!("admin/sessions/{unknown}"), None),
        ("GET", "admin/sessions/x".to_owned(), None),
        ("PATCH", format!("admin/sessions/{session}/extend"), None),
        ("DELETE", format!("admin/sessions/{session}"), None),
        ("DELETE", format!("admin/sessions/{unknown}"), None),
        ("GET", format!("admin/identities/{unknown}/sessions"), None),
        ("DELETE", format!("admin/identities/{unknown}/sessions"), None),
        ("POST", "admin/recovery/code".to_owned(), Some(recovery(id))),
        ("POST", "admin/recovery/code".to_owned(), Some(recovery(unknown))),
        ("POST", "admin/recovery/link".to_owned(), Some(recovery(id))),
        ("POST", "admin/recovery/link".to_owned(), Some(recovery(unknown))),
        ("GET", "admin/courier/messages?page_size=1".to_owned(), None),
        ("GET", "admin/courier/messages?status=nope".to_owned(), None),
        ("GET", format!("admin/courier/messages/{unknown}"), None),
        ("GET", "version".to_owned(), None),
        ("DELETE", format!("admin/identities/{id}"), None),
        ("DELETE", format!("admin/identities/{id}"), None),
    ] {
        let mut request = admin.request(method, &path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = shape_of(request.send().await.unwrap()).await;
        let question = path.replace(id, "ID").replace(session, "SESSION").replace(&*email, "EMAIL");
        answers.insert(format!("{} {method} {question}", answers.len()), answer);
    }
    let public = [("schemas", "schemas"), ("no such schema", "schemas/nope")];
    answers.extend(gets(users, &public, &[]).await);
    answers
}
