//! The relation tuples themselves: reading, granting and revoking.

use crate::model::{query::RelationQuery, tuple::RelationTuple};
use async_trait::async_trait;
use auto_impl::auto_impl;
use futures_util::stream::{BoxStream, StreamExt};
use ory_http::{Error, ErrorKind, Page, PageToken};

/// Lists and changes relation tuples.
///
/// See <https://www.ory.com/docs/keto/reference/rest-api#tag/relationship>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Relationships: Send + Sync {
    /// One page of the tuples that match. [`RelationshipsExt::list_relationships`] walks all pages.
    ///
    /// An unknown namespace and a token from another list are errors of the server's. The query
    /// goes into the URL, subject and all; the other operations send a body.
    #[doc(alias = "getRelationships")]
    async fn list_relationships_page(
        &self,
        request: &ListRelationships,
    ) -> Result<Page<RelationTuple>, Error>;

    /// Adds a tuple. Keto keeps what it is given: the same tuple added twice is listed twice, and
    /// one delete removes both.
    #[doc(alias = "createRelationship")]
    async fn create_relationship(&self, tuple: &RelationTuple) -> Result<(), Error>;

    /// Inserts and deletes tuples in one transaction: all of them, or, on an error, none. Keto
    /// inserts first and deletes afterwards, whatever the order: a tuple that is in both is gone.
    #[doc(alias = "patchRelationships")]
    async fn patch_relationships(&self, changes: &[RelationshipPatch]) -> Result<(), Error>;

    /// Removes exactly this tuple. It is no error if there is none.
    async fn delete_relationship(&self, tuple: &RelationTuple) -> Result<(), Error>;

    /// Removes **everything that matches**: a query with just a namespace empties the namespace.
    ///
    /// A query that sets nothing is refused, and nothing is sent. Keto v0.7 can't delete by a
    /// query that leaves something open; the error says so ([`crate::ErrorKind::Unsupported`]).
    #[doc(alias = "deleteRelationships")]
    async fn delete_all_relationships_matching(&self, query: &RelationQuery) -> Result<(), Error>;
}

const LARGEST_PAGE: u32 = 500;

/// What every [`Relationships`] can do by its own operations.
pub trait RelationshipsExt: Relationships {
    /// All tuples that match, page by page as they are consumed, from the page that the request
    /// names on. Ends after the first error. Pages are as large as today's Keto gives them, 500
    /// tuples, if the request does not say: the later a page, the longer Keto takes for it.
    fn list_relationships(
        &self,
        request: impl Into<ListRelationships>,
    ) -> BoxStream<'_, Result<RelationTuple, Error>> {
        let mut request = request.into();
        request.page_size.get_or_insert(LARGEST_PAGE);
        ory_http::stream_pages("list relation tuples", move |token| {
            let mut request = request.clone();
            request.page_token = token.or(request.page_token);
            async move { self.list_relationships_page(&request).await }
        })
        .boxed()
    }
}

impl<T: Relationships + ?Sized> RelationshipsExt for T {}

/// Which page of which tuples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRelationships {
    /// Which tuples.
    pub query: RelationQuery,
    /// How many a page may hold; the server decides if it is not said.
    pub page_size: Option<u32>,
    /// Where the page starts; at the beginning if it is not said.
    pub page_token: Option<PageToken>,
}

impl ListRelationships {
    /// The first page of the tuples that match, of the size that the server likes.
    pub fn new(query: RelationQuery) -> Self {
        Self { query, ..Self::default() }
    }

    /// How many tuples a page may hold. The server has its own upper limit.
    #[must_use]
    pub fn page_size(mut self, size: u32) -> Self {
        self.page_size = Some(size);
        self
    }

    /// The page to fetch, by the token of the page before it.
    #[must_use]
    pub fn page_token(mut self, token: PageToken) -> Self {
        self.page_token = Some(token);
        self
    }
}

impl From<RelationQuery> for ListRelationships {
    fn from(query: RelationQuery) -> Self {
        Self::new(query)
    }
}

/// One step of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RelationshipPatch {
    /// Adds the tuple.
    Insert(RelationTuple),
    /// Removes the tuple.
    Delete(RelationTuple),
}

/// Refuses to delete every tuple there is.
pub(crate) fn refuse_empty_query(
    operation: &'static str,
    query: &RelationQuery,
) -> Result<(), Error> {
    if !query.is_empty() {
        return Ok(());
    }
    let problem = "a query that sets nothing would delete every tuple".to_owned();
    Err(Error::new(operation, ErrorKind::InvalidInput { problem }))
}
