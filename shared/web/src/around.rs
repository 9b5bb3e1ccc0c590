//! Around every request: a span that tells method, route, status and time and nothing of anyone; a
//! limit on how many run and for how long; headers that keep answers out of caches; and no error
//! leaves but as a problem.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method, StatusCode};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::{Instrument, Span, field};

use crate::figures::Figures;
use crate::problem::{PROBLEM_JSON, Problem};
use crate::serve::Limits;
use crate::trace::Trace;

#[derive(Clone, Debug)]
pub(crate) struct Around {
    service: &'static str,
    time_max: Duration,
    slots: Arc<Semaphore>,
    figures: Figures,
}

impl Around {
    pub(crate) fn new(service: &'static str, limits: Limits, figures: Figures) -> Self {
        let slots = Arc::new(Semaphore::new(limits.in_flight_max));
        Self { service, time_max: limits.time_max, slots, figures }
    }
}

pub(crate) async fn around(
    State(around): State<Around>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let trace = Trace::of(request.headers());
    let route =
        request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = method(request.method());
    // Of the highest level, so that what is said within it has its trace however quiet the log is.
    let span = tracing::error_span!(
        "http.request",
        service = around.service,
        method,
        route,
        trace_id = trace.id(),
        span_id = trace.span_id(),
        traceparent = trace.given(),
        status = field::Empty,
        latency_ms = field::Empty,
    );
    let is_health = route.starts_with("/health/");
    request.extensions_mut().insert(trace);
    async move {
        let mut response = around.answer(request, next, is_health).await;
        protect(&mut response);
        let (status, took) = (response.status(), began.elapsed());
        tell(status, took, is_health);
        around.figures.answered(method, route, status, took);
        response
    }
    .instrument(span)
    .await
}

/// A method nobody has heard of is a text like any other, and stays out of the log.
fn method(given: &Method) -> &'static str {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        .into_iter()
        .find(|known| given.as_str() == *known)
        .unwrap_or("other")
}

impl Around {
    async fn answer(&self, request: Request, next: Next, is_health: bool) -> Response {
        let slot = self.slots.try_acquire();
        if slot.is_err() && !is_health {
            return Problem::busy().into_response();
        }
        let answered = tokio::time::timeout(self.time_max, next.run(request)).await;
        answered.map_or_else(
            |_| {
                tracing::warn!("a request took longer than it may");
                Problem::too_slow().into_response()
            },
            as_problem,
        )
    }
}

/// Whoever below answered with a bare error may have repeated the request in it.
fn as_problem(response: Response) -> Response {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let content_type = response.headers().get(CONTENT_TYPE);
    if !is_error || content_type.is_some_and(|kind| kind == PROBLEM_JSON) {
        return response;
    }
    // Readiness answers 503 with its own body, which is ours.
    if response.extensions().get::<Untouched>().is_some() {
        return response;
    }
    let mut problem = Problem::of_status(status).into_response();
    for name in [ALLOW, RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            problem.headers_mut().insert(name, value.clone());
        }
    }
    problem
}

/// Marks an answer that is an error by its status and yet whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Untouched;

fn protect(response: &mut Response) {
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
}

fn tell(status: StatusCode, took: Duration, is_health: bool) {
    let latency_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let span = Span::current();
    span.record("status", status.as_u16());
    span.record("latency_ms", latency_ms);
    if is_health && status == StatusCode::OK {
        tracing::debug!("answered");
    } else {
        tracing::info!("answered");
    }
}
