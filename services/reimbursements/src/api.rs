//! The routes: command in, row out. Personal values come in clear and are sealed here, and opened here
//! again for those who may read them; who may use a route stands in `access`, what a command means in
//! its room.

mod given;
mod sealing;
mod bodies;
mod known;
mod reach;
mod claims;
mod claim_pages;
mod claim_lists;
mod bank_account;
mod rate_cards;
mod settings;
mod payment_batches;
mod payment_exports;
mod payment_pages;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use boot::{Service, StartError};
use eventstore::reader;
use eventstore::view::Progress;
use sqlx::PgPool;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vault::Vault;
use web::{Edge, Problem};

use crate::NAME;
use crate::exports::ExportsFolder;

/// How long a command waits for the rows it is decided by.
const WAITS_FOR_VIEWS: Duration = Duration::from_secs(2);

/// What routes work with.
#[derive(Clone)]
pub struct State {
    edge: Edge,
    progress: Progress,
    pool: PgPool,
    vault: Arc<Vault>,
    exports: ExportsFolder,
}

impl State {
    /// From what every service has, the vault and the folder for files.
    pub fn new(
        service: &Service,
        vault: Arc<Vault>,
        exports: ExportsFolder,
    ) -> Result<Self, StartError> {
        Ok(Self {
            edge: service
                .edge(&[("claim", "/v1/claims"), ("payment_batch", "/v1/payment-batches")])?,
            progress: service.progress.clone(),
            pool: service.pool.clone(),
            vault,
            exports,
        })
    }

    /// Waits until the rows hold all that was stored before, so that what is looked up for a command
    /// misses nothing.
    async fn rows_are_current(&self) -> Result<(), Problem> {
        let head = reader::head(&self.pool).await?.position;
        if self.progress.wait_for(NAME, head, WAITS_FOR_VIEWS).await {
            Ok(())
        } else {
            Err(Problem::behind())
        }
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
    claim_routes()
        .routes(routes!(rate_cards::all, rate_cards::draft))
        .routes(routes!(rate_cards::approve))
        .routes(routes!(rate_cards::put_in_force))
        .routes(routes!(settings::in_force, settings::put_in_force))
        .routes(routes!(payment_pages::all, payment_batches::open))
        .routes(routes!(payment_pages::one))
        .routes(routes!(payment_batches::add))
        .routes(routes!(payment_batches::lock))
        .routes(routes!(payment_exports::file, payment_exports::export))
        .routes(routes!(payment_batches::mark_paid))
        .routes(routes!(payment_batches::mark_failed))
}

fn claim_routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(claim_lists::waiting, claims::submit))
        .routes(routes!(claim_pages::one))
        .routes(routes!(claims::query))
        .routes(routes!(claims::answer_query))
        .routes(routes!(claims::approve))
        .routes(routes!(claims::authorise))
        .routes(routes!(claims::withdraw))
        .routes(routes!(claim_lists::mine))
        .routes(routes!(bank_account::mine, bank_account::give))
}
