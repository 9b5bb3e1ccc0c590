//! Puts a service's routes into the house: access, limits, health, description; and serves them
//! until told to stop. No route of a service's own is here.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::access::{Access, guard};
use crate::around::{Around, Untouched, around};
use crate::describe;
use crate::fault;
use crate::figures::Figures;
use crate::problem::Problem;
use crate::readiness::Readiness;

mod lines;
#[cfg(test)]
mod tests;

use lines::Bears;

/// How long requests that still run may take to end after a stop: nearly all take milliseconds, and a
/// process has to be gone soon. Whoever is cut off repeats the request with its key.
const DRAIN_MAX: Duration = Duration::from_secs(6);
/// How long the head of a request may take, and how long a line may be idle: longer than any client of
/// ours leaves one between two requests of one act.
const HEAD_TIME_MAX: Duration = Duration::from_secs(30);
/// How many connections one process holds; twice what it works on at once.
const LINES_MAX: usize = 2048;

/// What stands around a service's routes.
#[derive(Clone, Debug)]
pub struct House {
    /// The service's name, as in tokens.
    pub service: &'static str,
    /// Who may use them.
    pub access: Access,
    /// Whether the process can do its work.
    pub readiness: Readiness,
    /// How much and how long.
    pub limits: Limits,
    /// Where requests are counted.
    pub figures: Figures,
}

/// How much one process takes on.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest body of any route, in bytes; a command's own limit is smaller.
    pub body_bytes_max: usize,
    /// The longest a request may take.
    pub time_max: Duration,
    /// How many requests run at once; more are asked to come back.
    pub in_flight_max: usize,
}

impl Default for Limits {
    /// 8 MiB, 10 seconds, 1024 at once.
    fn default() -> Self {
        Self {
            body_bytes_max: 8 * 1024 * 1024,
            time_max: Duration::from_secs(10),
            in_flight_max: 1024,
        }
    }
}

/// A service's routes, whole: behind the access table, described at `/openapi.json`, with
/// `/health/live` and `/health/ready`, which need no token.
pub fn finish<S>(router: OpenApiRouter<S>, state: S, house: House) -> Router
where
    S: Clone + Send + Sync + 'static,
{
    let House { service, access, readiness, limits, figures } = house;
    let (served, mut openapi) = router.split_for_parts();
    describe::complete(&mut openapi, service, &access.table);
    let description = describe::written(&openapi).map(bytes::Bytes::from).unwrap_or_default();
    // A router without routes has nothing to guard, and axum refuses a layer for it.
    let served = if served.has_routes() {
        served.route_layer(from_fn_with_state(access, guard))
    } else {
        served
    };
    served
        .with_state(state)
        .route("/openapi.json", get(move || async move { described(description) }))
        .route("/health/live", get(StatusCode::NO_CONTENT))
        .route("/health/ready", get(move || async move { ready(&readiness) }))
        .fallback(Problem::unknown())
        .method_not_allowed_fallback(|| async { Problem::method() })
        .layer(DefaultBodyLimit::max(limits.body_bytes_max))
        .layer(RequestBodyLimitLayer::new(limits.body_bytes_max))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(Around::new(service, limits, figures), around))
}

fn described(description: bytes::Bytes) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], description).into_response()
}

fn ready(readiness: &Readiness) -> Response {
    let mut response = readiness.tell();
    response.extensions_mut().insert(Untouched);
    response
}

/// What a panic said may hold anything, so it is not repeated here.
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    fault::told("a route panicked").into_response()
}

/// Serves until `stop`, then lets what runs come to its end, for a bounded time.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let bears = Bears { head_time: HEAD_TIME_MAX, lines: LINES_MAX, drain_time: DRAIN_MAX };
    lines::take_in(listener, router, stop, bears).await
}
