//! The spans of calls and attempts, with OpenTelemetry's names, and nothing personal in them.

use crate::{
    Operation, fake_keto, fake_kratos, keto_operations,
    kratos_operations::{self, Values as KratosValues},
};
use contract_tests::in_memory::{InMemory, error, grpc_status, json};
use keto_client::{
    ApiVersion, Check, HttpServiceErrorKind, KetoClient, KetoGrpcClient, Permissions,
};
use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex},
};
use tracing::{
    Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
};

/// A span or an event.
#[derive(Clone, Debug, Default)]
struct Recorded {
    name: String,
    parent: Option<Id>,
    fields: BTreeMap<String, String>,
}

impl Visit for Recorded {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name().to_owned(), format!("{value:?}").replace('"', ""));
    }
}

impl Recorded {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }
}

/// Records all spans and events of a thread.
#[derive(Clone, Default)]
struct Recorder {
    spans: Arc<Mutex<Vec<(Id, Recorded)>>>,
    events: Arc<Mutex<Vec<Recorded>>>,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut span = Recorded {
            name: attributes.metadata().name().to_owned(),
            parent: context.current_span().id().cloned(),
            ..Recorded::default()
        };
        attributes.record(&mut span);
        self.spans.lock().unwrap().push((id.clone(), span));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut spans = self.spans.lock().unwrap();
        // Ids are used again.
        let (_, span) = spans.iter_mut().rfind(|(span, _)| span == id).unwrap();
        values.record(span);
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut recorded = Recorded::default();
        event.record(&mut recorded);
        self.events.lock().unwrap().push(recorded);
    }
}

impl Recorder {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        tracing::subscriber::set_default(tracing_subscriber::registry().with(self.clone()))
    }

    /// The calls, each with its attempts.
    fn take_calls(&self) -> Vec<(Recorded, Vec<Recorded>)> {
        let mut calls = Vec::<(Id, Recorded, Vec<Recorded>)>::new();
        for (id, span) in std::mem::take(&mut *self.spans.lock().unwrap()) {
            match span.name.as_str() {
                "call" => calls.push((id, span, Vec::new())),
                "attempt" => {
                    let parent = span.parent.clone().expect("an attempt belongs to a call");
                    let call = calls.iter_mut().rfind(|(id, ..)| *id == parent).unwrap();
                    call.2.push(span);
                }
                other => panic!("a span {other}"),
            }
        }
        calls.into_iter().map(|(_, call, attempts)| (call, attempts)).collect()
    }
}

/// That each request has one attempt whose fields are as OpenTelemetry names them.
async fn assert_spans(recorder: &Recorder, service: &InMemory, operations: Vec<Operation<'_>>) {
    for Operation { id, call, .. } in operations {
        service.take_requests();
        recorder.take_calls();
        let _ = call.await;
        let requests = service.take_requests();
        let calls = recorder.take_calls();
        let attempts: Vec<_> = calls.iter().flat_map(|(_, attempts)| attempts).collect();
        assert_eq!(attempts.len(), requests.len(), "{id}: {calls:?}");
        assert!(!calls.is_empty(), "{id}");
        for (call, _) in &calls {
            assert_eq!(call.field("otel.kind"), Some("internal"), "{id}");
            assert!(call.field("otel.name").is_some_and(|name| !name.is_empty()), "{id}");
        }
        for attempt in attempts {
            let method = attempt.field("http.request.method").unwrap();
            let route = attempt.field("url.template").unwrap();
            let sent = |request: &&http::Request<bytes::Bytes>| {
                request.method() == method && is_of_route(request.uri().path(), route)
            };
            let request = requests.iter().find(sent);
            let request = request.unwrap_or_else(|| panic!("{id}: {attempt:?}"));
            assert_eq!(attempt.field("otel.name"), Some(&*format!("{method} {route}")));
            assert_eq!(attempt.field("otel.kind"), Some("client"));
            assert_eq!(attempt.field("server.address"), request.uri().host());
            let port = request.uri().port_u16().unwrap_or(80).to_string();
            assert_eq!(attempt.field("server.port"), Some(&*port));
            let status: u16 = attempt.field("http.response.status_code").unwrap().parse().unwrap();
            assert!((200..500).contains(&status), "{id}: {status}");
            assert_eq!(attempt.field("error.type"), None, "{id}");
            assert_eq!(attempt.field("http.request.resend_count"), None, "{id}");
        }
        let shown = format!("{calls:?} {:?}", recorder.events.lock().unwrap());
        assert!(!shown.contains("planted") && !shown.contains('?'), "{id}: {shown}");
    }
}

