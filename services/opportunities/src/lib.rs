//! Writing, review, approval, publication, publicity, closing and outcome of opportunities.
//! Knows nobody who applies and nobody who is told; others learn from its facts.

pub mod opportunity;
pub mod setting;
pub mod views;
pub mod policies;
pub mod publish;
pub mod access;
pub mod api;
pub mod config;

use boot::{Clock, Launched, Parts, Running, StartError};
use eventstore::executor::FireError;
use eventstore::timer::DueTimer;
use eventstore::{Executor, Receipt};
use futures::future::BoxFuture;
use messaging::Subscriptions;
use messaging::inbox::Unlisted;
use tokio_util::sync::CancellationToken;
use web::Identities;

pub use config::Config;
use opportunity::Opportunity;
use policies::draft_the_next_opportunity_when_a_seat_falls_vacant::DraftTheNextOpportunity;

/// The service's name, as in tokens and subjects.
pub const NAME: &str = "opportunities";

/// Starts the service; `launched` is given by the launcher alone.
pub async fn start(
    config: Config,
    clock: Clock,
    launched: Option<Launched>,
    stop: CancellationToken,
) -> Result<Running, StartError> {
    let hears = config.service.nats.is_some();
    let service = boot::start(NAME, config.service, clock, launched, stop).await?;
    let identities = if hears {
        Identities::linked(service.pool.clone(), service.executor.clock().clone())
    } else {
        Identities::own()
    };
    let state = api::State::new(&service)?;
    service
        .run(Parts {
            views: views::all(),
            policies: Vec::new(),
            fire,
            publish: publish::publish,
            hear: Box::new(hear),
            access: access::RULES,
            identities,
            routes: Box::new(|house| web::finish(api::routes(), state, house)),
        })
        .await
}

fn hear(all: &mut Subscriptions, executor: &Executor) -> Result<(), Unlisted> {
    all.view(views::account_link::AccountLinks)?;
    all.view(views::known_group::KnownGroups)?;
    all.policy(DraftTheNextOpportunity, executor.clone())
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
