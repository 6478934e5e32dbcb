//! Nothing but tests, which are built with and without the clients' feature `http2`: in a package
//! of their own, because the other tests turn it on.
