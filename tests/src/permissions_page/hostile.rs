//! Input that is meant to do harm.

use super::browser::{Servers, Test};
use keto_client::{RelationTuple, Relationships, Subject};
use serde_json::json;

const SCRIPT: &str = "<script>alert(1)</script>\"'";

pub(super) async fn html_in_names_is_escaped(servers: Servers) {
    let test = Test::start(&servers);
    let manager = test.manager().await;
    let email = format!("somebody-{}@example.test", test.object);
    let long = format!("{SCRIPT}{}", "é".repeat(10 * 1024));
    let body = json!({
        "schema_id": "default",
        "traits": {"email": email, "name": {"first": SCRIPT, "last": long}},
    });
    let create = test.kratos.users.admin.request("POST", "admin/identities").json(&body);
    let created = create.send().await.unwrap().error_for_status().unwrap();
    let created: serde_json::Value = created.json().await.unwrap();
    let id = created["id"].as_str().unwrap();
    let object = format!("{}{SCRIPT}", test.object);
    let granted = manager.preview(&object, "read", &[id]).await;
    let confirmed = manager.confirm(&granted).await;
    assert_eq!(confirmed.status, 303, "{}", confirmed.html);
    let url = url::form_urlencoded::Serializer::new("/permissions?".to_owned())
        .append_pair("namespace", "app")
        .append_pair("object", &object)
        .finish();
    let url = url.replace("?&", "?");
    let list = manager.open(&url).await;
    assert_eq!(list.rows().len(), 1, "{}", list.html);
    let question =
        [("namespace", "app"), ("object", &*object), ("relation", "read"), ("person", &*email)];
    let check = manager.post("/permissions/check", &question).await;
    check.assert_has(200, "Yes: ");
    let history = manager.open("/permissions/history").await;
    for page in [granted, list, check, history] {
        page.assert_has(200, "alert(1)");
        assert!(!page.html.contains("<script"), "{}", page.html);
        assert!(page.html.len() < 20 * 1024, "{} bytes", page.html.len());
    }
}

pub(super) async fn names_that_are_too_long_are_refused(servers: Servers) {
    let test = Test::start(&servers);
    let manager = test.manager().await;
    let long = "é".repeat(10 * 1024);
    for (object, relation, text) in [
        (&*long, "read", "The object is longer than 500 characters."),
        ("x", &*long, "The relation is longer than 500 characters."),
        ("x\u{7}", "read", "The object contains control characters."),
    ] {
        manager.preview(object, relation, &[manager.id()]).await.assert_has(400, text);
    }
    let many: Vec<_> = (0..101).map(|number| format!("{}-{number}", test.object)).collect();
    let many = many.join("\n");
    manager.preview(&many, "read", &[manager.id()]).await.assert_has(400, "more than 100");
    manager.preview(&test.object, "read", &[]).await.assert_has(400, "Nobody is chosen.");
    manager.preview(&test.object, "read", &["x"]).await.assert_has(400, "The form is damaged.");
}

pub(super) async fn tuples_with_every_divider_are_listed_and_revoked(servers: Servers) {
    let test = Test::start(&servers);
    let manager = test.manager().await;
    let tuples = [
        (":#@()", Subject::id("a:b#c@d(")),
        ("a#b", Subject::set("User", "(x)#y@z:", "")),
        ("\"'<&>{}", Subject::set("Group", "a#b", "c@d")),
        (" %2F?&=+", Subject::id("{\"subject_id\":\"x\"}")),
    ]
    .map(|(object, subject)| {
        RelationTuple::new("app", format!("{}{object}", test.object), "read", subject)
    });
    for tuple in &tuples {
        test.keto.create_relationship(tuple).await.unwrap();
        let object = tuple.object.as_str();
        // By the link of the list, as nobody types such a name.
        let fields =
            [("namespace", "app"), ("object", object), ("relation", "read"), ("person", "")];
        let found = manager.post("/permissions/find", &fields).await;
        let list = manager.open(&found.location).await;
        let [row] = &list.rows()[..] else { panic!("{}: {}", found.location, list.html) };
        let preview = manager.post("/permissions/revoke", &[("tuple", row)]).await;
        preview.assert_has(200, "Confirm: 1 permission changes");
        assert_eq!(manager.confirm(&preview).await.status, 303);
        assert_eq!(manager.open(&found.location).await.rows(), [""; 0], "{tuple:?}");
        let undo = manager.open("/permissions/history").await;
        let undo = manager.post("/permissions/undo", &[("id", &undo.hidden("id"))]).await;
        assert_eq!(manager.confirm(&undo).await.status, 303);
        assert_eq!(manager.open(&found.location).await.rows(), [row.as_str()], "{tuple:?}");
        test.keto.delete_relationship(tuple).await.unwrap();
    }
}

pub(super) async fn damaged_forms_change_nothing(servers: Servers) {
    let test = Test::start(&servers);
    let manager = test.manager().await;
    let preview = manager.preview(&test.object, "read", &[manager.id()]).await;
    let change = preview.hidden("change");
    let damaged = [
        String::new(),
        "{}".to_owned(),
        change[1..].to_owned(),
        change.replace("app", "nothing"),
        change.replace("\"steps\":[", "\"steps\":[],\"more\":["),
        change.replace("\"existed\":false", "\"existed\":true"),
    ];
    for change in &damaged {
        let page = manager.post("/permissions/confirm", &[("change", change)]).await;
        assert!(matches!(page.status, 400 | 409), "{change}: {} {}", page.status, page.html);
        assert!(page.html.contains("role=\"alert\""), "{}", page.html);
    }
    manager.post("/permissions/confirm", &[]).await.assert_has(400, "The form is damaged.");
    manager.post("/permissions/revoke", &[]).await.assert_has(400, "Nothing is chosen.");
    for tuple in ["", "app", "{\"namespace\":\"app\"}"] {
        let page = manager.post("/permissions/revoke", &[("tuple", tuple)]).await;
        page.assert_has(400, "The form is damaged.");
    }
    manager.post("/permissions/undo", &[("id", "x")]).await.assert_has(409, "not the last change");
    assert_eq!(test.tuples().await, []);
}
