//! A server that answers at once, always the same bytes: headers as the real ones send them.

use crate::{Outcome, data, grpc, runtime};
use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A stub in a process of its own, which ends with this.
pub struct Stub {
    child: Child,
    pub url: String,
    pub grpc: String,
}

impl Stub {
    pub fn start() -> Outcome<Self> {
        let mut child =
            Command::new(env::current_exe()?).arg("stub").stdout(Stdio::piped()).spawn()?;
        let mut output = BufReader::new(child.stdout.take().expect("piped"));
        let mut stub = Self { child, url: String::new(), grpc: String::new() };
        for url in [&mut stub.url, &mut stub.grpc] {
            output.read_line(url)?;
            url.truncate(url.trim_end().len());
        }
        Ok(stub)
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How often somebody asked who they are, and whether they may.
static WHOAMI: AtomicUsize = AtomicUsize::new(0);
static CHECKS: AtomicUsize = AtomicUsize::new(0);

/// The numbers of whoami calls and of checks that the stub at this URL got so far.
pub async fn asked(url: &str) -> Outcome<(usize, usize)> {
    let counts = reqwest::get(format!("{url}/asked")).await?.text().await?;
    let (whoami, checks) = counts.split_once(' ').ok_or("no counts")?;
    Ok((whoami.parse()?, checks.parse()?))
}

/// Serves until it is ended, and tells its addresses for HTTP and gRPC in a line each.
pub fn serve() -> Outcome {
    let session = answer(
        "Cache-Control: private, no-cache, no-store, must-revalidate\r\n\
         Content-Type: application/json; charset=utf-8\r\nOry-Session-Cache-For: 60\r\n\
         Vary: Origin\r\nVary: Cookie\r\n\
         X-Kratos-Authenticated-Identity-Id: 00000001-1111-4222-8333-000000000001\r\n",
        &data::session(),
    );
    let decision = answer("Content-Type: application/json; charset=utf-8\r\n", data::DECISION);
    let answers: &'static _ = Box::leak(Box::new(Answers { session, decision }));
    runtime().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        grpc::serve().await?;
        loop {
            tokio::spawn(connection(listener.accept().await?.0, answers));
        }
    })
}

struct Answers {
    session: Vec<u8>,
    decision: Vec<u8>,
}

fn answer(headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\n{headers}Date: Wed, 25 Nov 2026 02:37:13 GMT\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

async fn connection(mut stream: TcpStream, answers: &Answers) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut read = Vec::new();
    while stream.read_buf(&mut read).await? > 0 {
        while let Some(length) = request_length(&read) {
            let request = String::from_utf8_lossy(&read[..length]);
            if request.contains("/sessions/whoami ") {
                WHOAMI.fetch_add(1, Relaxed);
                stream.write_all(&answers.session).await?;
            } else if request.starts_with("GET /asked ") {
                let body = format!("{} {}", WHOAMI.load(Relaxed), CHECKS.load(Relaxed));
                stream.write_all(&answer("", &body)).await?;
            } else if request.starts_with("GET /relation-tuples?") {
                stream.write_all(&page(&request)).await?;
            } else if request.contains("/batch/check") {
                stream.write_all(&batch(&request)).await?;
            } else {
                CHECKS.fetch_add(1, Relaxed);
                stream.write_all(&answers.decision).await?;
            }
            read.drain(..length);
        }
    }
    Ok(())
}

/// The bytes of the first whole request.
fn request_length(read: &[u8]) -> Option<usize> {
    let head = read.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
    let body = text.split("\r\ncontent-length: ").nth(1).and_then(|rest| rest.lines().next());
    let length = head + body.and_then(|length| length.parse().ok()).unwrap_or(0);
    (read.len() >= length).then_some(length)
}

/// A page of as many tuples as the number at the end of the object's name.
fn page(request: &str) -> Vec<u8> {
    let target = request.split(' ').nth(1).unwrap_or_default();
    let value = |name: &str| {
        let mut pairs = target.split(['?', '&']).filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let number = |name| value(name).and_then(|text| text.parse().ok());
    let object = value("object").unwrap_or_default();
    let all = object.rsplit('-').next().and_then(|text| text.parse().ok()).unwrap_or(0);
    let from = number("page_token").unwrap_or(0);
    let body = data::tuples(object, from, number("page_size").unwrap_or(100), all);
    answer("Content-Type: application/json; charset=utf-8\r\n", &body)
}

/// A batch of at most 10, as Keto takes it by default.
fn batch(request: &str) -> Vec<u8> {
    let kind = "Content-Type: application/json; charset=utf-8\r\n";
    match request.matches("subject_id").count() {
        count @ ..=10 => {
            let results = vec![r#"{"allowed":false,"error":""}"#; count].join(",");
            answer(kind, &format!("{{\"results\":[{results}]}}"))
        }
        _ => {
            let body = r#"{"error":{"code":400,"status":"Bad Request","reason":"batch exceeds max size of 10","message":"The request was malformed or contained invalid parameters"}}"#;
            let answer = String::from_utf8(answer(kind, body)).expect("text");
            answer.replacen("200 OK", "400 Bad Request", 1).into_bytes()
        }
    }
}
