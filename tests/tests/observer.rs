//! What an observer is told, by the examples for metrics and for OpenTelemetry.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

#[path = "../../keto-client/examples/export_traces.rs"]
mod export_traces;
#[path = "../../keto-client/examples/record_metrics.rs"]
mod record_metrics;

use bytes::Bytes;
use contract_tests::in_memory::{InMemory, error, json};
use http::Request;
use keto_client::{
    ApiVersion, BatchPermissions, CachedPermissions, Check, KetoClient, Observer, Permissions,
    RelationTuple,
};
use kratos_client::{CachedSessions, Credential, KratosClient, Sessions, Whoami};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpListener,
    sync::Arc,
    time::Duration,
};

fn check() -> Check {
    "app:homepage#read@planted".parse::<RelationTuple>().unwrap().into()
}

fn keto(service: &Arc<InMemory>, observer: Arc<dyn Observer>) -> KetoClient {
    let http = service.config().observer(observer);
    let keto = KetoClient::builder().read_url("http://keto.test").http(http);
    keto.api_version(ApiVersion::Current).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn metrics_count_calls_attempts_decisions_and_cache_hits() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let observer: Arc<dyn Observer> = Arc::new(record_metrics::Metrics);

    let service = InMemory::in_turn([
        error(503, "busy"),
        json(200, r#"{"allowed":true}"#),
        json(
            200,
            r#"{"results":[{"allowed":true},{"allowed":false},{"allowed":false,"error":"x"}]}"#,
        ),
        error(500, "broken"),
    ]);
    let keto = CachedPermissions::new(keto(&service, observer.clone()))
        .allowed_max_age(Duration::from_mins(1))
        .observer(observer.clone());
    for _ in 0..3 {
        assert!(keto.check(&check()).await.unwrap().is_allowed());
    }
    keto.inner().batch_check(&vec![check(); 3]).await.unwrap();
    keto.inner().check(&check()).await.unwrap_err();

    let service = InMemory::new(|_| Ok(error(401, "No session")));
    let http = service.config().observer(observer.clone());
    let kratos = KratosClient::builder().public_url("http://kratos.test").http(http);
    let kratos = CachedSessions::new(kratos.build().unwrap()).observer(observer);
    let credential = Credential::from_cookie_headers(["ory_kratos_session=planted"]);
    assert_eq!(kratos.whoami(&credential).await.unwrap(), Whoami::NoSession);

    let mut counters = BTreeMap::new();
    for (key, _, _, value) in snapshotter.snapshot().into_vec() {
        let key = key.key();
        let labels: Vec<_> = key.labels().map(metrics::Label::value).collect();
        let name = format!("{} {}", key.name(), labels.join(" "));
        assert!(!name.contains("planted"), "{name}");
        match value {
            DebugValue::Counter(count) => drop(counters.insert(name, count)),
            DebugValue::Histogram(durations) => drop(counters.insert(name, durations.len() as u64)),
            DebugValue::Gauge(_) => panic!("{name}"),
        }
    }
    let expected = [
        ("ory_attempts batch check", 1),
        ("ory_attempts check", 3),
        ("ory_attempts whoami", 1),
        ("ory_cache check hit", 2),
        ("ory_cache check miss", 1),
        ("ory_cache whoami miss", 1),
        ("ory_call_duration batch check", 1),
        ("ory_call_duration check", 2),
        ("ory_call_duration whoami", 1),
        ("ory_calls batch check none", 1),
        ("ory_calls check 500", 1),
        ("ory_calls check none", 1),
        ("ory_calls whoami none", 1),
        ("ory_decisions batch check allowed", 1),
        ("ory_decisions batch check denied", 1),
        ("ory_decisions check allowed", 1),
        ("ory_decisions whoami no_session", 1),
    ];
    assert_eq!(counters, expected.map(|(name, count)| (name.to_owned(), count)).into());
}

/// Accepts one export on loopback, and returns its body.
fn collector() -> (String, std::thread::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
        let body = loop {
            let size = stream.read(&mut buffer).unwrap();
            assert!(size > 0, "the connection was closed");
            request.extend_from_slice(&buffer[..size]);
            let Some(end) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
                continue;
            };
            let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let length = head.split("content-length:").nth(1).unwrap();
            let length: usize = length.lines().next().unwrap().trim().parse().unwrap();
            if request.len() >= end + 4 + length {
                break request.split_off(end + 4);
            }
        };
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .unwrap();
        body
    });
    (url, thread)
}

#[test]
fn traces_reach_a_collector_and_their_context_the_server() {
    let (url, received) = collector();
    let exporter = SpanExporter::builder().with_http().with_endpoint(url).build().unwrap();
    let provider = export_traces::tracer_provider(exporter);
    let service = InMemory::new(|_| Ok(json(200, r#"{"allowed":true}"#)));
    let keto = keto(&service, Arc::new(export_traces::TraceContext::default()));
    tracing::subscriber::with_default(export_traces::subscriber(&provider), || {
        let current = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        assert!(current.block_on(keto.check(&check())).unwrap().is_allowed());
    });
    provider.shutdown().unwrap();
    let body = received.join().unwrap();
    let contains = |text: &[u8]| body.windows(text.len()).any(|bytes| bytes == text);
    for text in ["check", "POST /relation-tuples/check/openapi", "keto.test", "url.template"] {
        assert!(contains(text.as_bytes()), "{text}");
    }
    assert!(!contains(b"planted"));
    let requests = service.take_requests();
    let [request] = &requests[..] else { panic!("{requests:?}") };
    let parent = request.headers()["traceparent"].to_str().unwrap();
    let ids: Vec<_> = parent.split('-').collect();
    assert_eq!(ids[0], "00", "{parent}");
    let trace_id: Vec<_> =
        (0..16).map(|i| u8::from_str_radix(&ids[1][2 * i..2 * i + 2], 16).unwrap()).collect();
    assert!(contains(&trace_id), "the collector got another trace");
}

#[derive(Debug)]
struct Hostile;

impl Observer for Hostile {
    fn add_trace_context(&self, headers: &mut http::HeaderMap) {
        for name in ["authorization", "cookie", "host", "traceparent"] {
            headers.insert(name, "planted".parse().unwrap());
        }
    }
}

#[tokio::test]
async fn an_observer_cannot_set_reserved_headers() {
    let service = InMemory::new(|_| Ok(json(200, r#"{"allowed":true}"#)));
    let keto = keto(&service, Arc::new(Hostile));
    assert!(keto.check(&check()).await.unwrap().is_allowed());
    let requests = service.take_requests();
    let names = |request: &Request<Bytes>| {
        let planted = request.headers().iter().filter(|(_, value)| *value == "planted");
        planted.map(|(name, _)| name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(requests.iter().map(names).collect::<Vec<_>>(), [["traceparent"]]);
}
