//! Exports the spans of all calls by OTLP over HTTP, and sends their trace context to the server.
//!
//! ```sh
//! export KETO_API_READ_URL=http://127.0.0.1:4466
//! export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318
//! cargo run -p keto-client --example export_traces -- app:homepage#read@User:ann
//! ```

use keto_client::{
    Check, HttpConfig, KetoClientBuilder, Observer, Permissions, RelationTuple, env_vars,
    reexports::http::{HeaderMap, HeaderName, HeaderValue},
};
use opentelemetry::{
    propagation::{Injector, TextMapPropagator},
    trace::TracerProvider,
};
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::{propagation::TraceContextPropagator, trace::SdkTracerProvider};
use std::{error::Error, sync::Arc};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;

/// Adds `traceparent` and `tracestate` of the current span to each request.
#[derive(Debug, Default)]
pub struct TraceContext(TraceContextPropagator);

impl Observer for TraceContext {
    fn add_trace_context(&self, headers: &mut HeaderMap) {
        self.0.inject_context(&tracing::Span::current().context(), &mut Headers(headers));
    }
}

struct Headers<'a>(&'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}

/// A tracer provider that exports to a collector.
pub fn tracer_provider(exporter: SpanExporter) -> SdkTracerProvider {
    SdkTracerProvider::builder().with_batch_exporter(exporter).build()
}

/// A subscriber whose spans the provider exports.
pub fn subscriber(provider: &SdkTracerProvider) -> impl tracing::Subscriber + Send + Sync + use<> {
    let tracer = provider.tracer("keto-client");
    tracing_subscriber::registry().with(tracing_opentelemetry::layer().with_tracer(tracer))
}

#[tokio::main]
#[allow(dead_code, reason = "a test includes this file for the rest of it")]
async fn main() -> Result<(), Box<dyn Error>> {
    let tuple: RelationTuple = std::env::args().nth(1).ok_or("name a relation tuple")?.parse()?;
    let provider = tracer_provider(SpanExporter::builder().with_http().build()?);
    tracing::subscriber::set_global_default(subscriber(&provider))?;
    let http = HttpConfig::from_vars("KETO", &env_vars)?;
    let http = http.observer(Arc::new(TraceContext::default()));
    let keto = KetoClientBuilder::from_env()?.http(http).build()?;
    let result = keto.check(&Check::new(tuple)).await;
    // The last spans are exported now.
    tokio::task::spawn_blocking(move || provider.shutdown()).await??;
    tracing::info!(decision = ?result?);
    Ok(())
}
