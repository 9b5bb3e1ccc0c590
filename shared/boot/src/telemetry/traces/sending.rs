//! Sends spans to a collector, as protobuf over HTTP, some at a time. One that is away, slow or full
//! loses them and is told of once.

use std::time::Duration;

use http::header::CONTENT_TYPE;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Spans sent together at most.
const AT_ONCE_MAX: usize = 512;
/// How long the first of them waits for others.
const GATHERS: Duration = Duration::from_secs(1);
/// How long a collector may take.
const TAKES_WITHIN: Duration = Duration::from_secs(5);

pub(super) struct Sender {
    client: reqwest::Client,
    url: String,
    resource: Resource,
    is_refused: bool,
}

impl Sender {
    /// `None`, told of, where no client can be made.
    pub(super) fn to(endpoint: &str, service: &'static str) -> Option<Self> {
        let client = reqwest::Client::builder().timeout(TAKES_WITHIN).build();
        let client = client.inspect_err(|_| tracing::warn!("no traces can be handed on")).ok()?;
        let attributes = [
            ("service.name", service),
            ("service.namespace", "involvement"),
            ("service.version", env!("CARGO_PKG_VERSION")),
        ];
        let attribute = |(key, value): (&str, &str)| KeyValue {
            key: key.to_owned(),
            value: Some(AnyValue { value: Some(Value::StringValue(value.to_owned())) }),
            ..KeyValue::default()
        };
        let attributes = attributes.into_iter().map(attribute).collect();
        Some(Self {
            client,
            url: format!("{}/v1/traces", endpoint.trim_end_matches('/')),
            resource: Resource { attributes, ..Resource::default() },
            is_refused: false,
        })
    }

    pub(super) async fn run(mut self, mut spans: mpsc::Receiver<Span>, stop: CancellationToken) {
        let mut gathered = Vec::with_capacity(AT_ONCE_MAX);
        let mut looks = tokio::time::interval(GATHERS);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let left = AT_ONCE_MAX - gathered.len();
            let is_time = tokio::select! {
                n = spans.recv_many(&mut gathered, left) => n == left,
                _ = looks.tick() => true,
                () = stop.cancelled(), if !spans.is_closed() => {
                    spans.close();
                    false
                }
            };
            if is_time && !gathered.is_empty() {
                self.send(std::mem::take(&mut gathered)).await;
            }
            if spans.is_closed() && spans.is_empty() {
                break;
            }
        }
        if !gathered.is_empty() {
            self.send(gathered).await;
        }
    }

    async fn send(&mut self, spans: Vec<Span>) {
        let scope = InstrumentationScope { name: "involvement".to_owned(), ..Default::default() };
        let request = ExportTraceServiceRequest {
            resource_spans: vec![ResourceSpans {
                resource: Some(self.resource.clone()),
                scope_spans: vec![ScopeSpans { scope: Some(scope), spans, ..Default::default() }],
                ..ResourceSpans::default()
            }],
        };
        let sent = self
            .client
            .post(&self.url)
            .header(CONTENT_TYPE, "application/x-protobuf")
            .body(request.encode_to_vec())
            .send()
            .await;
        let is_taken = sent.is_ok_and(|answer| answer.status().is_success());
        // Once for each change. What the client says may repeat the address, so it stays out.
        match (is_taken, self.is_refused) {
            (false, false) => tracing::warn!("traces are not taken; the work goes on without them"),
            (true, true) => tracing::info!("traces are taken again"),
            (true, false) | (false, true) => {}
        }
        self.is_refused = !is_taken;
    }
}
