//! Spans by OTLP over HTTP, where `[telemetry] otlp` names a collector.
//!
//! Trace and span ids travel in message headers ([`crate::trace`]), so a span is told of when it is over, with the ids it
//! already has; nothing is carried through the code in between. A collector that is away or slow costs spans, nothing else.

use crate::trace::TraceContext;
use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    BatchSpanProcessor, SpanData, SpanEvents, SpanLinks, SpanProcessor,
};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

/// Where OTLP over HTTP takes spans.
const PATH: &str = "/v1/traces";
/// How long a batch is offered, and how long the last ones are at the end.
const PATIENCE: Duration = Duration::from_secs(5);

static EXPORT: OnceLock<BatchSpanProcessor> = OnceLock::new();

/// Sends spans to the collector at `address` from now on.
///
/// # Errors
/// An address that is none.
pub(crate) fn start(address: &str) -> Result<(), String> {
    let base = address.trim_end_matches('/').trim_end_matches(PATH);
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{base}{PATH}"))
        .with_timeout(PATIENCE)
        .build()
        .map_err(|e| {
            format!("traces cannot be sent to {address}: {e}; correct `otlp` under [telemetry]")
        })?;
    let mut export = BatchSpanProcessor::builder(exporter).build();
    let resource = Resource::builder()
        .with_service_name("copydesk")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    export.set_resource(&resource.build());
    // A second start in one process keeps the first.
    let _ = EXPORT.set(export);
    Ok(())
}

/// Sends what is left.
pub(crate) fn stop() {
    if let Some(export) = EXPORT.get()
        && let Err(error) = export.shutdown_with_timeout(PATIENCE)
    {
        tracing::warn!(%error, "the last spans were not sent");
    }
}

/// Tells of a step of an article's way that took `took` and is over now. `parent` counts where it is of the same trace.
pub(crate) fn record(
    name: &'static str,
    step: &TraceContext,
    parent: Option<&TraceContext>,
    article: &str,
    took: Duration,
) {
    let Some(export) = EXPORT.get() else {
        return;
    };
    let (trace, span) = step.parts();
    let parent = parent.map(TraceContext::parts).filter(|(t, _)| *t == trace);
    let end_time = SystemTime::now();
    export.on_end(SpanData {
        span_context: SpanContext::new(
            TraceId::from(trace),
            SpanId::from(span),
            TraceFlags::SAMPLED,
            false,
            TraceState::default(),
        ),
        parent_span_id: parent.map_or(SpanId::INVALID, |(_, span)| SpanId::from(span)),
        parent_span_is_remote: parent.is_some(),
        span_kind: match parent {
            Some(_) => SpanKind::Consumer,
            None => SpanKind::Producer,
        },
        name: name.into(),
        start_time: end_time.checked_sub(took).unwrap_or(end_time),
        end_time,
        attributes: vec![KeyValue::new("copydesk.article", article.to_owned())],
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: Status::Ok,
        instrumentation_scope: InstrumentationScope::builder("copydesk").build(),
    });
}
