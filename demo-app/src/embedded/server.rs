//! Loopback servers that end with their owner.

use actix_web::{App, HttpServer, dev::ServerHandle, web::ServiceConfig};
use std::{
    io::Error,
    net::{Ipv4Addr, TcpListener},
};
use url::Url;

/// A free loopback port with its URL, before anything answers there.
pub(super) struct Listener {
    listener: TcpListener,
    pub(super) url: Url,
}

impl Listener {
    pub(super) fn bind() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let url = format!("http://{}/", listener.local_addr()?);
        Ok(Self { listener, url: Url::parse(&url).map_err(Error::other)? })
    }

    pub(super) fn serve(
        self,
        routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
    ) -> std::io::Result<Running> {
        let server = HttpServer::new(move || App::new().configure(routes.clone()))
            .workers(1)
            .disable_signals()
            .listen(self.listener)?
            .run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Ok(Running(handle))
    }
}

/// A server that stops when this is dropped.
pub(super) struct Running(ServerHandle);

impl Drop for Running {
    fn drop(&mut self) {
        // The order is given by the call; the future only waits for it to be carried out.
        drop(self.0.stop(false));
    }
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Running")
    }
}
