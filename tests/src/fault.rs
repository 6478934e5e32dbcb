//! Servers that misbehave, on loopback.

use crate::app::refusing_port;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use url::Url;

/// One way to misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nobody listens.
    Refuse,
    /// The connection closes before an answer.
    Hangup,
    /// No answer ever comes.
    Hang,
    /// The body stops half way, and the connection stays open.
    Stall,
    /// What comes is not HTTP.
    Garbage,
    /// A proxy's page with this status.
    Html(u16),
    /// An answer that says it is HTML, though it looks like an allow.
    WrongType,
    /// JSON that ends too early.
    CutJson,
    /// JSON of another kind.
    OtherJson,
    /// An empty body.
    Empty,
    /// 100 MB, announced.
    Huge,
    /// 100 MB without a word of it before.
    HugeChunked,
    /// A redirect to a server that lets everybody in.
    Redirect,
    /// An error envelope with this status.
    Envelope(u16),
    /// A status alone, with an allow as its body.
    Status(u16),
    /// The connection is reset in the middle of the headers.
    ResetInHeaders,
    /// The connection is reset in the middle of the body.
    ResetInBody,
    /// The body comes one byte a second.
    Trickle,
    /// A body that is shorter than it says.
    WrongLength,
    /// A compressed body that would be 1 GiB.
    GzipBomb,
    /// A thousand headers.
    ManyHeaders,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 32] = [
        Self::Refuse,
        Self::Hangup,
        Self::ResetInHeaders,
        Self::ResetInBody,
        Self::Hang,
        Self::Stall,
        Self::Trickle,
        Self::Garbage,
        Self::ManyHeaders,
        Self::WrongLength,
        Self::Huge,
        Self::HugeChunked,
        Self::GzipBomb,
        Self::CutJson,
        Self::OtherJson,
        Self::Empty,
        Self::WrongType,
        Self::Html(200),
        Self::Html(401),
        Self::Html(403),
        Self::Html(502),
        Self::Redirect,
        Self::Status(101),
        Self::Status(204),
        Self::Status(206),
        Self::Status(301),
        Self::Status(418),
        Self::Status(503),
        Self::Status(599),
        Self::Envelope(403),
        Self::Envelope(429),
        Self::Envelope(500),
    ];

    /// What it is called in the table.
    pub fn name(self) -> String {
        match self {
            Self::Html(status) => format!("a proxy's HTML page, status {status}"),
            Self::Envelope(status) => format!("an error envelope, status {status}"),
            Self::Status(status) => format!("status {status} with an allow as its body"),
            Self::Refuse => "connection refused".into(),
            Self::Hangup => "closed before an answer".into(),
            Self::Hang => "no answer ever".into(),
            Self::Stall => "the body stops half way".into(),
            Self::Garbage => "not HTTP".into(),
            Self::WrongType => "an allow that calls itself HTML".into(),
            Self::CutJson => "cut JSON".into(),
            Self::OtherJson => "JSON of another kind".into(),
            Self::Empty => "an empty body".into(),
            Self::Huge => "100 MB, announced".into(),
            Self::HugeChunked => "100 MB, chunked".into(),
            Self::Redirect => "a redirect to an allow".into(),
            Self::ResetInHeaders => "reset in the headers".into(),
            Self::ResetInBody => "reset in the body".into(),
            Self::Trickle => "one byte a second".into(),
            Self::WrongLength => "a wrong content length".into(),
            Self::GzipBomb => "a gzip bomb".into(),
            Self::ManyHeaders => "1,000 headers".into(),
        }
    }
}

/// A server that misbehaves until it is dropped.
pub struct FaultyServer {
    /// Where it is.
    pub url: Url,
    /// What it does.
    pub fault: Fault,
    task: JoinHandle<()>,
}

impl Drop for FaultyServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The beginning of a gzip stream. A client that unpacked it would go on for ever; one that does
/// not ask for compression has no reason to.
const GZIP: &[u8] =
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xec\xc1\x01\x01\x00\x00\x00\x80\x90\xfe\xaf\xee";

/// What a server that lets everybody in says, to a check and to whoami alike.
pub const ALLOW: &str = r#"{"allowed":true,"id":"s","active":true,"expires_at":"2999-01-01T00:00:00Z","identity":{"id":"i","schema_id":"d","state":"active","traits":{}},"logout_url":"http://x.test/"}"#;

