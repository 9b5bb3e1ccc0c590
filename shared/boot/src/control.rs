//! The control call by which the launcher, and nobody else, moves the clock of a process it started
//! and asks whether everything has settled. Without [`Launched`] none of this exists.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use eventstore::view::Progress;
use eventstore::{Executor, reader, timer};
use http::{StatusCode, header};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use web::Problem;

use crate::traffic::Traffic;

/// Proof that the launcher started this process: it alone knows the token.
#[derive(Clone, Debug)]
pub struct Launched {
    /// Sent as bearer token with each control call.
    pub token: SecretString,
}

/// Where a process stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Standing {
    /// What its clock shows.
    pub now: Timestamp,
    /// When its earliest timer is due.
    pub next_due: Option<Timestamp>,
    /// Its log's last position.
    pub head: i64,
    /// What is still under way here; empty when everything here has settled.
    pub waiting: Vec<String>,
    /// How far it has heard each other service; that one's head, when everything there is heard.
    pub heard: BTreeMap<String, i64>,
}

/// The clock is to be moved.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvanceTo {
    /// To where; never backwards.
    pub to: Timestamp,
}

#[derive(Clone)]
pub(crate) struct Control {
    pub(crate) service: &'static str,
    pub(crate) executor: Executor,
    pub(crate) progress: Progress,
    pub(crate) traffic: Traffic,
    pub(crate) wake: Arc<Notify>,
    pub(crate) token: SecretString,
}

impl Control {
    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route("/clock", post(advance))
            .route("/standing", get(standing))
            .layer(from_fn_with_state(self.clone(), only_the_launcher))
            .with_state(self)
    }
}

/// Where a process stands: its clock, its next timer, its log, and what has not caught up with it.
pub(crate) async fn standing_of(
    service: &str,
    executor: &Executor,
    progress: &Progress,
    traffic: &Traffic,
) -> Result<Standing, sqlx::Error> {
    let now = executor.clock().now();
    let next_due = timer::next_due(executor.pool()).await?;
    let head = reader::head(executor.pool()).await?.position;
    let mut waiting = Vec::new();
    if next_due.is_some_and(|due| due <= now) {
        waiting.push("a timer is due".to_owned());
    }
    for ((source, name), reached) in progress.now() {
        let of_this_log = source.split(' ').next() == Some(service);
        if of_this_log && reached.position < head {
            waiting.push(format!("{name} is at {} of {head}", reached.position));
        }
    }
    waiting.extend(traffic.waiting(head));
    Ok(Standing { now, next_due, head, waiting, heard: traffic.heard() })
}

async fn only_the_launcher(
    State(control): State<Control>,
    request: Request,
    next: Next,
) -> Response {
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "))
        .unwrap_or_default();
    if verify_slices_are_equal(given, control.token.expose_secret().as_bytes()).is_ok() {
        next.run(request).await
    } else {
        Problem::sign_in().into_response()
    }
}

async fn advance(State(control): State<Control>, Json(asked): Json<AdvanceTo>) -> Response {
    match control.executor.clock().advance_to(asked.to) {
        Ok(()) => {
            control.wake.notify_one();
            told(&control).await
        }
        Err(backwards) => (StatusCode::CONFLICT, backwards.to_string()).into_response(),
    }
}

async fn standing(State(control): State<Control>) -> Response {
    told(&control).await
}

async fn told(control: &Control) -> Response {
    match standing_of(control.service, &control.executor, &control.progress, &control.traffic).await
    {
        Ok(standing) => Json(standing).into_response(),
        Err(error) => {
            tracing::warn!(%error, "the database cannot be asked where this process stands");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
