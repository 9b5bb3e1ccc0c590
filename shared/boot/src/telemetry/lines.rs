//! Writes each event as one line of JSON, with the service, the build and the trace it belongs to,
//! wherever on the way the trace was named. Writes no line in two parts.

use std::error::Error;
use std::fmt;

use eventstore::Clock;
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, Scope};

/// A log, line by line.
pub struct Lines<W> {
    service: &'static str,
    write: W,
    clock: Clock,
}

impl<W: Fn(&[u8])> Lines<W> {
    /// Of a service's process, handed line by line to `write`.
    pub fn new(service: &'static str, write: W) -> Self {
        Self { service, write, clock: Clock::machine() }
    }
}

impl<W> fmt::Debug for Lines<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").field("service", &self.service).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'static str,
    service: Value,
    build: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Value>,
    #[serde(flatten)]
    fields: Map<String, Value>,
    target: &'a str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    within: Map<String, Value>,
}

/// What a span was told.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl<S, W> Layer<S> for Lines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&[u8]) + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        // The trace's own id says all that a line needs.
        for of_traces in ["traceparent", "span_id"] {
            fields.0.remove(of_traces);
        }
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut within = Map::new();
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(Fields(fields)) = span.extensions().get() {
                within.extend(fields.clone());
            }
            within.insert("span".to_owned(), Value::from(span.name()));
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let Fields(mut fields) = fields;
        let own = ["service", "trace_id"].map(|name| fields.remove(name).or(within.remove(name)));
        let [service, trace_id] = own;
        let line = Line {
            timestamp: self.clock.now().to_string(),
            level: event.metadata().level().as_str(),
            service: service.unwrap_or_else(|| self.service.into()),
            build: crate::BUILD,
            trace_id,
            message: fields.remove("message"),
            fields,
            target: event.metadata().target(),
            within,
        };
        if let Ok(mut line) = serde_json::to_vec(&line) {
            line.push(b'\n');
            (self.write)(&line);
        }
    }
}

impl Fields {
    fn add(&mut self, field: &Field, value: impl Into<Value>) {
        let name = field.name();
        self.0.insert(name.strip_prefix("r#").unwrap_or(name).to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    /// With its causes, and without what a database or a parser repeats of what it was given.
    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.add(field, web::chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format!("{value:?}"));
    }
}
