//! The routes: command in, row out. Who may use them stands in `access`, what they mean in the room.

mod bodies;
mod commands;
mod queries;
mod pages;
mod reach;
mod readings;

use axum::extract::FromRef;
use boot::{Service, StartError};
use eventstore::view::Progress;
use sqlx::PgPool;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::Edge;

use crate::kinds::Voice;

pub use bodies::Nothing;

/// What routes work with.
#[derive(Clone, Debug)]
pub struct State {
    edge: Edge,
    progress: Progress,
    pool: PgPool,
    voice: Voice,
}

impl State {
    /// From what every service has, and the voice people are told in.
    pub fn new(service: &Service, voice: Voice) -> Result<Self, StartError> {
        Ok(Self {
            edge: service.edge(&[("message", "/v1/messages")])?,
            progress: service.progress.clone(),
            pool: service.pool.clone(),
            voice,
        })
    }
}

impl FromRef<State> for Edge {
    fn from_ref(state: &State) -> Self {
        state.edge.clone()
    }
}

impl FromRef<State> for Progress {
    fn from_ref(state: &State) -> Self {
        state.progress.clone()
    }
}

/// Every route of the service.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(queries::mine))
        .routes(routes!(queries::all))
        .routes(routes!(queries::one))
        .routes(routes!(queries::exports))
        .routes(routes!(queries::today))
        .routes(routes!(commands::send_again))
        .routes(routes!(commands::release))
        .routes(routes!(commands::record_call))
        .routes(routes!(commands::record_given))
}
