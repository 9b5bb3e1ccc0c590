//! Writing, review, approval, publication, publicity, closing and outcome of opportunities.
//! Knows nobody who applies and nobody who is told; others learn from its facts.

pub mod opportunity;
pub mod setting;
pub mod views;
pub mod publish;
pub mod access;
pub mod api;
pub mod config;

use std::sync::Arc;

use boot::{Clock, Launched, Parts, Running, StartError};
use eventstore::executor::FireError;
use eventstore::timer::DueTimer;
use eventstore::{Executor, Receipt, View};
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use web::Identities;

pub use config::Config;
use opportunity::Opportunity;

/// The service's name, as in tokens and subjects.
pub const NAME: &str = "opportunities";

/// Starts the service; `launched` is given by the launcher alone.
pub async fn start(
    config: Config,
    clock: Clock,
    launched: Option<Launched>,
    stop: CancellationToken,
) -> Result<Running, StartError> {
    let service = boot::start(NAME, config.service, clock, launched, stop).await?;
    let state = api::State::new(&service)?;
    service
        .run(Parts {
            views: views(),
            policies: Vec::new(),
            fire,
            publish: publish::publish,
            hear: Box::new(|_, _| Ok(())),
            access: access::RULES,
            identities: Identities::own(),
            routes: Box::new(|house| web::finish(api::routes(), state, house)),
        })
        .await
}

fn views() -> Vec<Arc<dyn View>> {
    vec![Arc::new(views::opportunity::Opportunities)]
}

fn fire(
    executor: Executor,
    timer: DueTimer,
) -> Option<BoxFuture<'static, Result<Receipt, FireError>>> {
    match timer.stream.kind.as_str() {
        "opportunity" => Some(Box::pin(async move { executor.fire::<Opportunity>(&timer).await })),
        _ => None,
    }
}
