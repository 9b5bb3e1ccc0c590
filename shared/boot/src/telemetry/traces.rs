//! Hands our spans on as OpenTelemetry knows them, under the very trace ids that the log has. Which
//! spans, and which of their fields, is a closed list: no id of anybody's, no text, no line of the log
//! leaves by this way. Whoever is traced never waits for it.

mod sending;

use std::time::Duration;

use eventstore::Clock;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::span::{Link, SpanKind};
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;
use uuid::Uuid;

/// The spans that are handed on, and what they are to others.
const SPANS: [(&str, SpanKind); 8] = [
    ("http.request", SpanKind::Server),
    ("command", SpanKind::Internal),
    ("commit", SpanKind::Internal),
    ("relay", SpanKind::Producer),
    ("fact", SpanKind::Consumer),
    ("view", SpanKind::Internal),
    ("policy", SpanKind::Internal),
    ("timer", SpanKind::Internal),
];
/// The fields that are handed on, and under which name.
const ATTRIBUTES: [(&str, &str); 10] = [
    ("method", "http.request.method"),
    ("route", "http.route"),
    ("status", "http.response.status_code"),
    ("room", "involvement.room"),
    ("outcome", "involvement.outcome"),
    ("commands", "involvement.commands"),
    ("fact", "involvement.fact"),
    ("subscriber", "involvement.subscriber"),
    ("view", "involvement.view"),
    ("policy", "involvement.policy"),
];
/// Spans that wait to be handed on; what comes while there are so many is dropped.
const WAITING_MAX: usize = 8192;
/// How long a stop waits for what was not handed on yet.
const ENDS_WITHIN: Duration = Duration::from_secs(2);

/// Whether anybody is to be handed this.
pub(super) fn is_handed_on(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && kind_of(metadata.name()).is_some()
}

fn kind_of(name: &str) -> Option<SpanKind> {
    SPANS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// Takes spans as they end.
#[derive(Debug)]
pub(super) struct Traces {
    ended: mpsc::Sender<Span>,
    clock: Clock,
}

/// The task that hands spans on.
#[derive(Debug)]
pub(super) struct Handing {
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Traces {
    /// To the collector at this address. Has to be called where tasks can run.
    pub(super) fn to(endpoint: &str, service: &'static str) -> Option<(Self, Handing)> {
        let sender = sending::Sender::to(endpoint, service)?;
        let (ended, spans) = mpsc::channel(WAITING_MAX);
        let handing = Handing { tasks: TaskTracker::new(), stop: CancellationToken::new() };
        handing.tasks.spawn(sender.run(spans, handing.stop.clone()));
        Some((Self { ended, clock: Clock::machine() }, handing))
    }

    fn now_nanoseconds(&self) -> u64 {
        u64::try_from(self.clock.now().as_nanosecond()).unwrap_or(0)
    }
}

impl Handing {
    /// Hands on what is left, for a bounded time.
    pub(super) async fn end(self) {
        self.stop.cancel();
        self.tasks.close();
        // What is not taken by then is lost; nobody waits longer for a trace.
        let _ = tokio::time::timeout(ENDS_WITHIN, self.tasks.wait()).await;
    }
}

/// What a span says of itself.
#[derive(Default)]
struct Said {
    trace_id: Option<[u8; 16]>,
    span_id: Option<[u8; 8]>,
    /// The trace and the span that it follows from, in another process or at another time.
    follows: Option<([u8; 16], [u8; 8])>,
    attributes: Vec<KeyValue>,
    failed: bool,
    /// Somebody only looks whether the process is well, which is done all day.
    only_looks: bool,
}

impl<S> Layer<S> for Traces
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let Some(kind) = kind_of(span.name()) else { return };
        let mut said = Said::default();
        attributes.record(&mut said);
        if said.only_looks {
            return;
        }
        let around = span.scope().skip(1).find_map(|outer| {
            let extensions = outer.extensions();
            let outer = extensions.get::<Span>()?;
            Some((outer.trace_id.clone(), outer.span_id.clone()))
        });
        let follows = said.follows.map(|(trace, span)| (trace.to_vec(), span.to_vec()));
        let own = said.trace_id.map(|id| id.to_vec());
        let trace_id = own
            .or_else(|| around.as_ref().map(|(trace, _)| trace.clone()))
            .unwrap_or_else(|| fresh().to_vec());
        // Whoever stands around a span is its parent, unless it says itself whom it follows.
        let parent = follows.or(around).filter(|(trace, _)| *trace == trace_id);
        let (fresh, began) = (fresh(), self.now_nanoseconds());
        let span_id = said.span_id.map_or_else(|| fresh[8..].to_vec(), |id| id.to_vec());
        let handed_on = Span {
            trace_id,
            span_id,
            parent_span_id: parent.map(|(_, span)| span).unwrap_or_default(),
            name: span.name().to_owned(),
            kind: i32::from(kind),
            start_time_unix_nano: began,
            attributes: said.attributes,
            ..Span::default()
        };
        span.extensions_mut().insert(handed_on);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut said = Said::default();
        values.record(&mut said);
        if let Some(span) = span.extensions_mut().get_mut::<Span>() {
            span.attributes.append(&mut said.attributes);
            if said.failed {
                let code = i32::from(StatusCode::Error);
                span.status = Some(Status { code, ..Status::default() });
            }
        }
    }

    /// A commit follows from each command in it.
    fn on_follows_from(&self, id: &Id, cause: &Id, context: Context<'_, S>) {
        let (Some(span), Some(cause)) = (context.span(id), context.span(cause)) else { return };
        let link = cause.extensions().get::<Span>().map(|cause| Link {
            trace_id: cause.trace_id.clone(),
            span_id: cause.span_id.clone(),
            ..Link::default()
        });
        if let (Some(link), Some(span)) = (link, span.extensions_mut().get_mut::<Span>()) {
            span.links.push(link);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let ended = span.extensions_mut().remove::<Span>();
        if let Some(mut ended) = ended {
            ended.end_time_unix_nano = self.now_nanoseconds();
            // A collector that does not keep up loses traces; nobody waits for it.
            let _ = self.ended.try_send(ended);
        }
    }
}

fn fresh() -> [u8; 16] {
    *Uuid::now_v7().as_bytes()
}

impl Said {
    fn add(&mut self, field: &Field, value: Value) {
        let name = ATTRIBUTES.iter().find(|(known, _)| *known == field.name());
        if let Some((_, name)) = name {
            let value = Some(AnyValue { value: Some(value) });
            self.attributes.push(KeyValue {
                key: (*name).to_owned(),
                value,
                ..KeyValue::default()
            });
        }
    }
}

impl Visit for Said {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.failed |= field.name() == "status" && value >= 500;
        self.add(field, Value::IntValue(i64::try_from(value).unwrap_or(i64::MAX)));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.only_looks |= field.name() == "route" && value.starts_with("/health/");
        match field.name() {
            "trace_id" => self.trace_id = bytes(value),
            "span_id" => self.span_id = bytes(value),
            "traceparent" => self.follows = follows(value),
            _ => self.add(field, Value::StringValue(value.to_owned())),
        }
    }

    /// What is only written for people is not handed on.
    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

fn follows(traceparent: &str) -> Option<([u8; 16], [u8; 8])> {
    let mut parts = traceparent.split('-').skip(1);
    Some((bytes(parts.next()?)?, bytes(parts.next()?)?))
}

fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if hex.len() != 2 * N {
        return None;
    }
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(bytes)
}
