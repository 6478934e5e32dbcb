//! "May this person do this to that?"

use super::browser::{Servers, Test};

pub(super) async fn a_path_explains_what_is_allowed(servers: Servers) {
    let test = Test::start(&servers);
    let (manager, person) = (test.manager().await, test.visitor().await);
    let group = format!("Group:inner-{}", test.object);
    let ask = async |relation: &str| {
        let fields = [
            ("namespace", "app"),
            ("object", &*test.object),
            ("relation", relation),
            ("person", &*person.email),
        ];
        manager.post("/permissions/check", &fields).await
    };
    ask("read").await.assert_has(200, "No: Some does not have “read”");

    test.grant(&format!("{group}#members@{}", person.subject())).await;
    test.grant(&format!("Group:outer-{}#members@{group}#members", test.object)).await;
    test.grant(&format!("app:{}#read@Group:outer-{}#members", test.object, test.object)).await;
    let page = ask("read").await;
    page.assert_has(200, "Yes: Some has “read”");
    let tree = format!(
        "<ul class=\"tree\"><li>{0} <small>app, read</small><ul><li>outer-{0} <small>Group, \
         members</small><ul><li>inner-{0} <small>Group, members</small><ul><li>Some <small>{1}</small>\
         </li></ul></li></ul></li></ul></li></ul>",
        test.object, person.email
    );
    page.assert_has(200, &tree);

    let page = ask("owner").await;
    page.assert_has(200, "No: Some does not have “owner”");
    page.assert_has(200, "No permission leads there. These others are on this object:");
}

pub(super) async fn a_question_that_makes_no_sense_is_told(servers: Servers) {
    let test = Test::start(&servers);
    let manager = test.manager().await;
    for (namespace, object, relation, person, text) in [
        ("nothing", "x", "read", manager.id(), "There is no namespace “nothing”."),
        ("app", "", "read", manager.id(), "The object is missing."),
        ("app", "x", "read", "", "The person is missing."),
        ("app", "x", "read", "Group:#members", "This is not a subject"),
    ] {
        let fields = [
            ("namespace", namespace),
            ("object", object),
            ("relation", relation),
            ("person", person),
        ];
        manager.post("/permissions/check", &fields).await.assert_has(400, text);
    }
}