impl FaultyServer {
    /// Starts it.
    pub async fn start(fault: Fault) -> Self {
        if fault == Fault::Refuse {
            let (socket, url) = refusing_port();
            let task = tokio::spawn(async move {
                std::future::pending::<()>().await;
                drop(socket);
            });
            return Self { url, fault, task };
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let url = Url::parse(&format!("http://{address}")).unwrap();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(misbehave(stream, fault, address.port()));
            }
        });
        Self { url, fault, task }
    }
}

/// Writes can fail: the client may have left, which is what it should do.
async fn misbehave(mut stream: TcpStream, fault: Fault, port: u16) -> Option<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut chunk = [0; 4096];
        let length = stream.read(&mut chunk).await.ok()?;
        if length == 0 {
            return None;
        }
        request.extend_from_slice(&chunk[..length]);
    }
    let asks_for_elsewhere =
        request.starts_with(b"GET /elsewhere") || request.starts_with(b"POST /elsewhere");
    let json = "application/json";
    let head = |status: u16, kind: &str, length: usize| {
        format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n")
    };
    let whole = |status, kind, body: &str| head(status, kind, body.len()) + body;
    let text = match fault {
        Fault::Refuse | Fault::Hangup => return None,
        Fault::Hang => String::new(),
        Fault::Stall | Fault::ResetInBody => head(200, json, ALLOW.len()) + &ALLOW[..20],
        Fault::Garbage => "\0\u{1}\u{2} not HTTP at all\r\n\r\n".into(),
        Fault::Html(status) => {
            whole(status, "text/html", "<html><h1>Proxy</h1>allowed: true</html>")
        }
        Fault::WrongType => whole(200, "text/html", ALLOW),
        Fault::CutJson => whole(200, json, &ALLOW[..ALLOW.len() - 5]),
        Fault::OtherJson => whole(200, json, r#"{"allowed":"true","active":"true"}"#),
        Fault::Empty => whole(200, json, ""),
        Fault::Huge => head(200, json, 100 * 1024 * 1024) + ALLOW,
        Fault::HugeChunked => {
            format!("HTTP/1.1 200 X\r\ncontent-type: {json}\r\ntransfer-encoding: chunked\r\n\r\n")
        }
        Fault::Redirect if asks_for_elsewhere => whole(200, json, ALLOW),
        Fault::Redirect => format!(
            "HTTP/1.1 307 X\r\nlocation: http://127.0.0.1:{port}/elsewhere\r\ncontent-length: 0\r\n\r\n"
        ),
        Fault::Status(204) => "HTTP/1.1 204 X\r\n\r\n".into(),
        Fault::Status(status) => whole(status, json, ALLOW),
        Fault::ResetInHeaders => "HTTP/1.1 200 X\r\ncontent-ty".into(),
        Fault::Trickle => head(200, json, ALLOW.len()),
        Fault::WrongLength => head(200, json, ALLOW.len() + 100) + ALLOW,
        Fault::GzipBomb => format!(
            "HTTP/1.1 200 X\r\ncontent-type: {json}\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
            GZIP.len(),
        ),
        Fault::ManyHeaders => {
            let headers: Vec<_> = (0..1_000).map(|n| format!("x-{n}: y\r\n")).collect();
            let headers = headers.concat();
            format!(
                "HTTP/1.1 200 X\r\ncontent-type: {json}\r\n{headers}content-length: 2\r\n\r\n{{}}"
            )
        }
        Fault::Envelope(status) => {
            let rest = r#""id":"some_id","reason":"planted-reason","message":"m""#;
            whole(status, json, &format!(r#"{{"error":{{"code":{status},{rest}}}}}"#))
        }
    };
    stream.write_all(text.as_bytes()).await.ok()?;
    match fault {
        Fault::Huge | Fault::HugeChunked => {
            let block = vec![b' '; 1024 * 1024];
            for _ in 0..100 {
                if fault == Fault::HugeChunked {
                    stream.write_all(format!("{:x}\r\n", block.len()).as_bytes()).await.ok()?;
                }
                stream.write_all(&block).await.ok()?;
                if fault == Fault::HugeChunked {
                    stream.write_all(b"\r\n").await.ok()?;
                }
            }
        }
        Fault::ResetInHeaders | Fault::ResetInBody => {
            // Closing with a zero linger time sends a reset.
            stream.set_zero_linger().ok()?;
            return None;
        }
        Fault::Trickle => {
            for byte in ALLOW.as_bytes() {
                stream.write_all(&[*byte]).await.ok()?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        Fault::GzipBomb => stream.write_all(GZIP).await.ok()?,
        Fault::Hang | Fault::Stall => tokio::time::sleep(Duration::from_mins(1)).await,
        _ => {}
    }
    stream.shutdown().await.ok()
}
