//! Code that manages people through `dyn` traits can be tested without a server.

#![allow(clippy::unwrap_used, reason = "a test")]

use futures_util::TryStreamExt;
use kratos_client::{
    Error, ErrorKind, Identities, IdentitiesExt, IdentityId, ListIdentities, Page, mock,
};
use serde_json::json;

async fn everybody(identities: &dyn Identities) -> Result<Vec<IdentityId>, Error> {
    identities.list_identities(ListIdentities::new()).map_ok(|one| one.id).try_collect().await
}

#[tokio::test]
async fn a_mock_has_pages() {
    let mut identities = mock::MockIdentities::new();
    let mut pages = ["a", "b"].into_iter().peekable();
    identities.expect_list_identities_page().times(2).returning(move |_| {
        let one = json!({"id": pages.next(), "schema_id": "default", "traits": {}});
        let next = pages.peek().map(|next| (*next).into());
        Ok(Page::new(vec![serde_json::from_value(one).unwrap()], next))
    });
    assert_eq!(everybody(&identities).await.unwrap(), ["a".into(), "b".into()]);

    identities.expect_list_identities_page().returning(|_| {
        Err(Error::new("list identities", ErrorKind::Unsupported { problem: "made up" }))
    });
    everybody(&identities).await.unwrap_err();
}
