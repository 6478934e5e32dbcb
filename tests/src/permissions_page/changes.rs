//! Granting, revoking and undoing.

use super::browser::{Servers, Test};

pub(super) async fn only_managers_see_and_change_anything(servers: Servers) {
    let test = Test::start(&servers);
    let (manager, other) = (test.manager().await, test.visitor().await);
    let preview = manager.preview(&test.object, "read", &[other.id()]).await;
    let change = preview.hidden("change");
    for path in ["", "/grant", "/check", "/history", "/nothing"] {
        let page = other.open(&format!("/permissions{path}")).await;
        page.assert_has(403, "You may not see this page");
        assert!(!page.html.contains(&manager.email), "{}", page.html);
    }
    let page = other.post("/permissions/confirm", &[("change", &change)]).await;
    page.assert_has(403, "You may not see this page");
    assert_eq!(test.tuples().await, []);
    manager.open("/permissions").await.assert_has(200, "Permissions");
}

pub(super) async fn another_site_changes_nothing(servers: Servers) {
    let test = Test::start(&servers);
    let manager = test.manager().await;
    let preview = manager.preview(&test.object, "read", &[manager.id()]).await;
    let change = preview.hidden("change");
    for origin in ["http://evil.test", "null", ""] {
        let fields = [("change", change.as_str())];
        let page = manager.post_from(origin, "/permissions/confirm", &fields).await;
        assert_eq!(page.status, 403, "{origin}: {}", page.html);
    }
    assert_eq!(test.tuples().await, []);
}

pub(super) async fn a_change_is_confirmed_once_and_undone(servers: Servers) {
    let test = Test::start(&servers);
    let (manager, person) = (test.manager().await, test.visitor().await);
    let preview = manager.preview(&test.object, "read", &[person.id()]).await;
    preview.assert_has(200, "Confirm: 1 permission changes");
    preview.assert_has(200, &person.email);
    assert_eq!(test.tuples().await, [], "a preview writes nothing");

    let confirmed = manager.confirm(&preview).await;
    let location = (confirmed.status, confirmed.location.as_str());
    assert_eq!(location, (303, "/permissions/history?notice=made"));
    let granted = test.tuple("read", &person.subject());
    let granted = [granted];
    assert_eq!(test.tuples().await, granted);
    let again = manager.confirm(&preview).await;
    assert_eq!(again.location, "/permissions/history?notice=again");
    assert_eq!(test.tuples().await, granted);

    let history = manager.open(&confirmed.location).await;
    history.assert_has(200, "The change was made.");
    history.assert_has(200, "by Some</h2>");
    history.assert_has(200, &person.email);
    let undo = [("id", &*history.hidden("id"))];
    let preview = manager.post("/permissions/undo", &undo).await;
    preview.assert_has(200, "This undoes the change of");
    assert_eq!(test.tuples().await, granted, "a preview writes nothing");
    assert_eq!(manager.confirm(&preview).await.status, 303);
    assert_eq!(test.tuples().await, []);
    // The change is not the last one any more, and a replayed form does not bring it back.
    manager.post("/permissions/undo", &undo).await.assert_has(409, "not the last change");
    assert_eq!(manager.confirm(&preview).await.location, "/permissions/history?notice=again");
    assert_eq!(test.tuples().await, []);
}

pub(super) async fn editors_at_once_do_not_overwrite_each_other(servers: Servers) {
    let test = Test::start(&servers);
    let (one, other, person) = (test.manager().await, test.manager().await, test.visitor().await);
    let grant = one.preview(&test.object, "read", &[person.id(), one.id()]).await;
    let same = other.preview(&test.object, "read", &[person.id()]).await;
    // Both at the very same time: one is made, and the other learns that the state has changed.
    let (first, second) = tokio::join!(one.confirm(&grant), other.confirm(&same));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409], "{} {}", first.html, second.html);
    let refused = if first.status == 409 { first } else { second };
    refused.assert_has(409, "The permissions have changed since you looked");
    let of_person = test.tuple("read", &person.subject());
    let count = test.tuples().await.iter().filter(|tuple| **tuple == of_person).count();
    assert_eq!(count, 1, "no duplicates");

    // What is not there any more can't be revoked as if it were.
    let list = one.open(&format!("/permissions?namespace=app&object={}", test.object)).await;
    let rows = list.rows();
    let rows: Vec<_> = rows.iter().map(|row| ("tuple", row.as_str())).collect();
    let revoke = one.post("/permissions/revoke", &rows).await;
    let again = other.post("/permissions/revoke", &rows).await;
    assert_eq!(one.confirm(&revoke).await.status, 303);
    let stale = other.confirm(&again).await;
    stale.assert_has(409, "No change: not granted");
    stale.assert_has(409, "There is nothing to change.");
    assert_eq!(test.tuples().await, []);
}

pub(super) async fn many_are_granted_at_once(servers: Servers) {
    let test = Test::start(&servers);
    let (manager, person) = (test.manager().await, test.visitor().await);
    let objects = format!("{}\r\n\r\n  {}-2 \r\n", test.object, test.object);
    let preview = manager.preview(&objects, "read", &[manager.id(), person.id()]).await;
    preview.assert_has(200, "Confirm: 4 permissions change");
    let (mine, theirs) = (manager.subject(), person.subject());
    test.grant(&format!("app:{}#read@{theirs}", test.object)).await;
    let stale = manager.confirm(&preview).await;
    stale.assert_has(409, "No change: already granted");
    stale.assert_has(409, "Confirm: 3 permissions change");
    assert_eq!(manager.confirm(&stale).await.status, 303);
    let mut tuples = test.tuples().await;
    tuples.sort_by_key(|tuple| tuple != &test.tuple("read", &mine));
    assert_eq!(tuples, [test.tuple("read", &mine), test.tuple("read", &theirs)]);
}
