//! The routes: command in, row out. Who may use them stands in `access`, what they mean in the room.

mod bodies;
mod commands;
mod queries;
mod settings;

use axum::extract::FromRef;
use boot::{Service, StartError};
use eventstore::view::Progress;
use sqlx::PgPool;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Edge, Problem};

use crate::opportunity::AdvertRules;
use crate::setting::{Setting, Values};

pub use bodies::{Begin, Nothing};

/// What routes work with.
#[derive(Clone, Debug)]
pub struct State {
    edge: Edge,
    progress: Progress,
    pool: PgPool,
}

impl State {
    /// From what every service has.
    pub fn new(service: &Service) -> Result<Self, StartError> {
        Ok(Self {
            edge: service.edge(&[("opportunity", "/v1/opportunities")])?,
            progress: service.progress.clone(),
            pool: service.pool.clone(),
        })
    }

    /// What adverts are held to today, and the version of the setting that says so.
    async fn rules(&self) -> Result<(AdvertRules, Option<String>), Problem> {
        let executor = self.edge.executor();
        let setting = executor.load::<Setting>(Values::SUGGESTED.stream()).await?.room;
        Ok(match setting.in_force(executor.clock().today()) {
            Some(version) => (version.values.advert_rules(), Some(version.cited())),
            None => (Values::SUGGESTED.advert_rules(), None),
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
        .routes(routes!(queries::open, commands::draft))
        .routes(routes!(queries::one))
        .routes(routes!(queries::today))
        .routes(routes!(settings::in_force, settings::put_in_force))
        .routes(routes!(commands::revise))
        .routes(routes!(commands::submit_for_review))
        .routes(routes!(commands::return_for_revision))
        .routes(routes!(commands::approve))
        .routes(routes!(commands::open))
        .routes(routes!(commands::close))
        .routes(routes!(commands::extend_closing))
        .routes(routes!(commands::withdraw))
        .routes(routes!(commands::record_outcome))
        .routes(routes!(commands::record_publicity))
        .routes(routes!(commands::readvertise))
}
