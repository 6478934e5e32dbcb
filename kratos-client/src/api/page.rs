//! Which page of a list is asked for.

use ory_http::PageToken;

/// Which page of a list that needs to be told nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRequest {
    pub(crate) size: Option<u32>,
    pub(crate) token: Option<PageToken>,
}

impl PageRequest {
    /// The first page, of the size that the server likes.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many items a page may hold. The server has a limit of its own.
    #[must_use]
    pub fn page_size(mut self, size: u32) -> Self {
        self.size = Some(size);
        self
    }

    /// The page to fetch, by the token of the page before it.
    #[must_use]
    pub fn page_token(mut self, token: PageToken) -> Self {
        self.token = Some(token);
        self
    }
}

/// The methods of a list's request that choose the page.
macro_rules! page_methods {
    () => {
        /// How many items a page may hold. The server has a limit of its own.
        #[must_use]
        pub fn page_size(mut self, size: u32) -> Self {
            self.page = self.page.page_size(size);
            self
        }

        /// The page to fetch, by the token of the page before it.
        #[must_use]
        pub fn page_token(mut self, token: crate::PageToken) -> Self {
            self.page = self.page.page_token(token);
            self
        }
    };
}

/// Walks all pages of a list by the method that fetches one.
macro_rules! all_pages {
    ($self:ident.$fetch:ident($request:expr), $operation:literal) => {{
        let request = $request;
        ory_http::stream_pages($operation, move |token| {
            let mut request = request.clone();
            if token.is_some() {
                request.page.token = token;
            }
            async move { $self.$fetch(&request).await }
        })
        .boxed()
    }};
}

pub(crate) use {all_pages, page_methods};
