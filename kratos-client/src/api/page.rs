//! The page of a list request.

use ory_http::PageToken;

/// The page size and the page token of a list request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageRequest {
    /// The maximum number of items in the page; `None` for the server's default.
    pub size: Option<u32>,
    /// The token of the page; `None` for the first page.
    pub token: Option<PageToken>,
}

impl PageRequest {
    /// The first page, in the server's default size.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the maximum number of items in the page. The server has an upper limit of its own.
    #[must_use]
    pub fn page_size(mut self, size: u32) -> Self {
        self.size = Some(size);
        self
    }

    /// Sets the page token, which is [`Page::next`](crate::Page::next) of the previous page.
    #[must_use]
    pub fn page_token(mut self, token: impl Into<PageToken>) -> Self {
        self.token = Some(token.into());
        self
    }
}

/// The methods of a list request that set the page.
macro_rules! page_methods {
    () => {
        /// Sets the maximum number of items in the page. The server has an upper limit of its own.
        #[must_use]
        pub fn page_size(mut self, size: u32) -> Self {
            self.page = self.page.page_size(size);
            self
        }

        /// Sets the page token, which is [`Page::next`](crate::Page::next) of the previous page.
        #[must_use]
        pub fn page_token(mut self, token: impl Into<crate::PageToken>) -> Self {
            self.page = self.page.page_token(token);
            self
        }
    };
}

/// Streams all pages of a list by the method that fetches one page.
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
