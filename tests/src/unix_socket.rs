//! A Unix socket in front of a server.

use std::{io, path::PathBuf};
use tokio::{
    io::copy_bidirectional,
    net::{TcpStream, UnixListener, UnixStream},
    task::JoinHandle,
};
use url::Url;

/// A Unix socket that leads to a server, until it is dropped.
pub struct UnixSocket {
    /// The URL that a client is given.
    pub url: Url,
    directory: PathBuf,
    task: JoinHandle<()>,
}

impl Drop for UnixSocket {
    fn drop(&mut self) {
        self.task.abort();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

impl UnixSocket {
    /// Starts it, in a directory of its own.
    pub fn to(server: &Url) -> Self {
        let server = server.clone();
        let directory = std::env::temp_dir().join(uuid::Uuid::new_v4().to_string());
        std::fs::create_dir(&directory).unwrap();
        let path = directory.join("ory.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let url = Url::parse(&format!("unix:{}", path.to_str().unwrap())).unwrap();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connect(stream, server.clone()));
            }
        });
        Self { url, directory, task }
    }
}

async fn connect(mut stream: UnixStream, server: Url) -> io::Result<(u64, u64)> {
    if server.scheme() == "unix" {
        return copy_bidirectional(&mut stream, &mut UnixStream::connect(server.path()).await?)
            .await;
    }
    let address = server.socket_addrs(|| None)?[0];
    copy_bidirectional(&mut stream, &mut TcpStream::connect(address).await?).await
}
