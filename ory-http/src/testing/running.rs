//! Serving HTTP/1.1 on loopback.

use super::{
    response::text,
    server::{Respond, TestService},
};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{io, net::TcpListener, sync::Arc, thread};
use tokio::{net::TcpStream, sync::oneshot};

/// The maximum size of the body of a request in bytes.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// A thread that serves. It has a runtime of its own, so that a server can be started anywhere, and
/// does not depend on the runtime of a test. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Running {
    pub(super) fn start<S: Respond>(
        listeners: Vec<TcpListener>,
        service: Arc<TestService<S>>,
    ) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut accepting = Vec::new();
        for listener in listeners {
            listener.set_nonblocking(true)?;
            let _context = runtime.enter();
            accepting.push(tokio::net::TcpListener::from_std(listener)?);
        }
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("testing-server".into()).spawn(move || {
            for (api, listener) in accepting.into_iter().enumerate() {
                runtime.spawn(accept(api, listener, service.clone()));
            }
            let _ = runtime.block_on(stopped);
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic was printed by the thread.
            let _ = thread.join();
        }
    }
}

async fn accept<S: Respond>(
    api: usize,
    listener: tokio::net::TcpListener,
    service: Arc<TestService<S>>,
) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(api, stream, service.clone()));
            }
            // Such as too many open files, which pass.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
        }
    }
}

async fn serve<S: Respond>(api: usize, stream: TcpStream, service: Arc<TestService<S>>) {
    let _ = stream.set_nodelay(true);
    let peer = stream.peer_addr().ok();
    let respond = service_fn(|request: Request<Incoming>| {
        let service = service.clone();
        async move {
            let (parts, body) = request.into_parts();
            let Ok(body) = Limited::new(body, BODY_LIMIT).collect().await else {
                let response = text(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large\n");
                return Ok(response.map(Full::new));
            };
            let mut request: Request<Bytes> = Request::from_parts(parts, body.to_bytes());
            if let Some(peer) = peer {
                request.extensions_mut().insert(peer);
            }
            service.exchange(api, request).await.map(|response| response.map(Full::new))
        }
    });
    let mut connection = http1::Builder::new();
    // A client that went away is no error of the server.
    let _ =
        connection.timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), respond).await;
}
