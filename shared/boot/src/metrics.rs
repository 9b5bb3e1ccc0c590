//! What a service tells of its work in numbers, at an address of its own: those who look after the
//! machine reach it, the public does not. Keeps nothing, and no label says who anybody is.

mod stands;

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub(crate) use stands::{Looks, Stands};

/// As Prometheus asks for it.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// One service's numbers. Clones tell the same; two services of one process share none.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    pub(crate) fn of(service: &'static str) -> Self {
        let labels = [(Cow::Borrowed("service"), Cow::Borrowed(service))];
        Self { registry: Arc::new(Mutex::new(Registry::with_labels(labels.into_iter()))) }
    }

    /// Takes on what a part has to tell.
    pub fn add(&self, register: impl FnOnce(&mut Registry)) {
        register(&mut self.registry.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Everything as it is now, in the text form of `OpenMetrics`.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry.lock().unwrap_or_else(PoisonError::into_inner));
        text
    }

    pub(crate) async fn serve(self, listener: TcpListener, stop: CancellationToken) {
        let routes = Router::new().route("/metrics", get(move || async move { self.told() }));
        if let Err(error) = web::serve(listener, routes, stop).await {
            // The work goes on without.
            tracing::warn!(%error, "the metrics are not served any more");
        }
    }

    fn told(&self) -> Response {
        let headers = [
            (CONTENT_TYPE, OPENMETRICS),
            (CACHE_CONTROL, "no-store"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        (headers, self.text()).into_response()
    }
}