/// Whether a path is of a route such as `/sessions/{id}`.
fn is_of_route(path: &str, route: &str) -> bool {
    let (path, route) = (path.split('/'), route.split('/'));
    path.clone().count() == route.clone().count()
        && path.zip(route).all(|(segment, name)| name.starts_with('{') || segment == name)
}

#[tokio::test]
async fn every_request_of_every_operation_has_a_span() {
    let recorder = Recorder::default();
    let _guard = recorder.listen();
    let service = InMemory::new(fake_kratos::current);
    let kratos = fake_kratos::client(service.config(), kratos_client::ApiVersion::Current);
    for values in KratosValues::of_browser_and_app() {
        let operations = kratos_operations::all(&kratos, &values);
        Box::pin(assert_spans(&recorder, &service, operations)).await;
    }
    let values = keto_operations::Values::default();
    let service = InMemory::new(|request| fake_keto::current(request, Some(10)));
    let keto = fake_keto::client(service.config(), ApiVersion::Current);
    assert_spans(&recorder, &service, keto_operations::all(&keto, &values)).await;
    let service = InMemory::new(|request| fake_keto::over_grpc(request, 10));
    let keto = fake_keto::grpc_client(service.config());
    assert_spans(&recorder, &service, keto_operations::all(&keto, &values)).await;
}

#[tokio::test(start_paused = true)]
async fn a_retry_is_another_attempt_of_the_same_call() {
    let recorder = Recorder::default();
    let _guard = recorder.listen();
    let check: Check =
        "app:homepage#read@planted".parse::<keto_client::RelationTuple>().unwrap().into();
    let over_http = InMemory::in_turn([error(503, "busy"), json(200, r#"{"allowed":false}"#)]);
    let http = KetoClient::builder().read_url("http://keto.test").http(over_http.config());
    let http = http.api_version(ApiVersion::Current).build().unwrap();
    let over_grpc =
        InMemory::in_turn([grpc_status(14, "busy"), contract_tests::in_memory::grpc(&[])]);
    let grpc = KetoGrpcClient::builder().read_url("http://keto.test").http(over_grpc.config());
    let grpc = grpc.build().unwrap();
    for keto in [&http as &dyn Permissions, &grpc] {
        assert!(!keto.check(&check).await.unwrap().is_allowed());
        let calls = recorder.take_calls();
        let [(call, attempts)] = &calls[..] else { panic!("{calls:?}") };
        // A denial is no error.
        assert_eq!((call.field("otel.name"), call.field("error.type")), (Some("check"), None));
        let [first, second] = &attempts[..] else { panic!("{attempts:?}") };
        assert_eq!(first.field("http.request.resend_count"), None);
        assert_eq!(second.field("http.request.resend_count"), Some("1"));
        assert_eq!(second.field("error.type"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_without_a_usable_response_has_an_error_type() {
    let recorder = Recorder::default();
    let _guard = recorder.listen();
    let check: Check =
        "app:homepage#read@planted".parse::<keto_client::RelationTuple>().unwrap().into();
    let refused = |kind: HttpServiceErrorKind| InMemory::new(move |_| Err(kind));
    for (service, expected) in [
        (InMemory::new(|_| Ok(error(503, "planted"))), "503"),
        (InMemory::new(|_| Ok(error(429, "planted"))), "429"),
        (refused(HttpServiceErrorKind::Connect), "connect"),
        (refused(HttpServiceErrorKind::Timeout), "timeout"),
        (refused(HttpServiceErrorKind::Interrupted), "transport"),
    ] {
        let keto = KetoClient::builder().read_url("http://keto.test").http(service.config());
        let keto = keto.api_version(ApiVersion::Current).build().unwrap();
        keto.check(&check).await.unwrap_err();
        let calls = recorder.take_calls();
        let [(call, attempts)] = &calls[..] else { panic!("{calls:?}") };
        for span in std::iter::once(call).chain(attempts) {
            assert_eq!(span.field("error.type"), Some(expected));
            assert_eq!(span.field("otel.status_code"), Some("ERROR"));
        }
        assert!(!format!("{calls:?}").contains("planted"));
    }
}
