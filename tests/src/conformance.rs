//! The testing servers answer as the real ones do: the same questions, the same status and the
//! same shape of body.

mod kratos;
mod shape;

pub use kratos::kratos;

use crate::api::Api;
use serde_json::{Value, json};
use shape::shape_of;
use url::Url;

/// Asks a testing and a real Keto the same questions.
pub async fn keto(v0_7: bool, testing: [&Url; 2], real: [&Url; 2]) {
    let object = format!("conformance-{}", uuid::Uuid::new_v4());
    for question in keto_questions(v0_7, &object) {
        let (ours, theirs) = (ask(testing, &question).await, ask(real, &question).await);
        assert_eq!(ours, theirs, "{question:?}");
    }
    let health = ["health/alive", "health/ready", "version"];
    let (reading, writing): (&[&str], _) = match v0_7 {
        true => (&["check", "expand", "relation-tuples"], "relation-tuples"),
        false => (
            &[
                "relation-tuples/check",
                "relation-tuples/check/openapi",
                "relation-tuples/batch/check",
                "relation-tuples/expand",
                "relation-tuples",
                "namespaces",
            ],
            "admin/relation-tuples",
        ),
    };
    same_methods(testing[0], real[0], &[reading, &health].concat()).await;
    same_methods(testing[1], real[1], &[&[writing][..], &health].concat()).await;
}

/// Whatever method a real server does not allow at a path, a testing one does not, and both name
/// the same methods in the header `Allow`.
async fn same_methods(testing: &Url, real: &Url, paths: &[&str]) {
    // Keto v0.7 panics and closes the connection over a POST without a body, which it allows.
    let ask = async |server: &Api, path: &str, method: &str| {
        let response = server.request(method, path).send().await.ok()?;
        let allow = response.headers().get("allow").map(|allow| allow.to_str().unwrap().to_owned());
        Some((response.status().as_u16(), allow))
    };
    let (testing, real) = (Api::at(testing), Api::at(real));
    for path in paths {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
            let theirs = ask(&real, path, method).await;
            // Before it looks at the method, Kratos refuses what may be a forged form.
            if theirs.as_ref().is_some_and(|(status, _)| *status == 403) {
                continue;
            }
            let ours = ask(&testing, path, method).await.unwrap();
            let not_allowed = |(status, allow): &(u16, Option<String>)| {
                (*status == 405 || allow.is_some()).then(|| (*status, allow.clone()))
            };
            let theirs = theirs.as_ref().and_then(not_allowed);
            assert_eq!(not_allowed(&ours), theirs, "{method} {path}");
        }
    }
}

/// A request to the first or the second API of a server.
#[derive(Debug)]
struct Question {
    api: usize,
    method: &'static str,
    path: String,
    body: Option<String>,
}

