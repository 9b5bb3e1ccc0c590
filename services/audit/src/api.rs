//! The routes: questions in, rows out. There is no command here; the one thing ever written is that
//! somebody looked at names.

mod timeline;
mod names;
mod records;
mod chain;
mod moment;

use std::sync::Arc;

use axum::extract::FromRef;
use boot::{Service, StartError};
use eventstore::view::Progress;
use sqlx::PgPool;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vault::Vault;
use web::Edge;

/// What routes work with.
#[derive(Clone)]
pub struct State {
    edge: Edge,
    progress: Progress,
    pool: PgPool,
    vault: Arc<Vault>,
}

impl State {
    /// From what every service has, and the vault.
    pub fn new(service: &Service, vault: Arc<Vault>) -> Result<Self, StartError> {
        Ok(Self {
            edge: service.edge(&[])?,
            progress: service.progress.clone(),
            pool: service.pool.clone(),
            vault,
        })
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
        .routes(routes!(timeline::timeline))
        .routes(routes!(records::search))
        .routes(routes!(records::one))
        .routes(routes!(chain::standings))
        .routes(routes!(chain::verify))
}
