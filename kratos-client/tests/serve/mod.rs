//! Servers on loopback that answer as told.

#![allow(dead_code, reason = "each test uses a part")]
#![allow(clippy::expect_used, reason = "a test")]

use kratos_client::{ApiVersion, KratosClient, Page};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// One answer of a server.
#[derive(Deserialize)]
pub struct Fixture {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

impl Fixture {
    pub fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let text = std::fs::read(folder.join(format!("{name}.json"))).expect(name);
        serde_json::from_slice(&text).expect(name)
    }

    /// A client of a server that answers so, whatever it is asked.
    pub async fn serve(&self, api_version: ApiVersion) -> KratosClient {
        let answer = self.answer();
        let url = start(move |_| answer.clone()).await;
        let client = KratosClient::builder().public_url(&url).admin_url(&url);
        client.api_version(api_version).build().unwrap()
    }

    /// The answer as it goes over the wire.
    pub fn answer(&self) -> String {
        let body = match &self.body {
            Value::String(text) => text.clone(),
            body => body.to_string(),
        };
        let headers: Vec<_> = self.headers.iter().map(|(n, v)| format!("{n}: {v}\r\n")).collect();
        let length = body.len();
        let (status, headers) = (self.status, headers.concat());
        format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n\
             {body}"
        )
    }

    /// That a value has everything that the server sent.
    pub fn assert_kept(&self, value: &impl Serialize) {
        assert_kept(&serde_json::to_value(value).unwrap(), &self.body, "");
    }

    /// That a page has everything that the server sent, and says where the next one is.
    pub fn assert_page(&self, page: &Page<impl Serialize>, next: Option<&str>) {
        self.assert_kept(&page.items);
        assert_eq!(page.next.as_ref().map(kratos_client::PageToken::as_str), next);
    }
}

/// Starts a server on loopback that answers by the request's first line; gives its URL.
pub async fn start(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> String {
    serve(move |request| answer(request.lines().next().unwrap_or_default())).await
}

/// Starts a server on loopback that answers by the whole request; gives its URL.
async fn serve(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move { reply(stream, &*answer).await });
        }
    });
    url
}

/// Starts a server on loopback that answers every request the same; gives its URL, and the
/// requests that it has had.
pub async fn listen(answer: String) -> (String, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let log = heard.clone();
    let url = serve(move |request| {
        log.lock().expect("no test panics with it").push(request.to_owned());
        answer.clone()
    });
    (url.await, heard)
}

/// Reads a whole request before it answers, or the client might not see the answer.
async fn reply(
    mut stream: TcpStream,
    answer: &(impl Fn(&str) -> String + Sync),
) -> std::io::Result<()> {
    let mut request = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let length = stream.read(&mut chunk).await?;
        request.extend_from_slice(&chunk[..length]);
        let text = String::from_utf8_lossy(&request).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let announced = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if length == 0 || body.len() >= announced.map_or(0, |length| length.parse().unwrap()) {
            break;
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    stream.write_all(answer(&request).as_bytes()).await?;
    stream.shutdown().await
}

/// That `kept` has everything that `raw` has, where `null` is nothing; it may have the empty value
/// of a field more, such as `""`.
pub fn assert_kept(kept: &Value, raw: &Value, path: &str) {
    match (kept, raw) {
        (Value::Object(kept), Value::Object(raw)) => {
            for (key, raw) in raw {
                let path = format!("{path}.{key}");
                assert_kept(kept.get(key).unwrap_or(&Value::Null), raw, &path);
            }
            let more = kept.iter().filter(|(key, _)| !raw.contains_key(*key));
            assert!(more.clone().all(|(_, value)| is_empty(value)), "{path}: {more:?}");
        }
        (Value::Array(kept), Value::Array(raw)) => {
            assert_eq!(kept.len(), raw.len(), "{path}");
            for (index, (kept, raw)) in kept.iter().zip(raw).enumerate() {
                assert_kept(kept, raw, &format!("{path}[{index}]"));
            }
        }
        (kept, Value::Null) if is_empty(kept) => {}
        _ => assert_eq!(kept, raw, "{path}"),
    }
}

/// Whether a value is what a missing one is read as.
fn is_empty(value: &Value) -> bool {
    [Value::Null, json!(""), json!(false), json!(0)].contains(value)
}
