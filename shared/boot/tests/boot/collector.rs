//! A collector of traces: listens where services hand their spans on, reads them as they are defined,
//! and keeps them to be looked at. Or one that never answers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A span with the service that it is of.
#[derive(Clone, Debug)]
pub struct Collected {
    pub service: String,
    pub span: Span,
}

pub struct Collector {
    pub endpoint: String,
    collected: Arc<Mutex<Vec<Collected>>>,
    listening: JoinHandle<()>,
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Collector {
    #[expect(clippy::disallowed_methods, reason = "a collector of a story's own ends with it")]
    pub async fn start() -> Self {
        let collected = Arc::<Mutex<Vec<Collected>>>::default();
        let kept = Arc::clone(&collected);
        let take = move |body: Bytes| async move {
            let request = ExportTraceServiceRequest::decode(body).unwrap();
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend(request.resource_spans.into_iter().flat_map(of_resource));
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().route("/v1/traces", post(take));
        let listening = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { endpoint, collected, listening }
    }

    /// One that takes connections and says nothing.
    #[expect(clippy::disallowed_methods, reason = "a collector of a story's own ends with it")]
    pub async fn silent() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let listening = tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok(connection) = listener.accept().await {
                held.push(connection);
            }
        });
        Self { endpoint, collected: Arc::default(), listening }
    }

    pub fn all(&self) -> Vec<Collected> {
        self.collected.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The spans of a trace with this name, of this service.
    pub fn named(&self, trace: &str, service: &str, name: &str) -> Vec<Collected> {
        let is_meant = |it: &Collected| {
            hex(&it.span.trace_id) == trace && it.service == service && it.span.name == name
        };
        self.all().into_iter().filter(is_meant).collect()
    }
}

fn of_resource(of: opentelemetry_proto::tonic::trace::v1::ResourceSpans) -> Vec<Collected> {
    let attributes = attributes(&of.resource.unwrap().attributes);
    let service = attributes["service.name"].clone();
    let spans = of.scope_spans.into_iter().flat_map(|scope| scope.spans);
    spans.map(|span| Collected { service: service.clone(), span }).collect()
}

/// As texts, by name.
pub fn attributes(all: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |it: &KeyValue| match it.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    all.iter().map(|it| (it.key.clone(), text(it))).collect()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