fn keto_questions(v0_7: bool, object: &str) -> Vec<Question> {
    let (check, write) = match v0_7 {
        true => (vec!["/check"], "/relation-tuples"),
        false => (
            vec!["/relation-tuples/check", "/relation-tuples/check/openapi", "/check"],
            "/admin/relation-tuples",
        ),
    };
    let tuple = |who: &str| json!({"namespace": "app", "object": object, "relation": "read", "subject_id": who});
    let query = |who: &str| format!("namespace=app&object={object}&relation=read&subject_id={who}");
    let nowhere =
        json!({"namespace": "nowhere", "object": "x", "relation": "y", "subject_id": "z"});
    let ask =
        |api, method, path: String, body: Option<String>| Question { api, method, path, body };
    let mut questions = vec![
        ask(1, "PUT", write.into(), Some(tuple("ann").to_string())),
        ask(1, "PUT", write.into(), Some(tuple("bob").to_string())),
        ask(1, "PUT", write.into(), Some(nowhere.to_string())),
        ask(1, "PUT", write.into(), Some(r#"{"namespace":"app"}"#.into())),
        ask(1, "PUT", write.into(), Some(r#"{"namespace":"app","obj"#.into())),
    ];
    for path in check {
        questions.extend([
            ask(0, "POST", path.into(), Some(tuple("ann").to_string())),
            ask(0, "POST", path.into(), Some(tuple("eve").to_string())),
            ask(0, "POST", path.into(), Some(nowhere.to_string())),
            ask(0, "GET", format!("{path}?{}", query("ann")), None),
            ask(0, "GET", format!("{path}?{}", query("eve")), None),
            ask(0, "GET", path.into(), None),
            ask(0, "GET", format!("{path}?namespace=app&subject_set.object=x"), None),
        ]);
    }
    let list = format!("/relation-tuples?namespace=app&object={object}");
    questions.extend(many_questions(v0_7, object));
    let delta = |action: &str, who| json!([{"action": action, "relation_tuple": tuple(who)}]);
    questions.extend([
        ask(0, "GET", list.clone(), None),
        ask(0, "GET", format!("{list}&page_size=1"), None),
        ask(0, "GET", format!("{list}&page_size=x"), None),
        ask(0, "GET", format!("{list}&page_token=x"), None),
        ask(0, "GET", "/relation-tuples?namespace=nowhere".into(), None),
        ask(0, "GET", "/namespaces".into(), None),
        ask(0, "GET", "/nonsense".into(), None),
        ask(0, "GET", "/version".into(), None),
        ask(0, "GET", "/health/ready".into(), None),
        ask(1, "PATCH", write.into(), Some(delta("insert", "cleo").to_string())),
        ask(1, "PATCH", write.into(), Some(delta("explode", "cleo").to_string())),
        ask(1, "PATCH", write.into(), Some("[]".into())),
        ask(1, "DELETE", format!("{write}?{}", query("ann")), None),
        ask(1, "DELETE", format!("{write}?{}", query("nobody")), None),
        ask(1, "DELETE", write.into(), None),
        ask(1, "DELETE", format!("{write}?object={object}"), None),
        ask(1, "DELETE", format!("{write}?namespace=nowhere"), None),
        ask(1, "DELETE", format!("{write}?namespace=app&object={object}"), None),
        ask(0, "GET", list, None),
    ]);
    questions
}

/// Batches and expansions.
fn many_questions(v0_7: bool, object: &str) -> Vec<Question> {
    let post = |path: &str, body: Value| {
        let body = Some(body.to_string());
        Question { api: 0, method: "POST", path: path.into(), body }
    };
    let get = |path: String| Question { api: 0, method: "GET", path, body: None };
    let batch = "/relation-tuples/batch/check";
    let tuple = |namespace: &str, who: &str| json!({"namespace": namespace, "object": object, "relation": "read", "subject_id": who});
    let set = |namespace: &str| json!({"namespace": "app", "object": object, "relation": "read", "subject_set": {"namespace": namespace, "object": "x", "relation": "y"}});
    let without_subject = json!({"namespace": "app", "object": object, "relation": "read"});
    let eleven = vec![tuple("app", "ann"); 11];
    // The shape of a list is that of its first item.
    let mut questions: Vec<_> = [
        json!([]),
        json!([tuple("app", "ann"), tuple("app", "eve")]),
        json!([tuple("app", "eve")]),
        json!([tuple("nowhere", "eve")]),
        json!([set("app")]),
        json!([set("nowhere")]),
        json!([without_subject]),
        json!(eleven),
    ]
    .into_iter()
    .map(|tuples| post(batch, json!({"tuples": tuples})))
    .collect();
    questions.push(post(&format!("{batch}?max-depth=1"), json!({"tuples": [tuple("app", "ann")]})));
    questions.push(post(batch, json!({})));
    let expand = if v0_7 { "/expand" } else { "/relation-tuples/expand" };
    let other = if v0_7 { "/relation-tuples/expand" } else { "/expand" };
    questions.extend([
        get(format!("{expand}?namespace=app&object={object}&relation=read&max-depth=3")),
        get(format!("{expand}?namespace=app&object={object}&relation=read&max-depth=1")),
        get(format!("{expand}?namespace=app&object={object}&relation=read&max-depth=x")),
        get(format!("{expand}?namespace=app&object={object}&relation=read&max-depth=0")),
        get(format!("{expand}?namespace=app&object={object}&relation=read")),
        get(format!("{expand}?namespace=app&object={object}-none&relation=read&max-depth=3")),
        get(format!("{expand}?namespace=nowhere&object=x&relation=read&max-depth=3")),
        get(format!("{other}?namespace=app&object={object}&relation=read&max-depth=3")),
    ]);
    questions
}

async fn ask(server: [&Url; 2], question: &Question) -> (u16, Value) {
    let mut request = Api::at(server[question.api]).request(question.method, &question.path);
    if let Some(body) = &question.body {
        request = request.header("content-type", "application/json").body(body.clone());
    }
    shape_of(request.send().await.unwrap()).await
}
