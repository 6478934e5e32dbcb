//! What guards keep in the extensions of a request.

use http::{Extensions, HeaderMap};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// Somebody who is logged in, as far as permissions need to know them.
pub trait Principal: Send + Sync {
    /// The id, such as that of an identity in Kratos.
    fn id(&self) -> &str;

    /// An attribute, such as the trait `email` of an identity.
    fn attribute(&self, name: &str) -> Option<&str>;
}

/// The extension of a request that tells who is logged in. A session guard inserts it, and so can
/// any other login.
#[derive(Clone)]
pub struct CurrentPrincipal(pub Arc<dyn Principal>);

impl fmt::Debug for CurrentPrincipal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CurrentPrincipal").field(&self.0.id()).finish()
    }
}

/// The extension of a request that was let through although nobody knows who is logged in, because of
/// an error.
#[derive(Clone, Copy, Debug)]
pub struct PrincipalUnavailable;

/// The extension of a request with the parameters of its route, percent-decoded. Guards read those
/// of axum and actix-web themselves; other routers can insert them.
#[derive(Clone, Debug, Default)]
pub struct PathParameters(pub Vec<(String, String)>);

/// The extension of a request with headers to append to its response, whatever that is.
#[derive(Clone, Debug, Default)]
pub struct ResponseHeaders(Arc<Mutex<HeaderMap>>);

impl ResponseHeaders {
    /// Those of a request.
    pub fn of(extensions: &mut Extensions) -> Self {
        extensions.get_or_insert_default::<Self>().clone()
    }

    /// Those of a request that has none yet: whoever inserts them appends them to the response.
    pub fn insert(extensions: &mut Extensions) -> Option<Self> {
        match extensions.get::<Self>() {
            Some(_) => None,
            None => Some(Self::of(extensions)),
        }
    }

    /// Appends headers to the response.
    pub fn append(&self, headers: impl IntoIterator<Item = (http::HeaderName, http::HeaderValue)>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, value) in headers {
            all.append(name, value);
        }
    }

    /// Takes the headers.
    pub fn take(&self) -> HeaderMap {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
