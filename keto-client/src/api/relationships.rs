//! Operations on relation tuples: list, create, patch and delete.

use crate::model::{query::RelationQuery, tuple::RelationTuple};
use async_trait::async_trait;
use auto_impl::auto_impl;
use futures_util::stream::{BoxStream, StreamExt};
use ory_http::{Error, ErrorKind, Page, PageToken};

/// Lists, creates and deletes relation tuples, which Ory's API calls relationships.
///
/// See <https://www.ory.com/docs/keto/reference/rest-api#tag/relationship>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Relationships: Send + Sync {
    /// Returns one page of the tuples that match a query. [`RelationshipsExt::list_relationships`]
    /// streams all pages.
    ///
    /// Over HTTP, the query is part of the URL, including the subject.
    ///
    /// # Errors
    /// The server returns an error for an unknown namespace, and for a page token of another list.
    #[doc(alias = "getRelationships")]
    async fn list_relationships_page(
        &self,
        request: &ListRelationships,
    ) -> Result<Page<RelationTuple>, Error>;

    /// Creates a tuple.
    ///
    /// Keto stores duplicates: a tuple that is created twice is listed twice, and one delete removes
    /// both. The call is not idempotent, and is retried only if it could not connect.
    #[doc(alias = "createRelationship")]
    async fn create_relationship(&self, tuple: &RelationTuple) -> Result<(), Error>;

    /// Inserts and deletes tuples in one transaction.
    ///
    /// Keto inserts before it deletes, whatever the order of the patches: a tuple that is both
    /// inserted and deleted does not exist afterwards.
    #[doc(alias = "patchRelationships")]
    async fn patch_relationships(&self, patches: &[RelationshipPatch]) -> Result<(), Error>;

    /// Deletes a tuple. Succeeds if it does not exist.
    async fn delete_relationship(&self, tuple: &RelationTuple) -> Result<(), Error>;

    /// Deletes **all tuples that match**: a query that sets only a namespace deletes all tuples of
    /// the namespace.
    ///
    /// # Errors
    /// An empty query returns [`crate::ErrorKind::InvalidInput`], and nothing is sent. Keto v0.7
    /// deletes only by a complete tuple; any other query returns
    /// [`crate::ErrorKind::Unsupported`].
    #[doc(alias = "deleteRelationships")]
    async fn delete_all_relationships_matching(&self, query: &RelationQuery) -> Result<(), Error>;
}

const DEFAULT_PAGE_SIZE: u32 = 500;

/// Pagination for every [`Relationships`].
pub trait RelationshipsExt: Relationships {
    /// Streams all tuples that match, starting with the page of the request, and requests each page
    /// when its first tuple is polled.
    ///
    /// The page size is 500 by default, the maximum of current Keto versions, because Keto takes
    /// longer for later pages.
    ///
    /// # Errors
    /// The stream ends after its first error.
    ///
    /// ```
    /// use futures_util::TryStreamExt;
    /// use keto_client::{Error, RelationQuery, RelationTuple, Relationships, RelationshipsExt};
    ///
    /// async fn all(keto: &impl Relationships) -> Result<Vec<RelationTuple>, Error> {
    ///     keto.list_relationships(RelationQuery::new().namespace("app")).try_collect().await
    /// }
    /// ```
    fn list_relationships(
        &self,
        request: impl Into<ListRelationships>,
    ) -> BoxStream<'_, Result<RelationTuple, Error>> {
        let mut request = request.into();
        request.page_size.get_or_insert(DEFAULT_PAGE_SIZE);
        ory_http::stream_pages("list relationships", move |token| {
            let mut request = request.clone();
            request.page_token = token.or(request.page_token);
            async move { self.list_relationships_page(&request).await }
        })
        .boxed()
    }
}

impl<T: Relationships + ?Sized> RelationshipsExt for T {}

/// A request for a page of relation tuples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListRelationships {
    /// The filter.
    pub query: RelationQuery,
    /// The maximum number of tuples in the page, or `None` for the default of the server.
    pub page_size: Option<u32>,
    /// The token of the page, or `None` for the first page.
    pub page_token: Option<PageToken>,
}

impl ListRelationships {
    /// Creates a request for the first page of the tuples that match, with the default page size of
    /// the server.
    pub fn new(query: RelationQuery) -> Self {
        Self { query, ..Self::default() }
    }

    /// Sets the maximum number of tuples in a page. The server caps it.
    #[must_use]
    pub fn page_size(mut self, size: u32) -> Self {
        self.page_size = Some(size);
        self
    }

    /// Sets the token of the page, which is [`Page::next`] of the previous page.
    #[must_use]
    pub fn page_token(mut self, token: impl Into<PageToken>) -> Self {
        self.page_token = Some(token.into());
        self
    }
}

impl From<RelationQuery> for ListRelationships {
    fn from(query: RelationQuery) -> Self {
        Self::new(query)
    }
}

/// An insertion or deletion in a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RelationshipPatch {
    /// Inserts the tuple.
    Insert(RelationTuple),
    /// Deletes the tuple.
    Delete(RelationTuple),
}

/// Rejects a query that would delete every tuple of the server.
pub(crate) fn reject_empty_query(
    operation: &'static str,
    query: &RelationQuery,
) -> Result<(), Error> {
    if !query.is_empty() {
        return Ok(());
    }
    let problem = "an empty query would delete all relation tuples".to_owned();
    Err(Error::new(operation, ErrorKind::InvalidInput { problem }))
}
