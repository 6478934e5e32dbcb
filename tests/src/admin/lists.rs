//! Lists of identities and schemas, page by page.

use super::{Admin, new_email, new_identity};
use crate::{Test, tests};
use futures_util::{StreamExt, TryStreamExt};
use http::StatusCode;
use kratos_client::{
    Consistency, CredentialsType, Identities, IdentitiesExt, Identity, IdentityId, IdentitySchemas,
    IdentitySchemasExt, ImportedPassword, ListIdentities, ListSchemas,
};
use serde::Deserialize;
use std::collections::HashSet;

pub(super) fn common_suite() -> Vec<(&'static str, Test<Admin>)> {
    tests![
        a_stream_has_everybody_once,
        a_page_says_where_the_next_one_is,
        a_stream_is_lazy,
        schemas_are_listed,
        a_schema_is_told,
    ]
}

pub(super) fn suite() -> Vec<(&'static str, Test<Admin>)> {
    tests![filters_choose, a_made_up_page_token_is_refused]
}

async fn three(admin: &Admin) -> Vec<IdentityId> {
    vec![admin.somebody().await.id, admin.somebody().await.id, admin.somebody().await.id]
}

async fn a_stream_has_everybody_once(admin: Admin) {
    let three = three(&admin).await;
    for size in [1, 2, 250] {
        let list = admin.kratos.list_identities(ListIdentities::new().page_size(size));
        let all: Vec<Identity> = list.try_collect().await.unwrap();
        let ids: HashSet<_> = all.iter().map(|identity| &identity.id).collect();
        assert_eq!(ids.len(), all.len(), "page size {size}: somebody twice");
        assert!(three.iter().all(|id| ids.contains(id)), "page size {size}: somebody is missing");
    }
}

async fn a_page_says_where_the_next_one_is(admin: Admin) {
    #[derive(Deserialize)]
    struct Only {
        id: IdentityId,
    }
    three(&admin).await;
    let request = ListIdentities::new().page_size(2);
    let first = admin.kratos.list_identities_page(&request).await.unwrap();
    assert_eq!(first.items.len(), 2);
    let request = request.page_token(first.next.unwrap());
    let second = admin.kratos.list_identities_page_as::<Only>(&request).await.unwrap();
    assert!(!second.items.is_empty());
    assert!(second.items.iter().all(|only| first.items.iter().all(|i| i.id != only.id)));
    let all: Vec<Only> =
        admin.kratos.list_identities_as(ListIdentities::new()).try_collect().await.unwrap();
    assert!(second.items.iter().all(|only| all.iter().any(|other| other.id == only.id)));
}

async fn a_stream_is_lazy(admin: Admin) {
    three(&admin).await;
    let kratos: &dyn Identities = &admin.kratos;
    let list = kratos.list_identities(ListIdentities::new().page_size(1));
    assert_eq!(list.take(2).count().await, 2);
}

async fn filters_choose(admin: Admin) {
    let three = three(&admin).await;
    let listed = async |request: ListIdentities| -> Vec<Identity> {
        admin.kratos.list_identities(request.page_size(2)).try_collect().await.unwrap()
    };
    let ids = |list: Vec<Identity>| list.into_iter().map(|i| i.id).collect::<HashSet<_>>();
    let expected: HashSet<_> = three[..2].iter().cloned().collect();
    assert_eq!(ids(listed(ListIdentities::new().ids(expected.clone())).await), expected);

    let email = new_email();
    let new = new_identity(&email).password(ImportedPassword::plain("planted-password"));
    let id = admin.kratos.create_identity(&new).await.unwrap().id;
    let request = ListIdentities::new()
        .credentials_identifier(&email)
        .include_credential(CredentialsType::Password)
        .include_credential(CredentialsType::Oidc)
        .consistency(Consistency::Strong);
    let found = listed(request).await;
    assert_eq!(found.len(), 1);
    let password = &found[0].credentials.as_ref().unwrap()[&CredentialsType::Password];
    assert!(password.config.as_ref().unwrap()["hashed_password"].is_string());
    assert_eq!(ids(found), HashSet::from([id.clone()]));

    let similar = ListIdentities::new().similar_identifier(&email[..30]);
    assert_eq!(ids(listed(similar).await), HashSet::from([id]));
    let none = ListIdentities::new().organization_id("00000000-0000-0000-0000-000000000001");
    assert!(listed(none.consistency(Consistency::Eventual)).await.is_empty());
}

async fn a_made_up_page_token_is_refused(admin: Admin) {
    let request = ListIdentities::new().page_token("made-up");
    let error = admin.kratos.list_identities_page(&request).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    let request = ListIdentities::new().ids(["no-uuid"]);
    let error = admin.kratos.list_identities_page(&request).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
}

async fn schemas_are_listed(admin: Admin) {
    for size in [1, 100] {
        let list = admin.kratos.list_identity_schemas(ListSchemas::new().page_size(size));
        let schemas: Vec<_> = list.try_collect().await.unwrap();
        let ids: Vec<_> = schemas.iter().map(|schema| schema.id.as_str()).collect();
        assert!(ids.contains(&"default"), "{ids:?}");
        assert_eq!(ids.len(), ids.iter().collect::<HashSet<_>>().len());
    }
    // Past the end there is nothing, which v0.8 tells as `null`.
    let past = if admin.v0_8 { "1" } else { "eyJvZmZzZXQiOiIxIiwidiI6Mn0" };
    let request = ListSchemas::new().page_size(1).page_token(past);
    let page = admin.kratos.list_identity_schemas_page(&request).await.unwrap();
    assert!(page.items.is_empty() && page.next.is_none(), "{page:?}");
}

async fn a_schema_is_told(admin: Admin) {
    let schema = admin.kratos.get_identity_schema(&"default".into()).await.unwrap();
    assert_eq!(schema["properties"]["traits"]["properties"]["email"]["format"], "email");
    let error = admin.kratos.get_identity_schema(&"nope".into()).await.unwrap_err();
    assert!(error.is_not_found());
}
