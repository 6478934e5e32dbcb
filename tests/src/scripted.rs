//! A server that says what it is told to say, and counts what it is asked.

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

/// One answer.
#[derive(Clone, Debug)]
pub struct Say {
    /// The status.
    pub status: u16,
    /// Headers beside content type and length, each ending with a line break.
    pub headers: &'static str,
    /// The JSON body.
    pub body: String,
    /// How long it takes.
    pub after: Duration,
}

impl Say {
    /// An answer at once.
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: "", body: body.into(), after: Duration::ZERO }
    }

    /// With more headers.
    #[must_use]
    pub fn headers(mut self, headers: &'static str) -> Self {
        self.headers = headers;
        self
    }

    /// Not at once.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.after = delay;
        self
    }
}

/// A server that says what it is told to say until it is dropped; the last answer for ever.
pub struct Scripted {
    /// Where it is.
    pub url: Url,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

struct State {
    script: VecDeque<Say>,
    heard: Vec<String>,
    connections: usize,
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Scripted {
    /// Starts it.
    pub async fn start(script: impl IntoIterator<Item = Say>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let script = script.into_iter().collect();
        let state = Arc::new(Mutex::new(State { script, heard: Vec::new(), connections: 0 }));
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                tokio::spawn(talk(stream, shared.clone()));
            }
        });
        Self { url, state, task }
    }

    /// What it has been asked: each request's head and body.
    pub fn heard(&self) -> Vec<String> {
        self.state.lock().unwrap().heard.clone()
    }

    /// How many connections it has taken so far.
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
        let say = {
            let mut state = state.lock().unwrap();
            state.heard.push(String::from_utf8_lossy(&request).into_owned());
            match state.script.len() {
                1 => state.script[0].clone(),
                _ => state.script.pop_front().expect("a script has an answer"),
            }
        };
        tokio::time::sleep(say.after).await;
        let Say { status, headers, body, .. } = say;
        let answer = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len(),
        );
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

async fn more(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<()> {
    let mut chunk = [0; 8192];
    let length = stream.read(&mut chunk).await.ok().filter(|length| *length > 0)?;
    read.extend_from_slice(&chunk[..length]);
    Some(())
}
