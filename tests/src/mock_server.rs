//! A server with fixed responses, which records its requests.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use url::Url;

/// A response of a [`MockServer`].
#[derive(Clone, Debug)]
pub struct MockResponse {
    /// The status.
    pub status: u16,
    /// Headers beside content type and length, each ending with a line break.
    pub headers: &'static str,
    /// The JSON body.
    pub body: String,
    /// The delay before it is sent.
    pub after: Duration,
}

impl MockResponse {
    /// A response without delay.
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: "", body: body.into(), after: Duration::ZERO }
    }

    /// Adds headers, each ending with a line break.
    #[must_use]
    pub fn headers(mut self, headers: &'static str) -> Self {
        self.headers = headers;
        self
    }

    /// Delays the response.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.after = delay;
        self
    }
}

/// A server that sends the given responses in order, and repeats the last one, until it is dropped.
pub struct MockServer {
    /// The URL.
    pub url: Url,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

struct State {
    responses: VecDeque<MockResponse>,
    requests: Vec<String>,
    connections: usize,
}

impl Drop for MockServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl MockServer {
    /// Starts a server.
    pub async fn start(responses: impl IntoIterator<Item = MockResponse>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let responses = responses.into_iter().collect();
        let state = Arc::new(Mutex::new(State { responses, requests: Vec::new(), connections: 0 }));
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                tokio::spawn(talk(stream, shared.clone()));
            }
        });
        Self { url, state, task }
    }

    /// The head and body of each request that it received.
    pub fn requests(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.clone()
    }

    /// The number of connections that it accepted.
    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }
}

/// One connection, kept open. Writes can fail: the client may have left.
async fn talk(mut stream: TcpStream, state: Arc<Mutex<State>>) -> Option<()> {
    let mut read = Vec::new();
    loop {
        let head = loop {
            if let Some(end) = read.windows(4).position(|end| end == b"\r\n\r\n") {
                break end + 4;
            }
            more(&mut stream, &mut read).await?;
        };
        let text = String::from_utf8_lossy(&read[..head]).to_lowercase();
        let length = text.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
        while read.len() < head + length {
            more(&mut stream, &mut read).await?;
        }
        let request: Vec<u8> = read.drain(..head + length).collect();
        let response = {
            let mut state = state.lock().unwrap();
            state.requests.push(String::from_utf8_lossy(&request).into_owned());
            match state.responses.len() {
                1 => state.responses[0].clone(),
                _ => state.responses.pop_front().expect("there is at least one response"),
            }
        };
        tokio::time::sleep(response.after).await;
        let MockResponse { status, headers, body, .. } = response;
        let text = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len(),
        );
        stream.write_all(text.as_bytes()).await.ok()?;
    }
}

async fn more(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<()> {
    let mut chunk = [0; 8192];
    let length = stream.read(&mut chunk).await.ok().filter(|length| *length > 0)?;
    read.extend_from_slice(&chunk[..length]);
    Some(())
}
