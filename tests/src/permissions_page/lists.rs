//! Browsing and filtering.

use super::browser::{Servers, Test};
use keto_client::{RelationTuple, RelationshipPatch, Relationships, Subject, testing::KetoServer};
use kratos_client::testing::{Fault, KratosServer};
use std::collections::HashSet;

pub(super) async fn a_list_is_filtered_and_paged(servers: Servers) {
    let test = Test::start(&servers);
    let (manager, person) = (test.manager().await, test.visitor().await);
    let tuple = |number: usize| {
        let subject = Subject::set("User", format!("{number}"), "");
        RelationTuple::new("app", test.object.as_str(), "read", subject)
    };
    let tuples: Vec<_> = (0..119).map(|n| RelationshipPatch::Insert(tuple(n))).collect();
    test.keto.patch_relationships(&tuples).await.unwrap();
    test.grant(&test.tuple("owner", &person.subject()).try_to_string().unwrap()).await;

    let (mut rows, mut sizes) = (HashSet::new(), Vec::new());
    let mut url = Some(format!("/permissions?namespace=app&object={}", test.object));
    while let Some(next) = url {
        let page = manager.open(&next).await;
        assert_eq!(page.status, 200);
        assert!(page.html.len() < 50 * 1024, "{} bytes", page.html.len());
        sizes.push(page.rows().len());
        rows.extend(page.rows());
        url = page.link("Next page");
    }
    assert_eq!((rows.len(), sizes), (120, vec![50, 50, 20]));

    // The email is in no URL.
    let fields = [
        ("namespace", "app"),
        ("object", &test.object),
        ("relation", ""),
        ("person", &person.email),
    ];
    let found = manager.post("/permissions/find", &fields).await;
    assert_eq!(found.status, 303, "{}", found.html);
    assert!(!found.location.contains("somebody"), "{}", found.location);
    let page = manager.open(&found.location).await;
    let owner = test.tuple("owner", &person.subject()).try_to_string().unwrap();
    assert_eq!(page.rows(), [owner]);
    page.assert_has(200, &person.email);
    page.assert_has(200, ">Some</a>");

    let unknown = manager.open("/permissions?namespace=nothing").await;
    unknown.assert_has(400, "There is no such namespace.");
    let url = format!("/permissions?namespace=app&object={}", test.object);
    for token in ["0", "no-such-page", "%27%3B--", "00000000-0000-0000-0000-00000000000x"] {
        let page = manager.open(&format!("{url}&page_token={token}")).await;
        assert!(matches!(page.status, 400 | 503), "{token}: {}", page.html);
        assert!(page.rows().is_empty() && page.html.contains("role=\"alert\""));
    }
}

pub(super) async fn a_person_is_found_by_part_of_the_email(servers: Servers) {
    let test = Test::start(&servers);
    let (manager, person, other) =
        (test.manager().await, test.visitor().await, test.visitor().await);
    let part = &person.email[..30];
    let form = [("action", "find"), ("person", part), ("people", other.id()), ("relation", "read")];
    let page = manager.post("/permissions/grant", &form).await;
    for person in [&person, &other] {
        page.assert_has(200, &format!("value=\"{}\" checked", person.id()));
        page.assert_has(200, &person.email);
    }
    page.assert_has(200, "name=\"relation\" value=\"read\"");
    // Several are for choosing, and nobody is chosen for them.
    let page =
        manager.post("/permissions/grant", &[("action", "find"), ("person", "somebody-")]).await;
    assert!(page.html.matches("name=\"people\"").count() > 1, "{}", page.html);
    assert!(!page.html.contains("checked"), "{}", page.html);
    let choice = manager.post("/permissions/find", &[("person", "somebody-")]).await;
    choice.assert_has(200, "Which person?");
    for nobody in ["nobody-has-this", "%", "_"] {
        let page =
            manager.post("/permissions/grant", &[("action", "find"), ("person", nobody)]).await;
        page.assert_has(400, "Nobody has an email address with this part.");
    }
}

/// The names of all people of a page are asked for at once.
pub async fn the_names_of_a_page_take_one_request(kratos: KratosServer, keto: KetoServer) {
    let test = Test::start(&Servers::testing(&kratos, &keto));
    let manager = test.manager().await;
    for _ in 0..3 {
        let person = test.visitor().await;
        test.grant(&test.tuple("read", &person.subject()).try_to_string().unwrap()).await;
    }
    let lists = || {
        let requests = kratos.requests();
        requests.iter().filter(|request| request.uri.path() == "/admin/identities").count()
    };
    let before = lists();
    let page = manager.open(&format!("/permissions?namespace=app&object={}", test.object)).await;
    assert_eq!(page.html.matches(">Some</a>").count(), 3, "{}", page.html);
    assert_eq!(lists() - before, 1);
    // Without an answer they go by their ids, and can still be managed.
    kratos.add_fault(Fault::disconnect().path_prefix("/admin/identities"));
    let page = manager.open(&format!("/permissions?namespace=app&object={}", test.object)).await;
    page.assert_has(200, "Names can&#39;t be looked up");
    assert_eq!(page.rows().len(), 3);
    // Without Keto nothing is shown.
    keto.add_fault(Fault::disconnect().path_prefix("/relation-tuples"));
    let page = manager.open("/permissions").await;
    assert_eq!((page.status, page.rows().len()), (503, 0), "{}", page.html);
}
