//! The check of URLs to which a browser is redirected.

use url::Url;

/// Whether the URL has the scheme `http` or `https`, and not one such as `javascript`.
pub(crate) fn is_http_url(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}
