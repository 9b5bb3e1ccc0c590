//! Settings: what holds, since when, and what holds from now on.

use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Accepted, Ask, Body, Problem, ReadAfter};

use super::State;
use crate::setting::{Command, PutInForce, Setting, Values, Version};

impl Body for PutInForce {}

/// Every version of every setting.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Settings {
    /// What holds where nothing was put in force yet.
    suggested: Values,
    /// All that was ever put in force, oldest first.
    versions: Vec<Version>,
}

/// Let values hold from a day on.
#[utoipa::path(post, path = "/v1/settings", tag = "setting", request_body = PutInForce,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
pub(super) async fn put_in_force(Ask { body, call }: Ask<PutInForce>) -> Result<Response, Problem> {
    let stream = body.values.stream();
    Ok(call.execute::<Setting>(stream, Command::PutInForce(body)).await)
}

/// What was put in force, and what holds otherwise.
#[utoipa::path(get, path = "/v1/settings", tag = "setting",
    responses((status = 200, body = Settings)))]
pub(super) async fn in_force(
    _: ReadAfter,
    Shared(state): Shared<State>,
) -> Result<Json<Settings>, Problem> {
    let executor = state.edge.executor();
    let setting = executor.load::<Setting>(Values::SUGGESTED.stream()).await?.room;
    Ok(Json(Settings { suggested: Values::SUGGESTED, versions: setting.versions }))
}
